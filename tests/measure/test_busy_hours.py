"""The p95 of the busy hours does not grow with the length of a run that goes on as it began."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from relaysim.measure.latency_metrics import ByLatency, busy_hours, latency_in_busy_hours
from relaysim.measure.measured_window import HOUR, SECOND
from relaysim.stats.interval import interval

P95 = -np.log(0.05)
"""That of an exponential latency with a mean of a second."""


def stationary(hours: int, rate: float, seed: int) -> Any:
    """Recipients of a Poisson stream (`rate` a second) with exponential latencies."""
    random = np.random.default_rng(seed)
    count = random.poisson(rate * hours * 3600)
    return SimpleNamespace(
        created=random.integers(0, hours * HOUR, count),
        latency=(random.exponential(1.0, count) * SECOND).astype(np.int64),
        judged=np.ones(count, bool),
        dsn=np.zeros(count, bool),
    )


def p95(recipients: Any) -> float:
    group = np.zeros(len(recipients.created), np.int64)
    busy = ByLatency.of(recipients).where(busy_hours(recipients))
    result = latency_in_busy_hours(busy, group, 1)
    return float(result["latency_p95_busy_hours"][0])


@pytest.mark.parametrize("hours", [2, 8, 24, 96])
@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_it_is_the_p95_of_a_stationary_stream_however_long(hours: int, rate: float) -> None:
    result = interval([p95(stationary(hours, rate, seed)) for seed in range(40)], 0.99)
    assert result.low < P95 < result.high


def test_an_hour_with_more_mail_is_the_busy_one() -> None:
    recipients = stationary(8, 0.2, 1)
    rush = stationary(1, 0.4, 2)
    created = np.concatenate((recipients.created, rush.created + 5 * HOUR))
    both = SimpleNamespace(created=created, dsn=np.zeros(len(created), bool))
    assert np.unique(created[busy_hours(both)] // HOUR).tolist() == [5]
