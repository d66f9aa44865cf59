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
from relaysim.trace.columns import Column, Kept
from relaysim.trace.occupancy import in_order

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

    rows: Kept
    cell: Kept
    time: Floats
    """Microseconds; infinite for mail that was not delivered or junked."""

    @classmethod
    def of(cls, recipients: Recipients, rows: Kept | None = None, cell: Kept | None = None) -> Self:
        """Return the judged ones of some recipients: sorted once, for the quantiles of groups.

        Parameters
        ----------
        recipients : Recipients
            The recipients of a trace.
        rows : array of int, optional
            Which of them; all by default.
        cell : array of int, shape (recipients,), optional
            The part of each recipient that a group has or does not have; by default each recipient
            is one.
        """
        rows = np.flatnonzero(recipients.judged) if rows is None else rows[recipients.judged[rows]]
        time = recipients.latency[rows].astype(np.float64)
        time[time < 0] = np.inf
        return cls.sorted(rows, time, cell)

    @classmethod
    def sorted(cls, rows: Kept, time: Floats, cell: Kept | None = None) -> Self:
        """Return rows and their latencies (microseconds) in the order of the latency."""
        order = np.argsort(time)
        rows = rows[order]
        return cls(rows, rows if cell is None else cell[rows], time[order])

    def where(self, chosen: Mask) -> Self:
        """Return some of them, chosen by a mask over all recipients of the trace."""
        kept = chosen[self.rows]
        return type(self)(self.rows[kept], self.cell[kept], self.time[kept])


class Delivered(NamedTuple):
    """The judged recipients that were delivered or junked, by cell."""

    number: Column
    """How many there are in each cell."""
    times: dict[str, tuple[Kept, Floats]]
    """The latency and its parts by the names of their means: pairs of a cell and a time,
    microseconds. A cell has one pair, or several where a sum might round."""

    @classmethod
    def of(cls, recipients: Recipients, rows: Kept | None = None, cell: Kept | None = None) -> Self:
        """Return the delivered ones, for the means of groups; see `ByLatency.of`."""
        every = len(recipients)
        rows = np.arange(every) if rows is None else rows
        rows = rows[(recipients.latency[rows] >= 0) & recipients.judged[rows]]
        of = rows if cell is None else cell[rows]
        cells = every if cell is None else int(cell.max(initial=-1)) + 1
        times: dict[str, tuple[Kept, Floats]] = {}
        for name in ("latency_mean", *PARTS, *HELD):
            if name == "latency_mean":
                time = recipients.latency[rows]
            else:
                (time,) = recipients.waits.at(rows, name)
            # Integers below 2**53 add up exactly in any order.
            if cell is not None and float(np.abs(time).sum(dtype=np.float64)) < 2.0**52:
                times[name] = np.arange(cells), np.bincount(of, time, cells).astype(np.float64)
            else:
                some = np.flatnonzero(time)
                times[name] = of[some], time[some].astype(np.float64)
        return cls(np.bincount(of, minlength=cells), times)


def means(delivered: Delivered, group: Column, subjects: int) -> Values:
    """Return the mean latency of each group and its parts, seconds; NaN for an empty group.

    `group` has the subject of each cell, -1 for none.
    """
    of = group + 1  # 0 is no group
    count = np.bincount(of, delivered.number, minlength=subjects + 1)[1:]
    values = {}
    for name, (cell, time) in delivered.times.items():
        total = np.bincount(of[cell], time, subjects + 1)[1:] / SECOND
        values[name] = np.divide(total, count, out=np.full(subjects, np.nan), where=count > 0)
    return values


def quantiles(judged: ByLatency, group: Column, subjects: int) -> Values:
    """Return the quantiles of each group, seconds: infinite where lost, NaN without recipients."""
    time, first, count = _sorted(judged, group, subjects)
    return {
        name: _quantile(time, first, count, share) / SECOND for name, share in QUANTILES.items()
    }


def busy_hours(recipients: Recipients, counted: Mask | None = None) -> Mask:
    """Return which recipients were created in a busy hour.

    `counted` are those that make an hour busy; all by default.

    Notes
    -----
    Hours count from the start of the run. The load of an hour is the number of recipients of all
    mail but DSNs that are created in it, whatever their final status.
    """
    hour = recipients.created // HOUR
    load = np.bincount(hour[~recipients.dsn if counted is None else counted & ~recipients.dsn])
    # DSNs may be created after the last hour with mail: the appended False is for them.
    busy: Mask = np.append(load >= BUSY * load.max(initial=1), False)[np.minimum(hour, len(load))]
    return busy


def latency_in_busy_hours(judged: ByLatency, group: Column, subjects: int) -> Values:
    """Return the p95 of the recipients of each group that were created in a busy hour, seconds.

    Parameters
    ----------
    judged : ByLatency
        The judged recipients that were created in a busy hour.
    group : int64 array, shape (cells,)
        The subject of each cell; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        `latency_p95_busy_hours`, seconds.
    """
    time, first, count = _sorted(judged, group, subjects)
    return {"latency_p95_busy_hours": _quantile(time, first, count, 0.95) / SECOND}


def _sorted(judged: ByLatency, group: Column, subjects: int) -> tuple[Floats, Column, Column]:
    """Return latencies of judged recipients, ascending by group; start and size of each group."""
    # Small numbers sort faster. The last group is no group.
    number = np.where(group >= 0, group, subjects).astype(np.min_scalar_type(subjects))
    of = number[judged.cell]
    count = np.bincount(of, minlength=subjects + 1).astype(np.int64)
    time = judged.time[in_order(of, subjects + 1)]
    return time, (np.cumsum(count) - count)[:-1], count[:-1]


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
