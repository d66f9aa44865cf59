"""qshape: the text, the moments that can be asked for, and what cannot."""

import pytest
from small_comparison import design

from relaysim.measure.qshape import COLUMNS
from relaysim.present.text.queue_table import QShape, clock, moment, qshape, report
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
    ("written", "message"),
    [
        ("noon", '"noon" is no time: write a time of day ("11:00", "day 2 09:30") or how long'),
        ("24:00", '"24:00" is no time: the day ends at 23:59'),
        ("11:60", '"11:60" is no time'),
        ("day 1 07:00", '"day 1 07:00" is before the start of the run, 08:00'),
        ("day 0 11:00", '"day 0 11:00" is before the start'),
    ],
)
def test_what_is_no_moment_is_told(shared, written, message):
    with pytest.raises(ValueError, match=r"^.") as error:
        moment(shared, written)
    assert message in str(error.value)


def test_a_clock_tells_seconds_and_the_day_where_there_are_any(shared):
    assert [clock(shared, time) for time in (0, 61_000_000, DAY, 2 * DAY + 1)] == [
        *("08:00", "08:01:01", "day 2 08:00", "day 3 08:00"),
    ]


def test_the_text_has_rows_as_postfix_has_them(fullest):
    lines = plain(report(fullest)).splitlines()
    first = " ".join(lines[:2]).replace("  ", " ")
    assert first.startswith("shared-hub: the queues of HUB01 at 10:0")
    assert ", when most is in them, by age in minutes" in first
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
    lines = plain(report(named)).splitlines()
    assert long in lines
    below = lines[lines.index(long) + 1]
    assert below.split() == [str(each) for each in shape.iloc[0]]
    assert all(len(line) <= 80 for line in lines if line != long)


def test_an_empty_hub_has_a_total_of_nothing(shared):
    found = qshape(shared, at=0)
    lines = plain(report(found)).splitlines()
    assert "TOTAL 0   0   0   0   0   0   0   0   0    0     0" in lines
    assert found.shape.empty


def test_another_replication_is_another_story(shared):
    one, other = (qshape(shared, replication=i) for i in (0, 1))
    assert (one.replication, other.replication) == (0, 1)
    assert one.at != other.at


def test_a_hub_that_is_not_there_and_a_time_after_the_end_are_told(shared):
    with pytest.raises(ValueError, match='"HUB1" is not a hub: known are HUB01; did you mean'):
        qshape(shared, hub="HUB1")
    short = load("scenarios/mm4.toml", ["run.duration=10 s", "run.warm_up=0 s"])
    trace = trace_of(short, 0, 1)
    origin = Provenance.of([short], 1, 1, "", now())
    assert QShape.of(trace, short, 0, origin, at=trace.end).at == trace.end
    with pytest.raises(ValueError, match="there is nothing at day 2 00:00: give a time from 00:00"):
        QShape.of(trace, short, 0, origin, at=DAY)
