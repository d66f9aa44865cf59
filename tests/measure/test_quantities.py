"""Quantities and targets, as users write them."""

import math
from pathlib import Path

import pandas as pd
import pytest

from relaysim import load, run
from relaysim.measure.amount import amount
from relaysim.measure.quantity import Quantity, QuantityError, require_measured
from relaysim.measure.subjects import require_known
from relaysim.measure.target import Target
from relaysim.stats.interval import Estimate

SHARED = Path(__file__).parents[2] / "scenarios" / "shared-hub.toml"
METRICS = pd.DataFrame(
    [("class", "corporate.internal", "on_time", 0.5), ("total", "total", "created", 7.0)],
    columns=["scope", "subject", "metric", "value"],
)


def test_the_metric_comes_last_and_the_subject_may_hold_dots() -> None:
    result = Quantity.parse("class.corporate.internal.on_time")
    assert result == ("class", "corporate.internal", "on_time")
    assert str(result) == "class.corporate.internal.on_time"
    assert result.value(METRICS) == 0.5


def test_of_all_mail_the_subject_may_be_left_out() -> None:
    for text in ("total.created", "total.total.created"):
        assert Quantity.parse(text) == ("total", "total", "created")
    assert str(Quantity.parse("total.created")) == "total.created"
    assert math.isnan(Quantity.parse("total.bounced").value(METRICS))


def test_coupled_runs_are_needed_for_a_blast_radius_alone() -> None:
    assert Quantity.parse("total.blast_radius").needs_blast
    assert not Quantity.parse("total.on_time").needs_blast


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clas.bulk.on_time", 'did you mean "class"?'),
        ("class.bulk.on_tme", 'did you mean "on_time"?'),
        ("class.on_time", "names no metric: write class.SUBJECT.METRIC"),
        ("stream.a.b.utilization", "is not a metric of the scope stream"),
        ("", "is not a scope"),
    ],
)
def test_a_quantity_that_there_is_not(text: str, message: str) -> None:
    with pytest.raises(QuantityError, match=message.replace("?", r"\?")):
        Quantity.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("class.transactionl.on_time", 'did you mean "transactional"?'),
        ("class.corporate.intrnal.on_time", 'did you mean "corporate.internal"?'),
        ("class.bulk.internal.on_time", '"bulk.internal" is not a class of this scenario'),
        ("stream.crm.invoice.on_time", 'did you mean "crm.invoices"?'),
        ("destination.hotmial.on_time", '"hotmial" is not a destination of this scenario'),
        ("hub.HUB1.on_time", 'did you mean "HUB01"?'),
        ("egress.198.51.100.99.on_time", "is not an egress of this scenario"),
        ("blocklist.cs.listed", 'did you mean "css"?'),
    ],
)
def test_a_subject_that_no_run_can_have_is_known_before_one(text: str, message: str) -> None:
    with pytest.raises(QuantityError) as caught:
        require_known(Quantity.parse(text), [load(SHARED)])
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["shared-hub", "dedicated-hub", "listing-day"])
def test_what_a_run_shows_may_be_asked_before_it(name: str) -> None:
    """Also where no class, hub or public IP of a run has mail."""
    design = load(SHARED.with_name(f"{name}.toml"), ["run.duration=1 s"])
    metrics = run(design, replications=1, jobs=1).metrics
    for scope, subject, metric in set(
        metrics[["scope", "subject", "metric"]].itertuples(index=False)
    ):
        require_known(Quantity(scope, subject, metric), [design])


def test_a_subject_that_the_scenario_has_not() -> None:
    require_measured(Quantity.parse("class.corporate.internal.latency_p95"), METRICS)
    with pytest.raises(QuantityError, match=r'did you mean "corporate\.internal"\?'):
        require_measured(Quantity.parse("class.corporate.intrnal.on_time"), METRICS)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("30 s", "s", 30.0),
        ("1 %", "share", 0.01),
        ("0.2", "share", 0.2),
        ("10", "recipients", 10.0),
    ],
)
def test_amounts(text: str, unit: str, value: float) -> None:
    assert amount(text, unit) == pytest.approx(value)


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf", "5 %"])
def test_what_is_no_amount_of_recipients(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no number|is out of range"):
        amount(text, "recipients")


@pytest.mark.parametrize(
    ("text", "below", "bound"),
    [
        ("total.latency_p95 < 60 s", True, 60.0),
        ("total.latency_p95<1 min", True, 60.0),
        ("total.on_time >= 99 %", False, 0.99),
        ("resource.HUB01->example.org.wait_mean < 1 s", True, 1.0),
    ],
)
def test_a_target_is_a_quantity_and_its_bound(text: str, below: bool, bound: float) -> None:
    result = Target.parse(text)
    assert (result.below, result.bound, result.text) == (below, pytest.approx(bound), text)


@pytest.mark.parametrize(
    "text", ["total.on_time", "< 5 s", "total.on_time =< 5", "total.latency_p95 < 5"]
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no target|is not a duration|is not a metric"):
        Target.parse(text)


def test_a_verdict_takes_the_whole_interval() -> None:
    target = Target.parse("total.latency_mean < 2 s")
    nan = math.nan
    assert target.verdict(Estimate(1.0, 0.5, 1.5, 5)) is True
    assert target.verdict(Estimate(3.0, 2.5, 3.5, 5)) is False
    assert target.verdict(Estimate(1.9, 1.5, 2.3, 5)) is None
    assert target.verdict(Estimate(1.0, nan, nan, 1)) is None
