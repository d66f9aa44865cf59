"""Times of the calendar: "22:00", "Tuesday 10:00", "25th 09:00", "last day 18:00", and dates.

A time of the calendar is the first one at or after the start of the run. All times are local times
of the organization without daylight saving time (assumption), so each day has 24 hours.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum

from relaysim import units

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LAST_DAY = 31
"""The day of the month that stands for the last day: a shorter month uses its last day."""
_LAST = "last day"
_EXAMPLES = (
    'write how long after the start, such as "2 h", or a time, such as "22:00", "Tuesday 10:00", '
    '"25th 09:00", "last day 18:00" or "2026-12-24 18:00"'
)
_CLOCK = re.compile(r"(?:(?P<day>.*\S)\s+)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_DATE = re.compile(r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]+(?P<time>[0-9:]+))?")
_ORDINAL = re.compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)")
_LONGEST = 64


class Repeat(StrEnum):
    """Intervals of the calendar that have no fixed length."""

    MONTH = "month"
    WORKING_DAY = "working day"

    @property
    def longest(self) -> int:
        """Return the longest time from one to the next: 31 days, or Friday to Monday."""
        return units.duration("31 d" if self is Repeat.MONTH else "3 d")


_LENGTHS = {"day": units.duration("1 d"), "week": units.duration("1 w")}


@dataclass(frozen=True)
class ClockTime:
    """A time of day on each day, on one weekday, or on one day of the month.

    Parameters
    ----------
    minute : int
        Minutes after midnight.
    weekday : int or None
        The day of the week, Monday being 0; None for any.
    day : int or None
        The day of the month, 1 to 31; None for any. A month without that day uses its last day.
    """

    minute: int
    weekday: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """Return the time as a file writes it."""
        clock = f"{self.minute // 60:02}:{self.minute % 60:02}"
        if self.weekday is not None:
            return f"{_WEEKDAYS[self.weekday]} {clock}"
        if self.day is not None:
            return f"{_LAST if self.day == LAST_DAY else _ordinal(self.day)} {clock}"
        return clock

    def includes(self, day: date) -> bool:
        """Return whether the time occurs on a date."""
        of_month = self.day is None or day.day == min(self.day, _length(day))
        return of_month and self.weekday in (None, day.weekday())

    def first(self, since: datetime) -> datetime:
        """Return the first such time at or after another one."""
        here = datetime.combine(since, time(*divmod(self.minute, 60)))
        while here < since or not self.includes(here):
            here += timedelta(days=1)
        return here


At = ClockTime | datetime | int
"""A time in a scenario; an integer counts microseconds from the start of the run."""


def moment(at: At, start: datetime) -> int:
    """Return when a time occurs for the first time in a run.

    Parameters
    ----------
    at : int, datetime or ClockTime
        A time of the scenario.
    start : datetime
        Local time at the start of the run.

    Returns
    -------
    int
        Microseconds from the start of the run; negative for a date before it.
    """
    if isinstance(at, int):
        return at
    first = at.first(start) if isinstance(at, ClockTime) else at
    return (first - start) // timedelta(microseconds=1)


def parse_at(value: object) -> At:
    """Return a time of a scenario file.

    Parameters
    ----------
    value
        A duration such as "2 h" or "00:10:00"; a time such as "22:00", "Tuesday 10:00",
        "25th 09:00", "last day 18:00"; a date with a time, as text or as TOML has it.

    Returns
    -------
    int, datetime or ClockTime

    Raises
    ------
    ValueError
        For anything else, with the nearest spelling.
    """
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("write the local time of the organization, without an offset")
        return value
    if isinstance(value, date | time):
        raise ValueError(f"{value} is not a time: {_EXAMPLES}")
    try:
        return units.duration(value)
    except ValueError as error:
        found = _calendar_time(value) if isinstance(value, str) else None
        if found is None:
            raise ValueError(f'{error} (or a time such as "Tuesday 10:00")') from None
        return found


def format_at(at: At) -> str:
    """Return a time as a file writes it."""
    if isinstance(at, datetime):
        return at.isoformat(" ", "auto" if at.second or at.microsecond else "minutes")
    return str(at) if isinstance(at, ClockTime) else units.format_duration(at)


def parse_every(value: object) -> int | Repeat:
    """Return the interval of campaigns: a duration in microseconds, or a word of the calendar.

    Raises
    ------
    ValueError
        For anything but a duration above zero, "day", "week", "month" and "working day".
    """
    word = " ".join(value.casefold().split()) if isinstance(value, str) else ""
    if word in _LENGTHS:
        return _LENGTHS[word]
    words = [*_LENGTHS, *Repeat]
    if word in words:
        return Repeat(word)
    try:
        length = units.duration(value)
    except ValueError as error:
        about_words = word[:1].isalpha() or any(repeat in word for repeat in Repeat)
        if not about_words or len(word) > _LONGEST:
            raise ValueError(f'{error} (or "week", "month" or "working day")') from None
        near = get_close_matches(word, words, n=1, cutoff=0.5)
        raise ValueError(
            f'"{value}" is not an interval: write a duration, such as "2 weeks", or '
            f'"day", "week", "month" or "working day"{_meant(*near)}'
        ) from None
    if length == 0:
        raise ValueError("must be above zero")
    return length


def format_every(every: int | Repeat) -> str:
    """Return an interval as a file writes it."""
    return every.value if isinstance(every, Repeat) else units.format_duration(every)


def _calendar_time(text: str) -> datetime | ClockTime | None:
    """Return a date or a time of the week; None for a text that begins like a duration.

    Raises ValueError for a text that is neither.
    """
    written = " ".join(text.split())
    if len(text) > _LONGEST or not text.isprintable():
        return None
    dated, clock = _DATE.fullmatch(written), _CLOCK.fullmatch(written)
    if dated is not None:
        return _date(text, dated["date"], dated["time"])
    if clock is None:
        if _day(written) is not None:
            raise ValueError(f'"{text}" is without a time of day: write "{written} 09:00"')
        if not written[:1].isalpha():
            return None
        raise _wrong(text, *_nearest_days(written))
    hour, minute = int(clock["hour"]), int(clock["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f'"{text}" is not a time: a day lasts from 00:00 to 23:59')
    day = _day(clock["day"]) if clock["day"] else (None, None)
    if day is None:
        near = _nearest_days(clock["day"])
        raise _wrong(text, *(f"{name} {hour:02}:{minute:02}" for name in near))
    return ClockTime(60 * hour + minute, *day)


def _date(text: str, day: str, clock: str | None) -> datetime:
    if clock is None:
        raise ValueError(f'"{text}" is without a time of day: write "{day} 09:00"')
    hour, _, rest = clock.partition(":")
    try:
        return datetime.fromisoformat(f"{day} {hour:0>2}:{rest}")
    except ValueError:
        raise ValueError(f'"{text}" is not in the calendar: {_EXAMPLES}') from None


def _day(word: str) -> tuple[int | None, int | None] | None:
    """Return the weekday or the day of the month that a word names; None for another word."""
    name = word.casefold()
    for number, weekday in enumerate(_WEEKDAYS):
        if name in (weekday.casefold(), weekday[:3].casefold()):
            return number, None
    if name == _LAST:
        return None, LAST_DAY
    ordinal = _ORDINAL.fullmatch(name)
    return (None, int(ordinal["day"])) if ordinal and 1 <= int(ordinal["day"]) <= 31 else None


def _nearest_days(word: str) -> list[str]:
    """Return the nearest name of a day, or none."""
    known = {name.casefold(): name for name in (*_WEEKDAYS, _LAST)}
    return [known[near] for near in get_close_matches(word.casefold(), known, n=1)]


def _wrong(text: str, *near: str) -> ValueError:
    return ValueError(f'"{text}" is not a time: {_EXAMPLES}{_meant(*near)}')


def _meant(*near: str) -> str:
    return f'; did you mean "{near[0]}"?' if near else ""


def _length(day: date) -> int:
    """Return the number of days of the month of a date."""
    return monthrange(day.year, day.month)[1]


def _ordinal(day: int) -> str:
    teen = 11 <= day <= 13
    return f"{day}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
