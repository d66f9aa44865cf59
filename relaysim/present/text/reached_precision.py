"""What a run says of its precision: how narrow the intervals got that were to be narrow."""

import math

from rich.console import RenderableType

from relaysim.present.text.metric_rows import lost_in
from relaysim.present.text.number_format import NONE, interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.stats.replications_needed import MOST
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
        are = "is" if len(wide) == 1 else "are"
        said = (
            f"The limit of {many} is reached: {len(wide)} of {all_of_them} intervals {are} not as "
            "narrow as wanted."
        )
    elif not result.precise:
        said = (
            f"The limit of {many} is reached: each interval is as narrow as wanted, but whether "
            "they stay so was not seen."
        )
    grid = Grid(
        "Precision (mean with half the width of its 95 % interval)",
        ["quantity", "found", "wanted", "replications it takes"],
        [_row(each, result.replications) for each in result.precision],
        wrapped=["replications it takes"],
    )
    return [*tables(grid), text(said), text("")]


def _row(each: Reached, replications: int) -> list[str]:
    unit = each.quantity.of.unit
    found = each.interval
    without = "" if found.n == replications else f" (in {found.n} of {replications})"
    return [
        f"{each.quantity}",
        lost_in(each.quantity.metric, each.lost, found.n)
        or interval(found.value, found.low, found.high, unit) + without,
        f"±{number(each.wanted, unit)}" if 0.0 < each.wanted < math.inf else NONE,
        "enough" if each.narrow else _takes(each),
    ]


def _takes(each: Reached) -> str:
    if each.wanted == 0.0:
        return "the mean is 0: give a width of its own"
    if math.isnan(each.needed):
        return NONE
    return f"about {each.needed:,.0f}" if each.needed < math.inf else f"more than {MOST:,}"
