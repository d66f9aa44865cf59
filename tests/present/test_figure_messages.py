"""Each figure says its message in its title, from hand-made series."""

import itertools

import numpy as np
import pandas as pd
import pytest
from lettering import CAPTION, START, title

from relaysim.measure.run_series import AGES
from relaysim.measure.wait_parts import PARTS
from relaysim.present.drawing import style
from relaysim.present.drawing.time_axis import active, at
from relaysim.present.figures.backlog import backlog, queues
from relaysim.present.figures.differences import MARKS, differences
from relaysim.present.figures.latency_curves import latency
from relaysim.present.figures.throughput import throughput
from relaysim.present.figures.wait_bars import waits
from relaysim.present.text.headline_metrics import Headline


@pytest.fixture(autouse=True)
def _on_paper():
    with style.paper():
        yield


def arriving(at_age, lost=0.0):
    """Missing until an age, and then only what is lost."""
    share = np.where(at_age <= AGES, lost, 1.0)
    return pd.DataFrame({"bulk": share}, index=pd.Index(AGES, name="seconds"))


def minutes(**columns):
    """Series by minute."""
    frame = pd.DataFrame(columns, dtype=float)
    return frame.set_index(pd.Index(60.0 * np.arange(len(frame)), name="seconds"))


def test_latency_tells_the_class_whose_punctuality_differs_most():
    missing = {"old": arriving(7200.0), "new": arriving(10.0, lost=0.02)}
    figure = latency(missing, {"bulk": (3600.0,)}, CAPTION)
    assert title(figure) == (
        "How late: bulk mail still missing at its deadline of 1 h: 100 % in old, 2 % in new"
    )


def test_latency_says_when_designs_do_not_differ():
    missing = {"old": arriving(7.0), "new": arriving(9.0)}
    figure = latency(missing, {"bulk": (3600.0,)}, CAPTION)
    assert title(figure) == (
        "How late: by its deadline each class is there to the same share in all designs"
    )


def test_a_deadline_of_a_class_counts_for_both_of_its_sides():
    frame = arriving(10.0)
    sides = frame.assign(**{"bulk.internal": frame["bulk"], "bulk.external": frame["bulk"]})
    figure = latency({"one": sides}, {"bulk": (60.0,)}, CAPTION)
    shown = [axes.get_title("left") for axes in figure.axes]
    assert shown == ["bulk.external", "bulk.internal"]
    for axes in figure.axes:
        assert [text.get_text() for text in axes.texts] == ["5 %", "deadline 1 min"]


def test_queues_are_found_by_kind_among_the_resources():
    names = (
        *("HUB01.cpu", "HUB01.commit", "HUB01.submission", "HUB01.mailbox", "main.line"),
        *("HUB01/relay.old", "HUB01->gmail.com", "HUB02->gmail.com"),
    )
    assert [queue[:2] for queue in queues(minutes(**{name: [0.0] for name in names}))] == [
        ("mailbox delivery queue", "HUB01"),
        ("queue to gmail.com", "HUB01"),
        ("queue to gmail.com", "HUB02"),
        ("submission queue", "HUB01"),
    ]


def test_backlog_tells_where_and_when_most_waits():
    old = minutes(**{"HUB01->gmail.com": [0, 30, 900, 10], "HUB01.submission": [0, 50, 0, 0]})
    new = minutes(**{"HUB01.submission": [0, 0, 0, 0], "HUB02->gmail.com": [0, 20, 0, 0]})
    figure = backlog({"old": old, "new": new}, START, 300.0, CAPTION)
    assert title(figure) == (
        "Where mail piles up: 900 in the queue to gmail.com (old, HUB01, 08:02), 20 in the queue "
        "to gmail.com (new, HUB02, 08:01)"
    )
    kinds = [axes.get_title("left") for axes in figure.axes]
    assert kinds == ["queue to gmail.com", "submission queue", "", ""]


