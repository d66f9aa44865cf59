"""One long run, and batch means of its recipients."""

import math
from pathlib import Path

import numpy as np
import pytest
from worlds.small_designs import MORE, design

from relaysim.measure.quantity import Quantity
from relaysim.scenario.problem import ScenarioError
from relaysim.study.execution.store import Store
from relaysim.study.long_run import long_run
from relaysim.study.run_result import run

LONG = ("run.duration=1000 s", "run.warm_up=10 s", "hosts.app.streams.invoices.arrivals.rate=1/s")


def test_it_is_the_first_replication_that_readers_see() -> None:
    scenario = design("long", *LONG, news=True)
    metrics = run(scenario, 1, 3, jobs=1).metrics
    for text in ("total.latency_mean", "class.bulk.wait_delivery", "stream.app.news.service"):
        quantity = Quantity.parse(text)
        result = long_run(scenario, quantity, 3)
        (row,) = np.flatnonzero(
            (metrics["scope"] == quantity.scope)
            & (metrics["subject"] == quantity.subject)
            & (metrics["metric"] == quantity.metric)
        )
        # But for the few recipients that are left over.
        assert result.batches.estimate.value == pytest.approx(metrics["value"].iloc[row], rel=0.05)
        assert result.provenance.replications == 1


def test_an_interval_contains_what_theory_says() -> None:
    # With many connections nothing waits: the mean of the answers is 1 s.
    result = long_run(design("long", *LONG, MORE)).batches
    assert result.why == ""
    assert result.estimate.low < 1.0 < result.estimate.high
    assert result.estimate.high - result.estimate.low < 0.3


def test_a_run_that_is_too_short_has_none() -> None:
    result = long_run(design("short")).batches
    assert result.why.endswith("observations are too few: at least 800 are needed")
    assert math.isnan(result.estimate.low)


def test_what_the_store_holds_is_not_run_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one, two = (long_run(design("short"), store=store) for _ in range(2))
    assert store.used == 1
    assert one.batches.estimate.value == two.batches.estimate.value


def test_a_warm_up_that_is_to_be_found_is_found_first() -> None:
    settings = ("hosts.app.streams.invoices.arrivals.rate=1/s", MORE, "run.duration=1200 s")
    result = long_run(design("auto", *settings, "run.warm_up=auto"), jobs=1)
    assert not result.scenario.run.warm_up_auto
    with pytest.raises(ScenarioError, match="to see the start"):
        long_run(design("short", MORE, "run.warm_up=auto"), jobs=1)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("class.transactional.on_time", '"on_time" is not a metric of batch means'),
        ("resource.HUB01.cpu.utilization", '"resource" is not a scope of batch means'),
        ("stream.app.invoice.latency_mean", 'did you mean "app.invoices"'),
        ("nonsense", "is not a scope"),
    ],
)
def test_what_has_no_batch_means_is_an_error(quantity: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        long_run(design("short"), quantity)


def test_mail_that_never_gets_through_has_no_mean() -> None:
    nothing = "hubs.HUB01.receive_connectors.relay.permission_groups=[]"
    with pytest.raises(ValueError, match=r"^no recipient of total got through$"):
        long_run(design("refused", nothing, "hubs.HUB01.receive_connectors.relay.permissions=[]"))
