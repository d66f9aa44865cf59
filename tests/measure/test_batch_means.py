"""Batch means: an interval from one long run, or none where its batches depend on each other."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from relaysim.stats.batch_means import batch_means, correlation, means
from relaysim.stats.interval import interval


def dependent(phi: float, count: int, seed: int) -> npt.NDArray[np.float64]:
    """Observations with mean 0, each phi times the one before it, and noise."""
    noise = np.random.default_rng(seed).normal(size=count + 200)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise)[200:], np.float64)


def test_the_interval_is_students_of_forty_batches() -> None:
    row = dependent(0.0, 4000, 1)
    result = batch_means(row)
    assert (result.size, result.why, result.estimate.n) == (100, "", 40)
    assert result.estimate == pytest.approx(interval(row.reshape(40, 100).mean(axis=1)))
    assert result.estimate.value == pytest.approx(row.mean())


def test_what_is_left_over_goes_at_the_start() -> None:
    assert means(np.arange(11.0), 5).tolist() == [1.5, 3.5, 5.5, 7.5, 9.5]
    late = np.concatenate([[1e9] * 30, dependent(0.0, 4000, 1)])
    assert batch_means(late).estimate == batch_means(late[30:]).estimate


def test_the_jackknife_takes_the_halves_into_account() -> None:
    # Lag-1 correlations by hand: 1/2 of the whole row, 0 and 0 of its halves (three values).
    assert correlation(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])) == pytest.approx(1.0)
    assert correlation(np.array([1.0, 1.0, 1.0, 1.0])) == 0.0
    alternating = np.array([1.0, -1.0] * 50)
    assert correlation(alternating) == pytest.approx(-1.0, abs=0.03)


def test_batches_that_are_alike_get_no_interval() -> None:
    result = batch_means(dependent(0.99, 8000, 1))
    assert math.isnan(result.estimate.low)
    assert math.isnan(result.estimate.high)
    assert result.correlation > 0.4
    assert result.why == (
        f"neighbours among 400 batches have correlation {result.correlation:.2f}, not below 0.4"
    )
    assert batch_means(dependent(0.99, 200_000, 1)).why == ""


def test_few_observations_get_no_interval() -> None:
    result = batch_means([1.0, 3.0] * 399)
    assert result.estimate.value == 2.0
    assert math.isnan(result.estimate.low)
    assert result.why == "798 observations are too few: at least 800 are needed"
    assert batch_means([1.0, 3.0] * 400).why == ""


@pytest.mark.parametrize("row", [[], [1.0, math.nan]])
def test_a_row_without_values_is_an_error(row: list[float]) -> None:
    with pytest.raises(ValueError, match="need observations, and none of them NaN"):
        batch_means(row)


def test_dependent_observations_are_covered_as_often_as_is_said() -> None:
    rows = [batch_means(dependent(0.8, 8000, seed)).estimate for seed in range(200)]
    inside = sum(low <= 0.0 <= high for _, low, high, _ in rows)
    assert binom.ppf(0.001, 200, 0.95) <= inside <= binom.ppf(0.999, 200, 0.95)
    naive = [interval(dependent(0.8, 8000, seed)) for seed in range(200)]
    assert sum(low <= 0.0 <= high for _, low, high, _ in naive) < 140
