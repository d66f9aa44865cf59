"""Standing: what a mailbox provider thinks of an IP or a sender domain, from what it counted.

No provider publishes its rules: the form is an assumption, anchored on what they do say. Gmail asks
senders to keep complaints below 0.1 % and never to reach 0.3 %; with 0.1 % as the limit these are
badness 1 and 3, where a standing falls to WARN and THROTTLE. Badness is in thousandths, limits are
parts per million, times microseconds. Counters are integers in units of 1 / SCALE events.
"""

from enum import IntEnum

_HOUR = 3_600_000_000
_MILLION = 1_000_000

SCALE = 2**16
"""What one event adds to a counter, so that counters fade without floating point."""

LEAVE_WARN = 800
LEAVE = 2400
"""A standing in THROTTLE or BLOCK recovers below this badness, if it stays there long enough."""

FASTEST = 10**7
"""Messages an hour at which the limit of a new IP ends."""


class State(IntEnum):
    """What mail meets: nothing, now and then the junk folder, a limit of the rate, a refusal."""

    GOOD = 0
    WARN = 1
    THROTTLE = 2
    BLOCK = 3


_ENTER = ((10_000, State.BLOCK), (3000, State.THROTTLE), (1000, State.WARN))


def decay_factor(half_life: int) -> int:
    """What is left of a counter after an hour, times 2**32: `counter * factor >> 32`.

    Exponential fading; with a half-life of 0 nothing is left.
    """
    return round(2 ** (32 - _HOUR / half_life)) if half_life else 0


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
    """How many times its limits mail has reached, in thousandths; each part rounded down.

    Complaints count against the mail in the inbox (as Gmail's Postmaster Tools do), unknown users
    against the mail that was tried, trap hits by themselves. The first five are counters, limits
    are above 0. A share of no mail is no share: it adds nothing.
    """
    return (
        _times_limit(complaints, inboxed, complaint_limit_ppm)
        + _times_limit(unknown, attempted, unknown_limit_ppm)
        + 1000 * traps // (trap_limit * SCALE)
    )


def _times_limit(count: int, of: int, limit_ppm: int) -> int:
    return 1000 * _MILLION * count // (of * limit_ppm) if of else 0


def spike(volume: int, usual: int) -> int:
    """What an unusual volume adds to badness, in thousandths: doublings above twice the usual.

    max(0, log2(volume / usual) - 1), where log2 is exact at powers of two and straight between
    them; `usual` is 1 or more. We compare the last 24 hours with the busiest day before, not with
    the average of a month as our first model did: with a regular weekly campaign every campaign
    would be a spike.
    """
    doublings = 0
    while usual << doublings + 1 <= volume:
        doublings += 1
    if doublings == 0:
        return 0
    start = usual << doublings
    return 1000 * (doublings - 1) + 1000 * (volume - start) // start


def blend(ip: int, domain: int, weight_ppm: int) -> int:
    """The badness that counts: of the IP, and with this weight of the sender's domain."""
    return ((_MILLION - weight_ppm) * ip + weight_ppm * domain) // _MILLION


def next_state(
    state: State,
    badness: int,
    below_since: int | None,
    now: int,
    recovery_time: int,
    block_time: int,
) -> State:
    """The standing after a look at its badness, with hysteresis.

    It gets worse at once: WARN from badness 1, THROTTLE from 3, BLOCK from 10. WARN ends below 0.8.
    THROTTLE and BLOCK end when badness has been below 2.4 for `recovery_time` and `block_time`:
    `below_since` is when it came there or, if later, when the state began; None while it is not
    below. They end in WARN, or in GOOD if badness is below 0.8 by then.
    """
    entered = next((each for least, each in _ENTER if badness >= least), State.GOOD)
    if entered >= state:
        return entered
    if state is not State.WARN:
        wait = block_time if state is State.BLOCK else recovery_time
        if badness >= LEAVE or below_since is None or now - below_since < wait:
            return state
    return State.GOOD if badness < LEAVE_WARN else State.WARN


def cold_rate(per_hour: int, growth_milli: int, days: int) -> int | None:
    """Messages an hour that a provider takes from a new IP after so many days with traffic.

    per_hour x growth^days, to the nearest integer: 20 and 1.4 give SendGrid's published schedule
    for automated warm-up (but for two days of it). None, no limit, from FASTEST on.
    """
    scale = 1000**days
    rate = (2 * per_hour * growth_milli**days + scale) // (2 * scale)
    return rate if rate < FASTEST else None
