"""Binding resource: the resource that causes the waits for connections and sessions.

A connection is held while it waits for the Internet line or for a core, and a session while it
waits for the acknowledgement. The queue then forms one station before the resource that is short,
and more connections or sessions would not shorten it. Each wait is therefore divided by the
resources for which the held connections and sessions waited at that time.

| part | of | how long |
| --- | --- | --- |
| `wait_delivery_line` | `wait_delivery` | a transfer waited for the line of the queue |
| `wait_delivery_core` | `wait_delivery` | else, transactions with a connection waited for a core |
| `wait_mailbox_core` | `wait_mailbox` | deliveries with a connection waited for a core |
| `wait_host_acknowledgement` | `wait_host` | sessions of the host waited for the acknowledgement |

The rest of `wait_delivery` and `wait_mailbox` is due to the connections: to their number, and to
the time that the receiver takes. If two of three busy sessions wait for the acknowledgement,
two thirds of a wait for a session count as `wait_host_acknowledgement`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.measure.wait_parts import PART, SENT, RecipientRoutes, is_mailbox
from relaysim.trace.columns import Column, Small
from relaysim.trace.occupancy import rows_of, waited_until
from relaysim.trace.step_function import StateDurations, StepFunction, distinct
from relaysim.trace.tables import Level, Trace, Visit

Floats = npt.NDArray[np.float64]
HELD = (
    "wait_host_acknowledgement",
    "wait_delivery_core",
    "wait_delivery_line",
    "wait_mailbox_core",
)


class Area(NamedTuple):
    """The integral of a share over time: values at times, linear between them."""

    times: Floats
    values: Floats

    @classmethod
    def of(cls, times: Column, share: Floats) -> "Area":
        """Return the integral of a share that is constant from each time to the next.

        Parameters
        ----------
        times : int64 array, shape (n,)
            Microseconds, ascending.
        share : float array, shape (n,)
            The share from each time on.
        """
        # The slice below matters without times: then there is no value either.
        values = np.concatenate((np.zeros(1), np.cumsum(share[:-1] * np.diff(times))))
        return cls(times.astype(np.float64), values[: len(times)])

    def between(self, begin: Column, end: Column) -> Floats:
        """Return the integral over each span from `begin` to `end` (microseconds)."""
        if not len(self.times):
            return np.zeros(len(begin))
        # The integral is linear between times, so interpolation is exact.
        result: Floats = np.interp(end, *self) - np.interp(begin, *self)
        return result


def held(trace: Trace, routes: RecipientRoutes | None = None) -> dict[str, Column]:
    """Divide the waits of each recipient by the resource that bound at the time.

    Parameters
    ----------
    trace : Trace
        Of one run.
    routes : RecipientRoutes, optional
        The transactions of each recipient, if they are known already.

    Returns
    -------
    dict of str to int64 array
        Microseconds by part (see the table of this module), one entry a recipient, in the order of
        `trace.recipients`. A recipient is followed to its end, as in `relaysim.measure.wait_parts`.
    """
    routes = routes or RecipientRoutes.of(trace)
    # First what needs much memory for a while.
    acknowledgement = _acknowledgement(trace)
    parts = {name: np.zeros(len(trace.recipients)) for name in HELD}
    parts["wait_host_acknowledgement"] = acknowledgement
    del acknowledgement
    _connections(trace, routes, parts)
    _cores(trace, routes, parts)
    return {name: parts.pop(name).astype(np.int64) for name in HELD}


def _acknowledgement(trace: Trace) -> Floats:
    """Return how long sessions waited for acknowledgements while each recipient waited."""
    messages, message = trace.messages, trace.recipients["message"]
    taken = _ends(messages["connected"], trace.end)
    end = np.minimum(taken[message], _ends(trace.recipients["end"], trace.end))
    begin, host = messages["created"][message], _hosts(trace)[messages["stream"]]
    waiting = np.flatnonzero((end > begin) & (host[message] >= 0))
    begin, end, host_of = begin[waiting], end[waiting], host[message[waiting]]
    del message
    # One up, because DSNs have host -1.
    of_host = rows_of(host + 1, len(trace.names.hosts) + 1)
    del host
    result = np.zeros(len(trace.recipients))
    for number in np.unique(host_of).tolist():
        busy, held_up = _sessions(trace, of_host[number + 1], taken)
        times = distinct((busy.times, held_up.times))
        of = busy.at(times)
        share = np.divide(held_up.at(times), of, out=np.zeros(len(times)), where=of > 0)
        del busy, held_up, of
        here = np.flatnonzero(host_of == number)
        result[waiting[here]] = Area.of(times, share).between(begin[here], end[here])
    return result


def _sessions(trace: Trace, rows: Small, taken: Column) -> tuple[StepFunction, StepFunction]:
    """Return the sessions of some messages over time: all, and those after their commit."""
    acknowledged, committed = trace.messages.at(rows, "acknowledged", "committed")
    taken = taken[rows]
    failed = np.full(len(trace.messages), -1)
    # Of several rows the last stays: it ended a session that had no reply after the commit.
    failed[trace.refusals["message"]] = trace.refusals["time"]
    lost = (acknowledged < 0) & (committed >= 0)
    acknowledged[lost] = failed[rows[lost]]
    done = np.maximum(_ends(acknowledged, trace.end), taken)
    committed = np.clip(_ends(committed, trace.end), taken, done)
    return StepFunction.of(taken, done), StepFunction.of(committed, done)


def _connections(trace: Trace, routes: RecipientRoutes, parts: dict[str, Floats]) -> None:
    """Divide the waits for a connection by what the connections of the hub waited for."""
    attempts = trace.attempts
    # An attempt with a free connection has no wait to divide.
    slow = _slow(trace)
    (transaction,) = attempts.at(slow, "transaction")
    row, recipient = routes.members.join(transaction)
    del transaction
    slow = slow[row]
    del row
    begin, start, end = attempts.at(slow, "enter", "start", "end")
    end = waited_until(trace, start, end)
    del start
    last = _ends(trace.recipients["end"], trace.end)[recipient]
    np.minimum(begin, last, out=begin)
    np.minimum(end, last, out=end)
    del last
    (queue,) = attempts.at(slow, "queue")
    del slow
    retry = StateDurations.of(trace, Level.QUEUE_RETRY)
    in_retry = retry.until(queue, end) - retry.until(queue, begin)
    # What a queue in Retry waits is `wait_retry`: the rest of such a wait counts in proportion.
    counts = np.zeros(len(queue))
    np.divide(in_retry, end - begin, out=counts, where=end > begin)
    np.subtract(1.0, counts, out=counts)
    del in_retry
    station, inside = [routes.waited.station[visit] for visit in SENT], is_mailbox(trace)[queue]
    waiting_at = _waiting(routes)
    # Queues with the same core and line have the same reasons at the same times.
    for stations in _pairs(queue, station):
        same = (station[0] == stations[0]) & (station[1] == stations[1])
        chosen = np.flatnonzero(same[queue])
        for_core, for_line = (waiting_at[number] for number in stations)
        times = distinct((for_core.times, for_line.times))
        by_line = for_line.at(times) > 0
        # Time counts once: the line comes before the core.
        by_core = (for_core.at(times) > 0) & ~by_line
        if not (by_line | by_core).any():
            continue
        outward, inward = chosen[~inside[chosen]], chosen[inside[chosen]]
        for waiting, reasons in (
            (outward, {"wait_delivery_line": by_line, "wait_delivery_core": by_core}),
            (inward, {"wait_mailbox_core": by_core}),
        ):
            spans = _Spans(times, begin[waiting], end[waiting])
            for name, binds in reasons.items():
                length = spans.bound(binds) * counts[waiting]
                parts[name] += np.bincount(recipient[waiting], length, len(trace.recipients))


def _slow(trace: Trace) -> Small:
    """Return the rows of `attempts` that waited for a connection."""
    attempts, slow = trace.attempts, [np.empty(0, np.int32)]
    for first in range(0, len(attempts), PART):
        enter, start, end = attempts.at(slice(first, first + PART), "enter", "start", "end")
        waited = np.flatnonzero(waited_until(trace, start, end) > enter)
        slow.append((first + waited).astype(np.int32))
    return np.concatenate(slow)


def _pairs(queue: Column, station: list[Column]) -> set[tuple[int, int]]:
    """Return the pairs of stations of some queues."""
    first = np.full(len(station[0]), -1)
    # The last of several assignments stays: the first row of each queue.
    first[queue[::-1]] = np.arange(len(queue))[::-1]
    known = np.flatnonzero(first >= 0)
    # In the order of rows, on which the order of a set may depend.
    known = known[np.argsort(first[known])]
    core, line = (of[known].tolist() for of in station)
    return set(zip(core, line, strict=True))


class _Spans:
    """Spans of time, for which several reasons may have bound."""

    def __init__(self, times: Column, begin: Column, end: Column) -> None:
        self.times = times
        self.edges = [
            (edge, (np.searchsorted(times, edge, "right") - 1).astype(np.int32))
            for edge in (begin, end)
        ]

    def bound(self, binds: npt.NDArray[np.bool_]) -> Column:
        """Return how much of each span falls into the steps that bind, microseconds."""
        on = binds.astype(np.int64)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(on[:-1] * np.diff(self.times))))
        length = np.zeros(len(self.edges[0][0]), np.int64)
        # Part by part, as there are several temporary columns.
        for first in range(0, len(length), PART):
            part = slice(first, first + PART)
            for sign, (edges, rows) in zip((-1, 1), self.edges, strict=True):
                edge, row = edges[part], rows[part]
                by_edge = before[row] + on[row] * (edge - self.times[row])
                length[part] += sign * np.where(row >= 0, by_edge, 0)
        return length


def _cores(trace: Trace, routes: RecipientRoutes, parts: dict[str, Floats]) -> None:
    """Add the wait for a core of a transaction that has its connection."""
    queue, inside = trace.transactions["queue"], is_mailbox(trace)
    ends = _ends(trace.recipients["end"], trace.end)
    # Whole numbers of their own: the parts have fractions, which the order of a sum would change.
    waits = {
        name: np.zeros(len(ends), np.int64) for name in ("wait_delivery_core", "wait_mailbox_core")
    }
    for _, transaction, _, enter, until in routes.waited.parts(Visit.SEND):
        row, recipient = routes.members.join(transaction)
        last = ends[recipient]
        wait = np.minimum(until[row], last) - np.minimum(enter[row], last)
        to_mailbox = inside[queue[transaction[row]]]
        for name, chosen in zip(waits, (~to_mailbox, to_mailbox), strict=True):
            np.add.at(waits[name], recipient[chosen], wait[chosen])
    for name, wait in waits.items():
        parts[name] += wait


def _waiting(routes: RecipientRoutes) -> dict[int, StepFunction]:
    """Return the number of transactions with a connection that wait at each station, over time."""
    station, enter, until = routes.waited.together(*SENT)
    stations = {number for visit in SENT for number in routes.waited.station[visit].tolist()}
    at = {number: station == number for number in stations}
    return {number: StepFunction.of(enter[rows], until[rows]) for number, rows in at.items()}


def _hosts(trace: Trace) -> Column:
    """Return the host of each stream; -1 for the DSNs of a hub, which wait for no session."""
    return np.array(trace.names.stream_host, np.int64)


def _ends(end: Column, last: int) -> Column:
    """Return each end, or the end of the run (`last`) where it is -1."""
    return np.where(end >= 0, end, last)
