"""Warm-up of a public IP: how many recipients it takes on each day with traffic."""

from collections.abc import Sequence


class WarmUp:
    """The course of a warm-up plan.

    Parameters
    ----------
    volumes : sequence of int
        Recipients on each day with traffic; after the last day there is no limit.

    Attributes
    ----------
    day : int
        Day of the run, from 0, on which the IP last had traffic; -1 before the first.
    days : int
        Days with traffic before that one.
    sent : int
        Recipients on that day.
    """

    def __init__(self, volumes: Sequence[int]) -> None:
        self.volumes = volumes
        self.day, self.days, self.sent = -1, 0, 0

    def has_room(self, day: int, recipients: int) -> bool:
        """Return whether the volume of a day leaves room for some recipients."""
        is_new = self.day not in (-1, day)
        days = self.days + is_new
        if days >= len(self.volumes):
            return True
        return (0 if is_new else self.sent) + recipients <= self.volumes[days]

    def take(self, day: int, recipients: int) -> None:
        """Count recipients on a day."""
        if self.day not in (-1, day):
            self.days += 1
            self.sent = 0
        self.day = day
        self.sent += recipients
