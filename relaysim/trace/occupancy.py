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

from relaysim.trace.step_function import Steps
from relaysim.trace.tables import Column, Table, Trace, Visit


@dataclass(frozen=True)
class Occupancy:
    """One entry a visit (or attempt), in the order of the trace; times in microseconds.

    `rows` are those of `visits` or `attempts`. `until` is when waiting ended, `served` whether
    service followed. `begin` and `end` are the spans in which a server was busy: a write of the
    queue database is one such span, however many messages it holds. `capacity` 0 is unlimited.
    """

    name: str
    rows: Column
    enter: Column
    until: Column
    served: npt.NDArray[np.bool_]
    begin: Column
    end: Column
    capacity: int

    @classmethod
    def of(cls, trace: Trace, table: Table, rows: Column, name: str, capacity: int) -> Self:
        """Of some rows of `visits` or `attempts`; none of its times is after the end of the run."""
        enter, start, end = (table[column][rows] for column in ("enter", "start", "end"))
        until = waited_until(trace, start, end)
        served = (start >= 0) & (start <= trace.end)
        begin = start[served]
        end = np.minimum(np.where(end >= 0, end, trace.end), trace.end)[served]
        if table is trace.visits and (table["visit"][rows] == Visit.COMMIT).any():
            begin, one_of = np.unique(begin, return_index=True)
            end = end[one_of]
        return cls(name, rows, enter, until, served, begin, end, capacity)

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
        name, capacity = names.stations[number], names.capacity[number]
        yield Occupancy.of(trace, trace.visits, rows, name, capacity)


def queues(trace: Trace) -> Iterator[Occupancy]:
    """Of each delivery queue, in the order of the trace's names."""
    names = trace.names
    for number, rows in enumerate(rows_of(trace.attempts["queue"], len(names.queues))):
        name, capacity = names.queues[number], names.queue_capacity[number]
        yield Occupancy.of(trace, trace.attempts, rows, name, capacity)


def waited_until(trace: Trace, start: Column, end: Column) -> Column:
    """When waiting ended: when service began, else when it was given up, else with the run."""
    until = np.where(start >= 0, start, np.where(end >= 0, end, trace.end))
    return np.minimum(until, trace.end)


def rows_of(key: Column, keys: int) -> list[Column]:
    """The rows of each key from 0 to `keys` - 1, in order."""
    count = np.bincount(key, minlength=keys)
    return np.split(np.argsort(key, kind="stable"), np.cumsum(count)[:-1]) if keys else []
