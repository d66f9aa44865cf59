"""Step functions over the time of a trace: a number over time, and the duration of a state."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.trace.columns import Column
from relaysim.trace.tables import Level, Trace

_LAST = 2**62 - 1


@dataclass(frozen=True)
class StepFunction:
    """An integer over time: `values[i]` from `times[i]` on, and 0 before the first time.

    Times are microseconds, ascending and distinct: what enters and leaves within one tick does not
    appear.
    """

    times: Column
    values: Column

    @classmethod
    def of(cls, enter: Column, leave: Column) -> Self:
        """Return the number present over time.

        Parameters
        ----------
        enter, leave : int64 array, shape (n,)
            When each enters and leaves, microseconds; each array in any order. A time from 2**62
            on, far after any run, counts as 2**62 - 1.
        """
        # In place: a long run has tens of millions of changes.
        times = np.concatenate((enter, leave))
        np.minimum(times, _LAST, out=times)
        # The lowest bit says whether one enters.
        times <<= 1
        times[: len(enter)] += 1
        # Traces are nearly in order of time, which makes the stable sort several times as fast.
        times.sort(kind="stable")
        step = times.astype(np.int8)
        step &= 1
        step <<= 1
        step -= 1
        times >>= 1
        last = np.append(times[1:] != times[:-1], True)[: len(times)]
        times = times[last]
        return cls(times, np.cumsum(step, dtype=np.int64)[last])

    def at(self, time: Column) -> Column:
        """Return the value at each time (microseconds)."""
        row = np.searchsorted(self.times, time, "right") - 1
        return np.where(row >= 0, self.values[row], 0) if len(self.times) else np.zeros_like(time)

    def area(self, time: Column) -> Column:
        """Return the integral from 0 to each time, in value x microseconds."""
        if not len(self.times):
            return np.zeros_like(time)
        spans = self.values[:-1] * np.diff(self.times)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(spans)))
        row = np.searchsorted(self.times, time, "right") - 1
        area = before[row] + self.values[row] * (time - self.times[row])
        return np.where(row >= 0, area, 0)

    def between(self, start: int, end: int) -> Self:
        """Return the part from `start` to `end` (microseconds); the value is 0 from `end` on."""
        inside = (self.times > start) & (self.times < end)
        first = self.at(np.array([start], np.int64))
        times = np.concatenate(([start], self.times[inside], [end]))
        return type(self)(times, np.concatenate((first, self.values[inside], [0])))

    def largest(self) -> int:
        """Return the largest value, at least 0."""
        return int(self.values.max(initial=0))

    def time_where(self, chosen: npt.NDArray[np.bool_]) -> int:
        """Return the total length of the chosen steps, microseconds; the last step has none."""
        return int(np.diff(self.times)[chosen[:-1]].sum()) if len(self.times) else 0


def time_present(enter: Column, leave: Column, time: Column) -> Column:
    """Return how long all together have been present by each time, microseconds.

    It is `StepFunction.of(enter, leave).area(time)`, without the step function.
    """
    # Intermediate numbers may exceed 64 bits; what is too much cancels in the difference.
    return _passed(enter, time) - _passed(leave, time)


def _passed(event: Column, time: Column) -> Column:
    """Return the time since each event before a time, summed over the events."""
    event = np.sort(event, kind="stable")
    count = np.searchsorted(event, time, "right")
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(event)))
    passed: Column = count * time - total[count]
    return passed


def distinct(times: Iterable[Column]) -> Column:
    """Return the distinct values of ascending arrays, ascending.

    `numpy.unique` hashes all values before it sorts them; the stable sort merges arrays in order.
    """
    merged = np.sort(np.concatenate(tuple(times)), kind="stable")
    result: Column = merged[np.append(merged[1:] != merged[:-1], True)[: len(merged)]]
    return result


@dataclass(frozen=True)
class StateDurations:
    """How long each of many subjects has been in a state other than 0, over time."""

    subject: Column
    times: Column
    on: Column
    lasted: Column
    """Rows in the order of subject and time. `on` is 1 if the state is not 0 from `times` on;
    `lasted` is how long the subject was in the state before, microseconds."""

    @classmethod
    def of(cls, trace: Trace, level: Level) -> Self:
        """Return the durations of a state that the trace records in `levels`."""
        rows = np.flatnonzero(trace.levels["level"] == level)
        subject, time = trace.levels["subject"][rows], trace.levels["time"][rows]
        order = np.lexsort((time, subject))
        subject, time = subject[order], time[order]
        on = (trace.levels["value"][rows][order] != 0).astype(np.int64)
        first = np.ones(len(rows), bool)
        first[1:] = subject[1:] != subject[:-1]
        lasted = np.zeros(len(rows), np.int64)
        lasted[1:] = np.where(first[1:], 0, on[:-1] * (time[1:] - time[:-1]))
        total = np.cumsum(lasted)
        start = np.maximum.accumulate(np.where(first, np.arange(len(rows)), 0))
        return cls(subject, time, on, total - total[start] if len(rows) else total)

    def until(self, subject: Column, time: Column) -> Column:
        """Return how long each subject has been in the state by a time.

        Parameters
        ----------
        subject : int64 array, shape (n,)
            Numbers of subjects.
        time : int64 array, shape (n,)
            A time for each subject, microseconds.

        Returns
        -------
        int64 array, shape (n,)
            Microseconds in the state from the start of the run to the time.
        """
        lasted = np.zeros(len(time), np.int64)
        # Most subjects are never in the state.
        ever = np.zeros(max(subject.max(initial=-1), self.subject.max(initial=-1)) + 1, bool)
        ever[self.subject] = True
        known = np.flatnonzero(ever[subject])
        lasted[known] = self._until(subject[known], time[known])
        return lasted

    def _until(self, subject: Column, time: Column) -> Column:
        """Return `until` for subjects that have rows."""
        # Ranks replace times, so that subject and time fit one integer without overflow.
        ticks = np.unique(self.times)
        width = len(ticks) + 1
        keys = self.subject * width + np.searchsorted(ticks, self.times, "right")
        place = subject * width + np.searchsorted(ticks, time, "right")
        row = np.searchsorted(keys, place, "right") - 1
        known = (row >= 0) & (self.subject[row] == subject)
        lasted = self.lasted[row] + self.on[row] * (time - self.times[row])
        return np.where(known, lasted, 0)
