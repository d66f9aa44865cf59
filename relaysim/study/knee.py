"""Knee: how far along a varied number a target still holds."""

from typing import NamedTuple

import numpy as np

from relaysim.measure.estimate import Floats
from relaysim.measure.target import Target

UP_TO, FROM, EVERYWHERE, NOWHERE, NO_MAIL = "up to", "from", "everywhere", "nowhere", "no mail"


class Knee(NamedTuple):
    """Where the mean of a quantity crosses the bound, between two points of a sweep.

    `holds` is `up to` for what gets worse along the points, as with a load, and `from` for what
    gets better, as with cores. `low` and `high` are where the ends of the 95 % interval cross the
    bound: up to a knee the target holds surely below `low` and surely not above `high`, from a knee
    on surely above `high` and surely not below `low`. Each is minus infinity before the first point
    and infinity beyond the last. There is no `value` (NaN) where the mean keeps the bound
    `everywhere`, or `nowhere`, which is to say not at the end of the points where it comes closest;
    with `no mail` of its kind in the design all three are NaN. `unit` is that of the varied number,
    with the space before it.
    """

    scenario: str
    target: str
    holds: str
    value: float
    low: float
    high: float
    unit: str = ""


def knee(scenario: str, target: Target, values: Floats, load: Floats, unit: str = "") -> Knee:
    """The knee of a design, by straight lines between the points; the first one, if several.

    `values` of the quantity have a row for each load and a column for each replication. The
    interval is that of the loads at which the target can be neither confirmed nor refuted by the
    interval of the mean (inverting a test at each load).
    """
    if np.isnan(values).all():
        return Knee(scenario, target.text, NO_MAIL, np.nan, np.nan, np.nan, unit)
    order = np.argsort(load)
    load = load[order]
    mean, low, high, _ = target.quantity.estimates(values[order])
    sign = 1.0 if target.below else -1.0
    worst, best = (high, low) if target.below else (low, high)
    beyond, at_worst, at_best = (sign * (curve - target.bound) for curve in (mean, worst, best))
    # What has no value keeps no bound.
    first, last = (np.inf if np.isnan(end) else end for end in (beyond[0], beyond[-1]))
    if first <= last:
        at, least, most = (_crossing(load, curve) for curve in (beyond, at_worst, at_best))
        holds = UP_TO if np.isfinite(at) else EVERYWHERE if at > 0 else NOWHERE
    else:
        back = -load[::-1]
        at, most, least = (-_crossing(back, curve[::-1]) for curve in (beyond, at_worst, at_best))
        holds = FROM if np.isfinite(at) else EVERYWHERE if at < 0 else NOWHERE
    value = at if np.isfinite(at) else np.nan
    return Knee(scenario, target.text, holds, value, least, most, unit)


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
