"""When an operator's evidence is enough: SpamCop's published points, and thresholds of relapse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.mail.listing_trigger import (
    FRESH,
    exceeds,
    freshness,
    hits_needed,
    is_scored,
    relist_threshold,
    score,
)

HOUR = 3_600_000_000
WEEK = 168 * HOUR
OLD = 100 * HOUR  # past the 48 h in which weights fall, within the week that counts
SPAMCOP = {"threshold_milli": 8000, "ratio_ppm": 20_000, "visibility_ppm": 50_000}

ages = st.integers(0, 2 * WEEK)


def test_a_report_counts_four_to_one_when_new_and_one_to_one_from_two_days_on() -> None:
    weights = [freshness(hours * HOUR) / FRESH for hours in (0, 16, 24, 32, 48, 100, 168)]
    assert weights == [4.0, 3.0, 2.5, 2.0, 1.0, 1.0, 1.0]
    assert freshness(WEEK + 1) == 0


@pytest.mark.parametrize(
    ("traps", "reports", "points"),
    [
        (2, 3, 13),  # SpamCop's own example
        (7, 3, 52),
        (5, 0, 25),
        (6, 0, 36),
        (0, 3, 3),
        (0, 0, 0),
    ],
)
def test_the_score_of_old_reports(traps: int, reports: int, points: int) -> None:
    assert score([OLD] * reports, [OLD] * traps) == points * FRESH


def test_a_fresh_report_counts_four_and_trap_hits_are_as_fresh_as_the_newest() -> None:
    assert score([0], []) == 4 * FRESH
    assert score([0, OLD], []) == 5 * FRESH
    assert score([], [0, OLD]) == 40 * FRESH


def test_what_is_older_than_a_week_counts_nothing() -> None:
    assert score([WEEK + 1], [WEEK + 1] * 9) == 0
    assert score([], [OLD, OLD, *[WEEK + 1] * 9]) == 10 * FRESH


@given(st.lists(ages), st.lists(ages), st.booleans())
def test_another_report_or_hit_never_lowers_a_score(
    reports: list[int], traps: list[int], trap: bool
) -> None:
    before = score(reports, traps)
    more = score(reports, [*traps, 0]) if trap else score([*reports, 0], traps)
    assert more >= before + 4 * FRESH
    older = score([age + HOUR for age in reports], [age + HOUR for age in traps])
    assert older <= before


def test_one_report_alone_never_lists() -> None:
    assert not is_scored(100 * FRESH, 1, 0, **SPAMCOP)
    assert is_scored(100 * FRESH, 2, 0, **SPAMCOP)


def test_a_score_must_reach_its_threshold() -> None:
    assert is_scored(8 * FRESH, 2, 0, **SPAMCOP)
    assert not is_scored(8 * FRESH - 1, 2, 0, **SPAMCOP)


def test_much_mail_dilutes_the_score() -> None:
    """13 points are 2 % of 650 reputation points: users see those of 13,000 messages."""
    assert is_scored(13 * FRESH, 5, 13_000, **SPAMCOP)
    assert not is_scored(13 * FRESH, 5, 13_001, **SPAMCOP)
    assert not is_scored(13 * FRESH - 1, 5, 13_000, **SPAMCOP)


@given(st.integers(0, 10**9), st.integers(0, 10**4), st.integers(0, 10**9))
def test_more_mail_never_lists(more_mail: int, points: int, sent: int) -> None:
    listed = is_scored(points * FRESH, 2, sent, **SPAMCOP)
    assert is_scored(points * FRESH, 2, sent + more_mail, **SPAMCOP) <= listed


@pytest.mark.parametrize(
    ("threshold", "factor_ppm", "again"),
    [
        (5, 400_000, 2),  # Spamhaus CSS
        (2, 500_000, 1),  # Barracuda
        (2, 1_000_000, 2),  # UCEPROTECT
        (1, 1_000_000, 1),
        (5, 400_001, 3),
        (5, 0, 1),
    ],
)
def test_who_was_listed_of_late_is_listed_sooner(
    threshold: int, factor_ppm: int, again: int
) -> None:
    assert relist_threshold(threshold, factor_ppm) == again


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_relapse_needs_at_least_one_hit_and_no_more_than_the_first_time(
    threshold: int, factor_ppm: int
) -> None:
    assert 1 <= relist_threshold(threshold, factor_ppm) <= threshold


TENTH, TWO = 100_000_000, 2000
"""A hit in ten messages is tolerated; two standard deviations above that are too many."""


@pytest.mark.parametrize(
    ("sent", "before", "needed"),
    [
        (0, 0, 3),  # the threshold
        (10, 0, 3),  # 1 is tolerated, and 2 x sqrt(1) above it are 3
        (40, 0, 8),  # 4, and 2 x sqrt(4)
        (10, 30, 5),  # 1, and 2 x sqrt(4): mail before the run makes the number less certain
        (1000, 0, 120),  # 100, and 2 x sqrt(100)
    ],
)
def test_hits_that_list_beside_other_mail(sent: int, before: int, needed: int) -> None:
    assert hits_needed(3, sent, before, TENTH, TWO) == needed
    assert exceeds(needed, sent, before, TENTH, TWO)


def test_what_the_mail_explains_is_not_too_much_even_without_deviations() -> None:
    assert not exceeds(4, 40, 0, TENTH, 0)
    assert exceeds(5, 40, 0, TENTH, 0)


def test_a_list_that_tolerates_nothing_needs_its_threshold() -> None:
    assert hits_needed(3, 10**9, 10**9, 0, 0) == 3


@given(st.integers(1, 50), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 5000))
def test_more_mail_never_needs_fewer_hits(
    threshold: int, sent: int, before: int, deviations: int
) -> None:
    needed = hits_needed(threshold, sent, before, 20_000, deviations)
    assert needed >= threshold
    assert hits_needed(threshold, sent + 1000, before, 20_000, deviations) >= needed
    assert hits_needed(threshold, sent, before + 1000, 20_000, deviations) >= needed
    assert needed == threshold or not exceeds(needed - 1, sent, before, 20_000, deviations)
