"""Arrivals without chance are exact; all arrivals begin alike in a longer run."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.traffic_examples import (
    HOUR,
    MINUTE,
    MS,
    SECOND,
    Raw,
    bursts,
    campaign,
    poisson,
    rate,
    times,
)


class TestCampaign:
    def test_messages_follow_one_another_at_the_rate(self) -> None:
        assert times(campaign("10 min", 4, "40/min")).tolist() == [
            600_000_000,
            601_500_000,
            603_000_000,
            604_500_000,
        ]

    def test_a_rate_that_divides_no_microsecond_does_not_drift(self) -> None:
        sent = times(campaign("0 s", 700_001, "7000/s"), "2 min")

        assert sent[1] == 143  # 142.857 microseconds
        assert sent[-1] == 100 * SECOND

    def test_it_comes_again(self) -> None:
        again = campaign("1 min", 2, "1/s", every="20 min")

        assert times(again, "42 min").tolist() == [
            60 * SECOND,
            61 * SECOND,
            1260 * SECOND,
            1261 * SECOND,
            2460 * SECOND,
            2461 * SECOND,
        ]

    def test_one_that_is_not_over_when_the_next_begins_overlaps_it(self) -> None:
        again = campaign("0 s", 3, "1/s", every="1500 ms")

        assert times(again, "4 s").tolist() == [
            time * MS for time in (0, 1000, 1500, 2000, 2500, 3000, 3500)
        ]

    def test_what_the_run_has_no_time_for_is_not_created(self) -> None:
        assert times(campaign("59 min", 1000, "1/s")).tolist() == [
            59 * MINUTE + n * SECOND for n in range(60)
        ]
        assert len(times(campaign("2 h", 1000, "1/s"))) == 0

    def test_a_pause_delays_the_rest_and_loses_nothing(self) -> None:
        # Message 3 falls due at the very moment of the pause, so it waits.
        paused = times(campaign("0 s", 5, "1/s"), events=[rate("3 s", 0.0, "1 min")])

        assert paused.tolist() == [0, SECOND, 2 * SECOND, 63 * SECOND, 64 * SECOND]

    def test_a_rate_event_changes_the_speed_in_its_window(self) -> None:
        faster = times(campaign("0 s", 8, "1/s"), events=[rate("2500 ms", 4.0, "1 s")])

        assert faster.tolist() == [
            time * MS for time in (0, 1000, 2000, 2625, 2875, 3125, 3375, 4000)
        ]

    def test_scale_multiplies_messages_and_speed(self) -> None:
        assert times(campaign("0 s", 2, "1/s"), scale=2.5).tolist() == [
            time * MS for time in (0, 400, 800, 1200, 1600)
        ]
        assert len(times(campaign("0 s", 1000, "1/s"), scale=0.0015)) == 2


class TestEvery:
    def test_one_so_often_from_the_first_on(self) -> None:
        assert times({"process": "every", "every": "20 min", "at": "5 min"}).tolist() == [
            5 * MINUTE,
            25 * MINUTE,
            45 * MINUTE,
        ]

    def test_the_end_of_the_run_is_outside(self) -> None:
        assert times({"process": "every", "every": "30 min"}).tolist() == [0, 30 * MINUTE]

    def test_scale_and_rate_events_shorten_the_interval(self) -> None:
        probe = {"process": "every", "every": "10 min"}

        assert times(probe, scale=2.0).tolist() == [n * 5 * MINUTE for n in range(12)]
        assert times(probe, events=[rate("20 min", 5.0, "4 min")]).tolist() == [
            n * MINUTE for n in (0, 10, 20, 22, 24, 34, 44, 54)
        ]


class TestReplay:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "week.csv"
        path.write_text(
            "seconds,subject\n7200,late\n0.000001,first\n3599.999999,last\n60,next\n",
            encoding="utf-8",
        )
        return path

    def test_times_are_as_recorded_up_to_the_end_of_the_run(self, file: Path) -> None:
        recorded = times({"process": "replay", "file": str(file)})

        assert recorded.tolist() == [1, MINUTE, HOUR - 1]

    def test_neither_scale_nor_rate_events_touch_a_recording(self, file: Path) -> None:
        replay = {"process": "replay", "file": str(file)}

        changed = times(replay, scale=3.0, events=[rate("0 s", 0.0, "1 h")])

        assert changed.tolist() == times(replay).tolist()


PROCESSES = [
    poisson(500),
    poisson(500, profile=[0.0, 2.0, 1.0] * 8),
    campaign("7 min", 900, "900/h", every="11 min"),
    bursts(500, 5, "3 min"),
    {"process": "every", "every": "77 s", "at": "3 s"},
]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process["process"])
@settings(deadline=None)
@given(
    short=st.integers(1, 3 * HOUR),
    start=st.datetimes(datetime(2010, 1, 1), datetime(2011, 1, 1)),  # noqa: DTZ001
    events=st.lists(
        st.builds(
            rate,
            st.integers(0, 200).map("{} min".format),
            st.sampled_from([0.0, 0.3, 2.0]),
            st.integers(0, 60).map("{} min".format),
        ),
        max_size=3,
    ),
    scale=st.sampled_from([0.1, 1.0, 3.0]),
)
def test_a_longer_run_has_the_same_beginning(
    process: Raw, short: int, start: datetime, events: list[Raw], scale: float
) -> None:
    longer = times(process, "4 h", events, scale, start)

    shorter = times(process, f"{short} us", events, scale, start)

    assert shorter.dtype == np.int64
    assert shorter.tolist() == longer[longer < short].tolist()
    assert np.all(np.diff(longer) >= 0)
    assert len(longer) == 0 or (longer[0] >= 0 and longer[-1] < 4 * HOUR)


def test_streams_are_drawn_by_their_names() -> None:
    one, same, other = (times(poisson(60), name=name) for name in ("alerts", "alerts", "backup"))

    assert one.tolist() == same.tolist()
    assert one.tolist() != other.tolist()
