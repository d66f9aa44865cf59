"""What docs/background/ground-truth.md says that relaysim gives for a published figure."""

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "background" / "ground-truth.md"


class Figure(NamedTuple):
    """A row of the page."""

    name: str
    source: str
    published: str
    relaysim: str
    kind: str
    test: str


def figures() -> dict[str, Figure]:
    """The rows of the table, by name."""
    lines = re.findall(r"^\| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    rows = [re.split(r"(?<!\\) \| ", line) for line in lines]
    return {row[0]: Figure(*row) for row in rows if len(row) == len(Figure._fields)}


def stated(name: str) -> str:
    """What the page says that relaysim gives: a test compares it with what it measures."""
    return figures()[name].relaysim
