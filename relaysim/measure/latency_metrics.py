"""Latency: quantiles of the latency, its mean and its parts, group by group.

A quantile counts every judged recipient (`Recipients.judged`): one that was not delivered or junked
is later than any that was, so that a design cannot improve its quantiles by losing its slowest
mail. A quantile that such a recipient decides is infinite: it is lost. Quantiles are interpolated
linearly between order statistics (Hyndman and Fan's type 7, the default of numpy, R and
spreadsheets). Latency runs from creation to the final 250.
"""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from relaysim.measure.binding_resource import HELD
from relaysim.measure.measured_window import HOUR, SECOND
from relaysim.measure.recipient_counts import Values
from relaysim.measure.recipients import Recipients
from relaysim.measure.wait_parts import PARTS
from relaysim.stats.interval import Mask
from relaysim.trace.occupancy import in_order
from relaysim.trace.tables import Column

Floats = npt.NDArray[np.float64]
QUANTILES = {
    "latency_p50": 0.5,
    "latency_p90": 0.9,
    "latency_p95": 0.95,
    "latency_p99": 0.99,
    "latency_max": 1.0,
}
BUSY = 0.9
"""An hour is busy if it creates at least this share of the recipients of the busiest hour (our
choice). A share, not the busiest hour alone: of hours that are alike the one with the most
recipients is an accident, and the more of them there are, the larger the accident."""


class ByLatency(NamedTuple):
    """The judged recipients in the order of their latency."""

    rows: Column
    time: Floats
    """Microseconds; infinite for mail that was not delivered or junked."""

    @classmethod
    def of(cls, recipients: Recipients) -> Self:
        """Return the judged ones of some recipients: sorted once, for the quantiles of groups."""
        rows = np.flatnonzero(recipients.judged)
        latency = recipients.latency[rows]
        return cls.sorted(rows, np.where(latency >= 0, latency, np.inf))

    @classmethod
    def sorted(cls, rows: Column, time: Floats) -> Self:
        """Return rows and their latencies (microseconds) in the order of the latency."""
        order = np.argsort(time)
        return cls(rows[order], time[order])


class Delivered(NamedTuple):
    """The judged recipients that were delivered or junked."""

    rows: Column
    times: dict[str, tuple[Column, Floats]]
    """The latency and its parts by the names of their means: the rows for which it is not 0, and
    microseconds. Most recipients have few of the waits."""

    @classmethod
    def of(cls, recipients: Recipients) -> Self:
        """Return the delivered ones of some recipients, for the means of groups."""
        rows = np.flatnonzero((recipients.latency >= 0) & recipients.judged)
        columns = {"latency_mean": recipients.latency}
        columns |= {part: recipients.waits[part] for part in (*PARTS, *HELD)}
        times = {}
        for name, time in columns.items():
            some = rows[time[rows] != 0]
            times[name] = some, time[some].astype(np.float64)
        return cls(rows, times)


def means(delivered: Delivered, group: Column, subjects: int) -> Values:
    """Return the mean latency of each group and its parts, seconds; NaN for an empty group."""
    of = group + 1  # 0 is no group
    count = np.bincount(of[delivered.rows], minlength=subjects + 1)[1:]
    values = {}
    for name, (rows, time) in delivered.times.items():
        total = np.bincount(of[rows], time, subjects + 1)[1:] / SECOND
        values[name] = np.divide(total, count, out=np.full(subjects, np.nan), where=count > 0)
    return values


def quantiles(judged: ByLatency, group: Column, subjects: int) -> Values:
    """Return the quantiles of each group, seconds: infinite where lost, NaN without recipients."""
    time, first, count = _sorted(judged, group, subjects)
    return {
        name: _quantile(time, first, count, share) / SECOND for name, share in QUANTILES.items()
    }


def busy_hours(recipients: Recipients) -> Mask:
    """Return which recipients were created in a busy hour, of those given.

    Notes
    -----
    Hours count from the start of the run. The load of an hour is the number of recipients of all
    mail but DSNs that are created in it, whatever their final status.
    """
    hour = recipients.created // HOUR
    load = np.bincount(hour[~recipients.dsn])
    # DSNs may be created after the last hour with mail: the appended False is for them.
    busy: Mask = np.append(load >= BUSY * load.max(initial=1), False)[np.minimum(hour, len(load))]
    return busy


def latency_in_busy_hours(judged: ByLatency, busy: Mask, group: Column, subjects: int) -> Values:
    """Return the p95 of the recipients of each group that were created in a busy hour, seconds.

    Parameters
    ----------
    judged : ByLatency
        The judged recipients of a trace.
    busy : bool array, shape (n,)
        Whether each recipient was created in a busy hour.
    group : int64 array, shape (n,)
        The subject of each recipient; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        `latency_p95_busy_hours`, seconds.
    """
    time, first, count = _sorted(judged, np.where(busy, group, -1), subjects)
    return {"latency_p95_busy_hours": _quantile(time, first, count, 0.95) / SECOND}


def _sorted(judged: ByLatency, group: Column, subjects: int) -> tuple[Floats, Column, Column]:
    """Return latencies of judged recipients, ascending by group; start and size of each group."""
    of = group[judged.rows]
    time, of = judged.time[of >= 0], of[of >= 0]
    count = np.bincount(of, minlength=subjects).astype(np.int64)
    return time[in_order(of, subjects)], np.cumsum(count) - count, count


def _quantile(time: Floats, first: Column, count: Column, share: float) -> Floats:
    """Return the quantile of each group in microseconds; NaN for an empty group."""
    values = np.full(len(count), np.nan)
    nonempty = np.flatnonzero(count > 0)
    place = (count[nonempty] - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, count[nonempty] - 1)
    low, high, part = time[first[nonempty] + below], time[first[nonempty] + above], place - below
    result = low.copy()
    # Interpolation with an infinite value would give NaN, so such a quantile is set to infinity.
    between = (part > 0.0) & np.isfinite(high)
    result[between] += (high[between] - low[between]) * part[between]
    result[(part > 0.0) & np.isinf(high)] = np.inf
    values[nonempty] = result
    return values
