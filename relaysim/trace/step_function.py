"""Step functions of a trace: how many there are over time, and how long a state has lasted."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.trace.tables import Column, Level, Trace


@dataclass(frozen=True)
class Steps:
    """A whole number over time: `values[i]` from `times[i]` on; 0 before the first.

    Times are ascending and distinct: what comes and goes within one tick is not seen.
    """

    times: Column
    values: Column

    @classmethod
    def of(cls, enter: Column, leave: Column) -> Self:
        """How many are present, from the times at which each comes and goes (in any order)."""
        came, went = np.sort(enter), np.sort(leave)
        # Two ascending runs: the stable sort merges them.
        times = np.sort(np.concatenate((came, went)), kind="stable")
        if len(times):
            times = times[np.concatenate(([True], times[1:] != times[:-1]))]
        present = np.searchsorted(came, times, "right") - np.searchsorted(went, times, "right")
        return cls(times, present.astype(np.int64))

    def at(self, time: Column) -> Column:
        """The number at each of some times."""
        row = np.searchsorted(self.times, time, "right") - 1
        return np.where(row >= 0, self.values[row], 0) if len(self.times) else np.zeros_like(time)

    def area(self, time: Column) -> Column:
        """The integral from the beginning to each of some times, in number x microseconds."""
        if not len(self.times):
            return np.zeros_like(time)
        spans = self.values[:-1] * np.diff(self.times)
        before = np.concatenate((np.zeros(1, np.int64), np.cumsum(spans)))
        row = np.searchsorted(self.times, time, "right") - 1
        area = before[row] + self.values[row] * (time - self.times[row])
        return np.where(row >= 0, area, 0)

    def between(self, start: int, end: int) -> Self:
        """The same between two times, beginning with the number at `start` and 0 from `end` on."""
        inside = (self.times > start) & (self.times < end)
        first = self.at(np.array([start], np.int64))
        times = np.concatenate(([start], self.times[inside], [end]))
        return type(self)(times, np.concatenate((first, self.values[inside], [0])))

    def largest(self) -> int:
        """The largest number that it reaches."""
        return int(self.values.max(initial=0))

    def time_where(self, chosen: npt.NDArray[np.bool_]) -> int:
        """How long those of its steps last that are chosen by a mask; the last one has no end."""
        return int(np.diff(self.times)[chosen[:-1]].sum()) if len(self.times) else 0


@dataclass(frozen=True)
class Spells:
    """For many subjects at once: how long each has been in a state other than 0."""

    subject: Column
    times: Column
    on: Column
    lasted: Column
    """By row, ordered by subject and time: 1 if on from here, and how long it was on before."""

    @classmethod
    def of(cls, trace: Trace, level: Level) -> Self:
        """The spells of a state that the trace records in `levels`."""
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
        """How long each subject has been in the state by a time, microseconds; row by row."""
        if not len(self.times):
            return np.zeros(len(time), np.int64)
        # Ranks in place of times, so that subject and time fit one integer without overflow.
        ticks = np.unique(self.times)
        width = len(ticks) + 1
        keys = self.subject * width + np.searchsorted(ticks, self.times, "right")
        place = subject * width + np.searchsorted(ticks, time, "right")
        row = np.searchsorted(keys, place, "right") - 1
        known = (row >= 0) & (self.subject[row] == subject)
        lasted = self.lasted[row] + self.on[row] * (time - self.times[row])
        return np.where(known, lasted, 0)
