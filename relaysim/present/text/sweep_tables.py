"""The text of a sweep: each quantity over the points, and the limits of the targets."""

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


def sweep_text(sweep: Sweep) -> list[RenderableType]:
    """Return the text for the terminal."""
    lines: list[RenderableType] = [text(f"{', '.join(sweep.scenarios)} over {_over(sweep)}")]
    lines.append(text(""))
    for quantity in sweep.quantities:
        lines += tables(table(sweep, quantity))
    results = [] if sweep.limits else list(break_evens(sweep))
    return [
        *lines,
        *(text(holds(sweep, limit), hanging=4) for limit in sweep.limits),
        *([text(LIMITS), text("")] if sweep.limits else []),
        *worst_judged(sweep.metrics, sweep.parameters, sweep.scenarios),
        *(text(limit, hanging=4) for limit in results),
        *([text(APART), text("")] if results else []),
        *([text(READING)] if len(sweep.scenarios) > 1 else []),
        *([text(MEDIANS)] if any(_skewed(sweep, limit) for limit in sweep.quantities) else []),
        *([text(SURVIVORS)] if any(limit.of.unit == "s" for limit in sweep.quantities) else []),
        text(unseen(sweep.replications)),
        text(ASSUMPTIONS),
        text(origin(sweep.provenance, designs=False)),
    ]


def _over(sweep: Sweep) -> str:
    points = len(sweep.points) // len(sweep.scenarios)
    return f"{points} point{'s' * (points != 1)} of {' x '.join(sweep.parameters)}"


def table(sweep: Sweep, quantity: Quantity) -> Grid:
    """Return a row for each point.

    The designs side by side, then their differences from the first.
    """
    base, *others = sweep.scenarios
    paths = [path.rpartition(".")[2] for path in sweep.parameters]
    if len(set(paths)) < len(paths):
        paths = list(sweep.parameters)
    rows = []
    for values, _ in sweep.points.groupby(list(sweep.parameters), sort=False):
        row = [str(value) for value in values]
        row += [_mean(sweep, values, name, quantity) for name in sweep.scenarios]
        row += [_difference(sweep, values, name, quantity) for name in others]
        rows.append(row)
    header = [*paths, *sweep.scenarios, *(f"{name} - {base}" for name in others)]
    return Grid(f"{quantity}", header, rows)


def by_design(sweep: Sweep, quantity: Quantity) -> Grid:
    """Return a row for each design, then one for its difference; a column for each point."""
    base, *others = sweep.scenarios
    points = list(sweep.points.groupby(list(sweep.parameters), sort=False))
    rows = [
        [f"  {name}", *(_mean(sweep, values, name, quantity) for values, _ in points)]
        for name in sweep.scenarios
    ]
    differences = [
        [f"  {name}", *(_difference(sweep, values, name, quantity) for values, _ in points)]
        for name in others
    ]
    header = ["", *(", ".join(map(_written, values)) for values, _ in points)]
    title = f"{quantity} over {' x '.join(sweep.parameters)}"
    return Grid(title, header, [["mean"], *rows, [f"less {base}"], *differences])


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def _mean(sweep: Sweep, values: tuple[object, ...], name: str, quantity: Quantity) -> str:
    row = _row(sweep, sweep.metrics, values, name, quantity)
    if row is None:
        return NONE
    unit = quantity.of.unit
    lost = lost_in(quantity.metric, int(row["replications_lost"]), int(row["replications"]))
    if not lost and sweep.replications > 1 and _skewed(sweep, quantity):
        median, least, most = (float(row[item]) for item in _PARTS)
        return spread(median, least, most, unit)
    return lost or interval(float(row["value"]), float(row["low"]), float(row["high"]), unit)


_PARTS = ("median", "least", "most")


def _skewed(sweep: Sweep, quantity: Quantity) -> bool:
    """Return whether a quantity has no interval, because a listing can happen."""
    return sweep.listings and quantity.metric in SKEWED_BY_LISTINGS


