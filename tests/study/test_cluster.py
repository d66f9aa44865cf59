"""The same study in this process, on all cores and on a Dask cluster."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from distributed import LocalCluster
from worlds.small_designs import MORE, design

from relaysim import compare, run
from relaysim.study.execution import task
from relaysim.study.execution.jobs import ClusterError
from relaysim.study.execution.store import Store


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two workers."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", scheduler_port=0
    ) as started:
        yield started.scheduler_address


def test_a_run_is_the_same_everywhere(cluster: str) -> None:
    result = [run(design("two"), replications=5, jobs=jobs) for jobs in (1, 2, cluster)]
    for other in result[1:]:
        pd.testing.assert_frame_equal(other.metrics, result[0].metrics, check_exact=True)
        pd.testing.assert_frame_equal(
            other.per_replication, result[0].per_replication, check_exact=True
        )


def test_so_is_a_comparison(cluster: str) -> None:
    result = [
        compare(design("two"), design("more", MORE), replications=3, jobs=jobs)
        for jobs in (1, cluster)
    ]
    pd.testing.assert_frame_equal(result[1].comparisons, result[0].comparisons, check_exact=True)
    pd.testing.assert_frame_equal(result[1].metrics, result[0].metrics, check_exact=True)


def test_what_a_cluster_computes_is_kept_here(cluster: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = run(design("two"), jobs=cluster, store=store)
    again = run(design("two"), jobs=1, store=store)
    assert store.used == 3
    pd.testing.assert_frame_equal(again.metrics, first.metrics, check_exact=True)


def test_a_cluster_with_another_version_is_refused(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "_LIBRARIES", ("numpy",))
    task.source.cache_clear()
    with pytest.raises(ClusterError, match="other versions of relaysim or its libraries"):
        run(design("two"), jobs=cluster)
    task.source.cache_clear()


def test_no_scheduler_is_no_cluster() -> None:
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run(design("two"), jobs="tcp://127.0.0.1:9")
