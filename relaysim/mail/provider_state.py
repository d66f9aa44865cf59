"""Provider states: the treatment of mail by a mailbox provider, by its counters of IP and domain.

No provider publishes its rules: the form is an assumption, based on what they publish. Gmail
requires senders to keep complaints below 0.1 % and never to reach 0.3 %; with 0.1 % as the limit
these are badness 1 and 3, at which a state becomes WARN and THROTTLE. Badness is in thousandths,
limits are parts per million, times microseconds. Counters are integers in units of 1 / SCALE
events.
"""

from enum import IntEnum

from relaysim.units import HOUR

_MILLION = 1_000_000

SCALE = 2**16
"""What one event adds to a counter, so that counters decay without floating point."""

LEAVE_WARN = 800
LEAVE = 2400
"""A state of THROTTLE or BLOCK ends below this badness, if it stays there long enough."""

FASTEST = 10**7
"""Messages an hour at which the limit of a new IP ends."""


class State(IntEnum):
    """What a provider does with mail: nothing special, sometimes junk, a rate limit, a refusal."""

    GOOD = 0
    WARN = 1
    THROTTLE = 2
    BLOCK = 3


ENTER = ((10_000, State.BLOCK), (3000, State.THROTTLE), (1000, State.WARN))


def decay_factor(half_life: int) -> int:
    """Return what is left of a counter after an hour, times 2**32: `counter * factor >> 32`.

    The decay is exponential; with a half-life of 0 microseconds nothing is left.
    """
    return round(2 ** (32 - HOUR / half_life)) if half_life else 0


def badness(
    complaints: int,
    inboxed: int,
    unknown: int,
    attempted: int,
    traps: int,
    *,
    complaint_limit_ppm: int,
    unknown_limit_ppm: int,
    trap_limit: int,
) -> int:
    """Return the badness of mail: how many times it reaches its limits, in thousandths.

    Complaints are a share of the mail in the inbox (as in Gmail's Postmaster Tools), unknown
    users a share of the mail attempted; trap hits count by number. A share of no mail adds nothing.

    Parameters
    ----------
    complaints, inboxed, unknown, attempted, traps : int
        Counters, in units of 1 / SCALE events.
    complaint_limit_ppm, unknown_limit_ppm : int
        Limits of the two shares, parts per million, above 0.
    trap_limit : int
        Limit of the trap hits, above 0.

    Returns
    -------
    int
        Sum of the three parts, each rounded down.
    """
    return (
        _times_limit(complaints, inboxed, complaint_limit_ppm)
        + _times_limit(unknown, attempted, unknown_limit_ppm)
        + 1000 * traps // (trap_limit * SCALE)
    )


def _times_limit(count: int, of: int, limit_ppm: int) -> int:
    return 1000 * _MILLION * count // (of * limit_ppm) if of else 0


def spike(volume: int, usual: int) -> int:
    """Return what an unusual volume adds to the badness, in thousandths.

    Parameters
    ----------
    volume : int
        Messages of the last 24 hours.
    usual : int
        Messages of the busiest day before, 1 or more.

    Returns
    -------
    int
        max(0, log2(volume / usual) - 1), where log2 is exact at powers of two and linear between
        them: doublings above twice the usual volume.

    Notes
    -----
    The comparison is with the busiest day, not with the average of a month: with a regular weekly
    campaign every campaign would be a spike (assumption).
    """
    doublings = 0
    while usual << doublings + 1 <= volume:
        doublings += 1
    if doublings == 0:
        return 0
    start = usual << doublings
    return 1000 * (doublings - 1) + 1000 * (volume - start) // start


def blend(ip: int, domain: int, weight_ppm: int) -> int:
    """Return the mean badness of IP and sender domain, with a weight (ppm) for the domain."""
    return ((_MILLION - weight_ppm) * ip + weight_ppm * domain) // _MILLION


def next_state(
    state: State,
    badness: int,
    below_since: int | None,
    now: int,
    recovery_time: int,
    block_time: int,
) -> State:
    """Return the provider state after a review of its badness, with hysteresis.

    The state gets worse at once: WARN from badness 1, THROTTLE from 3, BLOCK from 10. WARN ends
    below 0.8. THROTTLE and BLOCK end in WARN, or in GOOD if the badness is below 0.8 by then.

    Parameters
    ----------
    state : State
        The state before.
    badness : int
        Thousandths.
    below_since : int or None
        Since when the badness has been below 2.4, or since the state began if that was later;
        microseconds. None: it is not below.
    now : int
        Time of the review, microseconds.
    recovery_time, block_time : int
        How long the badness must be below 2.4 to end THROTTLE and BLOCK, microseconds.
    """
    entered = next((state for least, state in ENTER if badness >= least), State.GOOD)
    if entered >= state:
        return entered
    if state is not State.WARN:
        wait = block_time if state is State.BLOCK else recovery_time
        if badness >= LEAVE or below_since is None or now - below_since < wait:
            return state
    return State.GOOD if badness < LEAVE_WARN else State.WARN


def good_days(
    before: int, complaints: int, inboxed: int, *, limit_ppm: int, least_inboxed: int
) -> int:
    """Return the days in a row on which a sender domain kept its complaints below a limit.

    Parameters
    ----------
    before : int
        The days in a row before this one.
    complaints, inboxed : int
        Complaints of the day, and its messages in the inbox.
    limit_ppm : int
        The limit of their ratio, parts per million.
    least_inboxed : int
        A day with fewer messages in the inbox has no ratio, so it is a good day (assumption).

    Returns
    -------
    int
        0 after a day at the limit or above it; else one more than before.

    Notes
    -----
    Google computes the rate of complaints daily. A bulk sender above 0.3 % gets no mitigation; it
    gets it again when its rate has been below 0.3 % on seven days in a row (FAQ on the sender
    guidelines). That a complaint counts on the day on which it comes is an assumption.
    """
    if inboxed >= least_inboxed and complaints * _MILLION >= limit_ppm * inboxed:
        return 0
    return before + 1


def cold_rate(per_hour: int, growth_milli: int, days: int) -> int | None:
    """Return the messages an hour that a provider accepts from a new IP.

    Parameters
    ----------
    per_hour : int
        The rate on the first day.
    growth_milli : int
        Factor per day, thousandths.
    days : int
        Days with traffic so far.

    Returns
    -------
    int or None
        per_hour x growth^days, to the nearest integer; None, no limit, from FASTEST on.

    Notes
    -----
    20 and 1.4 give SendGrid's published schedule for automated warm-up, except for two days of it.
    """
    scale = 1000**days
    rate = (2 * per_hour * growth_milli**days + scale) // (2 * scale)
    return rate if rate < FASTEST else None
