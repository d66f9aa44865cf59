"""How long a listing lives, and how many of them list a whole network."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.mail.escalation import allocation_threshold, asn_is_listed, asn_score
from relaysim.mail.listing_lifetime import FOR_EVER, lifetime

DAY = 86_400_000_000


def test_the_third_listing_lasts_twice_as_long_and_so_on() -> None:
    days = [lifetime(DAY, 2000, None, n) // DAY for n in range(1, 7)]
    assert days == [1, 1, 2, 4, 8, 16]


def test_growth_ends_at_the_longest_life() -> None:
    days = [lifetime(3 * DAY, 2000, 14 * DAY, n) // DAY for n in range(1, 7)]
    assert days == [3, 3, 6, 12, 14, 14]
    assert lifetime(3 * DAY, 2000, DAY, 1) == DAY


def test_without_growth_every_listing_lasts_as_long() -> None:
    assert {lifetime(7 * DAY, 1000, None, n) for n in (1, 2, 3, 50)} == {7 * DAY}


def test_growth_is_exact_and_rounded_down_once() -> None:
    assert lifetime(2 * DAY, 1500, None, 5) == 2 * DAY * 27 // 8
    assert lifetime(5, 1500, None, 5) == 16  # 16.875; rounded at each step it would be 15


def test_a_listing_that_grows_without_end_outlives_any_run_but_fits_64_bits() -> None:
    assert lifetime(DAY, 100_000, None, 1000) == FOR_EVER < 2**63


@given(st.integers(1, 30 * DAY), st.integers(1000, 10_000), st.integers(1, 60))
def test_a_relapse_never_shortens_a_listing(base: int, growth: int, n: int) -> None:
    most = 90 * DAY
    assert base <= lifetime(base, growth, most, n) <= lifetime(base, growth, most, n + 1) <= most


@pytest.mark.parametrize(
    ("prefix", "listed"),
    # Published up to /21; then 39, 64 and 104 are not enough.
    [
        *((32, 1), (29, 1), (27, 1), (26, 1), (25, 2), (24, 5), (23, 10), (22, 15), (21, 25)),
        *((20, 40), (19, 65), (18, 105)),
    ],
)
def test_how_many_listed_addresses_list_their_allocation(prefix: int, listed: int) -> None:
    assert allocation_threshold(prefix) == listed


def test_uceprotects_rule_for_larger_allocations() -> None:
    """More than A(m) list a /m, and A(m - 1) is A(m) + A(m + 1) + 1."""
    more_than = {m: allocation_threshold(m) - 1 for m in range(8, 25)}
    for m in range(9, 24):
        assert more_than[m - 1] == more_than[m] + more_than[m + 1] + 1


def test_the_score_of_an_asn_as_uceprotect_works_it_out() -> None:
    assert asn_score(55, 1024) == 5_371_093  # 5371.1
    assert asn_score(160, 34_025_472) == 470  # 0.5
    assert asn_is_listed(55, 1024)
    assert not asn_is_listed(160, 34_025_472)


def test_an_asn_is_listed_from_a_score_of_50_and_50_impacts_on() -> None:
    assert asn_is_listed(50, 100_000)
    assert not asn_is_listed(50, 100_001)
    assert not asn_is_listed(49, 256)


@given(st.integers(0, 10**5), st.integers(1, 2**32))
def test_an_asn_is_listed_exactly_if_both_limits_are_reached(impacts: int, addresses: int) -> None:
    exact = impacts >= 50 and Fraction(impacts, addresses) * 100_000 >= 50
    assert asn_is_listed(impacts, addresses) is exact
    assert asn_score(impacts, addresses) == int(Fraction(impacts, addresses) * 10**8)
