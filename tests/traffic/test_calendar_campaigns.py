"""Campaigns of the calendar: the same mail as with durations, and what is expected is created."""

from datetime import datetime

import numpy as np
import pytest
from worlds.traffic_examples import (
    DAY,
    HOUR,
    SECOND,
    Raw,
    arrays,
    drawn,
    rate,
    stream,
    tables,
    times,
)

from relaysim.analysis.message_rates import campaign, messages
from relaysim.engine.choice import Engine, simulate, using
from relaysim.scenario.load import from_mapping
from relaysim.traffic.workload import draw

START = datetime(2026, 12, 1)  # noqa: DTZ001 -- a Tuesday, local time
RATE = {"process": "campaign", "messages": 300, "rate": "1/s"}
TUESDAY = {**RATE, "at": "Tuesday 10:00", "every": "week"}
BY_DURATION = {**RATE, "at": "10 h", "every": "7 d"}


def world(arrivals: Raw, events: list[Raw], **more: object) -> Raw:
    raw = tables(events=events, **more)
    raw["run"] = {"start": START, "duration": "3 weeks"}
    raw["hosts"]["app"]["streams"] = {"load": stream(arrivals)}
    return raw


def stop(at: object) -> Raw:
    return {"at": at, "stop": {"hub": "HUB01", "for": "3 min"}}


def outage(at: object) -> Raw:
    return {"at": at, "outage": {"destination": "sink", "for": "5 min"}}


@pytest.mark.parametrize("engine", list(Engine))
def test_a_time_of_the_calendar_gives_the_mail_and_the_trace_of_the_duration(
    engine: Engine,
) -> None:
    by_calendar = world(
        TUESDAY,
        [
            stop("Tuesday 10:01"),
            outage("2026-12-08 10:02"),
            rate("15th 10:00", 3.0, "1 min", "app.load"),
        ],
    )
    by_duration = world(
        BY_DURATION,
        [
            stop("601 min"),
            outage("10682 min"),
            rate("346 h", 3.0, "1 min", "app.load"),
        ],
    )
    assert arrays(drawn(by_calendar)) == arrays(drawn(by_duration))
    traces = []
    with using(engine):
        for raw in (by_calendar, by_duration):
            scenario = from_mapping(raw)
            traces.append(simulate(scenario, draw(scenario, 0, 1)))
    assert traces[0].fingerprint() == traces[1].fingerprint()
    assert len(traces[0].messages) == 900


@pytest.mark.parametrize(
    ("by_calendar", "by_duration"),
    [
        (
            {"process": "every", "every": "5 h", "at": "Wednesday 01:00"},
            {"process": "every", "every": "5 h", "at": "25 h"},
        ),
        (
            {"process": "compromise", "rate": "60/h", "lasts": "9 h", "at": "2026-12-02 01:00"},
            {"process": "compromise", "rate": "60/h", "lasts": "9 h", "at": "25 h"},
        ),
    ],
    ids=lambda process: process["process"],
)
def test_other_processes_begin_by_the_calendar(by_calendar: Raw, by_duration: Raw) -> None:
    one, other = (times(process, "2 d", start=START) for process in (by_calendar, by_duration))
    assert one.tolist() == other.tolist()
    assert one[0] >= 25 * HOUR
    expected = [
        messages(from_mapping(world(process, [])), "app", "load")
        for process in (by_calendar, by_duration)
    ]
    assert expected[0] == expected[1] > 0


def test_months_and_working_days_are_created_at_their_times() -> None:
    monthly = {**RATE, "messages": 2, "at": "last day 23:00", "every": "month"}
    assert times(monthly, "70 d", start=START).tolist() == [
        (days * 24 + 23) * HOUR + second * SECOND for days in (30, 61) for second in (0, 1)
    ]
    daily = {**RATE, "messages": 1, "at": "22:00", "every": "working day"}
    # 5 and 6 December are the weekend.
    assert times(daily, "8 d", start=START).tolist() == [
        day * DAY + 22 * HOUR for day in (0, 1, 2, 3, 6, 7)
    ]


@pytest.mark.parametrize(
    "arrivals",
    [
        TUESDAY,
        BY_DURATION,
        {**TUESDAY, "growth": 0.05},
        {**TUESDAY, "growth": -0.4},
        {**TUESDAY, "growth": [0.3, -0.5]},
        {**RATE, "at": "22:00", "every": "working day", "growth": 0.01},
        {**RATE, "at": "8th 00:00", "every": "month"},
        # The last one is cut by the end of the run.
        {**RATE, "at": "23:59", "every": "day"},
        {**RATE, "at": "23:59", "every": "day", "growth": 0.1},
        {**RATE, "at": "Tuesday 10:00", "every": "3 min"},
        {**RATE, "at": "1st 00:00", "messages": 10**7},
    ],
)
@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_as_many_messages_are_expected_as_are_created(arrivals: Raw, scale: float) -> None:
    raw = world(arrivals, [])
    raw["run"]["scale"] = scale
    created = times(arrivals, "3 weeks", scale=scale, start=START)
    assert messages(from_mapping(raw), "app", "load") == pytest.approx(len(created), abs=1.0)


def test_the_largest_campaign_is_checked() -> None:
    growing = campaign(from_mapping(world({**TUESDAY, "growth": 0.05}, [])), "app", "load")
    assert growing == (14 * DAY + 10 * HOUR, 331, 1.0)  # 300, 315, 330.75
    falling = campaign(from_mapping(world({**TUESDAY, "growth": -0.4}, [])), "app", "load")
    assert falling == (10 * HOUR, 300, 1.0)
    assert campaign(from_mapping(world({**TUESDAY, "at": "2 d"}, [])), "app", "load") is not None
    late = {**TUESDAY, "at": "last day 10:00"}
    assert campaign(from_mapping(world(late, [])), "app", "load") is None
    assert messages(from_mapping(world(late, [])), "app", "load") == 0


def test_a_list_has_an_address_for_each_message_of_the_largest_campaign() -> None:
    raw = world({**TUESDAY, "growth": 0.05}, [])
    raw["hosts"]["app"]["streams"]["load"]["mailing_list"] = {"unknown_rate": 0.1}
    draws = drawn(raw)
    assert draws.list_size.tolist() == [331]
    assert len(draws.created) == 300 + 315 + 331
    assert np.array_equal(draws.signal[331:662], draws.signal[:331])
    raw["run"]["scale"] = 2.0
    assert drawn(raw).list_size.tolist() == [662]  # 661.5
