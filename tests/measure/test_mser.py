"""MSER-5: where the start of a run is cut off, and when no cut is any good."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.stats.mser import BATCH, LEFT, mser5

STEADY = [0.0, 1.0, 0.0, 2.0, 1.0]
"""A batch of five; its mean is 0.8."""


def test_the_start_is_cut_off_where_it_ends() -> None:
    high = [9.0] * 20
    result = mser5(high + STEADY * 16)
    assert (result.index, result.settled) == (20, True)
    assert result.why == "the cut is 20 of 100 observations"
    assert len(result.statistic) == 20 - LEFT
    assert result.statistic[4] == 0.0


def test_a_series_that_is_alike_all_the_time_is_not_cut() -> None:
    assert mser5([7.0] * 100).index == 0
    assert mser5(STEADY * 20).index == 0


def test_the_statistic_is_the_squared_error_of_the_rest() -> None:
    # Batches of mean 6, 2, 0, 0, ... (12 of them): by hand for the first three cuts.
    result = mser5([6.0] * 5 + [2.0] * 5 + [0.0] * 50)
    assert result.statistic[0] == pytest.approx((36 + 4 - 64 / 12) / 12**2)
    assert result.statistic[1] == pytest.approx((4 - 4 / 11) / 11**2)
    assert result.statistic[2] == 0.0
    assert result.index == 10


def test_a_cut_in_the_second_half_says_that_the_run_is_too_short() -> None:
    result = mser5(np.arange(200.0))
    assert not result.settled
    assert result.why == f"the cut, {result.index} of 200 observations, is in the second half"
    late = mser5([5.0] * 55 + STEADY * 9)
    assert (late.index, late.settled) == (55, False)
    # Of few batches no candidate lies in the second half.
    trend = mser5(np.arange(50.0))
    assert (trend.settled, trend.index) == (False, 20)
    assert trend.why == "the cut, 20 of 50 observations, is the last possible"
    half = mser5([5.0] * 50 + STEADY * 10)
    assert (half.index, half.settled) == (50, True)


def test_a_few_batches_at_the_end_that_happen_to_be_alike_do_not_win() -> None:
    noise = np.random.default_rng(1).normal(size=180)
    result = mser5([*noise, *[0.0] * 20])
    assert result.index < 100
    assert result.settled


def test_replications_are_averaged_before_anything_else() -> None:
    up, down = np.arange(100.0), -np.arange(100.0)
    assert not mser5(up).settled
    assert mser5([up, down]).index == 0
    holes = np.where(np.arange(100) % 2, up, math.nan)
    assert mser5([holes, up]).statistic == pytest.approx(mser5(up).statistic)


def test_an_observation_that_nobody_has_is_an_error() -> None:
    rows = np.ones((2, 60))
    rows[:, 3] = math.nan
    with pytest.raises(ValueError, match=r"^observation 3 is in no replication$"):
        mser5(rows)


def test_few_observations_tell_nothing() -> None:
    result = mser5([1.0] * 49)
    assert not result.settled
    assert result.why == "49 observations are too few: at least 50 are needed"
    assert mser5([1.0] * 50).settled


@given(
    st.lists(st.integers(-100, 100), min_size=50, max_size=120),
    st.integers(-1000, 1000),
    st.sampled_from([0.5, 2.0, 8.0]),
)
def test_it_is_the_definition_and_level_and_unit_play_no_part(
    values: list[int], level: int, unit: float
) -> None:
    row = np.array(values, float)
    batches = row[: len(row) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    direct = [
        float(np.sum((batches[cut:] - batches[cut:].mean()) ** 2)) / (len(batches) - cut) ** 2
        for cut in range(len(batches) - LEFT)
    ]
    result = mser5(row)
    assert result.statistic == pytest.approx(direct, abs=1e-9)
    assert direct[result.index // BATCH] == pytest.approx(min(direct), abs=1e-9)
    other = mser5(level + unit * row)
    assert other.statistic == pytest.approx(unit**2 * np.array(direct), abs=1e-6)
