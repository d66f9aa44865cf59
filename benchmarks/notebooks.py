"""Execute the notebooks in their full setting, in place, as they are committed.

    python benchmarks/notebooks.py [NAME ...]     # three minutes for all, on two cores

Says how long each took. What differs from one time to the next, such as when a cell ran, is not
kept.
"""

import os
import sys
import time
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
        began = time.monotonic()
        book = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
        where = {"metadata": {"path": str(FOLDER)}}
        # What a cell prints in pieces arrives in as many as chance has it: they are made one.
        NotebookClient(
            book, timeout=1800, kernel_name="python3", resources=where, coalesce_streams=True
        ).execute()
        book.metadata["language_info"] = {"name": "python"}
        for cell in book.cells:
            cell.metadata.pop("execution", None)
        nbformat.write(book, file)  # type: ignore[no-untyped-call]
        print(f"{file.name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