def test_backlog_shows_the_whole_day_or_says_what_it_leaves_out():
    short = minutes(**{"HUB01.submission": [0] * 100 + [500] + [0] * 500})
    (panel,) = backlog({"one": short}, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (5700.0, 6600.0)
    assert panel.texts[0].get_text() == "before and after: below 1 % of the peaks"
    long = minutes(**{"HUB01.submission": [500] * 600})
    (panel,) = backlog({"one": long}, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (0.0, 36_000.0)
    assert not panel.texts


@pytest.mark.parametrize("days", [2, 5, 14, 28])
def test_letters_along_the_axis_of_many_days_do_not_overlap(days):
    queues = {f"HUB01->{name}.com": [500.0] * 10 for name in ("a", "b", "c")}
    busy = minutes(**queues)
    busy.index *= days * 144
    figure = backlog({"one": busy}, START, days * 86_400.0, CAPTION)
    style.settle(figure)
    for panel in figure.axes:
        low, high = panel.get_xlim()
        ticks = [tick for tick in panel.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        boxes = [tick.label1.get_window_extent() for tick in ticks]
        assert len(boxes) >= 2
        assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))
        assert panel.get_xlabel() == "time of the run"


def test_throughput_is_told_in_copies_a_minute():
    one = minutes(bulk=[2.0] * 10 + [0.0] * 10)
    figure = throughput({"one": one}, START, 1200.0, CAPTION)
    assert title(figure) == (
        "How much gets through: bulk mail at its busiest, copies a minute: 120 in one"
    )


@pytest.mark.parametrize(
    ("days", "width", "said"),
    [
        (2, 600.0, "a minute: 60 in"),
        (7, 3600.0, "an hour: 3,600 in"),
        (28, 86_400.0, "a day: 86,400"),
    ],
)
def test_throughput_of_a_long_run_is_told_by_the_hour_or_the_day(days, width, said):
    one = minutes(bulk=[1.0] * (days * 1440))
    figure = throughput({"one": one}, START, days * 86_400.0, CAPTION)
    assert f"at its busiest, copies {said}" in title(figure)
    edges = figure.axes[0].patches[0].get_data().edges
    assert set(np.diff(edges)) == {width}


def test_throughput_says_what_it_leaves_out_after_the_run():
    one = minutes(bulk=[100.0] * 60 + [1.0] * 600)
    figure = throughput({"one": one}, START, 3600.0, CAPTION)
    (panel,) = figure.axes
    assert panel.get_xlim() == (0.0, 3600.0)
    assert panel.texts[0].get_text() == "after that: below 5 % of the peaks"
    (panel,) = throughput({"one": one}, START, 39_600.0, CAPTION).axes
    assert not panel.texts


def test_throughput_tells_equal_peaks_once():
    one = minutes(bulk=[2.0] * 10)
    figure = throughput({"one": one, "two": one}, START, 600.0, CAPTION)
    assert title(figure).endswith("copies a minute: 120 in one and two")


def test_backlog_that_outlives_the_run_by_days_is_told():
    left = minutes(**{"HUB01->gmail.com": [500.0] * 3000})
    (panel,) = backlog({"one": left}, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (0.0, 36_000.0)
    assert panel.texts[0].get_text() == "what waits at the end is gone by day 3 09:59"


def test_waits_tell_the_part_that_differs_most():
    rows = [
        (design, "class", "bulk", part, (90.0 if design == "old" else 3.0) * (i == 3) + 1.0, "s")
        for design in ("old", "new")
        for i, part in enumerate(PARTS)
    ]
    columns = ["scenario", "scope", "subject", "metric", "value", "unit"]
    figure = waits(pd.DataFrame(rows, columns=columns), ["old", "new"], CAPTION)
    assert title(figure) == (
        "Where the time goes: bulk mail waits for a connection 91 s in old, 4 s in new"
    )
    (panel,) = figure.axes
    assert [text.get_text().strip() for text in panel.texts] == ["98 s", "11 s"]
    ends = [sum(bar.get_width() for bar in panel.patches if bar.get_y() > 0.5), 0.0]
    assert ends[0] == pytest.approx(98.0)


def comparisons(*rows):
    """Differences of one metric from the design "old"."""
    columns = ["scenario", "subject", "difference", "half", "verdict"]
    frame = pd.DataFrame(list(rows), columns=columns)
    low, high = frame["difference"] - frame["half"], frame["difference"] + frame["half"]
    frame = frame.assign(difference_low=low, difference_high=high, confidence=0.95)
    lost = {"replications_lost": 0, "base_replications_lost": 0}
    return frame.assign(scope="class", metric="on_time", unit="share", **lost)


def test_differences_count_the_verdicts_and_mark_each():
    frame = comparisons(
        ("new", "bulk", -0.02, 0.005, "worse"),
        ("new", "system", 0.3, 0.1, "better"),
        ("new", "corporate", 0.1, 0.2, "undecided"),
    )
    shown = [Headline("on_time", "on time", "class", ("bulk", "corporate", "system"))]
    figure = differences(frame, shown, "old", CAPTION)
    assert title(figure) == (
        "Against old, of the 3 comparisons here: new is better in 1, worse in 1, equal in 0, "
        "no practical difference in 0, undecided in 1"
    )
    (panel,) = figure.axes
    assert [text.get_text() for text in panel.texts] == [
        "-2.0±0.5 pp   worse",
        "+10±20 pp   undecided",
        "+30±10 pp   better",
    ]
    marks = [line.get_marker() for line in panel.lines if line.get_marker() in MARKS.values()]
    assert marks == ["v", "x", "^"]
    assert panel.get_xlabel() == "difference from old, percentage points (right is better)"


def test_the_second_day_has_its_number():
    assert [at(START, seconds) for seconds in (0.0, 3660.0, 57_600.0)] == [
        "08:00",
        "09:01",
        "day 2 00:00",
    ]


def test_a_series_is_active_while_it_is_above_a_hundredth_of_the_largest():
    one, other = minutes(a=[0, 1, 0, 0, 0])["a"], minutes(a=[0, 0, 100, 2, 0.5])["a"]
    assert active([one, other]) == (120.0, 180.0)
    assert active([minutes(a=[0, 0])["a"]]) == (0.0, 0.0)


def test_a_long_key_takes_several_lines():
    key = style.design_key([f"a-design-with-a-long-name-{i}" for i in range(7)])
    figure, _ = style.sheet(1, 1, "Message", CAPTION, [key])
    style.settle(figure)
    width = figure.get_size_inches()[0] * figure.dpi
    assert len(figure.legends) == 3
    boxes = [legend.get_window_extent() for legend in figure.legends]
    assert all(box.x1 <= width for box in boxes)
    assert boxes[0].y0 >= boxes[1].y0 >= boxes[2].y0 > figure.axes[0].get_window_extent().y1
