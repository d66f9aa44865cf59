"""Bad days and hours: which of a run count, which are bad, and how sure their share is."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, binom, binomtest, quantile_test
from worlds.trace_story import TOML, Story

from relaysim.measure.bad_periods import DAY, HOUR_OF_RUN, bad_periods, bad_shares, day_lengths
from relaysim.measure.latency_metrics import busy_hours
from relaysim.measure.measured_window import HOUR as HOUR_LENGTH
from relaysim.measure.metrics import metrics
from relaysim.present.text.number_format import periods_of
from relaysim.scenario.load import loads
from relaysim.scenario.problem import ScenarioError
from relaysim.stats.interval import interval
from relaysim.stats.median import fewest_for_median, median_intervals, middle
from relaysim.trace.tables import Status

HOUR = 3600
NAN = np.nan


def _days(*changes: str) -> dict[tuple[str, str, str], float]:
    """Four days of alerts: 20 on time; 19 and one lost; 18 and two late; none at all; 1 late."""
    scenario = loads(TOML, overrides=("run.duration=98 h", *changes))
    example = Story()
    for day, (good, lost, late) in enumerate([(20, 0, 0), (19, 1, 0), (18, 0, 2), (0, 0, 0)]):
        for number in range(good + lost + late):
            at = 24 * HOUR * day + number
            recipient = example.recipient(
                example.message("app.alerts", ["gmail.com"], at, committed=at)
            )
            status = Status.BOUNCED if good <= number < good + lost else Status.DELIVERED
            example.ends(recipient, at + (11 if number >= good + lost else 1), status)
    recipient = example.recipient(
        example.message("app.alerts", ["gmail.com"], 97 * HOUR, committed=97 * HOUR)
    )
    example.ends(recipient, 97 * HOUR + 3600)
    frame = metrics(example.trace(end=98 * HOUR), scenario)
    keys = zip(frame["scope"], frame["subject"], frame["metric"], strict=True)
    return dict(zip(keys, frame["value"], strict=True))


def test_a_day_is_bad_below_the_limit_and_no_day_without_mail() -> None:
    """Of the days with mail, 100 %, 95 %, 90 % and 0 % are on time; 95 % is not below 95 %."""
    result = _days()
    assert result["class", "system", "judged_days"] == 4
    assert result["class", "system", "bad_day_share"] == 0.5
    assert result["total", "total", "bad_day_share"] == 0.5
    assert result["class", "bulk", "judged_days"] == 0
    assert np.isnan(result["class", "bulk", "bad_day_share"])


@pytest.mark.parametrize(("limit", "bad"), [("0.96", 3), ("0.9", 1), ("1.0", 3)])
def test_the_limit_is_a_key(limit: str, bad: int) -> None:
    assert _days(f"run.bad_day_below={limit}")["class", "system", "bad_day_share"] == bad / 4


@pytest.mark.parametrize("limit", ["0.0", "1.5", '"95 %"'])
def test_a_limit_is_a_share_above_nothing(limit: str) -> None:
    with pytest.raises(ScenarioError, match=r"run\.bad_day_below = "):
        loads(TOML, overrides=(f"run.bad_day_below={limit}",))


def test_the_days_of_a_run_are_counted_from_its_start() -> None:
    scenario = loads(TOML, overrides=("run.duration=58 h", "run.warm_up=30 h"))
    assert [length / DAY.length for length in day_lengths(scenario)] == [0.0, 0.75, 10 / 24]


@pytest.mark.parametrize(("bad", "days"), [(2, 5), (0, 5), (5, 5), (1, 1), (7, 40)])
def test_one_day_a_replication_has_the_interval_of_clopper_and_pearson(bad: int, days: int) -> None:
    row = np.repeat([1.0, 0.0], [bad, days - bad])[None]
    result = bad_shares(row, np.ones_like(row))
    exact = binomtest(bad, days).proportion_ci(method="exact")
    assert (result.value[0], result.n[0]) == (bad / days, days)
    assert (result.low[0], result.high[0]) == pytest.approx((exact.low, exact.high))


def test_replications_with_the_same_share_of_late_hours_count_once_each() -> None:
    """They show nothing of how hours depend on one another, as those without a late one do not."""
    shares = np.array([[0.0, 0.0], [1 / 24, 1 / 24]])
    _, low, high, _ = bad_shares(shares, np.full(shares.shape, 24.0))
    assert high[1] > high[0] > 0.8
    assert low[1] < 0.01


def test_late_days_are_written_with_their_interval() -> None:
    row = np.array([[1.0, 0.0, 1.0, 0.0, 0.0]])
    _, low, high, _ = (part[0] for part in bad_shares(row, np.ones_like(row)))
    assert periods_of("day", 2, 5, low, high) == "2 of 5 days (5 to 85 %)"
    assert periods_of("day", 0, 1, 0.0, 0.975) == "0 of 1 day (0 to 98 %)"


def by_the_hour(created: list[int], on_time: list[int]) -> Any:
    """Judged recipients of each hour, and how many of them are on time."""
    hours = np.repeat(np.arange(len(created)), created)
    good = np.concatenate(
        [np.arange(many) < hits for many, hits in zip(created, on_time, strict=True)]
    )
    return SimpleNamespace(
        created=hours * HOUR_LENGTH,
        on_time=good,
        judged=np.ones(len(hours), bool),
        deadline=np.ones(len(hours), np.int64),
    )


def bad_hours(recipients: Any, hours: int) -> tuple[float, float]:
    run = SimpleNamespace(run=SimpleNamespace(duration=hours * HOUR_LENGTH, bad_day_below=0.95))
    result = bad_periods(recipients, np.zeros(len(recipients.created), np.int64), 1, run)  # type: ignore[arg-type]
    return float(result["bad_hour_share"][0]), float(result["judged_hours"][0])


def test_an_hour_that_loses_its_mail_is_bad_though_it_is_not_busy() -> None:
    """Twelve hours of 100 recipients but for hour 7, with 60, of which one is on time."""
    created, on_time = [100] * 12, [98] * 12
    created[7], on_time[7] = 60, 1
    recipients = by_the_hour(created, on_time)
    assert not busy_hours(SimpleNamespace(created=recipients.created, dsn=~recipients.judged))[
        recipients.created // HOUR_LENGTH == 7
    ].any()
    assert bad_hours(recipients, 12) == (1 / 12, 12)


@pytest.mark.parametrize(("created", "judged"), [(20, 2), (19, 1)])
def test_an_hour_with_fewer_than_twenty_judged_recipients_is_not_judged(
    created: int, judged: int
) -> None:
    assert bad_hours(by_the_hour([created, 100, 0], [0, 100, 0]), 3) == (1 - 1 / judged, judged)


@pytest.mark.parametrize("hours", [2, 8, 24, 96])
def test_the_share_of_bad_hours_does_not_grow_with_the_run(hours: int) -> None:
    """With 100 recipients an hour, each on time with 96 %, an hour is bad with a known chance."""
    truth, random = binom.cdf(94, 100, 0.96), np.random.default_rng(hours)
    shares = [
        bad_hours(by_the_hour([100] * hours, random.binomial(100, 0.96, hours).tolist()), hours)[0]
        for _ in range(200)
    ]
    result = interval(shares, 0.99)
    assert result.low < truth < result.high


def test_hours_of_one_replication_are_one_cluster() -> None:
    """One replication of six is bad for 20 of 24 hours: that is not 20 of 144 independent hours."""
    judged = np.full((1, 6), 24.0)
    result = bad_shares(np.array([[20 / 24, 0, 0, 0, 0, 0]]), judged)
    assert result.value[0] == 20 / 144
    assert result.high[0] > binomtest(1, 6).proportion_ci(method="exact").high - 0.1
    assert periods_of(HOUR_OF_RUN.name, 20, 144, 0.0, 0.6) == "20 of 144 hours (0 to 60 %)"


def test_replications_without_a_judged_day_play_no_part() -> None:
    result = bad_shares(np.array([[1.0, NAN, 0.0], [NAN] * 3]), np.array([[1.0, 0, 1], [0] * 3]))
    assert (result.value[0], result.n.tolist()) == (0.5, [2, 0])
    assert np.isnan([part[1] for part in result[:3]]).all()


def test_days_of_one_replication_are_worth_fewer_the_more_they_depend_on_one_another() -> None:
    """Ten replications of ten days, half of the days bad: spread widely, or whole replications."""
    judged = np.full((2, 10), 10.0)
    mixed, whole = np.repeat([0.4, 0.6], 5), np.repeat([1.0, 0.0], 5)
    result = bad_shares(np.array([mixed, whole]), judged)
    assert result.value.tolist() == [0.5, 0.5]
    exact = binomtest(50, 100).proportion_ci(method="exact")
    assert (result.low[0], result.high[0]) == pytest.approx((exact.low, exact.high))
    # Korn and Graubard: p (1 - p) over the variance of the ratio is 9, Student's factors 0.771.
    size = 9.0 * (1.984217 / 2.262157) ** 2
    assert result.low[1] == pytest.approx(beta.ppf(0.025, size / 2, size / 2 + 1), rel=1e-5)


def test_no_bad_day_in_long_runs_counts_each_run_once() -> None:
    result = bad_shares(np.zeros((1, 4)), np.full((1, 4), 28.0))
    assert result.high[0] == pytest.approx(binomtest(0, 4).proportion_ci(method="exact").high)


def test_the_interval_covers_the_truth_where_whole_runs_are_bad() -> None:
    """400 samples of 8 runs of 7 days, each run bad as a whole with 30 %: at least 95 % cover."""
    random = np.random.default_rng(4)
    runs = (random.random((400, 8)) < 0.3).astype(np.float64)
    _, low, high, _ = bad_shares(runs, np.full(runs.shape, 7.0))
    covered = np.count_nonzero((low <= 0.3) & (high >= 0.3))
    assert covered >= binom.ppf(0.0005, 400, 0.95)


@pytest.mark.parametrize("n", [6, 7, 10, 25])
def test_the_interval_of_a_median_is_that_of_order_statistics(n: int) -> None:
    values = np.random.default_rng(n).exponential(size=(1, n))
    result = median_intervals(values)
    exact = quantile_test(values[0], p=0.5).confidence_interval(0.95)
    assert (result.low[0], result.high[0]) == (exact.low, exact.high)
    assert result.value[0] == np.median(values)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_the_ends_are_those_of_the_binomial_law_for_any_number_of_values(confidence: float) -> None:
    sizes = np.arange(1, 301)
    values = np.arange(1.0, 301.0) + np.where(np.arange(300) < sizes[:, None], 0.0, NAN)
    low = median_intervals(values, confidence).low
    rank = binom.ppf((1.0 - confidence) / 2, sizes, 0.5)
    assert np.array_equal(np.nan_to_num(low), rank)


def test_five_values_have_no_interval_of_a_median() -> None:
    assert fewest_for_median() == 6
    result = median_intervals(np.array([[1.0, 2, 3, 4, 5], [NAN] * 5]))
    assert result.value[0] == 3.0
    assert np.isnan(result.low).all()
    assert [part[0] for part in middle(np.array([[3.0, NAN, 1.0, 9.0]]))] == [3.0, 1.0, 9.0]
