"""How many replications would decide what is not decided, and how wide intervals of several are."""

import math

import numpy as np
import pytest
from scipy.stats import t

from relaysim.stats.interval import CONFIDENCE, Estimates, estimates
from relaysim.stats.proportion import chance_differences
from relaysim.stats.replications_needed import chances_needed, deviation_of, needed, room, smallest
from relaysim.stats.several_designs import confidence_of, differences


def wide(n: int, deviation: float, confidence: float = CONFIDENCE) -> float:
    """Half of Student's interval."""
    return float(t.ppf(0.5 + confidence / 2, n - 1) * deviation / math.sqrt(n))


@pytest.mark.parametrize("half", [3.0, 1.0, 0.5, 0.1])
def test_the_smallest_number_is_the_first_whose_interval_is_narrow_enough(half: float) -> None:
    (result,) = smallest(np.array([1.0]), np.array([half])).astype(int)
    assert wide(result, 1.0) <= half
    assert result == 2 or wide(result - 1, 1.0) > half


def test_numbers_of_a_table() -> None:
    # With deviation 1: t is 2.776 for 5, 2.262 for 10 and 1.984 for 100 replications.
    result = smallest(np.ones(3), np.array([1.2417, 0.7154, 0.1985]))
    assert result.tolist() == [5.0, 10.0, 100.0]


def test_two_samples_apart_have_twice_the_degrees_of_freedom() -> None:
    half = np.array([0.7154])
    assert smallest(np.ones(1), half, samples=2).tolist() == [9.0]
    assert t.ppf(0.975, 16) / 3 <= 0.7154 < t.ppf(0.975, 14) / math.sqrt(8)


def test_the_number_of_replications_is_at_most_ten_thousand() -> None:
    assert smallest(np.ones(1), np.array([0.01])).tolist() == [math.inf]
    assert smallest(np.ones(1), np.array([0.0])).tolist() == [math.inf]
    assert np.isnan(smallest(np.array([np.nan]), np.ones(1))).all()


def test_a_difference_beyond_the_margin_is_decided_and_a_smaller_one_is_equivalent() -> None:
    assert room(np.array([-3.0, 0.4, 1.0]), np.ones(3)) == pytest.approx([3.0, 0.6, 0.0])


def test_what_five_replications_leave_undecided() -> None:
    values = np.array([[1.0, -1.0, 3.0, 2.0, 0.0]])
    result = estimates(values)
    assert result.low[0] < 0 < result.value[0] == 1.0
    (many,) = needed(result, np.array([0.5]), 5).astype(int)
    deviation = float(values.std(ddof=1))
    assert many == 13
    assert wide(13, deviation) < 1.0 < wide(12, deviation)
    assert deviation_of(result.high - result.value, result.n) == pytest.approx([deviation])


def test_where_half_of_the_replications_have_a_value_twice_as_many_are_needed() -> None:
    values = np.array([[1.0, -1.0, 3.0, 2.0, 0.0, *[np.nan] * 5]])
    assert needed(estimates(values), np.array([0.5]), 10).tolist() == [26.0]


def test_one_replication_says_nothing_about_how_many_are_needed() -> None:
    one = Estimates(np.ones(1), np.array([np.nan]), np.array([np.nan]), np.array([1]))
    assert np.isnan(needed(one, np.ones(1), 1)).all()
    assert np.isnan(chances_needed(np.zeros((1, 1)), np.ones((1, 1)), np.array([0.05]))).all()


def test_what_was_never_seen_takes_many_replications_to_rule_out() -> None:
    # Wilson: 1.96^2 / (n + 1.96^2) is at most 5 % from n = 73 on.
    never = np.zeros((1, 5))
    assert chances_needed(never, never, np.array([0.05])).tolist() == [75.0]
    high = chance_differences(np.zeros((1, 75)), np.zeros((1, 75))).high[0]
    assert high < 0.05 < chance_differences(np.zeros((1, 70)), np.zeros((1, 70))).high[0]


def test_a_chance_that_always_differs_is_decided_by_six() -> None:
    """As the exact sign test: five replications that agree have a probability of 1 in 16."""
    base, other = np.zeros((1, 5)), np.ones((1, 5))
    assert chance_differences(base, other).low[0] == 0.0
    assert chance_differences(np.zeros((1, 6)), np.ones((1, 6))).low[0] > 0
    two = base[:, :2], other[:, :2]
    assert chances_needed(*two, np.array([0.05])).tolist() == [6.0]
    one_of_four = np.array([[1.0, 0.0, 0.0, 0.0]])
    (many,) = chances_needed(np.zeros((1, 4)), one_of_four, np.array([0.05])).astype(int)
    assert chance_differences(np.zeros((1, many)), np.tile(one_of_four, many // 4)).low[0] > 0


def test_intervals_of_several_designs_miss_together_as_often_as_one() -> None:
    assert confidence_of(1) == CONFIDENCE
    assert confidence_of(2) == pytest.approx(0.975)
    assert confidence_of(12) == pytest.approx(1 - 0.05 / 12)


def test_wrong_verdicts_on_ten_equal_designs_are_rare_with_bonferroni_alone() -> None:
    """Two thousand comparisons of ten designs with a base that is their equal, eight runs each."""
    draws = np.random.default_rng(4)
    base = draws.normal(size=(2000, 1, 8))
    paired = (draws.normal(size=(2000, 10, 8)) - base).reshape(-1, 8)

    def missed(confidence: float) -> float:
        """The share of comparisons in which some interval leaves out zero."""
        result = estimates(paired, confidence)
        return float(((result.low > 0) | (result.high < 0)).reshape(-1, 10).any(axis=1).mean())

    assert missed(CONFIDENCE) > 0.2
    assert missed(confidence_of(10)) < 0.05


def test_differences_of_both_kinds_have_the_confidence_that_is_asked_for() -> None:
    base = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])
    other = np.array([[2.0, 4.0, 5.0], [1.0, 0.0, 1.0]])
    result = differences(np.array([False, True]), base, other, 0.99)
    mean = estimates(np.array([[1.0, 2.0, 2.0]]), 0.99)
    chance = chance_differences(base[1:], other[1:], 0.99)
    for part, of_mean, of_chance in zip(result, mean, chance, strict=True):
        assert part.tolist() == [of_mean[0], of_chance[0]]
