"""Times of the calendar: when they first occur, how they recur, and how a file writes them."""

import pickle
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from relaysim.scenario.arrivals import Arrivals, Campaign
from relaysim.scenario.calendar_time import (
    ClockTime,
    Repeat,
    format_at,
    format_every,
    moment,
    parse_at,
    parse_every,
)
from relaysim.scenario.campaigns import Campaigns, longest_gap
from relaysim.scenario.difference import diff
from relaysim.scenario.digest import digest
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Run, Scenario
from relaysim.scenario.table import DAY, HOUR
from relaysim.scenario.written import written

SMALL = Path(__file__).parent / "small.toml"
INVOICES = "hosts.crm.streams.invoices.arrivals"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def first(text: str, start: str) -> str:
    """The first occurrence of a time in a run."""
    since = local(start)
    return str(since + timedelta(microseconds=moment(parse_at(text), since)))


def campaigns(at: Any, every: str | None, start: str, duration: str, **more: object) -> Campaigns:
    table = {"process": "campaign", "at": at, "messages": 100, "rate": "1/s", **more}
    process = TypeAdapter(Arrivals).validate_python(table | ({"every": every} if every else {}))
    assert isinstance(process, Campaign)
    run = Run.model_validate({"start": local(start), "duration": duration})
    return Campaigns(process, run)


def dates(found: Campaigns) -> list[str]:
    return [
        f"{found.run.start + timedelta(microseconds=time):%m-%d %H:%M}" for time in found.starts
    ]


def small(arrivals: str, *more: str) -> Scenario:
    settings = ["run.start=2026-12-01T00:00:00", "run.duration=4 weeks", *more]
    return load(SMALL, [*settings, f"{INVOICES}={arrivals}"])


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # 1 December 2026 is a Tuesday.
        ("Tuesday 10:00", "2026-12-01 00:00", "2026-12-01 10:00:00"),
        ("Tuesday 10:00", "2026-12-01 10:00", "2026-12-01 10:00:00"),
        ("Tuesday 10:00", "2026-12-01 10:00:00.000001", "2026-12-08 10:00:00"),
        ("Monday 00:00", "2026-12-01 00:00", "2026-12-07 00:00:00"),
        ("22:00", "2026-12-31 22:00", "2026-12-31 22:00:00"),
        ("22:00", "2026-12-31 22:00:01", "2027-01-01 22:00:00"),
        ("25th 09:00", "2026-12-25 09:01", "2027-01-25 09:00:00"),
        ("31st 09:00", "2027-02-01 00:00", "2027-02-28 09:00:00"),
        ("30th 09:00", "2027-02-01 00:00", "2027-02-28 09:00:00"),
        ("last day 18:00", "2028-02-29 18:00", "2028-02-29 18:00:00"),
        ("last day 18:00", "2028-02-29 18:01", "2028-03-31 18:00:00"),
        ("29th 18:00", "2027-02-01 00:00", "2027-02-28 18:00:00"),
        ("29th 18:00", "2028-02-01 00:00", "2028-02-29 18:00:00"),
        ("2026-12-24 18:00", "2026-12-01 08:00", "2026-12-24 18:00:00"),
        ("2 h", "2026-12-01 08:00", "2026-12-01 10:00:00"),
        # With seconds it is Exchange's form of a duration.
        ("22:00:00", "2026-12-01 08:00", "2026-12-02 06:00:00"),
    ],
)
def test_a_time_is_the_first_one_at_or_after_the_start(
    text: str, start: str, expected: str
) -> None:
    assert first(text, start) == expected


@pytest.mark.parametrize("start", ["2026-03-28 00:00", "2026-10-24 00:00"])
def test_each_day_has_24_hours_when_the_clocks_change_in_europe(start: str) -> None:
    assert campaigns("22:00", "day", start, "4 d").starts == range(22 * HOUR, 4 * DAY, DAY)
    assert campaigns("22:00", "month", start, "4 d").starts == (22 * HOUR,)
    assert moment(parse_at("Monday 03:30"), local(start)) == 2 * DAY + 3 * HOUR + HOUR // 2


