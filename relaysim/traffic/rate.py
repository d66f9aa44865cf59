"""The rate of a stream over time: the scale of the run, rate events, profiles and bursts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from relaysim.scenario.calendar_time import moment
from relaysim.scenario.event import Event
from relaysim.scenario.model import Run
from relaysim.scenario.rate_profile import Profile
from relaysim.scenario.table import HOUR

__all__ = ["Pace", "RateSteps", "by_profile", "pace_of"]

Floats = npt.NDArray[np.float64]

Pace = tuple[tuple[int, int, Fraction], ...]
"""Periods (from, to, factor), in microseconds, that cover the run in order.

Factors are exact, so that it is certain on which side of a change a message falls.
"""


@dataclass(frozen=True, eq=False)
class RateSteps:
    """A rate that changes in steps: `rate[i]` per microsecond from `start[i]` (microseconds) on.

    `start` ascends from 0; the last step ends at `end`.
    """

    start: Floats
    rate: Floats
    end: int

    def __mul__(self, other: "RateSteps") -> "RateSteps":
        start = np.union1d(self.start, other.start)
        return RateSteps(start, self._at(start) * other._at(start), self.end)

    def times(self, points: Floats) -> Floats:
        """Return the times at which the integral of the rate from 0 reaches each of the points.

        Points that are not reached before `end` are left out.

        Parameters
        ----------
        points : float array, shape (n,)
            Values of the integral, ascending.

        Returns
        -------
        float array, shape (m,)
            Microseconds; m is at most n.
        """
        ends, reached = self._ends(), self.reached()
        points = points[: np.searchsorted(points, reached[-1])]
        # The last step that starts at or below a point: steps of rate 0 reach nothing.
        step = np.searchsorted(reached[:-1], points, side="right") - 1
        times = self.start[step] + (points - reached[step]) / self.rate[step]
        # Rounding must not carry a point past the points of the next step.
        return np.minimum(times, ends[step])

    def reached(self) -> Floats:
        """Return the integral of the rate from 0 to each start, and to `end`."""
        return np.concatenate(([0.0], np.cumsum(self.rate * (self._ends() - self.start))))

    def _ends(self) -> Floats:
        return np.append(self.start[1:], self.end)

    def _at(self, times: Floats) -> Floats:
        return self.rate[np.searchsorted(self.start, times, side="right") - 1]

    @classmethod
    def from_pace(cls, pace: Pace) -> "RateSteps":
        """Return the factors of a pace as a rate."""
        start = np.array([begin for begin, _, _ in pace], dtype=np.float64)
        return cls(start, np.array([float(factor) for _, _, factor in pace]), pace[-1][1])


def pace_of(stream: str, events: Iterable[Event], run: Run) -> Pace:
    """Return the factor on the rate of a stream: `run.scale` times the factors of its rate events.

    Parameters
    ----------
    stream : str
        `host.stream`.
    events : iterable of Event
        The events of the scenario.
    run : Run
        The run.

    Returns
    -------
    Pace
        Periods that cover the run in order, with exact factors.
    """
    windows = [
        (begin, begin + event.rate.for_, _exact(event.rate.factor))
        for event in events
        if event.rate and event.rate.stream == stream
        for begin in (moment(event.at, run.start),)
    ]
    edges = {0, run.duration} | {edge for begin, end, _ in windows for edge in (begin, end)}
    times = sorted(edge for edge in edges if edge <= run.duration)
    pace = []
    for begin, end in pairwise(times):
        factor = _exact(run.scale)
        for opens, closes, change in windows:
            if opens <= begin < closes:
                factor *= change
        pace.append((begin, end, factor))
    return tuple(pace)


def by_profile(profile: Profile | None, start: datetime, duration: int) -> RateSteps:
    """Return the weights of a profile over a run as a rate; 1 without a profile.

    Parameters
    ----------
    profile : Profile or None
        Weights by hour of the day and by day of the week.
    start : datetime
        Local time at the start of the run.
    duration : int
        The length of the run, microseconds.
    """
    if profile is None:
        return RateSteps(np.zeros(1), np.ones(1), duration)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    into_hour = (start - midnight) // timedelta(microseconds=1) % HOUR
    hours = np.arange(-(-(into_hour + duration) // HOUR))
    clock = start.hour + hours
    weekday = (start.weekday() + clock // 24) % 7
    rate = np.array(profile.hours)[clock % 24] * np.array(profile.weekdays)[weekday]
    return RateSteps(np.maximum(hours * float(HOUR) - into_hour, 0.0), rate, duration)


def _exact(factor: float) -> Fraction:
    """Return a number of the scenario file as written there: 0.1 is a tenth."""
    return Fraction(repr(factor))
