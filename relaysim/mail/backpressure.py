"""Back pressure: the pressure of a hub by its resources, and the refusals that follow.

Resources are polled every 2 s. The drives of the queue database and of its log and the version
buckets are watched; CPU, network and, in Exchange 2007 and 2010, queue lengths are not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

RESOURCE_MONITORING_INTERVAL = 2_000_000
"""Between two polls, microseconds (confirmed, also for 2007)."""

VERSION_BUCKET_HISTORY = 10
"""Polls without reaching Normal before pressed version buckets refuse mail (confirmed for 2013)."""

DELAY_START, DELAY_STEP, LONGEST_DELAY = 10_000_000, 5_000_000, 55_000_000


class Level(IntEnum):
    """Resource pressure."""

    NORMAL = 0
    MEDIUM = 1
    HIGH = 2


class Peer(IntEnum):
    """The sender of a submission."""

    MAILBOX_SERVER = 0
    """A mailbox server of the organization, by mailbox submission."""
    EXCHANGE_SERVER = 1
    """Another hub."""
    OTHER = 2
    """Everyone else: applications, printers, the Internet."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a resource becomes Medium and High, and where it is Normal again."""

    normal: int
    medium: int
    high: int


VERSION_BUCKETS = Thresholds(80, 120, 200)
"""In buckets of uncommitted work (confirmed for 2007 by its event text; 2010 unconfirmed)."""


class Resource(IntEnum):
    """What is on a drive."""

    DATABASE = 0
    """The queue database."""
    LOG = 1
    """The transaction log of the queue database."""


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
    holds_mail : bool
        Whether queued mail takes room on the drive.
    """

    resource: Resource
    size: int
    used: int
    free_space: int
    holds_mail: bool = True

    @property
    def thresholds(self) -> Thresholds:
        """Return the thresholds of the drive, percent used."""
        return disk_thresholds(self.size, self.free_space)

    def use(self, mail: int = 0) -> int:
        """Return the percentage in use, rounded down, with `mail` bytes in the queue database."""
        return 100 * (self.used + (mail if self.holds_mail else 0)) // self.size


def disk_thresholds(drive_size: int, free_space: int) -> Thresholds:
    """Return the thresholds of a drive, in percent used.

    Parameters
    ----------
    drive_size : int
        Size of the drive, bytes.
    free_space : int
        What back pressure keeps free on it, bytes.

    Returns
    -------
    Thresholds
        High = floor(100 x (size - free space) / size); Medium 2 points lower, Normal 4.

    Raises
    ------
    ValueError
        For a drive so small that Normal would be below zero.

    Notes
    -----
    The formula is confirmed for the drive of the queue database (500 MB, 2007 SP1 and 2010). For
    the drive of the log the same formula with 5 GB is described in one source for 2010 SP1; events
    15006 of real 2010 servers print 92, 94 and 96 % for the log beside 95, 97 and 99 % for the
    database.
    """
    high = 100 * (drive_size - free_space) // drive_size if drive_size > 0 else -1
    if high < 4:
        raise ValueError(
            f"a drive of {drive_size} bytes is too small: back pressure keeps {free_space} bytes "
            "free"
        )
    return Thresholds(high - 4, high - 2, high)


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


def level(previous: Level, value: int, thresholds: Thresholds) -> Level:
    """Return the level of a resource after a poll, with hysteresis.

    The level rises to Medium or High when the value reaches that threshold. It falls from High to
    Medium at the threshold `medium`, and from either to Normal at the threshold `normal`.

    Notes
    -----
    That thresholds differ up and down is confirmed. Which threshold ends which level is read from
    the newer documents, unconfirmed for 2007 and 2010.
    """
    if value >= thresholds.high:
        return Level.HIGH
    if value <= thresholds.normal:
        return Level.NORMAL
    if previous is Level.HIGH and value > thresholds.medium:
        return Level.HIGH
    if previous is Level.NORMAL and value < thresholds.medium:
        return Level.NORMAL
    return Level.MEDIUM


def refusing_level(disk: Level, buckets: Level, polls_pressed: int, delays_first: bool) -> Level:
    """Return the pressure that refusals follow: the highest of the resources.

    Parameters
    ----------
    disk, buckets : Level
        Levels of the drives and of the version buckets.
    polls_pressed : int
        Polls in a row at which the version buckets were above Normal.
    delays_first : bool
        The style of 2010: version buckets at Medium count only from `VERSION_BUCKET_HISTORY` polls
        on; until then replies are only late (`mail_from_delay`).
    """
    patient = delays_first and buckets is Level.MEDIUM and polls_pressed < VERSION_BUCKET_HISTORY
    return disk if patient else max(disk, buckets)


def refuses_connection(pressure: Level, delays_first: bool) -> bool:
    """Return whether a hub refuses a connection before the greeting: Exchange 2007 at High.

    Parameters
    ----------
    pressure : Level
        The `refusing_level`.
    delays_first : bool
        The style of 2010, which accepts every connection and delays its replies to MAIL FROM.

    Notes
    -----
    2007 "rejects connections" at Medium too, but lets authoritative senders through. The
    sender is known at MAIL FROM only, so the refusal comes at MAIL FROM (assumption).
    """
    return pressure is Level.HIGH and not delays_first


def refuses_mail_from(pressure: Level, peer: Peer, sender_is_authoritative: bool) -> bool:
    """Return whether MAIL FROM or a mailbox submission gets `452 4.3.1`.

    At Medium this is mail from others than Exchange servers, except from senders in an
    authoritative domain; the null sender is in none. At High it is all mail (confirmed).

    Parameters
    ----------
    pressure : Level
        The `refusing_level`.
    peer : Peer
        The sender of the submission.
    sender_is_authoritative : bool
        Whether the domain of the sender is authoritative.
    """
    if pressure is Level.HIGH:
        return True
    return pressure is Level.MEDIUM and peer is Peer.OTHER and not sender_is_authoritative


def mail_from_delay(previous: int, pressed: bool) -> int:
    """Return how long Exchange 2010 delays its replies to MAIL FROM after a poll.

    Parameters
    ----------
    previous : int
        The delay before the poll, microseconds.
    pressed : bool
        Whether the version buckets are above Normal.

    Returns
    -------
    int
        Microseconds: 10 s at the first poll under pressure, 5 s more at each further one up to 55
        s, and down by the same steps afterwards.

    Notes
    -----
    The delay applies to Exchange servers and others alike (confirmed for 2013). That each poll is a
    step is an assumption: the tenth then reaches 55 s, just when refusals start.
    """
    if pressed:
        return min(LONGEST_DELAY, previous + DELAY_STEP) if previous else DELAY_START
    return previous - DELAY_STEP if previous > DELAY_START else 0


def delay_at(time: int, changes: Sequence[tuple[int, bool]], interval: int) -> int:
    """Return the delay of replies to MAIL FROM at a time.

    Parameters
    ----------
    time : int
        Time, microseconds from the start of the run.
    changes : sequence of (int, bool)
        Polls up to that time at which pressure of the version buckets began or changed (True) or
        ended (False), in order of time; none before the first.
    interval : int
        Time between two polls, microseconds; the first poll comes after one interval.

    Returns
    -------
    int
        Microseconds, by `mail_from_delay` at each poll.
    """
    delay = 0
    for (start, pressed), (end, _) in pairwise([*changes, (time + 1, False)]):
        for _ in range(start, end, interval):
            before, delay = delay, mail_from_delay(delay, pressed)
            if delay == before:
                break
    return delay
