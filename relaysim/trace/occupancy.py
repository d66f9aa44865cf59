"""Occupancy: who waits for and who uses each station and each delivery queue of a trace.

Waiting in a delivery queue is being due and without a connection; a transaction between two
attempts does not wait in this sense. What is counted are transactions, messages at the stations
that take messages, and connections at a receive connector.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import QueueKind, StationKind
from relaysim.trace.step_function import Steps
from relaysim.trace.tables import Column, Table, Trace, Visit


@dataclass(frozen=True)
class Place:
    """A station or queue of a trace.

    Parameters
    ----------
    name : str
        Its display name.
    kind : StationKind or QueueKind
        What it is.
    hub : int
        The hub that has it; -1 for a line.
    title : str
        The next hop of a queue, the name of a line in the scenario, the name of a receive
        connector within its hub; else "".
    capacity : int
        Its servers or connections; 0 for no limit.
    """

    name: str
    kind: StationKind | QueueKind
    hub: int
    title: str
    capacity: int


@dataclass(frozen=True)
class Occupancy:
    """One entry a visit (or attempt), in the order of the trace; times in microseconds.

    `rows` are those of `visits` or `attempts`. `until` is when waiting ended, `served` whether
    service followed. `begin` and `end` are the spans in which a server was busy: a write of the
    queue database is one such span, however many messages it holds.
    """

    place: Place
    rows: Column
    enter: Column
    until: Column
    served: npt.NDArray[np.bool_]
    begin: Column
    end: Column

    @classmethod
    def of(cls, trace: Trace, table: Table, rows: Column, place: Place) -> Self:
        """Of some rows of `visits` or `attempts`; none of its times is after the end of the run."""
        enter, start, end = (table[column][rows] for column in ("enter", "start", "end"))
        until = waited_until(trace, start, end)
        served = (start >= 0) & (start <= trace.end)
        begin = start[served]
        end = np.minimum(np.where(end >= 0, end, trace.end), trace.end)[served]
        if table is trace.visits and (table["visit"][rows] == Visit.COMMIT).any():
            begin, one_of = np.unique(begin, return_index=True)
            end = end[one_of]
        return cls(place, rows, enter, until, served, begin, end)

    @property
    def name(self) -> str:
        """The display name of the place."""
        return self.place.name

    @property
    def capacity(self) -> int:
        """The servers or connections of the place; 0 for no limit."""
        return self.place.capacity

    def waiting(self) -> Steps:
        """How many wait, over time."""
        return Steps.of(self.enter, self.until)

    def busy(self) -> Steps:
        """How many servers are busy, over time."""
        return Steps.of(self.begin, self.end)


def stations(trace: Trace) -> Iterator[Occupancy]:
    """Of each station, in the order of the trace's names."""
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
    """Of each delivery queue, in the order of the trace's names."""
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
    """When waiting ended: when service began, else when it was given up, else with the run."""
    until = np.where(start >= 0, start, np.where(end >= 0, end, trace.end))
    return np.minimum(until, trace.end)


def rows_of(key: Column, keys: int) -> list[Column]:
    """The rows of each key from 0 to `keys` - 1, in order."""
    count = np.bincount(key, minlength=keys)
    return np.split(np.argsort(key, kind="stable"), np.cumsum(count)[:-1]) if keys else []
