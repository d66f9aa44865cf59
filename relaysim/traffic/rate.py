"""How fast a stream runs over time: the scale of the run, rate events, profiles, bursts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from relaysim.scenario.event import Event
from relaysim.scenario.rate_profile import Profile
from relaysim.scenario.table import HOUR

__all__ = ["Pace", "Steps", "by_profile", "pace_of"]

Floats = npt.NDArray[np.float64]

Pace = tuple[tuple[int, int, Fraction], ...]
"""Periods (from, to, factor), in microseconds, that cover the run in order.

Factors are exact, so that it is certain on which side of a change a message falls.
"""


@dataclass(frozen=True, eq=False)
class Steps:
    """A rate that changes in steps: `rate[i]` per microsecond from `start[i]` on.

    `start` ascends from 0; the last step ends at `end`.
    """

    start: Floats
    rate: Floats
    end: int

    def __mul__(self, other: "Steps") -> "Steps":
        start = np.union1d(self.start, other.start)
        return Steps(start, self._at(start) * other._at(start), self.end)

    def times(self, points: Floats) -> Floats:
        """When the integral of the rate from 0 reaches each of the points, which ascend.

        Points that it does not reach before `end` are left out.
        """
        ends, reached = self._ends(), self.reached()
        points = points[: np.searchsorted(points, reached[-1])]
        # The last step that starts at or below a point: steps of rate 0 reach nothing.
        step = np.searchsorted(reached[:-1], points, side="right") - 1
        times = self.start[step] + (points - reached[step]) / self.rate[step]
        # Rounding must not carry a point past the points of the next step.
        return np.minimum(times, ends[step])

    def reached(self) -> Floats:
        """The integral of the rate from 0 to each start, and to `end`."""
        return np.concatenate(([0.0], np.cumsum(self.rate * (self._ends() - self.start))))

    def _ends(self) -> Floats:
        return np.append(self.start[1:], self.end)

    def _at(self, times: Floats) -> Floats:
        return self.rate[np.searchsorted(self.start, times, side="right") - 1]

    @classmethod
    def from_pace(cls, pace: Pace) -> "Steps":
        """The factors of a pace as a step function."""
        start = np.array([begin for begin, _, _ in pace], dtype=np.float64)
        return cls(start, np.array([float(factor) for _, _, factor in pace]), pace[-1][1])


def pace_of(stream: str, events: Iterable[Event], scale: float, duration: int) -> Pace:
    """The factor on a stream's rate: `scale` times that of each rate event under way."""
    windows = [
        (event.at, event.at + event.rate.for_, _exact(event.rate.factor))
        for event in events
        if event.rate and event.rate.stream == stream
    ]
    edges = {0, duration} | {edge for begin, end, _ in windows for edge in (begin, end)}
    times = sorted(edge for edge in edges if edge <= duration)
    pace = []
    for begin, end in pairwise(times):
        factor = _exact(scale)
        for opens, closes, change in windows:
            if opens <= begin < closes:
                factor *= change
        pace.append((begin, end, factor))
    return tuple(pace)


def by_profile(profile: Profile | None, start: datetime, duration: int) -> Steps:
    """The profile's weights over a run that starts at `start`, local time; 1 without a profile."""
    if profile is None:
        return Steps(np.zeros(1), np.ones(1), duration)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    into_hour = (start - midnight) // timedelta(microseconds=1) % HOUR
    hours = np.arange(-(-(into_hour + duration) // HOUR))
    clock = start.hour + hours
    weekday = (start.weekday() + clock // 24) % 7
    rate = np.array(profile.hours)[clock % 24] * np.array(profile.weekdays)[weekday]
    return Steps(np.maximum(hours * float(HOUR) - into_hour, 0.0), rate, duration)


def _exact(factor: float) -> Fraction:
    """A number of the scenario file as it was written: 0.1 is a tenth."""
    return Fraction(repr(factor))
