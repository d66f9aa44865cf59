"""What a run says of its precision: how narrow the intervals got that were to be narrow."""

import math

from rich.console import RenderableType

from relaysim.present.number import NONE, interval, number
from relaysim.present.terminal import Grid, tables, text
from relaysim.study.precision import Reached
from relaysim.study.replicate import RunResult


def precise(result: RunResult) -> list[RenderableType]:
    """The section, if a precision was wanted."""
    if not result.precision:
        return []
    wide = [each for each in result.precision if not each.narrow]
    many, all_of_them = f"{result.replications} replications", len(result.precision)
    said = f"{many} are enough: each interval is as narrow as wanted, and stayed so."
    if wide:
        said = (
            f"The limit of {many} is reached before {len(wide)} of {all_of_them} intervals are as "
            "narrow as wanted."
        )
    grid = Grid(
        "Precision (mean with half the width of its 95 % interval)",
        ["quantity", "found", "wanted", "replications it takes"],
        [_row(each) for each in result.precision],
    )
    return [*tables(grid), text(said), text("")]


def _row(each: Reached) -> list[str]:
    unit = each.quantity.of.unit
    found = each.found
    takes = f"about {each.needed:,.0f}" if each.needed < 1e6 else "more than a million"
    if math.isnan(each.needed):
        takes = NONE
    return [
        f"{each.quantity}",
        interval(found.value, found.low, found.high, unit),
        f"±{number(each.wanted, unit)}",
        "enough" if each.narrow else takes,
    ]
