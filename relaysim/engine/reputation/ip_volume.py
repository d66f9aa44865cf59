"""How much each IP sent: what a list that judges by ratio sees in the denominator."""

from collections import deque

HOUR = 3_600_000_000


class Volumes:
    """Messages that went out by each IP, counted by the hour."""

    def __init__(self) -> None:
        self.hours: dict[int, deque[list[int]]] = {}

    def add(self, who: int, now: int) -> None:
        """One more."""
        hours = self.hours.setdefault(who, deque())
        hour = now // HOUR
        if hours and hours[-1][0] == hour:
            hours[-1][1] += 1
        else:
            hours.append([hour, 1])

    def within(self, who: int, now: int, window: int) -> int:
        """How many since the hour in which the window began; what is older is forgotten."""
        hours = self.hours.get(who, deque())
        first = (now - window) // HOUR
        while hours and hours[0][0] < first:
            hours.popleft()
        return sum(count for _, count in hours)
