"""How late: quantiles of the latency and its parts, group by group.

A quantile is interpolated linearly between order statistics (Hyndman and Fan's type 7, the default
of numpy, R and spreadsheets). Latency runs from creation to the final 250.
"""

import numpy as np
import numpy.typing as npt

from relaysim.engine.trace import Column
from relaysim.measure.copies import Copies
from relaysim.measure.counts import Values
from relaysim.measure.holding import HELD
from relaysim.measure.waits import PARTS
from relaysim.measure.window import HOUR, SECOND

Floats = npt.NDArray[np.float64]
QUANTILES = {"latency_p50": 0.5, "latency_p90": 0.9, "latency_p95": 0.95, "latency_p99": 0.99}
FEWEST_IN_AN_HOUR = 20
"""An hour with fewer copies has no p95: it would be little else than its slowest copy (A)."""


def latency(copies: Copies, group: Column, subjects: int) -> Values:
    """Latency of those of the given copies that were delivered or junked, seconds."""
    got = np.flatnonzero((copies.latency >= 0) & (group >= 0))
    of, time = group[got], copies.latency[got]
    values = {"latency_mean": _mean(time, of, subjects)}
    sorted_time, first, count = _sorted(time, of, subjects)
    for name, share in QUANTILES.items():
        values[name] = _quantile(sorted_time, first, count, share) / SECOND
    values["latency_max"] = _quantile(sorted_time, first, count, 1.0) / SECOND
    hour = copies.created[got] // HOUR
    values["latency_p95_worst_hour"] = _worst_hour(time, of, hour, subjects)
    for part in (*PARTS, *HELD):
        values[part] = _mean(copies.waits[part][got], of, subjects)
    return values


def _mean(time: Column, group: Column, subjects: int) -> Floats:
    count = np.bincount(group, minlength=subjects)
    total = np.bincount(group, time.astype(np.float64), subjects) / SECOND
    mean: Floats = np.divide(total, count, out=np.full(subjects, np.nan), where=count > 0)
    return mean


def _sorted(time: Column, group: Column, subjects: int) -> tuple[Column, Column, Column]:
    """Times in ascending order within each group, with where each group begins and its size."""
    count = np.bincount(group, minlength=subjects).astype(np.int64)
    return time[np.lexsort((time, group))], np.cumsum(count) - count, count


def _quantile(time: Column, first: Column, count: Column, share: float) -> Floats:
    """The quantile of each group in microseconds; NaN for an empty one."""
    values = np.full(len(count), np.nan)
    some = np.flatnonzero(count > 0)
    place = (count[some] - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, count[some] - 1)
    low, high = time[first[some] + below], time[first[some] + above]
    values[some] = low + (high - low) * (place - below)
    return values


def _worst_hour(time: Column, group: Column, hour: Column, subjects: int) -> Floats:
    """The largest p95 among the hours of creation (of the run, from its start), seconds."""
    worst = np.full(subjects, np.nan)
    if not len(time):
        return worst
    hours = int(hour.max()) + 1
    keys, of_key = np.unique(group * hours + hour, return_inverse=True)
    sorted_time, first, count = _sorted(time, of_key, len(keys))
    p95 = _quantile(sorted_time, first, count, 0.95) / SECOND
    enough = count >= FEWEST_IN_AN_HOUR
    np.fmax.at(worst, keys[enough] // hours, p95[enough])
    return worst
