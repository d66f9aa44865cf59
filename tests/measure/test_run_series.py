"""The series that figures draw: from a small story, and their mean over replications."""

import numpy as np
import pytest
from worlds.trace_story import LATER, REFUSAL, Story, scenario

from relaysim.measure.run_series import AGES, Series
from relaysim.trace.tables import Status


def story(latency, *, until=100.0):
    """Four alerts: one is there after `latency`, one later, one refused, one under way."""
    example = Story()
    for number, end in enumerate((latency, 30.0, 5.0, -1)):
        message = example.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
        if number < 2:
            example.ends(example.recipient(message), end)
        elif number == 2:
            example.ends(example.recipient(message), end, Status.BOUNCED, REFUSAL)
    return example.trace(end=until)


def at(series, age, subject="system"):
    return float(series.missing[subject].to_numpy()[int(np.argmin(abs(AGES - age)))])


def test_what_is_lost_or_under_way_stays_missing_at_every_age():
    series = Series.of(story(1.0), scenario())
    assert at(series, 0.9) == 1.0
    assert at(series, 1.0) == 0.75  # an age includes what arrives at that very moment
    assert at(series, 29.0) == 0.75
    assert at(series, 1e6) == 0.5


def test_the_bins_of_a_run_of_years_are_hours_whatever_the_replication():
    short = Series.of(story(1.0), scenario(["run.duration=59 d", "run.drain=3 d"]))
    assert short.backlog.index[1] == 60.0
    years = scenario(["run.duration=3650 d", "run.drain=3 d"])
    series = Series.of(story(1.0, until=3653 * 86_400.0), years)
    assert series.backlog.index[1] == series.throughput.index[1] == 3600.0
    assert len(series.backlog) == len(series.throughput) == 3653 * 24 + 1
    # 1 message of the 4 at 1 s and 1 at 30 s arrived, all in the first hour
    assert series.throughput["system"].iloc[0] * 3600.0 == pytest.approx(2.0)
    assert Series.of(story(1.0), years).backlog.index[0] == 0.0


def test_a_class_without_mail_is_missing_nothing_and_having_nothing():
    assert np.isnan(Series.of(story(1.0), scenario()).missing["bulk"]).all()


def test_losses_are_counted_by_stream_status_and_reply():
    lost = Series.of(story(1.0), scenario()).losses
    assert lost.to_dict("records") == [
        {
            "stream": "app.alerts",
            "status": "bounced",
            "reply": "550 5.7.1 Unable to relay",
            "recipients": 1.0,
        }
    ]


def test_recipients_outside_the_window_are_not_lost_in_it():
    example = Story()
    example.message("app.alerts", ["gmail.com"], 1, connected=1, committed=1)
    example.ends(0, 2.0, Status.EXPIRED, LATER)
    assert Series.of(example.trace(10), scenario(['run.warm_up="5 s"'])).losses.empty


def test_the_mean_counts_a_loss_that_only_one_replication_has_by_halves():
    other = Story()
    other.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
    other.ends(0, 3.0)
    mean = Series.mean([Series.of(story(1.0), scenario()), Series.of(other.trace(5), scenario())])
    assert mean.losses["recipients"].tolist() == [0.5]
    assert at(mean, 3.5) == pytest.approx((0.75 + 0.0) / 2)


def test_a_replication_that_ended_earlier_counts_as_quiet_from_then_on():
    def waiting(until):
        example = Story()
        example.message("app.news", ["gmail.com"], 0, connected=0, committed=0)
        row = example.queued([0], "HUB01->gmail.com", 0)
        example.attempt(row, 0, until, until)
        example.ends(0, until)
        return Series.of(example.trace(until), scenario())

    mean = Series.mean([waiting(50), waiting(170)])
    queue = mean.backlog["HUB01->gmail.com"]
    assert queue.index.tolist() == [0.0, 60.0, 120.0]
    assert queue.tolist() == pytest.approx([(50 / 60 + 1) / 2, 0.5, 50 / 60 / 2])
    assert mean.throughput["bulk"].tolist() == pytest.approx([1 / 120, 0.0, 1 / 120])
