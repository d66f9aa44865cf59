"""The campaigns of a run: when each starts, and how many messages it has.

All that needs these times reads them here: draws, checks, expected load and texts.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import count, takewhile
from typing import NamedTuple

from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.calendar_time import At, ClockTime, Repeat, moment
from relaysim.scenario.model import Run

_MICROSECOND = timedelta(microseconds=1)
_SATURDAY = 5
# Digits enough that rounding a power of the growth changes no whole number of messages.
_DIGITS = Context(prec=60)


class Occurrence(NamedTuple):
    """One campaign of a run: its start in microseconds, and its messages."""

    start: int
    messages: int


@dataclass(frozen=True)
class Campaigns:
    """The campaigns of a stream in a run, in the order of time.

    Parameters
    ----------
    process : Campaign
        The arrival process.
    run : Run
        The run: its start, its duration and its scale count.
    """

    process: Campaign
    run: Run

    @cached_property
    def first(self) -> int:
        """Return when the first campaign starts, within the run or after it, microseconds."""
        at = moment(self.process.at, self.run.start)
        # A time after the run may lie beyond the calendar.
        by_days = isinstance(self.process.every, Repeat) and at < self.run.duration
        return next(self._days(at)) if by_days else at

    @cached_property
    def starts(self) -> Sequence[int]:
        """Return the starts before the end of `run.duration`, microseconds."""
        every, end = self.process.every, self.run.duration
        if self.first >= end:
            return ()
        if isinstance(every, Repeat):
            return tuple(takewhile(lambda start: start < end, self._days(self.first)))
        return range(self.first, end, every or end)

    def messages(self, number: int) -> int:
        """Return the messages of a campaign by its number from 0, times the scale of the run."""
        return scaled(self.process.messages * self._factor(number), self.run.scale)

    @property
    def peak(self) -> Fraction:
        """Return the messages of the largest campaign in the run as a multiple of the first."""
        return self._factor(self.number_of_largest)

    @property
    def largest(self) -> Occurrence | None:
        """Return the campaign with the most messages, the first of equals; None without one."""
        if not self.starts:
            return None
        return Occurrence(
            self.starts[self.number_of_largest], self.messages(self.number_of_largest)
        )

    def __iter__(self) -> Iterator[Occurrence]:
        """Yield each campaign of the run."""
        for number, start in enumerate(self.starts):
            yield Occurrence(start, self.messages(number))

    @cached_property
    def number_of_largest(self) -> int:
        """Return the number of the campaign with the most messages, the first of equals."""
        last = max(len(self.starts) - 1, 0)
        # From the last step on campaigns only grow, or only shrink.
        turns = range(min(len(self.process.growth_steps), last + 1))
        largest: int = max(*turns, last, key=lambda number: (self.magnitude(number), -number))
        return largest

    def magnitude(self, number: int) -> float:
        """Return the logarithm to 10 of the messages of a campaign over those of the first."""
        steps = self.process.growth_steps
        head = [math.log10(1 + step) for step in steps[:number]]
        return sum(head) + (number - len(head)) * math.log10(1 + steps[-1])

    def _factor(self, number: int) -> Fraction:
        steps = self.process.growth_steps
        head = [1 + Decimal(repr(step)) for step in steps[:number]]
        tail = _DIGITS.power(1 + Decimal(repr(steps[-1])), number - len(head))
        return math.prod(map(Fraction, head), start=Fraction(tail))

    def _days(self, first: int) -> Iterator[int]:
        """Yield the times of a monthly or daily campaign from its first possible time on."""
        begin = self.run.start + first * _MICROSECOND
        month = self.process.every is Repeat.MONTH
        days = ClockTime(0, day=_day(self.process.at, begin) if month else None)
        for passed in count():
            at = begin + timedelta(days=passed)
            if days.includes(at) and (month or at.weekday() < _SATURDAY):
                yield (at - self.run.start) // _MICROSECOND


def scaled(number: int | Fraction, scale: float) -> int:
    """Return a number of messages or addresses times the scale of the run, halves rounded up."""
    return math.floor(number * Fraction(repr(scale)) + Fraction(1, 2))


def longest_gap(every: int | Repeat) -> int:
    """Return the longest time from one campaign to the next, microseconds."""
    return every.longest if isinstance(every, Repeat) else every


def _day(at: At, begin: datetime) -> int:
    """Return the day of the month of a monthly campaign."""
    return at.day if isinstance(at, ClockTime) and at.day is not None else begin.day
