"""Knee: the largest value of a varied load at which a target still holds."""

from typing import NamedTuple

import numpy as np

from relaysim.measure.chance import chances
from relaysim.measure.estimate import Floats, estimates
from relaysim.measure.target import Target
from relaysim.study.sweep import Sweep
from relaysim.study.vary import number


class Knee(NamedTuple):
    """Where the mean of a quantity crosses the bound, between two points of the sweep.

    `low` and `high` are where the ends of its 95 % interval cross it: the target holds surely below
    `low`, and surely not above `high`. An infinite `value`, `low` or `high` lies outside the points
    of the sweep: minus infinity before the first one, infinity beyond the last one. NaN: the design
    has no such mail.
    """

    scenario: str
    target: str
    value: float
    low: float
    high: float


def knee(found: Sweep, target: Target | str, scenario: str) -> Knee:
    """The knee of a design, by straight lines between the points; the first one, if several.

    The interval is that of the loads at which the target can be neither confirmed nor refuted by
    the interval of the mean (inverting a test at each load). ValueError if the sweep does not vary
    one number alone, or does not have the quantity.
    """
    target = Target.parse(target) if isinstance(target, str) else target
    load = _load(found)
    if target.quantity not in found.quantities:
        raise ValueError(f"the sweep does not have {target.quantity}")
    row = found.quantities.index(target.quantity)
    order = np.argsort(load)
    points = list(dict.fromkeys(point for point, _ in found.values))
    values = np.array([found.values[points[at], scenario][row] for at in order])
    if np.isnan(values).all():
        return Knee(scenario, target.text, np.nan, np.nan, np.nan)
    mean, low, high, _ = (chances if target.quantity.of.chance else estimates)(values)
    sign = 1.0 if target.below else -1.0
    worst, best = (high, low) if target.below else (low, high)
    crossed = [
        _crossing(load[order], sign * (curve - target.bound)) for curve in (mean, worst, best)
    ]
    return Knee(scenario, target.text, *crossed)


def _load(found: Sweep) -> Floats:
    """The values of the one parameter, in the order of the points."""
    points = list(dict.fromkeys(point for point, _ in found.values))
    values = [number(point[0]) for point in points]
    if len(found.parameters) != 1 or any(isinstance(value, str) for value in values):
        raise ValueError("a knee takes a sweep of one parameter that is a number")
    return np.array(values, np.float64)


def _crossing(load: Floats, excess: Floats) -> float:
    """Where the excess over the bound gets above 0 first; where there is no value, it is above."""
    above = ~(excess <= 0.0)
    if above[0]:
        return -np.inf
    if not above.any():
        return np.inf
    after = int(np.argmax(above))
    before = after - 1
    if not np.isfinite(excess[after]):
        return float(load[before])
    part = -excess[before] / (excess[after] - excess[before])
    return float(load[before] + part * (load[after] - load[before]))
