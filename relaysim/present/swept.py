"""What a sweep says: each quantity over the points, and how far the targets hold."""

import math

import pandas as pd
from rich.console import RenderableType

from relaysim.measure.quantity import Quantity
from relaysim.present.caption import ASSUMPTIONS, origin
from relaysim.present.number import NONE, difference, interval
from relaysim.present.terminal import Grid, tables, text
from relaysim.study.knee import EVERYWHERE, FROM, NO_MAIL, NOWHERE, Knee
from relaysim.study.stack import KEY
from relaysim.study.sweep import Sweep

READING = (
    "Differences are paired: each replication of a design less that of the first design at the "
    "same point, on the same draws; each over its own mail. Intervals are 95 %."
)


def report(found: Sweep) -> list[RenderableType]:
    """All of it, for the terminal."""
    lines: list[RenderableType] = [text(f"{', '.join(found.scenarios)} over {_over(found)}")]
    lines.append(text(""))
    for quantity in found.quantities:
        lines += tables(_table(found, quantity))
    return [
        *lines,
        *(text(holds(found, each), hanging=4) for each in found.knees),
        *([text("")] if found.knees else []),
        *([text(READING)] if len(found.scenarios) > 1 else []),
        text(ASSUMPTIONS),
        text(origin(found.provenance, designs=False)),
    ]


def _over(found: Sweep) -> str:
    points = len(found.points) // len(found.scenarios)
    return f"{points} point{'s' * (points != 1)} of {' x '.join(found.parameters)}"


def _table(found: Sweep, quantity: Quantity) -> Grid:
    """A row for each point: the designs side by side, then their differences from the first."""
    base, *others = found.scenarios
    unit = quantity.of.unit
    paths = [path.rpartition(".")[2] for path in found.parameters]
    if len(set(paths)) < len(paths):
        paths = list(found.parameters)
    rows = []
    for values, frame in found.points.groupby(list(found.parameters), sort=False):
        row = [str(value) for value in values]
        for name in found.scenarios:
            mine = frame[frame["scenario"] == name].iloc[0]
            low, high = float(mine[f"{quantity} low"]), float(mine[f"{quantity} high"])
            row.append(interval(float(mine[str(quantity)]), low, high, unit))
        row += [_difference(found, values, name, quantity) for name in others]
        rows.append(row)
    header = [*paths, *found.scenarios, *(f"{name} - {base}" for name in others)]
    return Grid(f"{quantity}", header, rows)


def _difference(found: Sweep, values: tuple[object, ...], name: str, quantity: Quantity) -> str:
    frame = found.comparisons
    mine = frame["scenario"] == name
    for column, value in zip((*found.parameters, *KEY), (*values, *quantity), strict=True):
        mine &= frame[column] == value
    rows: pd.DataFrame = frame[mine]
    if rows.empty:
        return NONE
    row = rows.iloc[0]
    ends = float(row["low"]), float(row["high"])
    return difference(float(row["difference"]), *ends, quantity.of.unit)


def holds(found: Sweep, at: Knee) -> str:
    """How far a target holds, in a sentence."""
    (path,) = found.parameters
    start = f"{at.scenario}: {at.target}"
    if at.holds == NO_MAIL:
        return f"{at.scenario} has no mail of {at.target}."
    if at.holds == NOWHERE:
        end = "first" if at.low == -math.inf else "last"
        allows = "" if at.low == at.high else ", though its interval allows it"
        return f"{start} does not hold at the {end} point of {path}{allows}."
    if at.holds == EVERYWHERE:
        return f"{start} holds at all points of {path}{_surely(at)}."
    low = "below the first point" if at.low == -math.inf else _amount(at.low, at.unit)
    high = "beyond the last point" if at.high == math.inf else _amount(at.high, at.unit)
    up_to, on = ("from", " on") if at.holds == FROM else ("up to", "")
    return f"{start} holds {up_to} {path} = {_amount(at.value, at.unit)}{on} ({low} to {high})."


def _surely(at: Knee) -> str:
    """How far the interval of the mean keeps a target that the mean keeps everywhere."""
    if at.low == at.high:
        return ""
    upward = at.high == math.inf
    end = at.low if upward else at.high
    if math.isinf(end):
        point = "first" if upward else "last"
        return f" by the means; the intervals cannot tell, not even at the {point} point"
    amount = _amount(end, at.unit)
    return f", surely up to {amount}" if upward else f", surely from {amount} on"


def _amount(value: float, unit: str) -> str:
    """Four digits, and no power of ten."""
    return f"{float(f'{value:.4g}'):,.12g}{unit}"