@pytest.mark.parametrize(
    ("at", "every", "start", "duration", "expected"),
    [
        ("Tuesday 10:00", "2 weeks", "2026-12-01 00:00", "5 weeks", "12-01 10:00,12-15,12-29"),
        ("Tuesday 10:00", "week", "2026-12-02 00:00", "2 weeks", "12-08 10:00,12-15"),
        ("25th 09:00", "month", "2026-12-01 00:00", "70 d", "12-25 09:00,01-25"),
        ("31st 09:00", "month", "2027-01-01 00:00", "120 d", "01-31 09:00,02-28,03-31,04-30"),
        ("last day 18:00", "month", "2028-01-31 00:00", "61 d", "01-31 18:00,02-29,03-31"),
        # A date counts by its day: the 28th, not the last day.
        (local("2027-02-28 18:00"), "month", "2027-02-01 00:00", "60 d", "02-28 18:00,03-28"),
        (local("2027-01-30 18:00"), "month", "2027-01-01 00:00", "70 d", "01-30 18:00,02-28"),
        # From Friday: the weekend is left out.
        ("22:00", "working day", "2026-12-04 00:00", "5 d", "12-04 22:00,12-07,12-08"),
        ("Saturday 22:00", "working day", "2026-12-01 00:00", "8 d", "12-07 22:00,12-08"),
        ("36 h", "working day", "2026-12-03 12:00", "6 d", "12-07 00:00,12-08,12-09"),
        ("22:00", None, "2026-12-04 00:00", "5 d", "12-04 22:00"),
        # The end of the run is outside.
        ("22:00", "day", "2026-12-04 22:00", "2 d", "12-04 22:00,12-05"),
        ("Tuesday 10:00", "week", "2026-12-02 00:00", "5 d", ""),
        ("Saturday 10:00", "working day", "2026-12-04 00:00", "2 d", ""),
        ("100000 d", "month", "2026-12-04 00:00", "2 d", ""),
    ],
)
def test_campaigns_recur_by_the_calendar(
    at: Any, every: str | None, start: str, duration: str, expected: str
) -> None:
    found = dates(campaigns(at, every, start, duration))
    clock = expected[6:11]
    assert found == [f"{day[:5]} {clock}" for day in expected.split(",") if day]


def test_the_first_one_is_known_where_the_run_is_too_short_for_it() -> None:
    short = campaigns("Saturday 10:00", "working day", "2026-12-04 00:00", "2 d")
    assert (len(short.starts), short.first, short.largest) == (0, 3 * DAY + 10 * HOUR, None)


def test_growth_counts_from_the_first_campaign_of_the_run_and_is_rounded() -> None:
    growing = campaigns("Tuesday 10:00", "week", "2026-12-01 00:00", "5 weeks", growth=0.05)
    # 100, 105, 110.25, 115.7625, 121.550625
    assert [count for _, count in growing] == [100, 105, 110, 116, 122]
    assert growing.largest == (28 * DAY + 10 * HOUR, 122)
    later = campaigns("Tuesday 10:00", "week", "2026-12-15 00:00", "2 weeks", growth=0.05)
    assert [count for _, count in later] == [100, 105]
    falling = campaigns("Tuesday 10:00", "week", "2026-12-01 00:00", "3 weeks", growth=-0.5)
    assert [count for _, count in falling] == [100, 50, 25]
    assert falling.largest == (10 * HOUR, 100)


def test_the_scale_multiplies_before_the_number_is_rounded() -> None:
    process = campaigns("22:00", "day", "2026-12-01 00:00", "3 d", growth=0.05).process
    run = Run.model_validate({"duration": "3 d", "scale": 10.0})
    assert [count for _, count in Campaigns(process, run)] == [1000, 1050, 1103]  # 1102.5


def test_a_list_has_the_growth_of_each_campaign_and_its_last_number_holds() -> None:
    """100 grow by a half, shrink by a third, and stay: 100, 150, 100, 100 and 100."""
    steps = campaigns(
        "Tuesday 10:00", "week", "2026-12-01 00:00", "5 weeks", growth=[0.5, -1 / 3, 0]
    )
    assert [each.messages for each in steps] == [100, 150, 100, 100, 100]
    assert steps.largest is not None
    assert (steps.largest.messages, float(steps.peak)) == (150, 1.5)
    growing = campaigns("Tuesday 10:00", "week", "2026-12-01 00:00", "4 weeks", growth=[-0.5, 1.0])
    assert [each.messages for each in growing] == [100, 50, 100, 200]
    assert growing.largest is not None
    assert growing.largest.messages == 200
    one = campaigns("Tuesday 10:00", "week", "2026-12-01 00:00", "1 week", growth=[0.5])
    assert [each.messages for each in one] == [100]


def test_a_list_of_one_number_is_that_number() -> None:
    both = [
        campaigns("Tuesday 10:00", "week", "2026-12-01 00:00", "9 weeks", growth=growth)
        for growth in (0.07, [0.07])
    ]
    assert [*both[0]] == [*both[1]]


