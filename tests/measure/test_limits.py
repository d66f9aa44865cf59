"""Intervals stay within what a quantity can be, whatever the values of the replications are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.stats.interval import Estimate, Estimates, estimates
from relaysim.stats.possible_range import (
    difference_within_range,
    estimate_within_range,
    within_range,
)

UNITS = ["share", "s", "recipients"]


@pytest.mark.parametrize(
    ("found", "unit", "ends"),
    [
        (Estimate(0.92, 0.24, 1.6, 2), "share", (0.24, 1.0)),
        (Estimate(0.02, -0.3, 0.34, 2), "share", (0.0, 0.34)),
        (Estimate(0.5, -5.9, 6.9, 2), "recipients", (0.0, 6.9)),
        (Estimate(15.76, -4.259, 35.78, 5), "s", (0.0, 35.78)),
        (Estimate(-0.01, -0.03, 0.01, 5), "share", (-0.03, 0.01)),
        (Estimate(np.inf, np.inf, np.inf, 5), "s", (np.inf, np.inf)),
    ],
)
def test_the_ends_of_an_interval(found: Estimate, unit: str, ends: tuple[float, float]) -> None:
    assert estimate_within_range(found, unit) == found._replace(low=ends[0], high=ends[1])


def test_what_has_no_interval_gets_none() -> None:
    kept = estimate_within_range(Estimate(0.5, np.nan, np.nan, 1), "share")
    assert (kept.value, np.isnan([kept.low, kept.high]).all(), kept.n) == (0.5, True, 1)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8))
def test_an_interval_within_the_range_holds_the_mean(values: list[float]) -> None:
    rows = np.tile(values, (len(UNITS), 1))
    value, low, high, _ = within_range(estimates(rows), UNITS)
    assert (low >= 0.0).all()
    assert high[0] <= 1.0
    assert (low <= value + 1e-9).all()
    assert (high >= value - 1e-9).all()


def test_two_shares_differ_by_all_at_most_and_times_by_any_amount() -> None:
    parts = (np.array([part] * 2) for part in (0.67, -0.76, 2.1, 3))
    _, low, high, _ = difference_within_range(Estimates(*parts), ["share", "s"])
    assert (low.tolist(), high.tolist()) == ([-0.76, -0.76], [1.0, 2.1])
