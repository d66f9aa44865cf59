"""The volume of each IP: what a blocklist weighs the hits of an IP against."""

from relaysim.units import HOUR


class IpVolumes:
    """Messages sent by each IP, counted by the hour.

    Attributes
    ----------
    hours : dict of int to list of [hour, count]
        By IP, ascending.
    """

    def __init__(self) -> None:
        self.hours: dict[int, list[list[int]]] = {}

    def add(self, ip: int, now: int) -> None:
        """Count one message of an IP at a time in microseconds."""
        hours = self.hours.setdefault(ip, [])
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
            Microseconds. Operators have windows of different lengths, so all counts are kept.
        """
        first, total = (now - window) // HOUR, 0
        for hour, count in reversed(self.hours.get(ip, [])):
            if hour < first:
                break
            total += count
        return total
