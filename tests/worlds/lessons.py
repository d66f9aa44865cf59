"""The notebooks, and the little setting in which each is executed here.

The functions import nbformat and nbclient themselves: that takes a second, which not every process
of the tests has to wait.
"""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "notebooks"
QUICK: dict[str, dict[str, Any]] = {
    "01-first-run": {
        "REPLICATIONS": 2,
        # A sixth of the campaign on half the line: mail waits for the line as on the whole day.
        "EXERCISE": [
            "run.duration=125 min",
            "hosts.marketing.streams.newsletter.arrivals.messages=10000",
            "lines.main.bandwidth=10 Mbit/s",
        ],
    },
    "02-who-may-relay": {},
    "03-one-hub-and-theory": {"REPLICATIONS": 2, "DURATION": "1000 s"},
    "04-shared-or-dedicated": {
        "REPLICATIONS": 2,
        "FEW": 2,
        "SIZES": [5_000, 10_000],
        "SETTINGS": ["run.scale=0.01"],
    },
    "05-the-day-we-got-listed": {"REPLICATIONS": 2, "DAYS": 2},
    "06-capacity-plan": {
        "REPLICATIONS": 2,
        "MAILBOXES": 12,
        "INVOICES_A_DAY": 150,
        "NEWSLETTER": 1_000,
        "GROWTHS": [1.0],
        "CANDIDATES": [4],
        "INVOICES_ON_TIME": "50 %",
    },
}
"""By notebook, what takes the place of the values in its parameters cell."""
FILES = [FOLDER / f"{name}.ipynb" for name in QUICK]


def read(file: Path) -> Any:
    """A notebook as it was committed."""
    import nbformat

    return nbformat.read(file, as_version=4)


def validate(book: Any) -> None:
    """Raise an error where a notebook has not the declared form."""
    import nbformat

    nbformat.validate(book)


def with_solution(book: Any, file: Path) -> Any:
    """Return the notebook with the solution of its exercise as its last cell."""
    from nbformat.v4 import new_code_cell

    book.cells.append(new_code_cell(solution(file)))
    return book


def solution(file: Path) -> str:
    """The solution of a notebook's exercise: a cell to run after all others."""
    return (FOLDER / "solutions" / f"{file.stem}.py").read_text(encoding="utf-8")


def parameters(book: Any) -> list[Any]:
    """The cells that are tagged so."""
    return [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]


def execute(book: Any) -> Any:
    """Run a notebook from a clean kernel, top to bottom, in its own folder."""
    from nbclient import NotebookClient

    where = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(book, timeout=600, kernel_name="python3", resources=where).execute()
    return book
