"""What a mailbox provider thinks: badness, states with hysteresis, and new addresses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.mail.provider_state import (
    FASTEST,
    SCALE,
    State,
    badness,
    blend,
    cold_rate,
    decay_factor,
    next_state,
    spike,
)

HOUR = 3_600_000_000
DAY = 24 * HOUR
GMAIL = {"complaint_limit_ppm": 1000, "unknown_limit_ppm": 50_000, "trap_limit": 1}
GOOD, WARN, THROTTLE, BLOCK = State


def judged(
    complaints: int = 0, inboxed: int = 0, unknown: int = 0, attempted: int = 0, traps: int = 0
) -> int:
    counts = (complaints, inboxed, unknown, attempted, traps)
    return badness(*(SCALE * count for count in counts), **GMAIL)


# Counters.


def test_a_counter_halves_in_its_half_life() -> None:
    counter, factor = 1000 * SCALE, decay_factor(3 * DAY)
    for _ in range(72):
        counter = counter * factor >> 32
    assert counter / SCALE == pytest.approx(500, abs=0.01)


def test_half_lives_by_hand() -> None:
    assert decay_factor(HOUR) == 2**31
    assert decay_factor(HOUR // 2) == 2**30
    assert decay_factor(2 * HOUR) == round(2**32 / math.sqrt(2))
    assert decay_factor(0) == 0


@given(st.integers(1, 365 * DAY), st.integers(1, 365 * DAY))
def test_a_longer_half_life_keeps_more(a: int, b: int) -> None:
    assert 0 <= decay_factor(min(a, b)) <= decay_factor(max(a, b)) <= 2**32


# Badness.


def test_gmails_two_lines_of_the_complaint_rate_are_badness_1_and_3() -> None:
    assert judged(complaints=10, inboxed=10_000) == 1000
    assert judged(complaints=30, inboxed=10_000) == 3000


def test_complaints_unknown_users_and_trap_hits_add_up() -> None:
    assert judged(unknown=25, attempted=1000) == 500
    assert judged(traps=2) == 2000
    assert judged(10, 10_000, 25, 1000, 2) == 3500


def test_no_mail_is_no_complaint_rate() -> None:
    assert judged(complaints=5, unknown=5) == 0


counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts)
def test_fading_all_counters_alike_leaves_the_rates(
    complaints: int, inboxed: int, unknown: int, attempted: int, half: int
) -> None:
    even = (2 * complaints, 2 * inboxed, 2 * unknown, 2 * attempted, 0)
    faded = (complaints, inboxed, unknown, attempted, 0)
    assert badness(*even, **GMAIL) == badness(*faded, **GMAIL)
    assert badness(*faded[:4], half, **GMAIL) >= badness(*faded, **GMAIL)


# Unusual volume.


@pytest.mark.parametrize(
    ("volume", "usual", "milli"),
    [
        (0, 1000, 0),
        (1000, 1000, 0),
        (2000, 1000, 0),
        (3000, 1000, 500),  # half way from 2 to 4 times
        (4000, 1000, 1000),
        (8000, 1000, 2000),
        (12_000, 1000, 2500),
        (50_000, 1, 14_525),  # 2**15 is 32,768, and 17,232 more are 0.5258 of the next doubling
    ],
)
def test_what_an_unusual_volume_adds(volume: int, usual: int, milli: int) -> None:
    assert spike(volume, usual) == milli


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_spike_follows_the_logarithm(volume: int, more: int, usual: int) -> None:
    assert spike(volume, usual) <= spike(volume + more, usual)
    exact = 1000 * max(0.0, math.log2(volume / usual) - 1) if volume else 0.0
    # A chord of log2 is at most 86.08 thousandths below, and rounding down takes less than 1.
    assert exact - 87.08 < spike(volume, usual) <= exact + 1e-6


# The IP and the domain.


def test_the_domain_counts_with_its_weight() -> None:
    assert blend(1000, 5000, 700_000) == 3800
    assert blend(1000, 5000, 0) == 1000
    assert blend(1000, 5000, 1_000_000) == 5000


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_blend_lies_between_its_parts(ip: int, domain: int, weight: int) -> None:
    assert min(ip, domain) <= blend(ip, domain, weight) <= max(ip, domain)


# States.

NOW = 10 * DAY


def after(state: State, bad: int, below: int | None = None) -> State:
    """The next state, where it has been below the line to recover for `below`."""
    since = None if below is None else NOW - below
    return next_state(state, bad, since, NOW, recovery_time=DAY, block_time=7 * DAY)


@pytest.mark.parametrize(
    ("bad", "state"),
    [
        (0, GOOD),
        (999, GOOD),
        (1000, WARN),
        (2999, WARN),
        (3000, THROTTLE),
        (9999, THROTTLE),
        (10_000, BLOCK),
    ],
)
def test_it_gets_worse_at_once(bad: int, state: State) -> None:
    assert after(GOOD, bad, below=0 if bad < 2400 else None) is state
    assert after(BLOCK, bad, below=None) is BLOCK


def test_a_warning_ends_below_four_fifths() -> None:
    assert after(WARN, 800, below=DAY) is WARN
    assert after(WARN, 799, below=0) is GOOD


def test_a_throttle_ends_after_the_time_to_recover() -> None:
    assert after(THROTTLE, 2400) is THROTTLE
    assert after(THROTTLE, 2399, below=DAY - 1) is THROTTLE
    assert after(THROTTLE, 2399, below=DAY) is WARN
    assert after(THROTTLE, 800, below=DAY) is WARN
    assert after(THROTTLE, 0, below=DAY) is GOOD


def test_a_block_lasts_longer_and_skips_the_throttle() -> None:
    assert after(BLOCK, 2399, below=7 * DAY - 1) is BLOCK
    assert after(BLOCK, 2399, below=7 * DAY) is WARN
    assert after(BLOCK, 0, below=7 * DAY) is GOOD
    assert after(BLOCK, 5000) is BLOCK


@given(
    st.sampled_from(State),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
    st.integers(0, 9 * DAY),
)
def test_more_badness_never_leads_to_a_better_state(
    state: State, bad: int, more: int, below: int
) -> None:
    def reached(value: int) -> State:
        return after(state, value, below if value < 2400 else None)

    assert reached(bad) <= reached(bad + more)
    assert reached(bad) == after(reached(bad), bad, below if bad < 2400 else None)


# New addresses.


def test_sendgrids_schedule_for_automated_warm_up() -> None:
    """As published by day, but for days 12 (1,000) and 18 (8,583), which are off its own rule."""
    published = [20, 28, 39, 55, 77, 108, 151, 211, 295, 413, 579, 810]
    assert [cold_rate(20, 1400, day) for day in range(12)] == published
    later = {13: 1587, 14: 2222, 15: 3111, 16: 4356, 17: 6098, 19: 11_953, 20: 16_734, 21: 23_427}
    assert {day: cold_rate(20, 1400, day) for day in later} == later
    assert cold_rate(20, 1400, 35) == 2_603_222


def test_a_warm_address_has_no_limit() -> None:
    assert cold_rate(20, 1400, 38) == 7_143_242
    assert cold_rate(20, 1400, 39) is None
    assert cold_rate(FASTEST, 1000, 0) is None
    assert cold_rate(100, 1000, 10**4) == 100


@given(st.integers(1, 10**4), st.integers(1000, 3000), st.integers(0, 60))
def test_the_rate_of_a_new_address_only_rises(per_hour: int, growth: int, days: int) -> None:
    today, tomorrow = cold_rate(per_hour, growth, days), cold_rate(per_hour, growth, days + 1)
    assert today is None or today >= per_hour
    assert tomorrow is None or (today is not None and today <= tomorrow < FASTEST)
