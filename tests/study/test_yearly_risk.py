"""The risk of rare listings: importance sampling agrees with theory and with brute force."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest
from worlds.listing_designs import ADDRESSES, OFTEN, THRESHOLD, TRAP_SHARE, shared
from worlds.small_designs import design

from relaysim.study.tilted_traps import log_likelihood_ratio, tilt_for
from relaysim.study.yearly_risk import YearlyRisk, ratio, yearly_risk
from relaysim.theory.listing_formulas import count_listing
from relaysim.traffic.workload import draw

RARE = "hosts.marketing.streams.news.mailing_list.trap_share=0.001"


@pytest.fixture(scope="module")
def tilted() -> YearlyRisk:
    return yearly_risk(shared(), 60, seed=5, jobs=1)


@pytest.fixture(scope="module")
def plain() -> YearlyRisk:
    return yearly_risk(shared(), 120, seed=6, tilt=1.0, jobs=1)


def test_the_tilt_makes_as_many_hits_likely_as_the_list_lists_for() -> None:
    assert tilt_for(shared(), 1) == pytest.approx(THRESHOLD / (ADDRESSES * TRAP_SHARE))
    assert tilt_for(shared(OFTEN), 1) == 1.0  # 2.4 hits are expected anyway
    one = tilt_for(shared("blocklists.traps.threshold=1", 'blocklists.traps.window="1 s"'), 1)
    assert one == pytest.approx(1 / (ADDRESSES * TRAP_SHARE))
    seconds = tilt_for(shared('blocklists.traps.window="999 ms"'), 1)
    assert seconds == pytest.approx(THRESHOLD / (4 * TRAP_SHARE))  # four newsletters a second
    assert tilt_for(shared("hosts.marketing.streams.news.mailing_list.trap_share=0"), 1) == 1.0


@pytest.mark.parametrize("tilt", [1.0, 4.0, 60.0])
def test_the_ratio_of_likelihoods_is_that_of_the_draws(tilt: float) -> None:
    scenario = shared(
        "hosts.marketing.streams.news.mailing_list.addresses=40",
        'hosts.marketing.streams.news.arrivals={process="poisson", rate="2/s"}',
        "hosts.app.streams.invoices.trap_rate=0.01",
        "hosts.app.streams.invoices.to={sink=0.5, internal=0.5}",
        'blocklists.more={profile="psbl", trap_share=0.3}',
        'blocklists.other={profile="spamhaus-css"}',
    )
    for number in range(4):
        draws = draw(scenario, number, 1, tilt=tilt)
        ratio = log_likelihood_ratio(scenario, draws, tilt)
        assert ratio == pytest.approx(draws.log_weight)
        assert (ratio == 0) == (tilt == 1)


def test_half_the_replications_are_plain_and_no_weight_is_above_two(tilted: YearlyRisk) -> None:
    weights = tilted.per_replication["weight"]
    assert 1.5 < weights.max() <= 2
    assert weights.mean() == pytest.approx(1, abs=0.2)
    odd = yearly_risk(shared(), 1, seed=5, jobs=1).per_replication
    assert odd["weight"].tolist() == [1.0]


def test_a_tilted_sample_finds_the_probability_of_the_closed_form(tilted: YearlyRisk) -> None:
    exact = count_listing(ADDRESSES, TRAP_SHARE, 1.0, THRESHOLD, exact=True)
    assert exact == pytest.approx(0.12, abs=0.01)
    value, low, high, n = tilted.listed
    assert low < exact < high
    assert value == pytest.approx(exact, rel=0.35)
    assert n == 60


def test_brute_force_finds_the_same_and_less_surely(tilted: YearlyRisk, plain: YearlyRisk) -> None:
    assert (plain.per_replication["weight"] == 1.0).all()
    assert plain.effective_replications == 120
    assert plain.listed.low < tilted.listed.value < plain.listed.high
    harm, brute = tilted.expected["blast_reputation"], plain.expected["blast_reputation"]
    assert harm.low < brute.high
    assert brute.low < harm.high
    given, seen = tilted.given_listed["refused_innocents"], plain.given_listed["refused_innocents"]
    assert given.value == pytest.approx(seen.value, rel=0.3)
    # Half the replications are worth about as much.
    assert tilted.effective_listed / 60 > 1.5 * plain.effective_listed / 120


def test_a_listing_that_brute_force_would_never_see() -> None:
    result = yearly_risk(shared(RARE), 60, seed=7, jobs=1)
    exact = count_listing(ADDRESSES, 0.001, 1.0, THRESHOLD, exact=True)
    assert exact < 1e-3
    assert result.listed.low < exact < result.listed.high
    assert result.listed.value == pytest.approx(exact, rel=0.4)
    assert result.tilt == pytest.approx(50)


def test_a_year_is_many_independent_horizons(tilted: YearlyRisk) -> None:
    minutes = 365 * 24 * 60
    assert tilted.horizon == 60_000_000
    likely = 1 - (1 - tilted.listed.value) ** minutes
    assert tilted.listed_in_a_year.value == pytest.approx(likely)


def test_the_expected_harm_is_that_given_a_listing_times_its_probability(
    tilted: YearlyRisk,
) -> None:
    harm = tilted.expected["blast_reputation"].value
    given = tilted.given_listed["blast_reputation"].value
    assert harm == pytest.approx(given * tilted.listed.value)


def test_what_was_never_seen_is_as_likely_as_the_plain_half_allows() -> None:
    never = shared("blocklists.traps.threshold=41")
    result = yearly_risk(never, 4, tilt=2.0, jobs=1)
    high = binomtest(0, 2).proportion_ci(method="wilson").high
    assert result.listed == (0.0, 0.0, pytest.approx(high), 4)
    assert math.isnan(result.given_listed["blast_radius"].value)
    sure = yearly_risk(never, 4, tilt=1.0, jobs=1)
    assert sure.listed.high < result.listed.high


def test_a_weighted_mean_and_its_error() -> None:
    result = ratio(np.array([1.0, 0.0, 3.0]), np.array([2.0, math.nan, 6.0]))
    assert (result.value, result.n) == (5.0, 2)
    error = math.sqrt(2 * ((1 * -3) ** 2 + (3 * 1) ** 2)) / 4
    assert result.high == pytest.approx(5 + 12.7062 * error, rel=1e-4)
    assert math.isnan(ratio(np.array([2.0]), np.array([1.0])).low)


def test_it_takes_a_culprit() -> None:
    with pytest.raises(ValueError, match="no culprit"):
        yearly_risk(design("two"), 1, jobs=1)
