"""Execute the notebooks in their full setting, in place, as they are committed.

    python benchmarks/notebooks.py [NAME ...]     # ten minutes for all

What differs from one time to the next, such as when a cell ran, is left out.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"


def main() -> None:
    """Execute the notebooks whose names begin as given, or all."""
    os.environ["RELAYSIM_STATIC"] = "1"
    for file in sorted(FOLDER.glob("*.ipynb")):
        if sys.argv[1:] and not file.name.startswith(tuple(sys.argv[1:])):
            continue
        book = nbformat.read(file, as_version=4)
        where = {"metadata": {"path": str(FOLDER)}}
        NotebookClient(book, timeout=1800, kernel_name="python3", resources=where).execute()
        book.metadata["language_info"] = {"name": "python"}
        for cell in book.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(book, file)
        print(file.name)


if __name__ == "__main__":
    main()
