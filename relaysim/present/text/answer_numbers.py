"""The numbers behind an answer, in a table of a limited number of lines."""

from bisect import bisect_right
from dataclasses import replace

from rich.console import RenderableType

from relaysim.present.text.comparison_answer import counted, headline_rows, name_of
from relaysim.present.text.headline_metrics import NOT_SERVICE
from relaysim.present.text.metric_rows import difference_of, sides_of
from relaysim.present.text.terminal import Grid, plain, tables, text
from relaysim.stats.interval import BETTER, LOSES_MORE, NOT_DECIDED, WORSE
from relaysim.study.compare import Comparison
from relaysim.wording import MOST, listed

MOST_LINES = 25
"""Lines of numbers below an answer; the other numbers are printed by --full."""


def comparison_numbers(comparison: Comparison, full: bool) -> list[RenderableType]:
    """Return the headline figures of a comparison, those that are decided first.

    With one alternative the table has its differences with their intervals, with several the value
    and the verdict of each alternative. Without `full` it has at most `MOST_LINES` lines.
    """
    base, *alternatives = (design.name for design in comparison.scenarios)
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    ranks: dict[tuple[str, str], int] = {}
    sides: dict[tuple[str, str], str] = {}
    for name in alternatives:
        for headline, subject, row in headline_rows(comparison, name):
            key = (name_of(headline, subject), headline.metric)
            sides[key], value = sides_of(row)
            verdict = row["verdict"]
            if len(alternatives) == 1:
                cells = [value, difference_of(row), verdict]
            else:
                cells = [f"{value} {verdict}"]
            rows.setdefault(key, {})[name] = cells
            ranks[key] = min(ranks.get(key, _LAST), _rank(headline.metric, verdict))
    width = 3 if len(alternatives) == 1 else 1
    header = ["", base, *alternatives]
    if len(alternatives) == 1:
        header = ["", "base", "design", "difference", "verdict"]
    grid = Grid(
        f"Headline figures of {listed(alternatives)}, compared with {base}",
        header,
        [
            [key[0], sides[key]]
            + [cell for name in alternatives for cell in rows[key].get(name, [""] * width)]
            for key in sorted(rows, key=lambda key: ranks[key])
        ],
        wrapped=("", "verdict") if len(alternatives) == 1 else ("", *alternatives),
    )
    return tables(grid) if full else fitted(grid, MOST_LINES)


_LAST = 4


def _rank(metric: str, verdict: str) -> int:
    """Return the place of a figure: decided ones first, then losses by kind, then the others."""
    decided = verdict in (BETTER, WORSE, LOSES_MORE)
    if decided:
        return 1 if metric in NOT_SERVICE else 0
    return 2 if verdict == NOT_DECIDED and metric not in NOT_SERVICE else 3


def fitted(grid: Grid, most: int) -> list[RenderableType]:
    """Return the table without its last rows, so that it takes at most `most` lines.

    The lines are those of a terminal of 80 columns: a narrower one shows the same rows.
    """
    # A row takes a line or more, and a table is laid out for each count that is tried.
    counts = range(2, min(len(grid.rows), most) + 1)
    count = 1 + bisect_right(
        counts, most - 1, key=lambda count: _lines(replace(grid, rows=grid.rows[:count]))
    )
    left = len(grid.rows[count:])
    shown = tables(replace(grid, rows=grid.rows[:count]))
    if left:
        shown = [*shown[:-1], text(f"{counted(left, 'more row')}: --full"), text("")]
    return shown


def _lines(grid: Grid) -> int:
    """Return the lines of a table in a terminal of 80 columns."""
    return len(plain(tables(grid, MOST)).rstrip("\n").splitlines())
