"""The profile `office-hours` is what the sample of real mail says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relaysim.scenario.load import load
from relaysim.scenario.rate_profile import PROFILES

SAMPLE = Path(__file__).parents[3] / "shared" / "samples" / "eu-email-150-days.csv.gz"
HOUR = 3600
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")


@pytest.fixture(scope="module")
def seconds() -> np.ndarray:
    """The times of the messages, one row a message."""
    return pd.read_csv(SAMPLE, usecols=["seconds"])["seconds"].to_numpy()


def by_hour(seconds: np.ndarray) -> np.ndarray:
    return np.bincount(seconds // HOUR % 24, minlength=24)


def by_day(seconds: np.ndarray) -> np.ndarray:
    """Messages of each day of the whole weeks, one row a week."""
    days = np.bincount(seconds // (24 * HOUR))
    weeks = len(days) // 7
    return days[: 7 * weeks].reshape(weeks, 7)


@needs_sample
def test_the_clock_of_the_sample_runs_two_hours_early(seconds: np.ndarray) -> None:
    working = seconds[seconds // (24 * HOUR) % 7 < 5]
    inside = [by_hour(working + shift * HOUR)[8:18].sum() / len(working) for shift in range(5)]
    assert np.argmax(inside) == 2
    assert np.round(inside[1:3], 2).tolist() == [0.89, 0.90]


@needs_sample
def test_the_weights_are_those_of_the_sample(seconds: np.ndarray) -> None:
    local = seconds + 2 * HOUR
    weeks = by_day(local)
    # Of the first week two hours are missing.
    open_weeks = [week for week in range(1, len(weeks)) if weeks[week, :5].min() >= 100]
    assert len(open_weeks) == 17
    day = local // (24 * HOUR)
    working = local[np.isin(day // 7, open_weeks) & (day % 7 < 5)]
    hours = by_hour(working)
    assert np.round(hours / hours.mean(), 3).tolist() == PROFILES["office-hours"]["hours"]

    per_day = weeks[open_weeks].mean(axis=0)
    weights = per_day / per_day[:5].mean()
    assert np.round(weights[5:], 3).tolist() == PROFILES["office-hours"]["weekdays"][5:]
    assert weights[:5].min() > 0.94
    assert weights[:5].max() < 1.05


def test_the_weights_of_the_hours_have_mean_one() -> None:
    path = Path(__file__).parent / "small.toml"
    arrivals = load(path).hosts["crm"].streams["invoices"].arrivals
    assert arrivals.process == "poisson"
    assert arrivals.profile is not None
    assert sum(arrivals.profile.hours) == pytest.approx(24.0)
    assert sum(PROFILES["office-hours"]["hours"]) == pytest.approx(24.0, abs=0.005)
    assert arrivals.profile.weekdays == (1.0, 1.0, 1.0, 1.0, 1.0, 0.072, 0.088)
