"""The drives that back pressure watches, and their thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from relaysim.mail.backpressure import Level, Thresholds, level


class Resource(IntEnum):
    """What is on a drive."""

    DATABASE = 0
    """The queue database."""
    LOG = 1
    """The transaction log of the queue database."""


@dataclass(frozen=True, slots=True)
class Margins:
    """The thresholds of a drive in percentage points below that of the level High."""

    low_to_medium: int
    high_to_medium: int
    medium_to_low: int


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive that back pressure watches for one of the resources on it.

    Parameters
    ----------
    resource : Resource
        What the thresholds are for; one drive is watched twice if it holds database and log.
    size : int
        Size of the drive, bytes.
    used : int
        What lies on the drive before the first message, bytes.
    free_space : int
        What back pressure keeps free, bytes.
    margins : Margins
        The other thresholds below that of High.
    holds_mail : bool
        Whether queued mail takes room on the drive.
    """

    resource: Resource
    size: int
    used: int
    free_space: int
    margins: Margins
    holds_mail: bool = True

    @property
    def thresholds(self) -> Thresholds:
        """Return the thresholds of the drive, percent used."""
        return disk_thresholds(self.size, self.free_space, self.margins)

    def use(self, mail: int = 0) -> int:
        """Return the percentage in use, rounded down, with `mail` bytes in the queue database."""
        return 100 * (self.used + (mail if self.holds_mail else 0)) // self.size


def disk_thresholds(drive_size: int, free_space: int, margins: Margins) -> Thresholds:
    """Return the thresholds of a drive, in percent used.

    Parameters
    ----------
    drive_size : int
        Size of the drive, bytes.
    free_space : int
        What back pressure keeps free on it, bytes.
    margins : Margins
        The other thresholds below that of High.

    Returns
    -------
    Thresholds
        High = floor(100 x (size - free space) / size); the others lower by their margins.

    Raises
    ------
    ValueError
        For a drive so small that Normal would be below zero.

    Notes
    -----
    The formula is confirmed for the drive of the queue database (500 MB, 2007 SP1 and later). For
    the drive of the log the same formula with 5 GB is described in one source for 2010 SP1; events
    15006 of real 2010 servers print 92, 94 and 96 % for the log beside 95, 97 and 99 % for the
    database. Manuals of 2013 and later have the formula with 1,152 MB for the log.
    """
    high = 100 * (drive_size - free_space) // drive_size if drive_size > 0 else -1
    if high < margins.medium_to_low:
        raise ValueError(
            f"a drive of {drive_size} bytes is too small: back pressure keeps {free_space} bytes "
            "free"
        )
    return Thresholds(
        high - margins.low_to_medium,
        high,
        high - margins.high_to_medium,
        high - margins.medium_to_low,
    )


def level_at_start(drives: Iterable[Drive]) -> Level:
    """Return the pressure from drives that holds from the first poll on, before any message.

    Parameters
    ----------
    drives : iterable of Drive
        The drives that a hub watches.

    Returns
    -------
    Level
        The highest level of them; Normal without any drive.
    """
    levels = (level(Level.NORMAL, drive.use(), drive.thresholds) for drive in drives)
    return max(levels, default=Level.NORMAL)
