"""qshape: the text, the moments that can be asked for, and what cannot."""

import re

import pytest
from worlds.golden_text import message
from worlds.refusals import refusal
from worlds.small_comparison import design

from relaysim.measure.qshape import COLUMNS
from relaysim.present.text.queue_table import QShape, clock, moment, qshape, queue_ages_text
from relaysim.present.text.terminal import plain
from relaysim.scenario.load import load
from relaysim.study.execution.provenance import Provenance, now
from relaysim.study.replicate import trace_of

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


@pytest.fixture(scope="module")
def shared():
    """The shared hub with little mail; it opens at eight."""
    return design("shared-hub")


@pytest.fixture(scope="module")
def fullest(shared):
    """When most is in its queues."""
    return qshape(shared, seed=1, command="relaysim qshape shared-hub.toml")


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("08:00", 0),
        ("11:00", 3 * HOUR),
        (" 11:30 ", 3 * HOUR + 30 * MINUTE),
        ("07:00", 23 * HOUR),
        ("day 1 11:00", 3 * HOUR),
        ("day 2 09:30", DAY + 90 * MINUTE),
        ("3 h", 3 * HOUR),
        ("3h", 3 * HOUR),
        ("90 min", 90 * MINUTE),
    ],
)
def test_a_moment_is_a_time_of_day_or_a_time_since_the_start(shared, written, time):
    assert moment(shared, written) == time


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("noon", "11:00"),
        ("24:00", "23:59"),
        ("11:60", "23:59"),
        ("day 1 07:00", "08:00"),
        ("day 0 11:00", "08:00"),
    ],
)
def test_a_text_that_is_no_time_is_an_error(shared, written, time, golden_section):
    text = refusal(ValueError, lambda: moment(shared, written))
    assert f'"{written}"' in text
    assert time in text  # a time that could be, or where time begins or ends
    golden_section("errors/moments", message(text))


def test_a_clock_has_seconds_and_the_day_where_there_are_any(shared):
    shown = [clock(shared, time) for time in (0, 61_000_000, DAY, 2 * DAY + 1)]
    assert shown[:2] == ["08:00", "08:01:01"]
    assert [each.split()[-2:] for each in shown[2:]] == [["2", "08:00"], ["3", "08:00"]]


def test_the_text_has_rows_as_postfix_has_them(fullest):
    lines = plain(queue_ages_text(fullest)).splitlines()
    assert lines[0].startswith("shared-hub: ")
    assert re.search(r"HUB01\b.*\b10:0\d", lines[0])
    header = next(i for i, line in enumerate(lines) if line.split() == list(COLUMNS))
    total, *queues = lines[header + 1 : lines.index("", header)]
    assert total.split()[0] == "TOTAL"
    counts = [list(map(int, line.split()[1:])) for line in (total, *queues)]
    assert counts[0] == [sum(column) for column in zip(*counts[1:], strict=True)]
    assert all(row[0] == sum(row[1:]) for row in counts)
    assert len({len(line) for line in (lines[header], total, *queues)}) == 1
    assert max(map(len, lines)) <= 80
    assert lines[-1].endswith("relaysim qshape shared-hub.toml")


def test_a_name_that_is_too_long_has_a_line_of_its_own(fullest):
    long = "HUB01->" + 2 * "a-long-name-of-a-domain." + "example"
    shape = fullest.shape.head(1).rename({fullest.shape.index[0]: long})
    named = QShape(**{**vars(fullest), "shape": shape})
    lines = plain(queue_ages_text(named)).splitlines()
    assert long in lines
    below = lines[lines.index(long) + 1]
    assert below.split() == [str(each) for each in shape.iloc[0]]
    assert all(len(line) <= 80 for line in lines if line != long)


def test_an_empty_hub_has_a_total_of_nothing(shared):
    result = qshape(shared, at=0)
    lines = plain(queue_ages_text(result)).splitlines()
    (total,) = [line for line in lines if line.split()[1:] == ["0"] * len(COLUMNS)]
    assert total.split()[0].isupper()
    assert result.shape.empty


def test_another_replication_is_another_story(shared):
    one, other = (qshape(shared, replication=i) for i in (0, 1))
    assert (one.replication, other.replication) == (0, 1)
    assert one.at != other.at


def test_an_unknown_hub_and_a_time_after_the_end_are_errors(shared, golden_section):
    unknown = refusal(ValueError, lambda: qshape(shared, hub="HUB1"))
    assert '"HUB1"' in unknown
    assert '"HUB01"' in unknown
    short = load("scenarios/mm4.toml", ["run.duration=10 s", "run.warm_up=0 s"])
    trace = trace_of(short, 0, 1)
    origin = Provenance.of([short], 1, 1, "", now())
    assert QShape.of(trace, short, 0, origin, at=trace.end).at == trace.end
    late = refusal(ValueError, lambda: QShape.of(trace, short, 0, origin, at=DAY))
    assert "2 00:00" in late
    golden_section("errors/moments", message(f"{unknown}\n{late}"))
