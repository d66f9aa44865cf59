"""Replications: the same on any number of processes, and nothing but seed and scenario decides."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.small_designs import MORE, design

from relaysim.measure.frame_columns import FRAMES
from relaysim.stats.interval import interval
from relaysim.study import replicate
from relaysim.study.execution.jobs import in_order
from relaysim.study.execution.store import Store
from relaysim.study.run_result import RunResult, run
from relaysim.trace.columns import Table
from relaysim.trace.invariants import Violation
from relaysim.trace.tables import Trace

TOTAL = ["total", "total"]


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(design("two"), jobs=1, frames=True)


def test_replications_and_seed_are_the_scenarios_unless_given(result: RunResult) -> None:
    assert (result.replications, result.seed) == (3, 7)
    other = run(design("two"), replications=1, seed=8, jobs=1)
    assert (other.replications, other.seed) == (1, 8)
    assert other.provenance.seed == 8
    with pytest.raises(ValueError, match="0 replications: at least one is needed"):
        run(design("two"), replications=0)
    with pytest.raises(ValueError, match="the seed is -1: it must not be negative"):
        run(design("two"), seed=-1)


def test_metrics_are_means_over_the_replications_with_their_interval(result: RunResult) -> None:
    assert list(result.metrics.columns) == [column.name for column in FRAMES["metrics"]]
    assert (result.metrics["scenario"] == "two").all()
    each = result.per_replication.set_index(["scope", "subject", "metric"])
    values = each.loc[(*TOTAL, "latency_mean"), "value"].tolist()
    assert len(set(values)) == 3
    row = result.metrics.set_index(["scope", "subject", "metric"]).loc[(*TOTAL, "latency_mean")]
    assert (row["value"], row["low"], row["high"], row["replications"]) == pytest.approx(
        interval(values)
    )
    assert row["unit"] == "s"


def test_a_metric_that_some_replication_does_not_have_rests_on_the_others() -> None:
    """At 0.01 messages a second some of the replications send nothing."""
    rare = design("rare", 'hosts.app.streams.invoices.arrivals.rate="0.01/s"')
    results = run(rare, replications=6, jobs=1)
    each = results.per_replication.set_index(["scope", "subject", "metric"])["value"]
    created = each.loc[(*TOTAL, "created")].to_numpy()
    some = int((created > 0).sum())
    assert 0 < some < 6
    row = results.metrics.set_index(["scope", "subject", "metric"]).loc[(*TOTAL, "latency_mean")]
    assert row["replications"] == some
    assert results.metrics.set_index(["scope", "subject", "metric"]).loc[
        (*TOTAL, "created"), "value"
    ] == pytest.approx(created.mean())


def test_two_processes_give_what_one_gives(result: RunResult) -> None:
    parallel = run(design("two"), jobs=2, frames=True)
    pd.testing.assert_frame_equal(parallel.metrics, result.metrics)
    pd.testing.assert_frame_equal(parallel.per_replication, result.per_replication)
    for name in result.frames:
        pd.testing.assert_frame_equal(parallel.frames[name], result.frames[name])


def test_more_replications_do_not_change_the_earlier_ones(result: RunResult) -> None:
    two = run(design("two"), replications=2, jobs=1)
    first = result.per_replication[result.per_replication["replication"] < 2]
    pd.testing.assert_frame_equal(two.per_replication, first)


def test_frames_that_were_not_kept_are_made_again(result: RunResult) -> None:
    later = run(design("two"), jobs=1)
    assert later.gathered is None
    for name in ("messages", "recipients", "attempts", "listings", "levels"):
        pd.testing.assert_frame_equal(getattr(later, name), getattr(result, name))
    assert sorted(result.recipients["replication"].unique()) == [0, 1, 2]
    got = result.recipients[result.recipients["replication"] == 1]
    assert (later.trace(1).recipients["end"] / 1e6).tolist() == got["end"].tolist()


def test_the_parts_of_every_recipient_add_up_and_the_trace_is_sound() -> None:
    results = run(design("two"), jobs=1, check_invariants=True)
    assert results.violations == []
    parts = [f"wait_{name}" for name in ("host", "commit", "submission", "delivery", "line")]
    parts += ["wait_mailbox", "wait_retry", "service"]
    # Each part is exact in microseconds; seconds are rounded once each.
    total = (results.recipients[parts] * 1e6).round().sum(axis=1)
    assert (total == (results.recipients["latency"] * 1e6).round()).all()


def test_broken_invariants_are_reported_with_their_replication(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = replicate.simulate

    def forgetful(*args: object) -> Trace:
        trace = whole(*args)  # type: ignore[arg-type]
        status = trace.recipients["status"].copy()
        status[0] = 0
        recipients = Table(trace.recipients.columns, {**trace.recipients.data, "status": status})
        return Trace(**{**vars(trace), "recipients": recipients})

    monkeypatch.setattr(replicate, "simulate", forgetful)
    results = run(design("two"), replications=2, jobs=1, check_invariants=True)
    assert [(i, v.invariant) for i, v in results.violations] == [(0, "INV-1"), (1, "INV-1")]
    assert isinstance(results.violations[0][1], Violation)


def test_progress_is_reported_after_each_replication() -> None:
    printed: list[tuple[int, int]] = []
    run(design("two"), jobs=1, progress=lambda done, of: printed.append((done, of)))
    assert printed == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_come_back_in_order_and_one_by_one(jobs: int) -> None:
    calls = [np.int64(i).item for i in range(5)]
    results = in_order(calls, jobs)
    assert isinstance(results, Iterator)
    assert list(results) == [0, 1, 2, 3, 4]


def test_progress_counts_what_a_store_holds_at_once(tmp_path: Path) -> None:
    store, printed = Store(tmp_path), list[tuple[int, int]]()
    run(design("two"), replications=2, jobs=1, store=store)
    run(design("two"), jobs=1, store=store, progress=lambda done, of: printed.append((done, of)))
    assert store.used == 2
    assert (printed[0], printed[-1]) == ((2, 3), (3, 3))


def test_an_interruption_reaches_the_caller_and_stops_the_rest() -> None:
    done: list[int] = []

    def job(number: int) -> int:
        if number == 2:
            raise KeyboardInterrupt
        done.append(number)
        return number

    with pytest.raises(KeyboardInterrupt):
        list(in_order([lambda i=i: job(i) for i in range(5)], jobs=1))  # type: ignore[misc]
    assert done == [0, 1]


# A slow machine may not have started the processes yet that are no longer needed; joblib warns then.
@pytest.mark.filterwarnings("ignore")
def test_a_reader_may_stop_early() -> None:
    results = in_order([np.int64(i).item for i in range(50)], jobs=2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    # The processes are free for others.
    assert list(in_order([np.int64(i).item for i in range(2)], jobs=2)) == [0, 1]


def test_more_connections_shorten_the_wait_for_one(result: RunResult) -> None:
    more = run(design("more", MORE), jobs=1)

    def wait(found: RunResult) -> float:
        frame = found.metrics.set_index(["scope", "subject", "metric"])["value"]
        return float(frame[("total", "total", "wait_delivery")])

    assert wait(more) < wait(result) / 2


def test_less_than_one_process_is_refused() -> None:
    with pytest.raises(ValueError, match="0 processes: at least 1 is needed"):
        run(design("two"), replications=1, jobs=0)
