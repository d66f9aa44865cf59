"""Shares over replications are ratios of sums."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from test_recipient_metrics import sent
from worlds.trace_story import Story, scenario

from relaysim.measure.metric_catalogue import BLAST_SCOPES, METRICS, SCOPES
from relaysim.measure.metrics import metrics
from relaysim.measure.quantity import Quantity
from relaysim.stats.bootstrap import suited_estimates
from relaysim.stats.interval import Floats, estimates, interval
from relaysim.stats.ratio_of_sums import linearized, linearized_pair
from relaysim.stats.several_designs import differences
from relaysim.study.stacked_metrics import KEY, Stack

STUDIES, REPLICATIONS = 400, 20
RATES = np.arange(1, 9) * 50
"""Recipients of a replication; each number is equally likely."""


def story(*latencies: float) -> Story:
    """Alerts, whose deadline is 10 s, with these latencies."""
    example = Story()
    for latency in latencies:
        sent(example, "app.alerts", "gmail.com", 0, latency)
    return example


def test_two_replications_make_the_exact_ratio() -> None:
    # 9 of 10 and 1 of 2 are on time.
    replications = [story(*[1.0] * 9, 20.0), story(1.0, 20.0)]
    frames = [metrics(each.trace(end=50), scenario()) for each in replications]
    result = Stack.of(frames).metrics("story").set_index(KEY)
    row = result.loc[("stream", "app.alerts", "on_time")]
    assert row["value"] == pytest.approx(10 / 12, rel=1e-15)
    assert (row["median"], row["least"], row["most"]) == (0.7, 0.5, 0.9)
    assert result.loc[("stream", "app.alerts", "judged"), "value"] == 6.0
    # The residuals are 9 - 10 R and 1 - 2 R, 2/3 and -2/3: s^2 = 8/9, and the mean of x is 6.
    half = 12.706204736 * math.sqrt(8 / 9 / 2) / 6
    exact = suited_estimates(linearized(np.array([[0.9, 0.5]]), np.array([[10.0, 2.0]]))).first()
    assert exact[1:3] == pytest.approx((10 / 12 - half, 10 / 12 + half), rel=1e-9)
    assert (row["low"], row["high"]) == (0.0, 1.0)


def test_a_paired_difference_is_that_of_the_ratios_with_their_residuals_paired() -> None:
    base, other = np.array([[0.9, 0.5, 0.8]]), np.array([[0.7, 0.5, 0.4]])
    x, z = np.array([[10.0, 2.0, 5.0]]), np.array([[10.0, 4.0, 5.0]])
    was, now = (9 + 1 + 4) / 17, (7 + 2 + 2) / 19
    pair = linearized_pair(base, other, x, z)
    result = differences(np.array([False]), *pair, 0.95).first()
    residuals = (other - now) * z / z.mean() - (base - was) * x / x.mean()
    half = interval(residuals).high
    assert interval(residuals).value == pytest.approx(0.0, abs=1e-15)
    assert result == pytest.approx((now - was, now - was - half, now - was + half, 3), rel=1e-12)


def test_a_replication_without_a_share_in_one_design_is_in_neither_ratio() -> None:
    base, other = np.array([[0.9, 0.5, 0.8]]), np.array([[0.7, math.nan, 0.4]])
    x, z = np.array([[10.0, 2.0, 5.0]]), np.array([[10.0, 0.0, 4.0]])
    was, now = (estimates(each).first() for each in linearized_pair(base, other, x, z))
    assert (was.value, was.n) == (pytest.approx(13 / 15), 2)
    assert (now.value, now.n) == (pytest.approx(8.6 / 14), 2)


ROW = st.lists(st.one_of(st.just(math.nan), st.floats(-1.0, 1.0)), min_size=1, max_size=30)


@given(ROW, st.floats(0.001, 1e6))
def test_equal_denominators_change_nothing(row: list[float], denominator: float) -> None:
    shares = np.array([row])
    there = np.full(shares.shape, denominator)
    there[np.isnan(shares)] = 0.0
    assert np.array_equal(linearized(shares, there), shares, equal_nan=True)
    assert np.array_equal(linearized(shares, np.full_like(shares, np.nan)), shares, equal_nan=True)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(1, 10_000)), min_size=1, max_size=30))
def test_the_mean_is_the_ratio_of_sums(seen: list[tuple[float, int]]) -> None:
    share, weight = np.array(seen).T
    result = Quantity("total", "total", "on_time").row(seen)
    assert result.mean() == pytest.approx((share * weight).sum() / weight.sum(), abs=1e-12)


def test_no_replication_makes_no_value() -> None:
    assert Quantity("total", "total", "on_time").row([]).shape == (0,)


def test_one_share_in_all_replications_leaves_no_doubt() -> None:
    shares, weights = np.full((1, 3), 0.1), np.array([[1.0, 3.0, 7.0]])
    assert suited_estimates(linearized(shares, weights)).first() == (0.1, 0.1, 0.1, 3)


def test_a_denominator_is_in_every_scope_of_its_share() -> None:
    shares = {each.name: each.denominator for each in METRICS.values() if each.denominator}
    assert shares == {
        "on_time": "judged",
        "bad_hour_share": "judged_hours",
        **dict.fromkeys(
            ("blast_radius", "blast_reputation", "blast_congestion", "blast_junk"),
            "innocent_weight",
        ),
        "blast_streams": "innocent_streams",
        "containment": "harmed_by_reputation",
    }
    for _, names in (*SCOPES.values(), *BLAST_SCOPES.values()):
        for name in set(names) & shares.keys():
            assert shares[name] in names
    assert not any(METRICS[name].chance for name in shares)


def drawn(random: np.random.Generator, loss: float, sizes: Floats) -> Floats:
    """Shares on time where a replication of 400 recipients loses `loss` of them, smaller ones less."""
    return random.binomial(sizes.astype(int), 1.0 - loss * sizes / RATES.max()) / sizes


def truth(loss: float) -> float:
    """The ratio of the expected sums."""
    return float((RATES * (1.0 - loss * RATES / RATES.max())).sum() / RATES.sum())


def test_the_intervals_of_four_hundred_studies_contain_the_ratio() -> None:
    random = np.random.default_rng(20)
    sizes = random.choice(RATES, (STUDIES, REPLICATIONS)).astype(float)
    base, other = drawn(random, 0.3, sizes), drawn(random, 0.5, sizes)
    was, now = truth(0.3), truth(0.5)

    def covered(found: object, value: float) -> int:
        _, low, high, _ = found  # type: ignore[misc]
        return int(((low <= value) & (value <= high)).sum())

    # So few of 400 intervals of 95 % occur once in a thousand such tests.
    least = binom.ppf(0.001, STUDIES, 0.95)
    values = linearized_pair(base, other, sizes, sizes)
    assert covered(estimates(values[0]), was) >= least
    assert covered(estimates(values[1]), now) >= least
    apart = differences(np.zeros(STUDIES, bool), *values, 0.95)
    assert covered(apart, now - was) >= least
    # The mean of the shares is another number.
    assert covered(estimates(base), was) < least
