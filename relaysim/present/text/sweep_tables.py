"""What a sweep says: each quantity over the points, and how far the targets hold."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from rich.console import RenderableType

from relaysim.measure.metric_catalogue import SKEWED_BY_LISTINGS
from relaysim.measure.quantity import Quantity
from relaysim.present.text.caption import ASSUMPTIONS, SURVIVORS, origin, unseen
from relaysim.present.text.late_days import MEDIANS
from relaysim.present.text.metric_rows import lost_in
from relaysim.present.text.not_judged import worst_judged
from relaysim.present.text.number_format import (
    NONE,
    difference,
    difference_spread,
    interval,
    spread,
)
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.break_even import EVERYWHERE, FROM, NO_MAIL, NOWHERE, UP_TO, Limit
from relaysim.study.stacked_metrics import KEY
from relaysim.study.sweep import Sweep

READING = (
    "Differences are paired: each replication of a design less that of the first design at the "
    "same point, on the same draws; each over its own mail. Intervals are 95 %."
)

LIMITS = (
    "How far a target holds is interpolated between the points, on straight lines; in brackets are "
    "the values between which the 95 % intervals of the means leave it open, and the runs next "
    "to it."
)

APART = (
    "Where designs begin to differ is interpolated between the points, on straight lines, for "
    "differences above the equivalence margin; in brackets are the values between which the 95 % "
    "intervals of the paired differences leave it open, and the runs next to it."
)


def sweep_text(found: Sweep) -> list[RenderableType]:
    """All of it, for the terminal."""
    lines: list[RenderableType] = [text(f"{', '.join(found.scenarios)} over {_over(found)}")]
    lines.append(text(""))
    for quantity in found.quantities:
        lines += tables(table(found, quantity))
    apart = [] if found.limits else list(break_evens(found))
    return [
        *lines,
        *(text(holds(found, each), hanging=4) for each in found.limits),
        *([text(LIMITS), text("")] if found.limits else []),
        *worst_judged(found.metrics, found.parameters, found.scenarios),
        *(text(each, hanging=4) for each in apart),
        *([text(APART), text("")] if apart else []),
        *([text(READING)] if len(found.scenarios) > 1 else []),
        *([text(MEDIANS)] if any(_skewed(found, each) for each in found.quantities) else []),
        *([text(SURVIVORS)] if any(each.of.unit == "s" for each in found.quantities) else []),
        text(unseen(found.replications)),
        text(ASSUMPTIONS),
        text(origin(found.provenance, designs=False)),
    ]


def _over(found: Sweep) -> str:
    points = len(found.points) // len(found.scenarios)
    return f"{points} point{'s' * (points != 1)} of {' x '.join(found.parameters)}"


def table(found: Sweep, quantity: Quantity) -> Grid:
    """A row for each point: the designs side by side, then their differences from the first."""
    base, *others = found.scenarios
    paths = [path.rpartition(".")[2] for path in found.parameters]
    if len(set(paths)) < len(paths):
        paths = list(found.parameters)
    rows = []
    for values, _ in found.points.groupby(list(found.parameters), sort=False):
        row = [str(value) for value in values]
        row += [_mean(found, values, name, quantity) for name in found.scenarios]
        row += [_difference(found, values, name, quantity) for name in others]
        rows.append(row)
    header = [*paths, *found.scenarios, *(f"{name} - {base}" for name in others)]
    return Grid(f"{quantity}", header, rows)


def by_design(found: Sweep, quantity: Quantity) -> Grid:
    """A row for each design, then one for its difference; a column for each point."""
    base, *others = found.scenarios
    points = list(found.points.groupby(list(found.parameters), sort=False))
    rows = [
        [f"  {name}", *(_mean(found, values, name, quantity) for values, _ in points)]
        for name in found.scenarios
    ]
    apart = [
        [f"  {name}", *(_difference(found, values, name, quantity) for values, _ in points)]
        for name in others
    ]
    header = ["", *(", ".join(map(_written, values)) for values, _ in points)]
    title = f"{quantity} over {' x '.join(found.parameters)}"
    return Grid(title, header, [["mean"], *rows, [f"less {base}"], *apart])


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def _mean(found: Sweep, values: tuple[object, ...], name: str, quantity: Quantity) -> str:
    row = _row(found, found.metrics, values, name, quantity)
    if row is None:
        return NONE
    unit = quantity.of.unit
    lost = lost_in(quantity.metric, int(row["replications_lost"]), int(row["replications"]))
    if not lost and found.replications > 1 and _skewed(found, quantity):
        median, least, most = (float(row[each]) for each in _PARTS)
        return spread(median, least, most, unit)
    return lost or interval(float(row["value"]), float(row["low"]), float(row["high"]), unit)


_PARTS = ("median", "least", "most")


def _skewed(found: Sweep, quantity: Quantity) -> bool:
    """Whether a quantity has no interval, because a listing can happen."""
    return found.listings and quantity.metric in SKEWED_BY_LISTINGS


def _difference(found: Sweep, values: tuple[object, ...], name: str, quantity: Quantity) -> str:
    row = _row(found, found.comparisons, values, name, quantity)
    if row is None:
        return NONE
    if found.replications > 1 and _skewed(found, quantity) and np.isfinite(row["difference"]):
        median, least, most = (float(row[each]) for each in _PARTS)
        return difference_spread(median, least, most, quantity.of.unit)
    ends = float(row["low"]), float(row["high"])
    return difference(float(row["difference"]), *ends, quantity.of.unit)


def _row(
    found: Sweep,
    frame: pd.DataFrame,
    values: tuple[object, ...],
    name: str,
    quantity: Quantity,
) -> "pd.Series[Any] | None":
    """The row of a design and a quantity at a point; None where there is none."""
    mine = frame["scenario"] == name
    for column, value in zip((*found.parameters, *KEY), (*values, *quantity), strict=True):
        mine &= frame[column] == value
    rows: pd.DataFrame = frame[mine]
    return None if rows.empty else rows.iloc[0]


def holds(found: Sweep, at: Limit) -> str:
    """How far a target holds, in a sentence."""
    (path,) = found.parameters
    start = f"{at.scenario}: {at.target}"
    if at.holds == NO_MAIL:
        return f"{start} has no value at any point, as there is no such mail."
    more = ""
    if at.crossings > 1:
        more = f" The mean crosses the bound {at.crossings} times: see the rows above."
    does = "does not hold" if at.holds == NOWHERE else "holds"
    return f"{start} {does} {where(found, at, path)}.{more}"


def break_evens(found: Sweep) -> Iterator[str]:
    """Yield from which value on each design is better or worse than the first, by quantity.

    Quantities that do not differ share one sentence a design. There is no sentence unless exactly
    one number is varied.
    """
    base, *others = found.scenarios
    if len(found.varied) > 1 or not found.varied[0].amounts:
        return
    (key,) = (path.rpartition(".")[2] for path in found.parameters)
    for name in others:
        alike: dict[str, list[str]] = {}
        for quantity in found.quantities:
            held = dict(zip(("better", "worse"), found.break_even(quantity, name), strict=True))
            if held["better"].holds == NO_MAIL:
                continue
            said = [
                f"is {word} than that of {base}{_by_means(at)} {where(found, at, key)}"
                for word, at in held.items()
                if at.holds != NOWHERE
            ]
            said += [f"is {word} between the ends only" for word, at in held.items() if _inside(at)]
            if said:
                yield f"{name}: {quantity} {', and '.join(said)}."
                continue
            may = any(at.low != at.high for at in held.values())
            alike.setdefault(", though the intervals allow one" if may else "", []).append(
                str(quantity)
            )
        for allows, names in alike.items():
            yield (
                f"{name}: no difference from {base} that matters at any point of {key}{allows}: "
                f"{', '.join(names)}."
            )


def _by_means(at: Limit) -> str:
    """A word on a difference that is measured at no point."""
    unsure = (at.holds == FROM and at.high == math.inf) or (
        at.holds == UP_TO and at.low == -math.inf
    )
    return " by the means alone, measurably at no point," if unsure else ""


def _inside(at: Limit) -> bool:
    return at.holds == NOWHERE and at.crossings > 0


def where(found: Sweep, at: Limit, path: str) -> str:
    """The part of a path where a target holds; if nowhere, after `not`."""
    if at.holds == NOWHERE:
        ends = "at any point" if not at.crossings else "at either end"
        allows = "" if at.low == at.high else ", though the intervals allow it"
        return f"{ends} of {path}{allows}"
    if at.holds == EVERYWHERE:
        return f"at all points of {path}{_sure(at)}"
    low = "before the first point" if at.low == -math.inf else _amount(at.low, at.unit)
    high = "beyond the last point" if at.high == math.inf else _amount(at.high, at.unit)
    up_to, on = ("from", " on") if at.holds == FROM else ("up to", "")
    bound = f"{path} = {_amount(at.value, at.unit)}{on} ({low} to {high}"
    return f"{up_to} {bound}; {_between(found, at)})"


def _between(found: Sweep, at: Limit) -> str:
    """The points on both sides of a limit."""
    load = sorted(found.varied[0].amounts)
    before = max(each for each in load if each <= at.value)
    after = min((each for each in load if each > at.value), default=before)
    if before == at.value or after == before:
        return f"a run at {_amount(before, at.unit)}"
    return f"runs at {_amount(before, at.unit)} and {_amount(after, at.unit)}"


def _sure(at: Limit) -> str:
    """How far the interval of the mean keeps a target that the mean keeps everywhere."""
    if at.low == at.high:
        return ""
    if at.high == math.inf and at.low > -math.inf:
        return f", by the intervals up to {_amount(at.low, at.unit)}"
    if at.low == -math.inf and at.high < math.inf:
        return f", by the intervals from {_amount(at.high, at.unit)} on"
    return " by the means; the intervals cannot tell"


def _amount(value: float, unit: str) -> str:
    """Four digits, and no power of ten."""
    return f"{float(f'{value:.4g}'):,.12g}{unit}"
