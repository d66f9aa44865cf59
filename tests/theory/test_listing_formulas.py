"""Listings in closed form, against numbers worked out by hand and sums of the exact laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from worlds.golden_sections import Golden
from worlds.refusals import refused_calls

from relaysim.theory.listing_formulas import (
    count_listing,
    poisson_listed_share,
    poisson_mean_listing,
    refused,
    sticky_share,
    warm_up_total,
)

CSS, ABUSIX, UCEPROTECT = (0.25, 5), (0.05, 1), (0.02, 2)


@pytest.mark.parametrize(
    ("trap_share", "addresses", "css", "abusix", "uceprotect"),
    [
        (5e-5, 10_000, "2.3e-07", "0.025", "5e-05"),
        (5e-5, 50_000, "0.00047", "0.12", "0.0012"),
        (5e-4, 10_000, "0.0091", "0.22", "0.0047"),
        (5e-4, 50_000, "0.75", "0.71", "0.09"),
        (5e-3, 10_000, "0.99", "0.92", "0.26"),
        (5e-3, 50_000, "1", "1", "0.96"),
    ],
)
def test_one_campaign_to_lists_of_three_kinds(
    trap_share: float, addresses: int, css: str, abusix: str, uceprotect: str
) -> None:
    for (share, threshold), expected in (
        (CSS, css),
        (ABUSIX, abusix),
        (UCEPROTECT, uceprotect),
    ):
        listed = count_listing(addresses, trap_share, share, threshold)
        assert f"{listed:.2g}" == expected
        exact = count_listing(addresses, trap_share, share, threshold, exact=True)
        assert exact == pytest.approx(listed, rel=0.01)


def test_four_digits_of_the_table() -> None:
    assert count_listing(10_000, 5e-5, *ABUSIX) == pytest.approx(0.0247, abs=5e-5)
    assert count_listing(50_000, 5e-4, *CSS) == pytest.approx(0.7470, abs=1e-3)
    assert count_listing(10_000, 5e-3, *CSS) == pytest.approx(0.9947, abs=5e-4)
    assert count_listing(50_000, 5e-3, *UCEPROTECT) == pytest.approx(0.9596, abs=5e-4)


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0, 1), st.integers(1, 6))
def test_the_exact_law_is_the_binomial_one(
    addresses: int, trap_share: float, owner_share: float, threshold: int
) -> None:
    hit = trap_share * owner_share
    below = math.fsum(
        math.comb(addresses, k) * hit**k * (1 - hit) ** (addresses - k)
        for k in range(min(threshold, addresses + 1))
    )
    exact = count_listing(addresses, trap_share, owner_share, threshold, exact=True)
    assert exact == pytest.approx(1 - below, abs=1e-9)
    assert exact == pytest.approx(float(binom.sf(threshold - 1, addresses, hit)), abs=1e-12)


def test_more_hits_than_addresses_cannot_list() -> None:
    assert count_listing(3, 1.0, 1.0, 4, exact=True) == 0.0
    assert count_listing(3, 1.0, 1.0, 3, exact=True) == 1.0


@pytest.mark.parametrize(
    ("rate", "lifetime", "share", "mean"),
    [
        (0.405, 1.0, 0.333, 1.23),
        (0.1, 7.0, 0.503, 10.1),
        (0.2, 5.2, 0.647, 9.15),
        (1.0, 3.0, 0.950, 19.1),
    ],
)
def test_one_hit_lists_and_hits_are_poisson(
    rate: float, lifetime: float, share: float, mean: float
) -> None:
    assert poisson_listed_share(rate, lifetime) == pytest.approx(share, abs=5e-4)
    assert poisson_mean_listing(rate, lifetime) == pytest.approx(mean, rel=5e-3)


@given(st.floats(1e-6, 2), st.floats(0, 7))
def test_listings_start_when_an_unlisted_ip_is_hit(rate: float, lifetime: float) -> None:
    """Share of time listed = listings per unit of time x their mean length."""
    share = poisson_listed_share(rate, lifetime)
    starts = rate * (1 - share)
    assert starts * poisson_mean_listing(rate, lifetime) == pytest.approx(share)


def test_without_hits_there_is_no_listing_and_without_further_hits_it_lasts_its_lifetime() -> None:
    assert poisson_listed_share(0.0, 3.0) == 0.0
    assert poisson_mean_listing(0.0, 3.0) == 3.0
    assert poisson_mean_listing(1e-12, 3.0) == pytest.approx(3.0)


def test_many_hits_in_a_lifetime_list_for_ever() -> None:
    assert poisson_listed_share(1000.0, 3.0) == 1.0
    assert poisson_mean_listing(1000.0, 3.0) == math.inf


@pytest.mark.parametrize(("lifetime", "share"), [(1, 1 / 7), (3, 3 / 7), (7, 1.0), (14, 1.0)])
def test_weekly_campaigns_to_a_list_with_traps(lifetime: float, share: float) -> None:
    assert sticky_share(lifetime, 7) == pytest.approx(share)


@pytest.mark.parametrize(("days", "mails"), [(0.5, 490), (1, 980), (3, 2940)])
def test_innocent_mail_that_a_listing_of_zen_costs(days: float, mails: float) -> None:
    assert refused(2000, 0.49, days) == pytest.approx(mails)


def test_what_a_new_ip_can_send_while_it_warms_up() -> None:
    assert warm_up_total(20, 1.4, 1) == pytest.approx(480)
    assert warm_up_total(20, 1.4, 3) == pytest.approx(24 * (20 + 28 + 39.2))
    assert warm_up_total(100, 1.0, 7) == pytest.approx(24 * 100 * 7)


def test_numbers_that_mean_nothing_are_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: count_listing(0, 0.1, 0.1, 1),
        lambda: count_listing(9, 1.5, 0.1, 1),
        lambda: count_listing(9, 0.1, -1, 1),
        lambda: count_listing(9, 0.1, 0.1, 0),
        lambda: poisson_listed_share(-1, 1),
        lambda: poisson_mean_listing(1, -1),
        lambda: sticky_share(1, 0),
        lambda: refused(1, float("nan"), 1),
        lambda: warm_up_total(20, 0, 1),
        lambda: warm_up_total(20, 1.4, 0),
    )
    golden_section("errors/theory/listing_formulas", messages)
