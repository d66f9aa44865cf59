"""The reached precision of a run: the widths of the intervals beside the requested widths."""

import math

from rich.console import RenderableType

from relaysim.present.text.metric_rows import lost_in
from relaysim.present.text.number_format import NONE, interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.stats.replications_needed import MOST
from relaysim.study.precision import Reached
from relaysim.study.run_result import RunResult


def precise(result: RunResult) -> list[RenderableType]:
    """Return the section on precision, if one was requested."""
    if not result.precision:
        return []
    wide = [item for item in result.precision if not item.narrow]
    count, all_of_them = f"{result.replications} replications", len(result.precision)
    sentence = f"{count} are enough: each interval is as narrow as wanted, and stayed so."
    if wide:
        are = "is" if len(wide) == 1 else "are"
        sentence = (
            f"The limit of {count} is reached: {len(wide)} of {all_of_them} intervals {are} not as "
            "narrow as wanted."
        )
    elif not result.precise:
        sentence = (
            f"The limit of {count} is reached: each interval is as narrow as wanted, but whether "
            "they stay so was not seen."
        )
    grid = Grid(
        "Precision (mean with half the width of its 95 % interval)",
        ["quantity", "found", "wanted", "replications it takes"],
        [_row(item, result.replications) for item in result.precision],
        wrapped=["replications it takes"],
    )
    return [*tables(grid), text(sentence), text("")]


def _row(reached: Reached, replications: int) -> list[str]:
    unit = reached.quantity.of.unit
    result = reached.interval
    without = "" if result.n == replications else f" (in {result.n} of {replications})"
    return [
        f"{reached.quantity}",
        lost_in(reached.quantity.metric, reached.lost, result.n)
        or interval(result.value, result.low, result.high, unit) + without,
        f"±{number(reached.wanted, unit)}" if 0.0 < reached.wanted < math.inf else NONE,
        "enough" if reached.narrow else _takes(reached),
    ]


def _takes(reached: Reached) -> str:
    if reached.wanted == 0.0:
        return "the mean is 0: give a width of its own"
    if math.isnan(reached.needed):
        return NONE
    return f"about {reached.needed:,.0f}" if reached.needed < math.inf else f"more than {MOST:,}"
