"""Text for a terminal: tables that fit its width, and one function that prints them.

Nothing depends on colour, and a table that is too wide continues below with its first column again.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import Box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from relaysim.wording import MOST, columns, filled

_RAW: dict[str, Any] = {
    "force_jupyter": False,
    "markup": False,
    "emoji": False,
    "highlight": False,
}
_BETWEEN = 2
_RULED = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


@dataclass(frozen=True)
class Grid:
    """A table of text: names on the left, values right-aligned.

    A row with fewer cells than the header, such as one name alone, is a heading within the table.
    `wrapped` columns may break their text over lines, all others are as wide as their text.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    wrapped: Sequence[str] = ()


def console(*, error: bool = False) -> Console:
    """Return the console for plain text.

    Stdout has all columns that output may take, so the terminal breaks a table that is wider than
    it, and nothing is lost.
    """
    stream = sys.stderr if error else sys.stdout
    made = Console(file=stream, **_RAW)
    made.width = columns() if error else MOST
    return made


def text(content: str, indent: int = 0, hanging: int = 0) -> Text:
    """Return a paragraph, broken at spaces to fit.

    `hanging` indents all lines but the first further.
    """
    return Text(filled(content, " " * indent, " " * (indent + hanging)))


def heading(content: str) -> Text:
    """Return a line as a heading."""
    made = text(content)
    made.stylize("bold")
    return made


def plain(parts: Iterable[RenderableType]) -> str:
    """Return the parts as text alone.

    Notebooks ask for colour, and print what a summary returns.
    """
    return _written(parts, Console(color_system=None, width=MOST, **_RAW))


def _written(parts: Iterable[RenderableType], out: Console) -> str:
    """Return the parts as text without spaces at the ends of lines."""
    with out.capture() as captured:
        for part in parts:
            if isinstance(part, Text):  # laid out already: a long path stays in one piece
                out.print(part, no_wrap=True, overflow="ignore", crop=False)
            else:
                out.print(part, width=_needed(part, out))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _needed(part: RenderableType, out: Console) -> int:
    """Return the columns that a part takes: a table may break some words."""
    return max(columns(), Measurement.get(out, out.options, part).minimum)


def show(parts: Iterable[RenderableType]) -> None:
    """Print to stdout."""
    sys.stdout.write(_written(parts, console()))


def tables(grid: Grid, width: int | None = None) -> list[RenderableType]:
    """Return the grid under its title, as one table, or as several where it is too wide."""
    shown: list[RenderableType] = [heading(grid.title)]
    if not grid.rows:
        return [*shown, Text("nothing"), Text("")]
    for block in _blocks(grid, columns() if width is None else width):
        shown += [_table(grid, block), Text("")]
    return shown


def _blocks(grid: Grid, width: int) -> list[list[int]]:
    """Return the columns of each block.

    As few blocks as fit, of similar width, with the first column.
    """
    widths = [_width(grid, i) + _BETWEEN for i in range(len(grid.header))]
    room = max(width + _BETWEEN - widths[0], max(widths[1:], default=0))
    fewest = len(_filled(widths, room))
    return next(
        blocks for space in range(1, room + 1) if len(blocks := _filled(widths, space)) == fewest
    )


def _filled(widths: Sequence[int], room: int) -> list[list[int]]:
    """Return blocks filled one after the other, with at most `room` beside the first column."""
    blocks = [[0]]
    for i in range(1, len(widths)):
        taken = sum(widths[j] for j in blocks[-1][1:])
        if taken and taken + widths[i] > room:
            blocks.append([0])
        blocks[-1].append(i)
    return blocks


def _width(grid: Grid, column: int) -> int:
    cells = [row[column] for row in grid.rows if len(row) > column]
    words = column < len(grid.header) and grid.header[column] in grid.wrapped
    lines = [line for cell in [*cells, grid.header[column]] for line in cell.splitlines()]
    if words:
        lines = [word for line in lines for word in line.split()]
    return max(map(len, lines), default=0)


def _table(grid: Grid, block: list[int]) -> Table:
    table = Table(
        box=_RULED,
        show_edge=False,
        pad_edge=False,
        padding=(0, _BETWEEN // 2),
        collapse_padding=True,
    )
    for i in block:
        wrapped = grid.header[i] in grid.wrapped
        table.add_column(
            Text(grid.header[i]),
            justify="left" if i == 0 or wrapped else "right",
            no_wrap=not wrapped,
            min_width=None if wrapped else _width(grid, i),
        )
    for row in grid.rows:
        table.add_row(*(Text(row[i]) for i in block if i < len(row)))
    return table
