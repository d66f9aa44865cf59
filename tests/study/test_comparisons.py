"""Comparisons are paired, recipient by recipient, and say what they rest on."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit
from worlds.small_designs import MORE, design

from relaysim.measure.frame_columns import FRAMES
from relaysim.stats.metric import Margin
from relaysim.study.compare import Comparison, compare
from relaysim.study.run_result import run


@pytest.fixture(scope="module")
def more() -> Comparison:
    return compare(design("two"), design("more", MORE), jobs=1)


def row(found: Comparison, subject: str, metric: str, name: str = "more") -> dict[str, Any]:
    """The comparison of one metric in the scopes of recipients."""
    frame = found.comparisons
    own = frame[
        (frame["scenario"] == name) & (frame["subject"] == subject) & (frame["metric"] == metric)
    ]
    assert len(own) == 1
    return {str(key): value for key, value in own.iloc[0].items()}


def test_a_comparison_has_the_columns_of_the_contract(more: Comparison) -> None:
    assert list(more.comparisons.columns) == [column.name for column in FRAMES["comparisons"]]
    assert (more.comparisons["base"] == "two").all()
    assert (more.comparisons["scenario"] == "more").all()
    assert not more.comparisons.duplicated(["scope", "subject", "metric"]).any()
    assert (more.replications, more.seed) == (3, 7)


def test_each_design_has_the_metrics_that_it_has_alone(more: Comparison) -> None:
    for scenario in (design("two"), design("more", MORE)):
        alone = run(scenario, seed=7, replications=3, jobs=1)
        own = more.metrics[more.metrics["scenario"] == scenario.name].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone.metrics)
        assert more.series[scenario.name].missing.equals(alone.series.missing)


def test_the_run_of_a_design_is_the_one_that_it_has_alone(more: Comparison) -> None:
    for of in more.scenarios:
        own, alone = more.run(of.name), run(of, replications=more.replications, jobs=1)
        assert (own.scenario, own.seed) == (alone.scenario, alone.seed)
        pd.testing.assert_frame_equal(own.metrics, alone.metrics)
        pd.testing.assert_frame_equal(own.per_replication, alone.per_replication)
        assert own.provenance.scenarios == alone.provenance.scenarios
        pd.testing.assert_frame_equal(own.series.backlog, alone.series.backlog)
    with pytest.raises(ValueError, match="two"):
        more.run("tow")


def test_a_difference_of_shares_is_that_of_the_ratios_of_sums(more: Comparison) -> None:
    result = row(more, "app.invoices", "on_time")
    each = more.per_replication
    each = each[each["subject"] == "app.invoices"].set_index(["scenario", "metric"])["value"]
    values = []
    for name in ("two", "more"):
        share, judged = (each[name, metric].to_numpy() for metric in ("on_time", "judged"))
        ratio = (share * judged).sum() / judged.sum()
        values.append(ratio + (share - ratio) * judged / judged.mean())
    ours, theirs = values
    assert result["difference"] == pytest.approx((theirs - ours).mean())
    assert result["value"] == pytest.approx(theirs.mean())
    assert result["difference_low"] < result["difference"] < result["difference_high"]
    assert (result["verdict"], result["unit"], result["replications"]) == ("better", "share", 3)
    assert result["narrowing"] == pytest.approx(
        np.hypot(ours.std(ddof=1), theirs.std(ddof=1)) / (theirs - ours).std(ddof=1)
    )
    assert np.isnan(result["recipients"])


def test_where_everything_arrives_in_both_latency_differs_by_the_plain_means(
    more: Comparison,
) -> None:
    result = row(more, "app.invoices", "latency_mean_both_delivered")
    means = more.metrics[more.metrics["subject"] == "app.invoices"].set_index(
        ["scenario", "metric"]
    )["value"]
    assert means["two", "delivered"] == means["two", "created"]
    difference = means["more", "latency_mean"] - means["two", "latency_mean"]
    assert result["difference"] == pytest.approx(difference)
    assert result["recipients"] == pytest.approx(means["two", "delivered"])
    # Response times are the same recipient by recipient: only the wait differs.
    assert row(more, "app.invoices", "service_both_delivered")["difference"] == 0
    assert row(more, "app.invoices", "service_both_delivered")["verdict"] == "equal"


def test_a_design_does_not_differ_from_itself_under_another_name() -> None:
    result = compare(design("two"), design("same"), jobs=1).comparisons
    known = result[result["replications"] > 1]
    assert len(known) > 100
    assert (known["difference"] == 0).all()
    assert (known[["difference_low", "difference_high"]] == 0).all(axis=None)
    assert set(known["verdict"]) == {"equal"}
    assert known["replications_needed"].isna().all()
    assert "listed" in set(known["metric"])


def test_one_replication_decides_nothing() -> None:
    result = compare(design("two"), design("more", MORE), replications=1, jobs=1)
    assert set(result.comparisons["verdict"]) == {"not decided"}
    assert result.comparisons["difference_low"].isna().all()


def test_what_matters_can_be_set() -> None:
    result = compare(design("two"), design("more", MORE), jobs=1, margins={"on_time": Margin(1.0)})
    assert row(result, "app.invoices", "on_time")["verdict"] == "equivalent"


def test_two_processes_give_what_one_gives(more: Comparison) -> None:
    parallel = compare(design("two"), design("more", MORE), jobs=2)
    pd.testing.assert_frame_equal(parallel.comparisons, more.comparisons)
    pd.testing.assert_frame_equal(parallel.metrics, more.metrics)


def test_only_streams_that_a_design_has_in_common_with_the_base_are_compared() -> None:
    """The newsletter takes two thirds of the connections; its own recipients are not compared."""
    result = compare(design("two"), design("more", news=True), jobs=1)
    assert result.streams == {"more": {"app.invoices"}}
    assert row(result, "total", "created")["difference"] == 0
    assert row(result, "app.invoices", "latency_mean_both_delivered")["difference"] > 0
    assert (
        row(result, "total", "latency_mean_both_delivered")["recipients"]
        == row(result, "app.invoices", "latency_mean_both_delivered")["recipients"]
    )
    assert "bulk" not in set(result.comparisons["subject"])
    # The metrics are about everything all the same.
    metrics = result.metrics.set_index(["scenario", "subject", "metric"])["value"]
    assert metrics["more", "app.news", "created"] > 0


def test_a_design_without_a_stream_takes_it_from_no_other_comparison() -> None:
    base, less, same = design("base", news=True), design("less"), design("same", news=True)
    result = compare(base, less, same, replications=2, jobs=1)
    assert result.streams == {
        "less": {"app.invoices"},
        "same": {"app.invoices", "app.news"},
    }
    assert row(result, "app.news", "latency_mean_both_delivered", "same")["difference"] == 0
    of_less = result.comparisons[result.comparisons["scenario"] == "less"]
    assert "app.news" not in set(of_less["subject"])


def test_several_designs_are_each_compared_with_the_base() -> None:
    result = compare(design("two"), design("more", MORE), design("same"), replications=2, jobs=1)
    assert list(dict.fromkeys(result.metrics["scenario"])) == ["two", "more", "same"]
    assert list(dict.fromkeys(result.comparisons["scenario"])) == ["more", "same"]
    assert row(result, "app.invoices", "latency_mean_both_delivered", "same")["difference"] == 0
    assert row(result, "app.invoices", "latency_mean_both_delivered", "more")["difference"] < 0


def test_the_order_of_the_designs_changes_no_number() -> None:
    base, one, other = design("two"), design("more", MORE), design("news", news=True)
    result = compare(base, one, other, jobs=1)
    again = compare(base, other, one, jobs=1)
    key = ["scenario", "scope", "subject", "metric"]
    for name in ("comparisons", "metrics"):
        ours, theirs = (
            getattr(each, name).sort_values(key, ignore_index=True) for each in (result, again)
        )
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_with_more_designs_each_interval_is_wider_and_nothing_else_changes(
    more: Comparison,
) -> None:
    """So that the verdicts hold together; with one design it is the plain 95 %."""
    assert set(more.comparisons["confidence"]) == {0.95}
    both = compare(design("two"), design("more", MORE), design("same"), jobs=1)
    assert set(both.comparisons["confidence"]) == {0.975}
    alone, beside = (row(each, "app.invoices", "latency_p50") for each in (more, both))
    assert beside["difference"] == alone["difference"]
    wider = stdtrit(2, 0.9875) / stdtrit(2, 0.975)
    assert beside["difference_high"] - beside["difference"] == pytest.approx(
        wider * (alone["difference_high"] - alone["difference"])
    )


def test_an_undecided_difference_says_how_many_replications_would_decide_it() -> None:
    result = compare(design("two"), design("more", MORE), replications=2, jobs=1)
    frame = result.comparisons
    decided = frame["verdict"] != "not decided"
    assert frame.loc[decided, "replications_needed"].isna().all()
    open_ones = frame[~decided & (frame["replications"] > 1)]
    assert len(open_ones) > 0
    assert (open_ones["replications_needed"] > result.replications).all()


def test_as_many_replications_as_needed_decide_it() -> None:
    """The difference and its spread do not stay exactly as they were: twice as many are safe."""
    few = compare(design("two"), design("more", MORE), replications=2, jobs=1)
    text = row(few, "app.invoices", "latency_mean_both_delivered")
    assert text["verdict"] == "not decided"
    many = int(2 * text["replications_needed"])
    assert 4 < many < 40
    enough = compare(design("two"), design("more", MORE), replications=many, jobs=1)
    assert row(enough, "app.invoices", "latency_mean_both_delivered")["verdict"] == "better"


def test_broken_invariants_are_reported(more: Comparison) -> None:
    assert more.violations == []
    checked = compare(
        design("two"), design("more", MORE), replications=1, jobs=1, check_invariants=True
    )
    assert checked.violations == []


@pytest.mark.parametrize(
    ("names", "margins", "text"),
    [
        (["two"], {}, "a comparison takes a base and at least one other design"),
        (["two", "two"], {}, "two designs have the name two: each design needs its own"),
        (["two", "three"], {"lateness": Margin(1.0)}, "no such metric: lateness"),
    ],
)
def test_a_comparison_without_sense_is_refused(
    names: list[str], margins: dict[str, Margin], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        compare(*(design(name) for name in names), jobs=1, margins=margins)


def test_designs_of_different_length_are_not_compared() -> None:
    with pytest.raises(ValueError, match=r"run\.duration of more is not that of two"):
        compare(design("two"), design("more", MORE, "run.duration=61 s"), replications=1)
