"""Each figure says its message in its title, from hand-made series."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from worlds.drawn import laid_out
from worlds.golden_text import message
from worlds.lettering import CAPTION, START, title
from worlds.quantities import quantities

from relaysim.measure.resource_metrics import QueueResource
from relaysim.measure.run_series import AGES
from relaysim.measure.wait_parts import PARTS
from relaysim.plan.names import QueueKind
from relaysim.present.drawing import style
from relaysim.present.drawing.time_axis import active, at
from relaysim.present.figures.backlog import backlog, queues
from relaysim.present.figures.differences import MARKS, differences
from relaysim.present.figures.latency_curves import latency
from relaysim.present.figures.throughput import throughput
from relaysim.present.figures.wait_bars import waits
from relaysim.present.text.headline_metrics import Headline
from relaysim.stats.interval import BETTER, NOT_DECIDED, WORSE

KNOWN = {
    "HUB01.submission": QueueResource(QueueKind.SUBMISSION, "HUB01", ""),
    "HUB01.mailbox": QueueResource(QueueKind.MAILBOX, "HUB01", ""),
    **{
        f"{hub}->{domain}": QueueResource(QueueKind.REMOTE, hub, domain)
        for hub in ("HUB01", "HUB02")
        for domain in ("gmail.com", "a.com", "b.com", "c.com")
    },
}


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


def test_latency_names_the_class_whose_punctuality_differs_most(golden_section):
    missing = {"old": arriving(7200.0), "new": arriving(10.0, lost=0.02)}
    figure = latency(missing, {"bulk": (3600.0,)}, CAPTION)
    text = title(figure)
    assert {"1 h", "100 %", "2 %"} <= quantities(text)
    assert all(name in text for name in ("bulk", "old", "new"))
    golden_section("figures/messages", message(text))


def test_latency_says_when_designs_do_not_differ(golden_section):
    missing = {"old": arriving(7.0), "new": arriving(9.0)}
    figure = latency(missing, {"bulk": (3600.0,)}, CAPTION)
    assert quantities(title(figure)) == set()
    golden_section("figures/messages", message(title(figure)))


def test_a_deadline_of_a_class_counts_for_both_of_its_sides():
    frame = arriving(10.0)
    sides = frame.assign(**{"bulk.internal": frame["bulk"], "bulk.external": frame["bulk"]})
    figure = latency({"one": sides}, {"bulk": (60.0,)}, CAPTION)
    shown = [axes.get_title("left") for axes in figure.axes]
    assert shown == ["bulk.external", "bulk.internal"]
    for axes in figure.axes:
        assert [quantities(text.get_text()) for text in axes.texts] == [{"5 %"}, {"1 min"}]


def test_queues_are_found_by_kind_among_the_resources(golden_section):
    names = (
        *("HUB01.cpu", "HUB01.commit", "HUB01.submission", "HUB01.mailbox", "main.line"),
        *("HUB01/relay.old", "HUB01->gmail.com", "HUB02->gmail.com"),
    )
    result = [queue[:2] for queue in queues(minutes(**{name: [0.0] for name in names}), KNOWN)]
    assert [hub for _, hub in result] == ["HUB01", "HUB01", "HUB02", "HUB01"]
    kinds = [kind for kind, _ in result]
    assert kinds[1] == kinds[2]
    assert "gmail.com" in kinds[1]
    assert len(set(kinds)) == 3
    golden_section("figures/messages", message("\n".join(kinds)))


def test_backlog_names_the_place_and_time_of_the_longest_queue(golden_section):
    old = minutes(**{"HUB01->gmail.com": [0, 30, 900, 10], "HUB01.submission": [0, 50, 0, 0]})
    new = minutes(**{"HUB01.submission": [0, 0, 0, 0], "HUB02->gmail.com": [0, 20, 0, 0]})
    figure = backlog({"old": old, "new": new}, KNOWN, START, 300.0, CAPTION)
    text = title(figure)
    assert {"900", "20"} <= quantities(text)
    assert re.findall(r"old|new|HUB\d+|\d\d:\d\d", text) == [
        *("old", "HUB01", "08:02", "new", "HUB02", "08:01")
    ]
    golden_section("figures/messages", message(text))
    kinds = [axes.get_title("left") for axes in figure.axes]
    assert "gmail.com" in kinds[0]
    assert kinds[1] != ""
    assert kinds[2:] == ["", ""]


def test_backlog_shows_the_whole_day_or_says_what_it_leaves_out(golden_section):
    short = minutes(**{"HUB01.submission": [0] * 100 + [500] + [0] * 500})
    (panel,) = backlog({"one": short}, KNOWN, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (5700.0, 6600.0)
    assert quantities(panel.texts[0].get_text()) == {"1 %"}
    golden_section("figures/messages", message(panel.texts[0].get_text()))
    long = minutes(**{"HUB01.submission": [500] * 600})
    (panel,) = backlog({"one": long}, KNOWN, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (0.0, 36_000.0)
    assert not panel.texts


@pytest.mark.parametrize("days", [2, 5, 14, 28])
def test_letters_along_the_axis_of_many_days_do_not_overlap(days):
    queues = {f"HUB01->{name}.com": [500.0] * 10 for name in ("a", "b", "c")}
    busy = minutes(**queues)
    busy.index *= days * 144
    figure = backlog({"one": busy}, KNOWN, START, days * 86_400.0, CAPTION)
    laid_out(figure)
    for panel in figure.axes:
        low, high = panel.get_xlim()
        ticks = [tick for tick in panel.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
        boxes = [tick.label1.get_window_extent() for tick in ticks]
        assert len(boxes) >= 2
        assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))
        assert panel.get_xlabel() != ""


def test_throughput_is_in_recipients_a_minute(golden_section):
    one = minutes(bulk=[2.0] * 10 + [0.0] * 10)
    figure = throughput({"one": one}, START, 1200.0, CAPTION)
    assert quantities(title(figure)) == {"120"}
    golden_section("figures/messages", message(title(figure)))


@pytest.mark.parametrize(
    ("days", "width", "most"),
    [(2, 600.0, "60"), (7, 3600.0, "3,600"), (28, 86_400.0, "86,400")],
)
def test_throughput_of_a_long_run_is_by_the_hour_or_the_day(days, width, most, golden_section):
    one = minutes(bulk=[1.0] * (days * 1440))
    figure = throughput({"one": one}, START, days * 86_400.0, CAPTION)
    assert quantities(title(figure)) == {most}
    golden_section("figures/messages", message(title(figure)))
    edges = figure.axes[0].patches[0].get_data().edges
    assert set(np.diff(edges)) == {width}


def test_throughput_says_what_it_leaves_out_after_the_run(golden_section):
    one = minutes(bulk=[100.0] * 60 + [1.0] * 600)
    figure = throughput({"one": one}, START, 3600.0, CAPTION)
    (panel,) = figure.axes
    assert panel.get_xlim() == (0.0, 3600.0)
    assert quantities(panel.texts[0].get_text()) == {"5 %"}
    golden_section("figures/messages", message(panel.texts[0].get_text()))
    (panel,) = throughput({"one": one}, START, 39_600.0, CAPTION).axes
    assert not panel.texts


def test_throughput_names_equal_peaks_once():
    one = minutes(bulk=[2.0] * 10)
    figure = throughput({"one": one, "two": one}, START, 600.0, CAPTION)
    assert re.findall(r"\b(?:120|one|two)\b", title(figure)) == ["120", "one", "two"]


def test_backlog_that_outlives_the_run_by_days_is_named(golden_section):
    left = minutes(**{"HUB01->gmail.com": [500.0] * 3000})
    (panel,) = backlog({"one": left}, KNOWN, START, 36_000.0, CAPTION).axes
    assert panel.get_xlim() == (0.0, 36_000.0)
    assert "3 09:59" in panel.texts[0].get_text()
    golden_section("figures/messages", message(panel.texts[0].get_text()))


def test_waits_tell_the_part_that_differs_most(golden_section):
    rows = [
        (design, "class", "bulk", part, (90.0 if design == "old" else 3.0) * (i == 3) + 1.0, "s")
        for design in ("old", "new")
        for i, part in enumerate(PARTS)
    ]
    columns = ["scenario", "scope", "subject", "metric", "value", "unit"]
    figure = waits(pd.DataFrame(rows, columns=columns), ["old", "new"], CAPTION)
    assert quantities(title(figure)) == {"91 s", "4 s"}
    golden_section("figures/messages", message(title(figure)))
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


def test_differences_count_the_verdicts_and_mark_each(golden_section):
    frame = comparisons(
        ("new", "bulk", -0.02, 0.005, "worse"),
        ("new", "system", 0.3, 0.1, "better"),
        ("new", "corporate", 0.1, 0.2, "not decided"),
    )
    shown = [Headline("on_time", "on time", "class", ("bulk", "corporate", "system"))]
    figure = differences(frame, shown, "old", CAPTION)
    sentence = title(figure)
    assert quantities(sentence) == {"3", "1", "0"}
    (panel,) = figure.axes
    cells = [text.get_text().split("   ") for text in panel.texts]
    assert cells == [
        ["-2.0 pp (-2.5 to -1.5 pp)", WORSE],
        ["+10 pp (-10 to +30 pp)", NOT_DECIDED],
        ["+30 pp (+20 to +40 pp)", BETTER],
    ]
    marks = [line.get_marker() for line in panel.lines if line.get_marker() in MARKS.values()]
    assert marks == ["v", "x", "^"]
    assert "old" in panel.get_xlabel()
    golden_section("figures/messages", message(f"{sentence}\n{panel.get_xlabel()}"))


def test_the_second_day_has_its_number():
    shown = [at(START, seconds) for seconds in (0.0, 3660.0, 57_600.0)]
    assert shown[:2] == ["08:00", "09:01"]
    assert shown[2].endswith(" 2 00:00")


def test_a_series_is_active_while_it_is_above_a_hundredth_of_the_largest():
    one, other = minutes(a=[0, 1, 0, 0, 0])["a"], minutes(a=[0, 0, 100, 2, 0.5])["a"]
    assert active([one, other]) == (120.0, 180.0)
    assert active([minutes(a=[0, 0])["a"]]) == (0.0, 0.0)


def test_a_long_key_takes_several_lines():
    key = style.design_key([f"a-design-with-a-long-name-{i}" for i in range(7)])
    figure, _ = style.sheet(1, 1, "Message", CAPTION, [key])
    laid_out(figure)
    width = figure.get_size_inches()[0] * figure.dpi
    assert len(figure.legends) == 3
    boxes = [legend.get_window_extent() for legend in figure.legends]
    assert all(box.x1 <= width for box in boxes)
    assert boxes[0].y0 >= boxes[1].y0 >= boxes[2].y0 > figure.axes[0].get_window_extent().y1
