"""Counts, rates and latencies, from small stories with the answers worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from worlds.trace_story import BLOCKED, LATER, LISTED, OK, REFUSAL, UNKNOWN, Story, scenario

from relaysim.measure.metrics import metrics
from relaysim.trace.tables import Level, Status, Trace

Key = tuple[str, str]
TOTAL = ("total", "total")
ENDS = (
    Status.REFUSED,
    Status.ABANDONED,
    Status.DELIVERED,
    Status.JUNKED,
    Status.BOUNCED,
    Status.EXPIRED,
)


def measured(trace: Trace, key: Key, *names: str, changes: tuple[str, ...] = ()) -> list[float]:
    """Some metrics of one subject."""
    frame = metrics(trace, scenario(changes))
    own = frame[(frame["scope"] == key[0]) & (frame["subject"] == key[1])]
    values = dict(zip(own["metric"], own["value"], strict=True))
    return [values[name] for name in names]


def sent(story: Story, stream: str, to: str, created: float, end: float) -> int:
    """A message that is taken at once and delivered at `end`; its recipient."""
    message = story.message(stream, [to], created, connected=created, committed=created)
    recipient = story.recipient(message)
    queue = "HUB01.mailbox" if to == "cozumpark.com" else f"HUB01->{to}"
    transaction = story.queued([recipient], queue, at=created)
    story.attempt(transaction, enter=created, start=created, end=end)
    story.ends(recipient, end)
    return recipient


def test_every_recipient_is_counted_under_its_status() -> None:
    story = Story()
    statuses = [Status.DELIVERED, Status.DELIVERED, Status.JUNKED, Status.BOUNCED, Status.EXPIRED]
    for status in statuses:
        story.ends(sent(story, "app.news", "gmail.com", 0, 5), 5, status)
    for status in (Status.REFUSED, Status.REFUSED, Status.REFUSED, Status.ABANDONED):
        message = story.message("app.news", ["gmail.com"], 0, connected=0, reply=REFUSAL)
        story.ends(story.recipient(message), 1, status, REFUSAL)
    story.message("app.news", ["gmail.com"], 0)  # never connected
    story.message("app.news", ["gmail.com"], 0, connected=0, committed=1)  # still under way
    names = ["created", "accepted", *(f.name.lower() for f in (*ENDS, Status.IN_FLIGHT))]
    trace = story.trace(end=10)
    counted = [11, 6, 3, 1, 2, 1, 1, 1, 2]
    assert measured(trace, TOTAL, *names) == counted
    assert measured(trace, ("stream", "app.news"), *names) == counted
    assert measured(trace, ("class", "bulk.external"), *names) == counted
    assert measured(trace, ("destination", "gmail"), *names) == counted
    # The one that no hub ever talked to stands under none.
    assert measured(trace, ("hub", "HUB01"), *names) == [10, 6, 3, 1, 2, 1, 1, 1, 1]
    # Refused mail left by no public IP; what waits at a hub without a queue has none yet.
    assert measured(trace, ("egress", "198.51.100.10"), "created") == [5]
    assert measured(trace, ("stream", "app.alerts"), "created") == [0]


def test_on_time_is_the_share_of_all_created_recipients_that_met_the_deadline_of_their_stream() -> (
    None
):
    story = Story()
    sent(story, "app.alerts", "gmail.com", 0, 10)  # just in time: the deadline is 10 s
    sent(story, "app.alerts", "gmail.com", 0, 10.000001)
    story.ends(sent(story, "app.alerts", "gmail.com", 1, 2), 2, Status.JUNKED)
    story.ends(sent(story, "app.alerts", "gmail.com", 1, 2), 2, Status.BOUNCED)
    sent(story, "app.news", "gmail.com", 0, 3000)  # 1 h
    trace = story.trace(end=3000)
    assert measured(trace, ("stream", "app.alerts"), "on_time") == [2 / 4]
    assert measured(trace, TOTAL, "on_time") == [3 / 5]
    assert math.isnan(measured(trace, ("class", "system.internal"), "on_time")[0])


def test_a_class_is_split_by_the_side_that_its_recipients_go_to() -> None:
    story = Story()
    sent(story, "app.alerts", "cozumpark.com", 0, 1)
    sent(story, "app.alerts", "gmail.com", 0, 2)
    sent(story, "app.alerts", "gmail.com", 0, 4)
    trace = story.trace(end=9)
    assert measured(trace, ("class", "system"), "delivered", "latency_max") == [3, 4]
    assert measured(trace, ("class", "system.internal"), "delivered", "latency_max") == [1, 1]
    assert measured(trace, ("class", "system.external"), "delivered", "latency_max") == [2, 4]
    subjects = metrics(trace, scenario()).query("scope == 'class'")["subject"].unique().tolist()
    # The newsletter goes to nobody inside.
    assert subjects == ["bulk", "dsn", "system", "bulk.external", "system.external",
                        "system.internal"]  # fmt: skip


def test_only_recipients_created_in_the_window_count_but_the_rate_counts_what_arrives_in_it() -> (
    None
):
    story = Story()
    sent(story, "app.news", "gmail.com", 0, 20)  # before the window, arrives in it
    sent(story, "app.news", "gmail.com", 10, 19)  # the first tick of the window counts
    sent(story, "app.news", "gmail.com", 99, 130)  # created in it, arrives after it
    trace = story.trace(end=130)
    window = ('run.warm_up="10 s"',)
    assert measured(trace, TOTAL, "created", "delivered", changes=window) == [2, 2]
    assert measured(trace, TOTAL, "latency_max", changes=window) == [31]
    assert measured(trace, TOTAL, "throughput", changes=window) == [2 / 90]


def test_a_dsn_is_counted_in_its_own_class_and_nowhere_else_with_the_recipient_that_caused_it() -> (
    None
):
    story = Story()
    early = sent(story, "app.alerts", "gmail.com", 5, 6)
    late = sent(story, "app.alerts", "gmail.com", 50, 51)
    for cause, at in ((early, 60), (late, 300)):
        notice = story.message(
            "HUB01.dsn", ["cozumpark.com"], at, connected=at, committed=at, parent=cause
        )
        story.ends(story.recipient(notice), at + 7)
    trace = story.trace(end=400)
    frame = metrics(trace, scenario(['run.warm_up="10 s"']))
    created = frame[frame["metric"] == "created"].set_index(["scope", "subject"])["value"]
    # Of the two DSNs the one counts whose cause was created in the window, itself long after it.
    assert created["class", "dsn"] == 1
    assert created["total", "total"] == 1
    assert created["hub", "HUB01"] == 1
    assert created["destination", "internal"] == 0
    assert created["class", "system"] == 1
    names = set(frame["subject"])
    assert "HUB01.dsn" not in names
    assert "elsewhere" not in names
    window = ('run.warm_up="10 s"',)
    result = measured(trace, ("class", "dsn"), "latency_mean", "on_time", changes=window)
    assert result[0] == 7
    assert math.isnan(result[1])


def test_peak_throughput_is_the_best_whole_minute_of_the_window() -> None:
    story = Story()
    for end in (10, 69.9, 70, 71, 129, 131, 132, 133, 134):
        sent(story, "app.news", "gmail.com", 0, end)
    trace = story.trace(end=200)
    # Minutes 10 to 70 (2 recipients) and 70 to 130 (3); the four after 130 are in no whole minute.
    window = ('run.warm_up="10 s"', 'run.duration="150 s"')
    throughput = [9 / 140, 3 / 60]
    result = measured(trace, TOTAL, "throughput", "peak_throughput", changes=window)
    assert result == throughput
    # A window of less than a minute has the one rate.
    window = ('run.warm_up="130 s"', 'run.duration="150 s"')
    result = measured(trace, TOTAL, "throughput", "peak_throughput", changes=window)
    assert result == [4 / 20, 4 / 20]


def test_completion_runs_from_the_first_creation_to_the_last_status() -> None:
    story = Story()
    sent(story, "app.news", "gmail.com", 3, 40)
    story.ends(sent(story, "app.news", "gmail.com", 5, 90), 90, Status.BOUNCED, UNKNOWN)
    sent(story, "app.alerts", "gmail.com", 7, 8)
    assert measured(story.trace(end=99), ("stream", "app.news"), "completion") == [87]
    story.message("app.news", ["gmail.com"], 20)
    trace = story.trace(end=99)
    assert math.isnan(measured(trace, ("stream", "app.news"), "completion")[0])
    assert math.isnan(measured(trace, TOTAL, "completion")[0])
    assert measured(trace, ("stream", "app.alerts"), "completion") == [1]


@pytest.mark.parametrize(
    ("status", "reply", "completion"),
    [
        (Status.JUNKED, OK, 87),
        (Status.BOUNCED, UNKNOWN, 87),
        (Status.BOUNCED, LISTED, math.inf),
        (Status.BOUNCED, BLOCKED, math.inf),
        (Status.EXPIRED, LATER, math.inf),
        (Status.REFUSED, REFUSAL, math.inf),
        (Status.ABANDONED, -1, math.inf),
        (Status.SUPPRESSED, -1, 87),  # off the mailing list
    ],
)
def test_a_campaign_that_does_not_reach_all_existing_users_is_never_complete(
    status: Status, reply: int, completion: float
) -> None:
    story = Story()
    sent(story, "app.news", "gmail.com", 3, 40)
    story.ends(sent(story, "app.news", "gmail.com", 5, 90), 90, status, reply)
    trace = story.trace(end=99)
    assert measured(trace, ("stream", "app.news"), "completion") == [completion]


def test_what_is_kept_back_by_a_pause_is_not_reached() -> None:
    """Stream 1 pauses from 10 s to 20 s; addresses are off the list before, within and after it."""
    result = []
    for created in (9, 10, 19, 20):
        story = Story()
        sent(story, "app.news", "gmail.com", 3, 40)
        message = story.message("app.news", ["gmail.com"], created)
        story.ends(story.recipient(message), created, Status.SUPPRESSED, -1)
        for at, value in ((10, 1), (20, 0)):
            story.level(Level.PAUSED, 1, at, value)
        result += measured(story.trace(end=99), ("stream", "app.news"), "completion")
    assert result == [37, math.inf, math.inf, 37]


NAMES = [f"latency_{name}" for name in ("mean", "p50", "p90", "p95", "p99", "max")]
NEWS = ("stream", "app.news")


def test_latency_has_interpolated_quantiles() -> None:
    story = Story()
    late = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
    for seconds in late:
        sent(story, "app.news", "gmail.com", 0, seconds)
    story.ends(sent(story, "app.news", "gmail.com", 0, 128), 128, Status.JUNKED)
    sent(story, "app.alerts", "gmail.com", 0, 3)
    trace = story.trace(end=500)
    late.append(128.0)
    result = measured(trace, NEWS, *NAMES)
    assert result[0] == 255 / 8
    # By hand: the median lies between the 4th and the 5th.
    assert result[1] == 12.0
    assert result[1:5] == pytest.approx(np.quantile(late, [0.5, 0.9, 0.95, 0.99]))
    assert result[5] == 128.0
    assert measured(trace, ("stream", "app.alerts"), *NAMES) == [3.0] * 6


def test_a_lost_recipient_is_later_than_any_other_and_no_part_of_the_mean() -> None:
    story = Story()
    for seconds in range(1, 20):
        sent(story, "app.news", "gmail.com", 0, seconds)
    story.ends(sent(story, "app.news", "gmail.com", 0, 500), 500, Status.BOUNCED)
    message = story.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
    trace = story.trace(end=500)
    mean, p50, p90, p95, p99, largest = measured(trace, NEWS, *NAMES)
    assert (mean, p50, p90) == (10.0, 10.5, 18.1)
    # The 0.95 quantile of twenty lies between the 19th, which is there, and the 20th.
    assert (p95, p99, largest) == (math.inf,) * 3
    # In flight at the end of the run, after its deadline: lost for this purpose.
    assert story.recipient(message) == 20
    result = measured(trace, ("stream", "app.alerts"), *NAMES)
    assert result[1:] == [math.inf] * 5
    assert math.isnan(result[0])


def test_a_quantile_that_falls_on_a_delivered_recipient_is_not_lost() -> None:
    story = Story()
    for seconds in range(1, 21):
        sent(story, "app.news", "gmail.com", 0, seconds)
    story.ends(sent(story, "app.news", "gmail.com", 0, 500), 500, Status.EXPIRED)
    assert measured(story.trace(end=500), NEWS, "latency_p95") == [20.0]


def test_what_is_not_judged_is_in_no_quantile_and_no_share() -> None:
    story = Story()
    # The run ends at 100 s + 10 s, and the deadline of alerts is 10 s.
    sent(story, "app.alerts", "gmail.com", 99, 104)
    for number in range(3):
        sent(story, "app.alerts", "gmail.com", 100 + number, 109)
    changes = ('run.duration="105 s"', 'run.drain="5 s"')
    names = ["created", "delivered", "judged", "not_judged"]
    names += ["on_time", "latency_max", "latency_mean"]
    result = measured(story.trace(end=110), ("stream", "app.alerts"), *names, changes=changes)
    assert result == [4, 4, 2, 2, 1.0, 9.0, 7.0]


def test_busy_hours_create_nearly_as_many_recipients_as_the_busiest() -> None:
    story = Story()
    hour = 3600

    def at(number: int, many: int, latency: float, stream: str = "app.news") -> None:
        for i in range(many):
            sent(story, stream, "gmail.com", number * hour + i, number * hour + i + latency)

    at(0, 20, 5)
    at(1, 18, 60)  # 90 % of the busiest hour is busy
    at(2, 17, 900)  # less is not, however late it is
    at(3, 3, 7, "app.alerts")
    long = ('run.duration="4 h"',)
    trace = story.trace(end=4 * hour)
    assert measured(trace, NEWS, "latency_p95_busy_hours", changes=long) == [60.0]
    # The load is that of all mail: alerts have none in a busy hour.
    result = measured(trace, ("stream", "app.alerts"), "latency_p95_busy_hours", changes=long)
    assert math.isnan(result[0])


def test_a_dead_busy_hour_is_lost_though_nothing_was_delivered_in_it() -> None:
    story = Story()
    hour = 3600
    for i in range(10):
        sent(story, "app.news", "gmail.com", i, i + 2)
    for i in range(20):
        recipient = sent(story, "app.news", "gmail.com", hour + i, hour + i + 9)
        story.ends(recipient, hour + i + 9, Status.EXPIRED)
    long = ('run.duration="2 h"',)
    trace = story.trace(end=2 * hour)
    assert measured(trace, NEWS, "latency_p95_busy_hours", changes=long) == [math.inf]


def test_the_mean_waits_and_the_service_add_up_to_the_mean_latency() -> None:
    story = Story()
    first = story.message("app.news", ["gmail.com"], 0, connected=2, committed=3)
    transaction = story.queued([story.recipient(first)], "HUB01->gmail.com", at=3)
    story.attempt(transaction, enter=3, start=7, end=8, reply=LATER)
    story.attempt(transaction, enter=20, start=20, end=21, attempt=1)
    story.ends(story.recipient(first), 21)
    sent(story, "app.news", "gmail.com", 30, 31)
    names = ["wait_host", "wait_delivery", "wait_retry", "service", "latency_mean"]
    assert measured(story.trace(end=31), TOTAL, *names) == [1.0, 2.0, 6.0, 2.0, 11.0]


def test_a_recipient_stands_under_the_hub_and_the_ip_that_it_went_through_last() -> None:
    story = Story()
    message = story.message("app.news", ["gmail.com"], 0, connected=0, committed=0)
    first = story.queued([0], "HUB01->HUB02", at=0)
    story.attempt(first, enter=0, start=0, end=1)
    second = story.queued([0], "HUB02->gmail.com", at=1, parent=first)
    story.attempt(second, enter=1, start=-1, end=-1)  # in Retry since long, never tried
    trace = story.trace(end=50)
    assert story.recipient(message) == 0
    assert measured(trace, ("hub", "HUB01"), "created") == [0]
    assert measured(trace, ("hub", "HUB02"), "created") == [1]
    assert measured(trace, ("egress", "203.0.113.25"), "created", "in_flight") == [1, 1]


def test_streams_can_be_left_out() -> None:
    story = Story()
    sent(story, "app.news", "gmail.com", 0, 5)
    sent(story, "app.alerts", "gmail.com", 0, 7)
    frame = metrics(story.trace(end=9), scenario(), only={"app.alerts"})
    created = frame[frame["metric"] == "created"].set_index(["scope", "subject"])["value"]
    assert created["total", "total"] == 1
    assert created["class", "bulk"] == 0
    assert created["class", "system"] == 1


def test_a_scenario_has_the_same_rows_whatever_happened() -> None:
    busy = Story()
    sent(busy, "app.news", "gmail.com", 0, 5)
    columns = ["scope", "subject", "metric", "unit"]
    pd.testing.assert_frame_equal(
        metrics(busy.trace(end=9), scenario())[columns],
        metrics(Story().trace(end=0), scenario())[columns],
    )
