"""Confidence intervals, what pairing gains, and verdicts."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from relaysim.measure.metric_catalogue import METRICS
from relaysim.stats.interval import Estimate, estimates, interval, narrowing, verdict
from relaysim.stats.metric import Margin
from relaysim.stats.proportion import chance_differences, chances


def test_an_interval_is_students() -> None:
    # From a table of Student's t: 4.3027 for 2 degrees of freedom, 0.975.
    result = interval([1.0, 2.0, 3.0])
    half = 4.302653 / math.sqrt(3)
    assert result == pytest.approx(Estimate(2.0, 2.0 - half, 2.0 + half, 3), abs=1e-6)
    narrow = interval([1.0, 2.0, 3.0], confidence=0.5)
    assert narrow.high == pytest.approx(2.0 + 0.816497 / math.sqrt(3), abs=1e-6)


def test_one_replication_says_nothing_about_the_spread() -> None:
    value, low, high, n = interval([7.0])
    assert (value, n) == (7.0, 1)
    assert math.isnan(low)
    assert math.isnan(high)


def test_equal_values_leave_no_doubt() -> None:
    assert interval([5.0, 5.0]) == Estimate(5.0, 5.0, 5.0, 2)


def test_a_replication_without_a_value_is_left_out() -> None:
    assert interval([1.0, math.nan, 2.0, 3.0]) == interval([1.0, 2.0, 3.0])
    assert interval([math.nan, math.nan]).n == 0
    assert math.isnan(interval([math.nan, math.nan]).value)


def test_many_rows_are_estimated_like_each() -> None:
    rows = np.array([[1.0, 2.0, 4.0], [math.nan, 3.0, math.nan], [2.0, math.nan, 9.0]])
    result = estimates(rows)
    for i, row in enumerate(rows):
        one = tuple(float(part[i]) for part in result)
        assert one == pytest.approx(interval(row), nan_ok=True)


def test_pairing_narrows_by_what_both_have_in_common() -> None:
    base = np.array([[10.0, 20.0, 30.0], [10.0, 20.0, 30.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    other = np.array(
        [[11.0, 21.0, 32.0], [30.0, 20.0, 10.0], [4.0, 5.0, 6.0], [1.0, 2.0, math.nan]]
    )
    gain = narrowing(base, other)
    # Differences 1, 1, 2 vary by sqrt(1/3); independent ones by sqrt(100 + 331/3).
    assert gain[0] == pytest.approx(math.sqrt((100 + 331 / 3) * 3))
    # Opposite moves: pairing costs.
    assert gain[1] == pytest.approx(math.sqrt(200) / 20)
    # Differences that do not vary at all.
    assert np.isnan(gain[2:]).all()


@pytest.mark.parametrize(
    ("low", "value", "high", "said"),
    [
        (0.010, 0.020, 0.030, "better"),
        (0.001, 0.020, 0.039, "better"),
        (-0.030, -0.020, -0.010, "worse"),
        (-0.004, 0.000, 0.004, "equivalent"),
        (0.001, 0.003, 0.005, "equivalent"),  # sure, and too small to matter
        (-0.001, 0.020, 0.041, "not decided"),
        (-0.020, 0.000, 0.020, "not decided"),
        (0.001, 0.004, 0.007, "not decided"),  # sure of the side, not that it matters
        (math.nan, 0.020, math.nan, "not decided"),  # one replication
        (math.nan, math.nan, math.nan, "not decided"),
    ],
)
def test_a_verdict_needs_a_difference_that_is_sure_and_above_the_margin(
    low: float, value: float, high: float, said: str
) -> None:
    on_time = METRICS["on_time"]  # half a percentage point matters
    assert verdict(on_time, 0.9, Estimate(value, low, high, 5), None) == said


def test_less_is_better_where_the_catalogue_says_so() -> None:
    less = Estimate(-30.0, -40.0, -20.0, 5)
    assert verdict(METRICS["latency_p95"], 60.0, less, None) == "better"
    assert verdict(METRICS["delivered"], 60.0, less, None) == "worse"


def test_what_matters_may_be_a_share_of_the_base_and_may_be_set() -> None:
    p95, ten_less = METRICS["latency_p95"], Estimate(-10.0, -11.0, -9.0, 5)
    assert verdict(p95, 60.0, ten_less, None) == "better"
    assert verdict(p95, 600.0, ten_less, None) == "equivalent"  # 5 % are 30 s
    assert verdict(p95, 600.0, ten_less, Margin(1.0)) == "better"
    assert verdict(p95, 60.0, ten_less, Margin(15.0)) == "equivalent"
    # Nothing to compare with.
    assert verdict(p95, math.nan, ten_less, None) == "not decided"


@pytest.mark.parametrize(("ones", "n"), [(0, 5), (1, 5), (5, 5), (1, 1), (17, 40)])
def test_a_chance_has_wilsons_interval(ones: int, n: int) -> None:
    values = np.array([[1.0] * ones + [0.0] * (n - ones) + [math.nan]])
    expected = binomtest(ones, n).proportion_ci(method="wilson")
    value, low, high, count = (part[0] for part in chances(values))
    assert (value, low, high) == pytest.approx((ones / n, expected.low, expected.high))
    assert count == n


def test_a_chance_without_a_value_is_none() -> None:
    result = chances(np.array([[math.nan, math.nan]]))
    assert result.n[0] == 0
    assert np.isnan([part[0] for part in result[:3]]).all()


def test_a_paired_difference_of_chances_is_newcombes() -> None:
    # The example of his paper: 36 times both, 12 times the one, twice the other of 50.
    one = np.array([[1.0] * 36 + [1.0] * 12 + [0.0] * 2])
    other = np.array([[1.0] * 36 + [0.0] * 12 + [1.0] * 2])
    result = chance_differences(other, one)
    assert result.value[0] == pytest.approx(0.2)
    assert (result.low[0], result.high[0]) == pytest.approx((0.0569, 0.3404), abs=1e-4)


def test_what_never_happened_in_few_replications_may_differ_all_the_same() -> None:
    never = np.zeros((1, 5))
    result = chance_differences(never, never)
    half = chances(never).high[0]
    assert (result.value[0], result.low[0], result.high[0]) == pytest.approx((0.0, -half, half))
    listed = METRICS["listed"]
    assert verdict(listed, 0.0, Estimate(0.0, -half, half, 5), None) == "not decided"
    once = chance_differences(np.array([[0.0, math.nan]]), np.array([[1.0, 1.0]]))
    assert (once.value[0], once.n[0]) == (1.0, 1)
    assert np.isnan([once.low[0], once.high[0]]).all()
