"""Queues, stations and listings over time, from small stories."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.trace_story import LATER, SECOND, Story, scenario

from relaysim.measure.metrics import metrics
from relaysim.measure.queue_series import ResourceUse, throughput_series
from relaysim.trace.step_function import StateDurations, StepFunction
from relaysim.trace.tables import Level, Trace, Visit


def measured(
    trace: Trace, subject: str, *changes: str, scope: str = "resource"
) -> dict[str, float]:
    """All metrics of a resource."""
    frame = metrics(trace, scenario(changes))
    own = frame[(frame["scope"] == scope) & (frame["subject"] == subject)]
    return dict(zip(own["metric"], own["value"], strict=True))


def test_a_cpu_is_as_busy_as_its_cores_and_its_queue_waits_for_a_core() -> None:
    story = Story()
    for number in range(3):
        story.message("app.alerts", ["gmail.com"], 0, connected=0)
        story.visit("HUB01.cpu", Visit.RECEIVE, number, 0, 0 if number < 2 else 10, 10)
    story.visit("HUB01.cpu", Visit.RECEIVE, 2, 0, 10, 40)
    result = measured(story.trace(end=50), "HUB01.cpu")
    # Two cores for 100 s; work of 10 + 10 + 0 + 30 s. Two waits of 10 s and two of none.
    assert result == {
        "utilization": 50 / 200,
        # A run of 100 s is shorter than five minutes.
        "utilization_busiest_hour": 50 / 200,
        "utilization_busiest_5_min": 50 / 200,
        "queue_mean": 20 / 100,
        "queue_max": 2,
        "wait_mean": 5.0,
    }


@pytest.mark.parametrize(
    ("at_once", "late", "in_vain", "wait"),
    [
        (2, 0, 1, math.nan),  # two cores never end, and who waits for one is never served
        (2, 0, 0, 0.0),
        (19, 0, 1, 0.0),  # one of twenty is no more than 5 %
        (18, 0, 1, math.nan),
        (2, 1, 7, 2.0),  # a queue that moved: 0, 0 and 6 s
        (0, 0, 1, math.nan),
    ],
)
def test_a_queue_that_never_moved_has_no_mean_wait(
    at_once: int, late: int, in_vain: int, wait: float
) -> None:
    story = Story()
    starts = [0.0] * at_once + [6.0] * late + [-1] * in_vain
    for number, start in enumerate(starts):
        story.message("app.alerts", ["gmail.com"], 0, connected=0)
        story.visit("HUB01.cpu", Visit.RECEIVE, number, 0, start, -1)
    result = measured(story.trace(end=50), "HUB01.cpu")["wait_mean"]
    assert result == wait or (math.isnan(result) and math.isnan(wait))


def test_the_busiest_hour_and_the_busiest_five_minutes_stand_beside_the_mean() -> None:
    story = Story()
    minute = 60
    for number in range(2):
        story.message("app.alerts", ["gmail.com"], 0, connected=0)
        # Both cores for eight minutes of the second hour, from its third minute on.
        story.visit("HUB01.cpu", Visit.RECEIVE, number, 0, 62 * minute, 70 * minute)
    changes = ('run.duration="10 h"', 'run.warm_up="0 s"')
    result = measured(story.trace(end=36_000), "HUB01.cpu", *changes)
    assert result["utilization"] == 8 / 600
    assert result["utilization_busiest_hour"] == 8 / 60
    assert result["utilization_busiest_5_min"] == 1.0
    # Bins count from the end of the warm-up: 59 to 64, 64 to 69 and 69 to 74 min.
    changes = ('run.duration="10 h"', 'run.warm_up="59 min"')
    result = measured(story.trace(end=36_000), "HUB01.cpu", *changes)
    assert result["utilization_busiest_5_min"] == 1.0
    assert result["utilization_busiest_hour"] == 8 / 60


def test_the_submission_queue_waits_for_the_categorizer_and_has_a_threshold() -> None:
    story = Story()
    story.message("app.alerts", ["gmail.com"], 0, connected=0)
    story.visit("HUB01.cpu", Visit.RECEIVE, 0, 0, 90, 91)
    for number in range(101):
        story.visit("HUB01.cpu", Visit.CATEGORIZE, 0, 0, 30 + number, 31 + number)
    result = measured(story.trace(end=131), "HUB01.submission")
    # More than 100 wait until the first is served at 30 s.
    assert result["queue_max"] == 101
    assert result["minutes_above"] == 0.5
    assert "utilization" not in result
    assert "minutes_above" not in measured(story.trace(end=131), "HUB01.cpu")


def test_a_write_of_the_queue_database_counts_once_however_many_messages_it_holds() -> None:
    story = Story()
    for number in range(3):
        story.message("app.alerts", ["gmail.com"], 0, connected=0)
        story.visit("HUB01.commit", Visit.COMMIT, number, number, 5, 15)
    result = measured(story.trace(end=20), "HUB01.commit")
    assert result["utilization"] == 0.1
    assert result["queue_max"] == 3
    assert result["wait_mean"] == 4.0


def test_a_delivery_queue_is_what_is_due_and_without_a_connection() -> None:
    story = Story()
    story.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
    transaction = story.queued([0], "HUB01->gmail.com", at=0)
    story.attempt(transaction, enter=0, start=20, end=30, reply=LATER)
    # Put off for 40 s: not waiting for a connection in between.
    story.attempt(transaction, enter=70, start=-1, end=-1, attempt=1)
    result = measured(story.trace(end=400), "HUB01->gmail.com")
    assert result == {
        "utilization": 10 / 200,
        "utilization_busiest_hour": 10 / 200,
        "utilization_busiest_5_min": 10 / 200,
        "queue_mean": (20 + 30) / 100,
        "queue_max": 1,
        "wait_mean": 20.0,  # the second has not been served
        "minutes_above": 0.0,
    }
    # The window begins while it waits.
    result = measured(story.trace(end=400), "HUB01->gmail.com", 'run.warm_up="10 s"')
    assert result["queue_mean"] == (10 + 30) / 90
    assert math.isnan(result["wait_mean"])


def test_queues_of_counted_domains_are_one_resource_and_the_threshold_holds_for_their_sum() -> None:
    story = Story()
    message = story.message("app.news", ["business-1.example"] * 251, 0, connected=0, committed=0)
    for index in range(251):
        domain = 1 + index % 2
        recipient = story.recipient(message, index)
        queue = f"HUB01->business-{domain}.example"
        transaction = story.queued([recipient], queue, at=0)
        story.attempt(transaction, enter=0, start=60, end=60)
        story.ends(recipient, 60)
    result = measured(story.trace(end=60), "HUB01->business")
    assert result == {
        "queue_mean": 251 * 0.6,
        "queue_max": 251,
        "wait_mean": 60.0,
        "minutes_above": 1.0,
    }
    subjects = set(metrics(story.trace(end=60), scenario())["subject"])
    assert "HUB01->business-1.example" not in subjects


def test_who_is_cut_off_while_waiting_waits_until_then_and_is_not_served() -> None:
    story = Story()
    message = story.message("app.alerts", ["gmail.com"], 0, connected=0)
    story.visit("HUB01.cpu", Visit.RECEIVE, message, 10, -1, 15)
    story.visit("HUB01.cpu", Visit.RECEIVE, message, 90, -1, -1)
    result = measured(story.trace(end=200), "HUB01.cpu")
    assert result["queue_mean"] == (5 + 10) / 100
    assert result["utilization"] == 0
    assert math.isnan(result["wait_mean"])


def test_connections_at_a_connector_without_a_limit_have_no_utilization() -> None:
    story = Story()
    message = story.message("app.alerts", ["gmail.com"], 0, connected=2)
    story.visit("HUB01/relay", Visit.SESSION, message, 0, 2, -1)
    result = measured(story.trace(end=50), "HUB01/relay")
    for ending in ("", "_busiest_hour", "_busiest_5_min"):
        assert math.isnan(result.pop(f"utilization{ending}"))
    assert result == {"queue_mean": 0.02, "queue_max": 1, "wait_mean": 2.0}


def test_service_that_is_written_ahead_ends_with_the_run() -> None:
    story = Story()
    for number in range(3):
        story.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
        transaction = story.queued([number], "HUB01->gmail.com", at=0)
        story.attempt(transaction, enter=0, start=0, end=-1)
        story.visit("main.line", Visit.LINE, transaction, 0, 30 * number, 30 * number + 30)
    result = measured(story.trace(end=50), "main.line")
    assert result["utilization"] == 0.5
    assert result["queue_mean"] == (30 + 50) / 100
    assert result["wait_mean"] == 15.0  # the third has not been served


def test_listings_count_when_they_begin_and_last_as_long_as_the_window() -> None:
    story = Story()
    story.listing("198.51.100.10", 10, 30)
    story.listing("198.51.100.10", 20, 40)
    story.listing("203.0.113.25", 90, -1)
    story.listing("203.0.113.25", 100, 200)
    trace = story.trace(end=100)

    def listed(subject: str, scope: str) -> tuple[float, float]:
        result = measured(trace, subject, scope=scope)
        return result["listings"], result["listed_time"]

    assert listed("198.51.100.10", "egress") == (2, 30)
    assert listed("203.0.113.25", "egress") == (1, 10)
    assert listed("css", "blocklist") == (3, 40)


def test_the_backlog_is_the_mean_number_waiting_in_each_bin() -> None:
    story = Story()
    for number, start in enumerate((15, 25)):
        story.message("app.alerts", ["gmail.com"], 0, connected=0, committed=0)
        transaction = story.queued([number], "HUB01->gmail.com", at=0)
        story.attempt(transaction, enter=0, start=start, end=start + 1)
    result = ResourceUse.of(story.trace(end=26), scenario(), width=10 * SECOND).backlog
    expected = pd.Series(
        [2.0, 1.5, 0.5], index=pd.Index([0.0, 10.0, 20.0], name="seconds"), name="HUB01->gmail.com"
    )
    pd.testing.assert_series_equal(result["HUB01->gmail.com"], expected)
    assert result["main.line"].tolist() == [0, 0, 0]


def test_throughput_over_time_is_what_arrives_in_each_bin() -> None:
    story = Story()
    for number, end in enumerate((1, 9.5, 10, 31)):
        message = story.message("app.news", ["gmail.com"], 0, connected=0, committed=0)
        transaction = story.queued([number], "HUB01->gmail.com", at=0)
        story.attempt(transaction, enter=0, start=0, end=end)
        story.ends(story.recipient(message), end)
    result = throughput_series(story.trace(end=31), scenario(), width=10 * SECOND, scope="stream")
    assert result["app.news"].tolist() == [0.2, 0.1, 0.0, 0.1]
    assert result["app.alerts"].tolist() == [0.0] * 4


patient = settings(deadline=None)
STAYS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=12)


@patient
@given(STAYS)
def test_steps_are_the_number_present_and_their_area_the_sum_of_the_stays(
    stays: list[list[int]],
) -> None:
    enter, leave = (np.array([s[i] for s in stays], np.int64) for i in (0, 1))
    steps = StepFunction.of(enter, leave)
    ticks = np.arange(50, dtype=np.int64)
    present = [sum(begin <= t < end for begin, end in stays) for t in range(50)]
    assert steps.at(ticks).tolist() == present
    assert steps.area(ticks).tolist() == [sum(present[:t]) for t in range(50)]
    window = steps.between(10, 30)
    assert window.largest() == max(present[10:30])
    assert window.time_where(window.values >= 2) == sum(n >= 2 for n in present[10:30])


@patient
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 2)), max_size=12))
def test_spells_are_how_long_each_subject_was_in_a_state(
    changes: list[tuple[int, int, int]],
) -> None:
    changes.sort(key=lambda change: change[1])
    story = Story()
    story.level(Level.HUB_DOWN, 0, 0, 1)  # another state of the same subject
    for subject, at, value in changes:
        story.level(Level.QUEUE_RETRY, subject, at / SECOND, value)
    spells = StateDurations.of(story.trace(end=1), Level.QUEUE_RETRY)
    for subject in range(4):
        on, lasted = 0, 0
        for tick in range(40):
            result = spells.until(np.array([subject]), np.array([tick]))
            assert result.tolist() == [lasted]
            for whose, at, value in changes:
                if (whose, at) == (subject, tick):
                    on = int(value > 0)
            lasted += on
