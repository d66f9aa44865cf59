"""Lists that count trap hits: one campaign lists the IP with the chance of a binomial tail.

The number of traps on a list of N addresses is binomial, and what matters is N x trap share. So
short lists with many traps stand for long ones here; `benchmarks/verification.py` has those.
"""

from functools import cache

import pytest
from worlds.count_lists import CAMPAIGNS, LISTS, PUBLISHED, RARE, Counted, chance, counted, weighted
from worlds.listing_world import within

SHORT = 100
RUNS = 200


@pytest.mark.parametrize("name", LISTS)
def test_the_formula_gives_the_published_table(name: str) -> None:
    result = [chance(name, trap_share, addresses) for trap_share, addresses in CAMPAIGNS]
    assert result == [pytest.approx(value, rel=0.02) for value in PUBLISHED[name]]


@cache
def short(expected: float) -> dict[str, Counted]:
    """Campaigns to a short list with so many traps on average, of all operators."""
    return counted(expected / SHORT, SHORT, RUNS)


@pytest.mark.parametrize("expected", [0.5, 2.5, 5, 25, 50])
def test_a_campaign_lists_as_often_as_a_binomial_tail_says(expected: float) -> None:
    """As many traps as the first five campaigns of the table hit on average."""
    share = expected / SHORT
    for name, result in short(expected).items():
        assert result.faithful, name
        assert result.agrees(chance(name, share, SHORT)), name
        assert within(result.hits, RUNS * SHORT, share * LISTS[name][0]), name


def test_another_chance_is_rejected() -> None:
    """That of twice, or half as many traps."""
    result = short(25)["uceprotect-1"]
    assert result.agrees(chance("uceprotect-1", 0.25, SHORT))
    assert not result.agrees(chance("uceprotect-1", 0.5, SHORT))
    assert not result.agrees(chance("uceprotect-1", 0.125, SHORT))


def test_a_campaign_of_full_length() -> None:
    """The fifth of the table: 10,000 addresses, one in 200 a trap."""
    share, addresses = CAMPAIGNS[4]
    for name, result in counted(share, addresses, runs=5).items():
        assert result.faithful, name
        assert result.agrees(chance(name, share, addresses)), name
        assert within(result.hits, result.runs * addresses, share * LISTS[name][0]), name


@pytest.mark.parametrize(
    ("name", "expected"), [("spamhaus-css", 0.5), ("spamhaus-css", 2.5), ("uceprotect-1", 0.5)]
)
def test_a_listing_too_rare_to_wait_for(name: str, expected: float) -> None:
    """Down to one campaign in five million, by runs with more traps and weights for them."""
    true = chance(name, expected / SHORT, SHORT)
    result = weighted(name, expected / SHORT, SHORT, runs=300)
    assert true < RARE
    assert result.low <= true <= result.high
    assert result.high < 1.6 * result.value
