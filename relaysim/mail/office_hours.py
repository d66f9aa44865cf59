"""Office hours and waking hours: when people work and read mail. Microseconds from a Monday 00:00.

Monday to Friday from 9 to 17 h, and 7 to 23 h, without holidays: an assumption.
"""

from relaysim.units import DAY, HOUR

_WEEK = 7 * DAY
_WORKING_DAYS = 5

OPENS = 9 * HOUR
CLOSES = 17 * HOUR
_WORKING_DAY = CLOSES - OPENS

WAKES = 7 * HOUR
SLEEPS = 23 * HOUR


def office(moment: int, work: int) -> int:
    """Return when a span of office time is over.

    Parameters
    ----------
    moment : int
        Begin of the span, microseconds from a Monday 00:00.
    work : int
        Length of the span in office time, microseconds; 0 is over at once.

    Returns
    -------
    int
        Microseconds from the same Monday.
    """
    if work == 0:
        return moment
    days, rest = divmod(_worked(moment) + work - 1, _WORKING_DAY)
    week, day = divmod(days, _WORKING_DAYS)
    return week * _WEEK + day * DAY + OPENS + rest + 1


def waking(moment: int) -> int:
    """Return a time itself if it is within waking hours (7:00 to 23:00), else the next 7:00."""
    day, clock = divmod(moment, DAY)
    if WAKES <= clock < SLEEPS:
        return moment
    return (day if clock < WAKES else day + 1) * DAY + WAKES


def _worked(moment: int) -> int:
    """Return the office time from Monday 00:00 to a time; microseconds."""
    week, rest = divmod(moment, _WEEK)
    day, clock = divmod(rest, DAY)
    if day >= _WORKING_DAYS:
        return (week + 1) * _WORKING_DAYS * _WORKING_DAY
    today = min(max(0, clock - OPENS), _WORKING_DAY)
    return (week * _WORKING_DAYS + day) * _WORKING_DAY + today
