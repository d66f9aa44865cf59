"""Occupancy: what waits for and what uses each station and each delivery queue of a trace.

A transaction waits in a delivery queue while it is due and has no connection; between two attempts
it does not wait in this sense. The unit is a transaction, a message at the stations that process
messages, and a connection at a receive connector.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import QueueKind, StationKind
from relaysim.trace.columns import Column, Small, Table
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Trace


@dataclass(frozen=True)
class Place:
    """A station or queue of a trace.

    Parameters
    ----------
    name : str
        The display name.
    kind : StationKind or QueueKind
        The kind of the station or queue.
    hub : int
        The hub of the station or queue; -1 for a line.
    title : str
        The next hop of a queue, the name of a line in the scenario, the name of a receive
        connector within its hub; else "".
    capacity : int
        Servers or connections; 0 for no limit.
    """

    name: str
    kind: StationKind | QueueKind
    hub: int
    title: str
    capacity: int


@dataclass(frozen=True)
class Occupancy:
    """The waits and services at one station or queue; times in microseconds.

    Attributes
    ----------
    place : Place
        The station or queue.
    rows : int32 array, shape (n,)
        Rows of `visits` or `attempts`, in the order of the trace.
    enter, until : int64 array, shape (n,)
        When each wait began and ended.
    served : bool array, shape (n,)
        Whether service followed the wait.
    begin, end : int64 array, shape (m,)
        The spans in which a server was busy. A write of the queue database is one span, however
        many messages are in the batch.
    """

    place: Place
    rows: Small
    enter: Column
    until: Column
    served: npt.NDArray[np.bool_]
    begin: Column
    end: Column

    @classmethod
    def of(cls, trace: Trace, table: Table, rows: Small, place: Place) -> Self:
        """Return the occupancy by rows of `visits` or `attempts`, cut at the end of the run."""
        enter, start, end = table.at(rows.astype(np.int64), "enter", "start", "end")
        until = waited_until(trace, start, end)
        served = (start >= 0) & (start <= trace.end)
        # Service begins when the wait ends. Most are served: then no column is copied.
        begin, end = (until, end) if served.all() else (until[served], end[served])
        del start
        end[end < 0] = trace.end
        np.minimum(end, trace.end, out=end)
        if place.kind is StationKind.COMMIT:
            begin, one_of = np.unique(begin, return_index=True)
            end = end[one_of]
        return cls(place, rows, enter, until, served, begin, end)

    @property
    def name(self) -> str:
        """The display name of the station or queue."""
        return self.place.name

    @property
    def capacity(self) -> int:
        """The servers or connections; 0 for no limit."""
        return self.place.capacity

    def waiting(self) -> StepFunction:
        """Return the number that waits, over time."""
        # Most find a free server.
        waits = self.until != self.enter
        return StepFunction.of(self.enter[waits], self.until[waits])

    def busy(self) -> StepFunction:
        """Return the number of busy servers, over time."""
        return StepFunction.of(self.begin, self.end)


def stations(trace: Trace) -> Iterator[Occupancy]:
    """Yield the occupancy of each station, in the order of `Trace.names`."""
    names = trace.names
    for number, rows in enumerate(rows_of(trace.visits["station"], len(names.stations))):
        place = Place(
            names.stations[number],
            names.station_kind[number],
            names.station_hub[number],
            names.station_title[number],
            names.capacity[number],
        )
        yield Occupancy.of(trace, trace.visits, rows, place)


def queues(trace: Trace) -> Iterator[Occupancy]:
    """Yield the occupancy of each delivery queue, in the order of `Trace.names`."""
    names = trace.names
    for number, rows in enumerate(rows_of(trace.attempts["queue"], len(names.queues))):
        place = Place(
            names.queues[number],
            names.queue_kind[number],
            names.queue_hub[number],
            names.queue_next_hop[number],
            names.queue_capacity[number],
        )
        yield Occupancy.of(trace, trace.attempts, rows, place)


def waited_until(trace: Trace, start: Column, end: Column) -> Column:
    """Return when each wait ended.

    Parameters
    ----------
    trace : Trace
        The trace of the visits or attempts.
    start, end : int64 array, shape (n,)
        When service began and ended, microseconds; -1 if it did not.

    Returns
    -------
    int64 array, shape (n,)
        Microseconds: the start of service; without service the end of the visit; else the end of
        the run.
    """
    until = start.copy()
    unserved = np.flatnonzero(start < 0)
    until[unserved] = np.where(end[unserved] >= 0, end[unserved], trace.end)
    result: Column = np.minimum(until, trace.end, out=until)
    return result


def rows_of(key: Column, keys: int) -> list[Small]:
    """Return the rows of each key from 0 to `keys` - 1, in order."""
    count = np.bincount(key, minlength=keys)
    order = in_order(key, keys).astype(np.int32)
    return np.split(order, np.cumsum(count)[:-1]) if keys else []


def in_order(key: Column, keys: int) -> Column:
    """Return all rows in the order of keys from 0 to `keys` - 1; rows of one key keep their order.

    NumPy sorts integers of 16 bits by their digits, in a tenth of the time of longer ones.
    """
    return np.argsort(key.astype(np.min_scalar_type(keys)), kind="stable")