def _difference(sweep: Sweep, values: tuple[object, ...], name: str, quantity: Quantity) -> str:
    row = _row(sweep, sweep.comparisons, values, name, quantity)
    if row is None:
        return NONE
    if sweep.replications > 1 and _skewed(sweep, quantity) and np.isfinite(row["difference"]):
        median, least, most = (float(row[item]) for item in _PARTS)
        return difference_spread(median, least, most, quantity.of.unit)
    ends = float(row["low"]), float(row["high"])
    return difference(float(row["difference"]), *ends, quantity.of.unit)


def _row(
    sweep: Sweep,
    frame: pd.DataFrame,
    values: tuple[object, ...],
    name: str,
    quantity: Quantity,
) -> "pd.Series[Any] | None":
    """Return the row of a design and a quantity at a point; None if there is none."""
    chosen = frame["scenario"] == name
    for column, value in zip((*sweep.parameters, *KEY), (*values, *quantity), strict=True):
        chosen &= frame[column] == value
    rows: pd.DataFrame = frame[chosen]
    return None if rows.empty else rows.iloc[0]


def holds(sweep: Sweep, at: Limit) -> str:
    """Return the limit of a target in a sentence."""
    (path,) = sweep.parameters
    start = f"{at.scenario}: {at.target}"
    if at.holds == NO_MAIL:
        return f"{start} has no value at any point, as there is no such mail."
    more = ""
    if at.crossings > 1:
        more = f" The mean crosses the bound {at.crossings} times: see the rows above."
    does = "does not hold" if at.holds == NOWHERE else "holds"
    return f"{start} {does} {where(sweep, at, path)}.{more}"


def break_evens(sweep: Sweep) -> Iterator[str]:
    """Yield from which value on each design is better or worse than the first, by quantity.

    Quantities that do not differ share one sentence a design. There is no sentence unless exactly
    one number is varied.
    """
    base, *others = sweep.scenarios
    if len(sweep.varied) > 1 or not sweep.varied[0].amounts:
        return
    (key,) = (path.rpartition(".")[2] for path in sweep.parameters)
    for name in others:
        alike: dict[str, list[str]] = {}
        for quantity in sweep.quantities:
            held = dict(zip(("better", "worse"), sweep.break_even(quantity, name), strict=True))
            if held["better"].holds == NO_MAIL:
                continue
            sentences = [
                f"is {word} than that of {base}{_by_means(at)} {where(sweep, at, key)}"
                for word, at in held.items()
                if at.holds != NOWHERE
            ]
            sentences += [
                f"is {word} between the ends only" for word, at in held.items() if _inside(at)
            ]
            if sentences:
                yield f"{name}: {quantity} {', and '.join(sentences)}."
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
    """Return a remark on a difference that is decided at no point."""
    unsure = (at.holds == FROM and at.high == math.inf) or (
        at.holds == UP_TO and at.low == -math.inf
    )
    return " by the means alone, measurably at no point," if unsure else ""


def _inside(at: Limit) -> bool:
    return at.holds == NOWHERE and at.crossings > 0


def where(sweep: Sweep, at: Limit, path: str) -> str:
    """Return the part of a path on which a target holds; if nowhere, after `not`."""
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
    return f"{up_to} {bound}; {_between(sweep, at)})"


def _between(sweep: Sweep, at: Limit) -> str:
    """Return the points on both sides of a limit."""
    load = sorted(sweep.varied[0].amounts)
    before = max(item for item in load if item <= at.value)
    after = min((item for item in load if item > at.value), default=before)
    if before == at.value or after == before:
        return f"a run at {_amount(before, at.unit)}"
    return f"runs at {_amount(before, at.unit)} and {_amount(after, at.unit)}"


def _sure(at: Limit) -> str:
    """Return how far the interval of the mean meets a target that the mean meets everywhere."""
    if at.low == at.high:
        return ""
    if at.high == math.inf and at.low > -math.inf:
        return f", by the intervals up to {_amount(at.low, at.unit)}"
    if at.low == -math.inf and at.high < math.inf:
        return f", by the intervals from {_amount(at.high, at.unit)} on"
    return " by the means; the intervals cannot tell"


def _amount(value: float, unit: str) -> str:
    """Return a value with four digits, without a power of ten."""
    return f"{float(f'{value:.4g}'):,.12g}{unit}"
