"""The parts of a report: sections of paragraphs, lists, tables and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from relaysim.present.drawing.style import Sheet
from relaysim.present.text.terminal import Grid


@dataclass(frozen=True)
class Paragraph:
    """Sentences; `strong` ones are the answer."""

    text: str
    strong: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True)
class Points:
    """A list of sentences under a heading of its own, which may be empty."""

    items: Sequence[str]
    head: str = ""
    kind: str = "points"


@dataclass(frozen=True)
class Listing:
    """Text as it is, such as a command or changed values."""

    text: str
    kind: str = "listing"


@dataclass(frozen=True)
class TableBlock:
    """A table, and the origin of its numbers."""

    grid: Grid
    origin: str
    folded: bool = False
    kind: str = "table"


@dataclass(frozen=True)
class Picture:
    """A figure, under the name of its files."""

    name: str
    sheet: Sheet
    kind: str = "picture"


Block = Paragraph | Points | Listing | TableBlock | Picture


@dataclass(frozen=True)
class Section:
    """A part of a report; `anchor` is its name in addresses."""

    anchor: str
    title: str
    blocks: list[Block] = field(default_factory=list)
