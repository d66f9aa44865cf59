"""Back pressure: the pressure of a hub by its resources, and the refusals that follow.

Resources are polled every 2 s. The drives of the queue database and of its log, the version buckets
and the length of the submission queue are watched. No version watches CPU and network. Exchange
2016 and 2019 also watch memory, which is not modelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

RESOURCE_MONITORING_INTERVAL = 2_000_000
"""Between two polls, microseconds (confirmed, also for 2007)."""


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
    """The values at which a resource changes its level, named as in Exchange 2016.

    Until 2013 Exchange has three: Normal (Medium to Low), Medium (both others) and High.
    """

    low_to_medium: int
    medium_to_high: int
    high_to_medium: int
    medium_to_low: int


@dataclass(frozen=True, slots=True)
class ReplyDelay:
    """The delay of replies to MAIL FROM under pressure: first, by step, and longest, microseconds.

    Exchange has `SmtpStartThrottlingDelayInterval` and its like for them.
    """

    start: int
    step: int
    longest: int


def level(previous: Level, value: int, thresholds: Thresholds) -> Level:
    """Return the level of a resource after a poll, with hysteresis.

    The level rises to Medium or High when the value reaches that threshold. It falls from High to
    Medium, and from either to Normal, when the value is no longer above the threshold for this.

    Notes
    -----
    That thresholds differ up and down is confirmed. Which threshold ends which level is read from
    the manual of 2016, unconfirmed for 2007 and 2010.
    """
    if value >= thresholds.medium_to_high:
        return Level.HIGH
    if value <= thresholds.medium_to_low:
        return Level.NORMAL
    if previous is Level.HIGH and value > thresholds.high_to_medium:
        return Level.HIGH
    if previous is Level.NORMAL and value < thresholds.low_to_medium:
        return Level.NORMAL
    return Level.MEDIUM


def refusing_level(disk: Level, buckets: Level, polls_pressed: int, patience: int) -> Level:
    """Return the pressure that refusals follow: the highest of the resources.

    The submission queue counts as the version buckets do, with a patience of its own.

    Parameters
    ----------
    disk, buckets : Level
        Levels of the drives and of the version buckets, or of the submission queue.
    polls_pressed : int
        Polls in a row at which the version buckets, or the queue, were above Normal.
    patience : int
        Polls from which on Medium counts. Until then replies of Exchange 2010 and
        later are only late (`mail_from_delay`); 2007 has no patience, 0.
    """
    patient = buckets is Level.MEDIUM and polls_pressed < patience
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


def mail_from_delay(previous: int, pressed: bool, delay: ReplyDelay) -> int:
    """Return how long Exchange 2010 and later delay their replies to MAIL FROM after a poll.

    Parameters
    ----------
    previous : int
        The delay before the poll, microseconds.
    pressed : bool
        Whether the version buckets or the submission queue are above Normal.
    delay : ReplyDelay
        Start, step and maximum.

    Returns
    -------
    int
        Microseconds: the start at the first poll under pressure, a step more at each further one up
        to the maximum, and down by the same steps afterwards.

    Notes
    -----
    The delay applies to Exchange servers and others alike (confirmed for 2013). That each poll is a
    step is an assumption: with 10 s and 5 s the tenth reaches 55 s, just when refusals start.
    """
    if pressed:
        return min(delay.longest, previous + delay.step) if previous else delay.start
    return max(0, previous - delay.step) if previous > delay.start else 0


def delay_at(
    time: int, changes: Sequence[tuple[int, bool]], interval: int, delay: ReplyDelay
) -> int:
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
    delay : ReplyDelay
        Start, step and maximum.

    Returns
    -------
    int
        Microseconds, by `mail_from_delay` at each poll.
    """
    now = 0
    for (start, pressed), (end, _) in pairwise([*changes, (time + 1, False)]):
        for _ in range(start, end, interval):
            before, now = now, mail_from_delay(now, pressed, delay)
            if now == before:
                break
    return now
