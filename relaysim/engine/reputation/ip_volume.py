"""The volume of each IP: the denominator of a blocklist that decides by a ratio."""

from collections import deque

HOUR = 3_600_000_000


class IpVolumes:
    """Messages sent by each IP, counted by the hour.

    Attributes
    ----------
    hours : dict of int to deque of [hour, count]
        By IP, ascending.
    """

    def __init__(self) -> None:
        self.hours: dict[int, deque[list[int]]] = {}

    def add(self, ip: int, now: int) -> None:
        """Count one message of an IP at a time in microseconds."""
        hours = self.hours.setdefault(ip, deque())
        hour = now // HOUR
        if hours and hours[-1][0] == hour:
            hours[-1][1] += 1
        else:
            hours.append([hour, 1])

    def within(self, ip: int, now: int, window: int) -> int:
        """Return how many messages an IP sent since the hour in which a window began.

        Parameters
        ----------
        ip : int
            The IP, see `listings.PARTIES`.
        now, window : int
            Microseconds. Older counts are dropped, so `now - window` must not decrease.
        """
        hours = self.hours.get(ip, deque())
        first = (now - window) // HOUR
        while hours and hours[0][0] < first:
            hours.popleft()
        return sum(count for _, count in hours)
