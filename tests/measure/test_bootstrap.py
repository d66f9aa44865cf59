"""The bootstrap: when values are too skewed for Student's t, and what it then says."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from relaysim.stats.bootstrap import bca, suited_estimates, too_skewed
from relaysim.stats.interval import Estimate, interval

CALM = [9.0, 10.0, 11.0, 12.0, 10.0] * 4
DISASTER = [*[0.0] * 19, 100.0]


def suited_interval(values: npt.ArrayLike) -> Estimate:
    """The estimate of one row."""
    value, low, high, n = (part[0] for part in suited_estimates(np.atleast_2d(values)))
    return Estimate(float(value), float(low), float(high), int(n))


def skewed(values: npt.ArrayLike) -> bool:
    """Whether one row needs the bootstrap."""
    (result,) = too_skewed(np.atleast_2d(values))
    return bool(result)


def test_few_or_calm_values_are_students() -> None:
    for values in (CALM, [0.0, 0.0, 0.0, 100.0], [5.0] * 30, []):
        assert not skewed(values)
    assert suited_interval(CALM) == interval(CALM)
    assert suited_interval([1.0, 2.0]) == interval([1.0, 2.0])


def test_cochrans_rule_asks_for_25_times_the_square_of_the_skewness() -> None:
    # n - 1 zeros and a one have the skewness G1 = sqrt(n): the rule asks for 25 n values.
    assert skewed(DISASTER)
    assert not skewed(DISASTER[1:])
    # Skewness (1 - 2p) / sqrt(p (1 - p)) of ones with share p: 25 G1^2 is 133 for p = 0.1.
    assert skewed([*[0.0] * 90, *[1.0] * 10])
    assert skewed([*[0.0] * 117, *[1.0] * 13])
    assert not skewed([*[0.0] * 180, *[1.0] * 20])


def test_values_that_differ_by_rounding_alone_are_not_skewed() -> None:
    assert not skewed([*[0.1 + 0.2] * 29, 0.3])
    assert skewed([*[0.3] * 29, 0.3 + 1e-9])


def test_each_row_is_judged_by_its_own_values() -> None:
    nan = math.nan
    rows = [[*DISASTER, nan], [nan, *CALM], [*DISASTER, 0.0], [math.inf, *CALM], [nan] * 21]
    assert too_skewed(rows).tolist() == [True, False, True, False, False]
    assert too_skewed(np.empty((0, 30))).tolist() == []


def test_a_disaster_is_doubt_above_and_not_below() -> None:
    result = suited_interval(DISASTER)
    assert result == bca(DISASTER)
    assert (result.value, result.n) == (5.0, 20)
    assert result.low >= 0.0
    assert result.high - result.value > 2 * (result.value - result.low)
    student = interval(DISASTER)
    assert student.low < 0.0


def test_the_same_values_have_the_same_interval() -> None:
    np.random.seed(3)  # noqa: NPY002 -- what the caller draws plays no part
    one = bca(DISASTER)
    np.random.seed(4)  # noqa: NPY002
    assert bca(DISASTER) == one
    assert bca([*DISASTER, math.nan]) == one
    assert bca(DISASTER, confidence=0.5).high < one.high


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0], [math.nan, 1.0]])
def test_the_bootstrap_needs_values_that_differ(values: list[float]) -> None:
    with pytest.raises(ValueError, match="at least two values that differ"):
        bca(values)


def test_it_contains_a_skewed_mean_more_often_than_students_interval() -> None:
    # Lognormal with cv 2 and mean 1, samples of 20.
    spread = math.sqrt(math.log(5.0))
    rows = np.random.default_rng(1).lognormal(-(spread**2) / 2, spread, (150, 20))
    ours = sum(low <= 1.0 <= high for _, low, high, _ in map(suited_interval, rows))
    students = sum(low <= 1.0 <= high for _, low, high, _ in map(interval, rows))
    assert ours >= students + 5
