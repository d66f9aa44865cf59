"""Limits of a relay service: what counts, over which window, and what is left of a limit.

Pure rules: each call gives the time, and the windows of minutes and hours are those of a clock.
"""

from collections import deque
from enum import IntEnum


class Counts(IntEnum):
    """What a limit counts."""

    CONNECTIONS = 0
    MESSAGES = 1
    RECIPIENTS = 2
    EXTERNAL_RECIPIENTS = 3


class Over(IntEnum):
    """What a service does above a limit."""

    DELAY = 0
    """It replies when the next window begins."""
    DEFER = 1
    """It gives a 4xx reply to the whole transaction."""
    REJECT = 2
    """It gives a 5xx reply to each recipient above the limit."""


def external_recipient_limit(licences: int) -> int:
    """Return how many external recipients a Microsoft 365 tenant may write to in 24 hours.

    Parameters
    ----------
    licences : int
        Paid licences with Exchange Online or Exchange Online Protection.

    Returns
    -------
    int
        The tenant external recipient rate limit (TERRL), 500 x licences^0.7 + 9,500.

    Notes
    -----
    Documented by Microsoft; their table for 1 to 100,000 licences agrees to the unit, so the
    result is rounded to the nearest number. Trial tenants have 500, new ones less for 60 days.
    """
    allowed: float = 500 * licences**0.7 + 9_500
    return round(allowed)


class Window:
    """What counts against one limit: in the fixed minute or hour, or in the last 24 hours.

    Parameters
    ----------
    length : int
        Length of the window, microseconds.
    rolls : bool
        Whether the window ends now, instead of with the minute or hour of the clock.

    Attributes
    ----------
    used : int
        What counts in the window.
    """

    __slots__ = ("entries", "length", "number", "rolls", "used")

    def __init__(self, length: int, rolls: bool) -> None:
        self.length, self.rolls = length, rolls
        self.used, self.number = 0, -1
        self.entries: deque[tuple[int, int]] = deque()

    def used_at(self, time: int) -> int:
        """Return what counts at a time, which is never before that of an earlier call."""
        if self.rolls:
            while self.entries and self.entries[0][0] <= time - self.length:
                self.used -= self.entries.popleft()[1]
        # `book` may be ahead of the clock.
        elif time // self.length > self.number:
            self.number, self.used = time // self.length, 0
        return self.used

    def add(self, time: int, amount: int) -> None:
        """Count an amount at the time of the last call of `used_at`."""
        self.used += amount
        if self.rolls:
            self.entries.append((time, amount))

    def book(self, time: int, limit: int) -> int:
        """Count a message in the first fixed window with room, and return when it may pass.

        Parameters
        ----------
        time, limit : int
            Now (microseconds), and the messages of a window.

        Returns
        -------
        int
            Now, or the begin of a later window; microseconds.
        """
        if self.used_at(time) >= limit:
            self.number, self.used = self.number + 1, 0
        self.used += 1
        return max(time, self.number * self.length)
