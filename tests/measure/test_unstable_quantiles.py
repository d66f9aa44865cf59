"""Quantiles that jump, because as many recipients are late as lie above them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from relaysim.scenario.load import load
from relaysim.stats.unstable_quantile import LateShare, late_share, late_share_if_unstable
from relaysim.study.run_result import run

SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"
FEW_LATE = np.array([0.04, 0.06, 0.05, 0.045, 0.055])


def p95_of(late: float) -> float:
    """The p95 of 1,000 recipients of which a share came after a retry of five minutes."""
    recipients = np.full(1000, 2.0)
    recipients[: round(1000 * late)] = 300.0
    return float(np.quantile(recipients, 0.95))


def test_a_p95_jumps_where_five_percent_are_late() -> None:
    p95 = np.array([p95_of(late) for late in FEW_LATE])
    assert p95.tolist() == pytest.approx([2.0, 300.0, 16.9, 2.0, 300.0], abs=0.01)
    assert late_share("latency_p95", p95, 1 - FEW_LATE, FEW_LATE) == LateShare(0.04, 0.06)
    assert late_share("latency_p95_busy_hours", p95, 1 - FEW_LATE, FEW_LATE) == LateShare(
        0.04, 0.06
    )


def test_so_it_does_where_a_bad_day_crosses_them() -> None:
    late = np.array([0.01, 0.01, 0.02, 0.13])
    p95 = np.array([p95_of(each) for each in late])
    assert late_share("latency_p95", p95, 1 - late, late) == LateShare(0.01, 0.13)


@pytest.mark.parametrize("late", [FEW_LATE - 0.03, FEW_LATE + 0.03])
def test_far_from_its_tail_a_quantile_is_steady(
    late: "np.ndarray[int, np.dtype[np.float64]]",
) -> None:
    p95 = np.array([p95_of(each) for each in late])
    assert np.ptp(p95) == 0.0
    assert late_share("latency_p95", p95, 1 - late, late) is None
    # Nor would it be a late_share if the values jumped for another reason.
    wild = np.array([1.0, 300.0, 2.0, 300.0, 1.0])
    assert late_share("latency_p95", wild, 1 - late, late) is None


def test_each_quantile_has_its_own_tail() -> None:
    wild = np.array([1.0, 300.0, 2.0, 300.0, 1.0])
    assert late_share("latency_p95", wild, 1 - FEW_LATE, FEW_LATE) is not None
    for metric in ("latency_p90", "latency_p99", "latency_p50", "latency_mean"):
        assert late_share(metric, wild, 1 - FEW_LATE, FEW_LATE) is None
    assert late_share("latency_p99", wild, 1 - FEW_LATE / 5, FEW_LATE / 5) is not None
    assert late_share("latency_p90", wild, 1 - 2 * FEW_LATE, 2 * FEW_LATE) is not None


def test_what_is_as_unsteady_as_its_quantile_is_no_better_to_judge_by() -> None:
    wild = np.array([1.0, 300.0, 2.0, 300.0, 1.0])
    lost = np.array([0.9, 0.05, 0.9, 0.05, 0.9])
    assert late_share("latency_p95", wild, lost, FEW_LATE) is None


def test_one_replication_shows_no_jump() -> None:
    assert late_share("latency_p95", np.ones(1), np.array([0.95]), np.array([0.05])) is None


def test_a_quantile_that_is_lost_in_some_replications_jumps_and_in_all_is_steady() -> None:
    lost = np.array([2.0, np.inf, 2.0, 2.0, np.inf])
    assert late_share("latency_p95", lost, 1 - FEW_LATE, FEW_LATE) == LateShare(0.04, 0.06)
    assert late_share("latency_p95", np.full(5, np.inf), 1 - FEW_LATE, FEW_LATE) is None


def metrics(*on_time: float) -> pd.DataFrame:
    """Replications of 1,000 recipients with these shares on time, latencies as above."""
    rows = []
    for replication, share in enumerate(on_time):
        values = {"on_time": share, "latency_p95": p95_of(1 - share)}
        rows += [(replication, "one", "class", "orders", *each) for each in values.items()]
    columns = ["replication", "scenario", "scope", "subject", "metric", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_late_are_counted_among_all_that_are_judged() -> None:
    key = ("one", "class", "orders", "latency_p95")
    assert late_share_if_unstable(metrics(0.96, 0.94, 0.955), *key) == LateShare(0.04, 0.06)


def test_a_subject_without_such_a_metric_has_no_unstable_quantile() -> None:
    result = metrics(0.96, 0.94)
    assert late_share_if_unstable(result, "other", "class", "orders", "latency_p95") is None
    assert late_share_if_unstable(result, "one", "class", "orders", "latency_p99") is None
    assert late_share_if_unstable(result, "one", "class", "orders", "on_time") is None


def test_the_p99_of_the_shared_hub_is_unstable_where_one_in_a_hundred_is_late() -> None:
    """Greylisted invoices come a minute late, about one in a hundred; no other quantile sees it."""
    little = ["run.scale=0.03", "run.drain=6 h", "hosts.crm.streams.invoices.deadline=30 s"]
    result = run(load(SHARED, little), replications=6, jobs=1).per_replication
    key = ("shared-hub", "class", "transactional")
    cliffed = late_share_if_unstable(result, *key, "latency_p99")
    assert cliffed is not None
    assert cliffed.low <= 0.01 <= cliffed.high < 0.02
    assert late_share_if_unstable(result, *key, "latency_p95") is None
    assert late_share_if_unstable(result, *key, "latency_p90") is None
