"""Limits and break-evens.

The largest load that meets a target, and where a design becomes better.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from relaysim.measure.target import Target
from relaysim.stats.interval import Estimates, Floats, without_interval

_JUST = float(np.finfo(np.float64).tiny)
UP_TO, FROM, EVERYWHERE, NOWHERE, NO_MAIL = "up to", "from", "everywhere", "nowhere", "no mail"


class Limit(NamedTuple):
    """The value of a varied number at which the mean of a quantity crosses a bound.

    `holds` is `up to` for a quantity that gets worse along the points, as with a load, and `from`
    for one that gets better, as with cores. `low` and `high` are where the ends of the 95 %
    interval cross the bound: with `up to`, the target is met surely below `low` and surely not
    above `high`; with `from`, surely above `high` and surely not below `low`. Each is minus
    infinity before the first point and infinity beyond the last. There is no `value` (NaN) where
    the mean meets the bound `everywhere`, or `nowhere`: not even at the end of the points where it
    is nearest; with `no mail` of its kind in the design all three are NaN. `crossings` counts how
    often the mean crosses the bound over the points: the limit is one of them. `unit` is that of
    the varied number, with the space before it.
    """

    scenario: str
    target: str
    holds: str
    value: float
    low: float
    high: float
    crossings: int = 0
    unit: str = ""


def limit(
    scenario: str,
    target: Target,
    values: Floats,
    load: Floats,
    unit: str = "",
    *,
    sure: bool = True,
) -> Limit:
    """Return the limit of a design, by straight lines between the points.

    Parameters
    ----------
    scenario
        The name of the design.
    target
        The bound.
    values : array of float, shape (points, replications)
        The quantity; NaN where a replication has no value. A point without any value does not keep
        the target, and a point where some replications have none does not surely keep it.
    load : array of float, shape (points,)
        The varied number.
    unit
        Its unit, with the space before it.
    sure
        False if the mean has no interval: no point keeps or breaks the target surely then.

    Returns
    -------
    Limit
        Of several crossings the first for a quantity that gets worse, the last for one that gets
        better.

    Notes
    -----
    The interval is that of the loads at which the interval of the mean, point by point, neither
    keeps nor breaks the target (a test at each load, inverted). It does not contain the error of
    the straight lines.
    """
    if np.isnan(values).all():
        return Limit(scenario, target.text, NO_MAIL, np.nan, np.nan, np.nan, 0, unit)
    estimate = target.quantity.estimates(values)
    mean, low, high, _ = estimate if sure else without_interval(estimate)
    # From here on an excess above 0 breaks the target, whatever its direction.
    sign = 1.0 if target.below else -1.0
    worst, best = (high, low) if target.below else (low, high)
    beyond, at_worst, at_best = (sign * (curve - target.bound) for curve in (mean, worst, best))
    none = np.isnan(beyond)
    # Without a value, or without an interval, the target is not surely kept.
    beyond[none] = np.inf
    at_worst[np.isnan(values).any(axis=1) | np.isnan(at_worst)] = np.inf
    at_best = np.where(none, np.inf, np.where(np.isnan(at_best), -np.inf, at_best))
    if not target.inclusive:
        # On the bound is beyond it.
        beyond, at_worst, at_best = (
            np.where(curve == 0.0, _JUST, curve) for curve in (beyond, at_worst, at_best)
        )
    return _along(scenario, target.text, load, (beyond, at_worst, at_best), unit)


def break_even(
    scenario: str, statement: str, advantage: Estimates, least: Floats, load: Floats, unit: str = ""
) -> Limit:
    """Return where a design is better than another by more than the equivalence margin.

    Parameters
    ----------
    scenario
        The name of the design.
    statement
        What holds there, in words.
    advantage : Estimates, shape (points,)
        By how much it is better at each load, paired, with 95 % intervals.
    least : array of float, shape (points,)
        The equivalence margin.
    load : array of float, shape (points,)
        The varied number.
    unit
        Its unit, with the space before it.

    Returns
    -------
    Limit
        Its interval is found as that of `limit`.
    """
    value, low, high = (least - value for value in advantage[:3])
    none = np.isnan(value)
    if none.all():
        return Limit(scenario, statement, NO_MAIL, np.nan, np.nan, np.nan, 0, unit)
    beyond = np.where(none, np.inf, np.where(value == 0.0, _JUST, value))
    at_worst = np.where(np.isnan(low), np.inf, low)
    at_best = np.where(none, np.inf, np.where(np.isnan(high), -np.inf, high))
    return _along(scenario, statement, load, (beyond, at_worst, at_best), unit)


def _along(
    scenario: str, statement: str, load: Floats, excess: tuple[Floats, Floats, Floats], unit: str
) -> Limit:
    """Return where an excess over a bound, and those of the ends of its interval, cross 0."""
    # Points may be given in any order.
    order = np.argsort(load)
    load = load[order]
    beyond, at_worst, at_best = (curve[order] for curve in excess)
    crossings = int(np.count_nonzero(np.diff(beyond > 0.0)))
    # The quantity gets worse along the points; otherwise the curve is read from its other end.
    if beyond[0] <= beyond[-1]:
        at, least = _crossing(load, beyond), _crossing(load, at_worst)
        most = _crossing(load, at_best, late=True)
        holds = UP_TO if np.isfinite(at) else EVERYWHERE if at > 0 else NOWHERE
    else:
        back = -load[::-1]
        at, most = -_crossing(back, beyond[::-1]), -_crossing(back, at_worst[::-1])
        least = -_crossing(back, at_best[::-1], late=True)
        holds = FROM if np.isfinite(at) else EVERYWHERE if at < 0 else NOWHERE
    value = at if np.isfinite(at) else np.nan
    return Limit(scenario, statement, holds, value, least, most, crossings, unit)


def _crossing(load: Floats, excess: Floats, late: bool = False) -> float:
    """Return where the excess over the bound gets above 0 first.

    Nothing is known between a point and one with an infinite excess: the result is the earliest
    possible place, or the latest.
    """
    above = excess > 0.0
    if above[0]:
        return -np.inf
    if not above.any():
        return np.inf
    after = int(np.argmax(above))
    before = after - 1
    # No straight line leads to infinity.
    if np.isinf(excess[before]) or np.isinf(excess[after]):
        return float(load[after if late else before])
    part = -excess[before] / (excess[after] - excess[before])
    return float(load[before] + part * (load[after] - load[before]))


def limit_table(limits: Sequence[Limit]) -> pd.DataFrame:
    """Return one row for each target and design.

    Parameters
    ----------
    limits
        How far targets hold.

    Returns
    -------
    pandas.DataFrame
        The fields of `Limit`; an end before the first point, or beyond the last, is a word.
    """
    words = {-np.inf: "before", np.inf: "beyond"}
    table = pd.DataFrame(limits)
    ends = table[["low", "high"]].astype(object)
    table[["low", "high"]] = ends.map(lambda end: words.get(end, end))
    return table