def test_ten_years_of_growth_are_computed_at_once() -> None:
    growing = campaigns("0 s", "1 h", "2026-12-01 00:00", "3660 d", growth=1e-6)
    assert len(growing.starts) == 87_840
    assert growing.largest is not None
    assert growing.largest.messages == 109  # 100 x exp(0.0878)


def test_the_longest_gap() -> None:
    assert [longest_gap(every) for every in (HOUR, Repeat.MONTH, Repeat.WORKING_DAY)] == [
        HOUR,
        31 * DAY,
        3 * DAY,
    ]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("tue 9:05", "Tuesday 09:05"),
        ("SUNDAY  23:59", "Sunday 23:59"),
        ("1st 09:00", "1st 09:00"),
        ("2nd 09:00", "2nd 09:00"),
        ("3rd 09:00", "3rd 09:00"),
        ("11th 09:00", "11th 09:00"),
        ("22nd 09:00", "22nd 09:00"),
        ("31st 09:00", "last day 09:00"),
        ("Last Day 9:00", "last day 09:00"),
        ("7:30", "07:30"),
        ("2026-12-24T18:00", "2026-12-24 18:00"),
        ("2026-12-24 8:00:30", "2026-12-24 08:00:30"),
        ("120 min", "2 h"),
    ],
)
def test_a_time_is_written_and_read_back(text: str, spelled: str) -> None:
    time = parse_at(text)
    assert format_at(time) == spelled
    assert parse_at(spelled) == time
    assert pickle.loads(pickle.dumps(time)) == time


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("week", "1 w"),
        ("Day", "1 d"),
        ("2 weeks", "2 w"),
        ("month", "month"),
        ("Working  day", "working day"),
    ],
)
def test_an_interval_is_written_and_read_back(text: str, spelled: str) -> None:
    every = parse_every(text)
    assert format_every(every) == spelled
    assert parse_every(spelled) == every


MONTHLY = (
    '{process="campaign", at="25th 9:00", every="month", messages=300, rate="20/s", growth=0.05}'
)


def test_a_design_is_written_out_and_read_back_the_same() -> None:
    design = small(MONTHLY, 'events=[{at="Sunday 02:00", stop={hub="HUB01", for="1 min"}}]')
    tables = written(design, model_defaults=False)
    assert tables["hosts"]["crm"]["streams"]["invoices"]["arrivals"] == {
        "process": "campaign",
        "at": "25th 09:00",
        "every": "month",
        "messages": 300,
        "rate": "20/s",
        "growth": 0.05,
    }
    assert tables["events"][0]["at"] == "Sunday 02:00"
    again = from_mapping(tables)
    assert (diff(design, again), digest(again)) == ([], digest(design))
    assert pickle.loads(pickle.dumps(design)) == design


def test_the_digest_knows_the_day_and_not_its_spelling() -> None:
    one, same, other = (
        digest(small(MONTHLY.replace("25th 9:00", day)))
        for day in ("last day 18:00", "31st 18:00", "30th 18:00")
    )
    assert one == same != other


def test_a_file_changes_one_key_of_the_file_that_it_extends(tmp_path: Path) -> None:
    base, other = tmp_path / "base.toml", tmp_path / "other.toml"
    base.write_text(
        f'extends = "{SMALL.as_posix()}"\n[run]\nduration = "4 weeks"\n'
        f"[hosts.crm.streams.invoices]\narrivals = {MONTHLY}\n",
        encoding="utf-8",
    )
    other.write_text(
        'extends = "base.toml"\n[hosts.crm.streams.invoices]\n'
        'arrivals = { at = "last day 18:00", growth = "none" }\n',
        encoding="utf-8",
    )
    assert [str(change) for change in diff(load(base), load(other))] == [
        f'{INVOICES}.at: "25th 09:00" → "last day 18:00"',
        f'{INVOICES}.growth: 0.05 → "none"',
    ]
    changed = load(other, [f"{INVOICES}.at=2010-03-24 18:00", f"{INVOICES}.every=working day"])
    process = changed.hosts["crm"].streams["invoices"].arrivals
    assert isinstance(process, Campaign)
    assert (process.at, process.every) == (local("2010-03-24 18:00"), Repeat.WORKING_DAY)
    assert process.messages == 300


def test_toml_has_dates_of_its_own() -> None:
    (event,) = small(
        MONTHLY, 'events=[{at=2026-12-24T18:00:00, stop={hub="HUB01", for="1 s"}}]'
    ).events
    assert event.at == local("2026-12-24 18:00")


def test_a_time_of_the_week_is_a_value_of_its_own() -> None:
    assert parse_at("Tuesday 10:00") == ClockTime(600, weekday=1)
    assert parse_at("last day 10:00") == ClockTime(600, day=31)
