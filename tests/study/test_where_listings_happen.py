"""Where a listing can happen no mean of latencies or listed hours has an interval, but days do."""

import re

import numpy as np
import pytest
from worlds.listing_designs import OFTEN, apart, shared
from worlds.small_designs import MORE, design

from relaysim.measure.metric_catalogue import SKEWED_BY_LISTINGS
from relaysim.present.text.summary import summary
from relaysim.study.compare import Comparison, compare
from relaysim.study.run_result import RunResult, run


@pytest.fixture(scope="module")
def risky() -> RunResult:
    return run(shared(OFTEN), replications=6, jobs=1)


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(shared(OFTEN), apart(OFTEN), replications=6, jobs=1)


def test_skewed_times_have_a_median_and_a_range_in_place_of_an_interval(risky: RunResult) -> None:
    metrics = risky.metrics[risky.metrics["replications"] > 1]
    skewed = metrics["metric"].isin(SKEWED_BY_LISTINGS)
    assert set(metrics.loc[skewed, "metric"]) >= {"latency_p95", "listed_time"}
    assert metrics.loc[skewed, ["low", "high"]].isna().all(axis=None)
    assert metrics.loc[~skewed, ["low", "high"]].notna().all(axis=None)
    assert (metrics["least"] <= metrics["median"]).all()
    assert (metrics["median"] <= metrics["most"]).all()
    values = risky.per_replication
    key = {"scope": "class", "subject": "transactional", "metric": "latency_p95"}
    rows = np.logical_and.reduce([values[name] == value for name, value in key.items()])
    row = metrics.set_index(list(key)).loc[tuple(key.values())]
    assert row["median"] == np.median(values.loc[rows, "value"])


def test_a_run_prints_late_days_and_no_interval_of_a_latency(risky: RunResult) -> None:
    text = summary(risky, full=True, explain=True)
    values = risky.per_replication
    late = values[
        (values["scope"] == "class")
        & (values["subject"] == "transactional")
        & (values["metric"] == "bad_day_share")
    ]["value"].sum()
    assert 0 < late < 6
    assert re.search(rf"transactional +{late:.0f} of 6 days \(\d+ to \d+ %\)", text)
    assert "a replication\nhas 1 day of 1 min." in text
    times = text.split("Latency (on time")[1].split("Late days")[0]
    assert "times: median and range of the replications" in " ".join(times.split())
    assert not re.search(r"\([\d.]+ to [\d.]+ (ms|s|min|h|d)\)", times)
    # The newsletter loses mail on one day of six, so that day's quantiles are lost.
    assert re.search(r"transactional .* lost in \d of 6", times)


def test_without_listings_a_run_prints_intervals_of_means() -> None:
    result = run(design("two"), replications=3, jobs=1)
    text = summary(result, full=True, explain=True)
    assert "Late days" not in text
    assert re.search(r"transactional +[\d.]+ % \([\d.]+ to [\d.]+ %\)", text)
    assert re.search(r"transactional .*\([\d.]+ to [\d.]+ m?s\)", text)


def test_late_hours_are_printed_without_listings_too() -> None:
    """The destination of all mail is down for the whole run of a minute, and for long after it."""
    in_time = 'hosts.app.streams.invoices.deadline="1 min"'
    down = 'events=[{ at = "0 s", outage = { destination = "sink", for = "2 h" } }]'
    text = summary(
        compare(design("two", in_time), design("down", in_time, down), jobs=1),
        full=True,
        explain=True,
    )
    assert "Late hours (late if under 95 % of the judged recipients are on time)" in text
    late = r"0 of 3 hours \(0 to 71 %\) +3 of 3 hours \(29 to 100 %\)"
    assert re.search(rf"transactional +{late}", text)
    difference = r"\+100 pp \(0 to \+100 pp\) +not +- *\n +decided"
    assert re.search(rf"late hours\n +transactional +0 % +100 % +{difference}", text)
    assert "late days" not in text


def test_a_comparison_prints_late_days_of_each_design(compared: Comparison) -> None:
    text = summary(compared, full=True, explain=True)
    days = r"\d of 6 days \(\d+ to \d+ %\)"
    assert re.search(rf"transactional +{days} +0 of 6 days \(0 to 46 %\)", text)
    assert re.search(r"late days\n", text)
    # The difference of a skewed time with a lost value is counted and has no interval.
    row = r"transactional +1 better of 6 +not decided"
    assert re.search(rf"p95 in the busy hours\n +{row}", text)


def test_a_verdict_on_a_skewed_time_is_about_the_median(compared: Comparison) -> None:
    rows = compared.comparisons
    skewed = rows[rows["metric"].isin(SKEWED_BY_LISTINGS) & (rows["replications"] == 6)]
    decided = skewed[~skewed["verdict"].isin(["equal", "not decided"])]
    # Of six values the interval of the median is their range.
    ends = decided[["difference_least", "difference_most"]].to_numpy()
    assert decided[["difference_low", "difference_high"]].to_numpy().tolist() == ends.tolist()
    others = rows[~rows["metric"].isin(SKEWED_BY_LISTINGS)]
    assert others["difference_median"].isna().all()


def test_a_verdict_of_five_replications_has_the_number_that_it_needs() -> None:
    slow = 'destinations.sink.response_time="3 s"'
    five = compare(shared(), shared(slow, name="slow"), replications=5, jobs=1, blast=False)
    rows = five.comparisons.set_index(["scope", "subject", "metric"])
    row = rows.loc[("class", "transactional", "latency_p50")]
    assert (row["verdict"], row["replications_needed"]) == ("not decided", 6)
    more = compare(shared(), shared(slow, name="slow"), replications=6, jobs=1, blast=False)
    rows = more.comparisons.set_index(["scope", "subject", "metric"])
    assert rows.loc[("class", "transactional", "latency_p50"), "verdict"] == "worse"


def test_designs_with_other_limits_of_a_bad_day_are_not_compared() -> None:
    other = design("more", MORE, "run.bad_day_below=0.9")
    with pytest.raises(ValueError, match=r"run\.bad_day_below of more is not that of two"):
        compare(design("two"), other)


def test_no_interval_leaves_the_range_of_its_quantity(
    risky: RunResult, compared: Comparison
) -> None:
    for metrics in (risky.metrics, compared.metrics):
        ends = metrics[["low", "high"]]
        assert not (ends < 0.0).any(axis=None)
        assert not (ends[metrics["unit"] == "share"] > 1.0).any(axis=None)
    rows = compared.comparisons
    differences = rows.loc[rows["unit"] == "share", ["difference_low", "difference_high"]]
    assert not (differences.abs() > 1.0).any(axis=None)
