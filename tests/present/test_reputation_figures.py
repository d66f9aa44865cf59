"""Harm, probability of a refusal, provider states: the right numbers in the right place."""

import math
import re
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from worlds.drawn import letters
from worlds.golden_text import message
from worlds.lettering import CAPTION, START, title
from worlds.small_course import IP, OTHER, course, news, scenario, thinks

from relaysim.mail.provider_state import State
from relaysim.present.drawing import style
from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.state_bands import BANDS
from relaysim.present.drawing.time_axis import at, day
from relaysim.present.figures import NothingToDrawError
from relaysim.present.figures.harm_bars import HARM, blast_radius
from relaysim.present.figures.provider_states import providers
from relaysim.present.figures.refusal_curves import reach

HOUR, DAY = 3600.0, 86_400.0
DEDICATED = "campaign-aged-list-dedicated"


@pytest.fixture(autouse=True)
def _on_paper():
    with style.paper():
        yield


def harm(design, subject, reputation, congestion, half=0.01, junk=0.0):
    """The rows of `metrics` on the harm of a subject."""
    scope = "total" if subject == "total" else "stream"
    total = reputation + congestion
    rows = [
        ("blast_radius", total, half),
        ("blast_reputation", reputation, half),
        ("blast_congestion", congestion, half),
        ("blast_junk", junk, 0.002),
    ]
    return [
        (design, scope, subject, metric, value, value - half, value + half, "share", 5)
        for metric, value, half in rows
    ]


def metrics(*rows):
    columns = ["scenario", "scope", "subject", "metric", "value", "low", "high", "unit"]
    return pd.DataFrame(list(chain(*rows)), columns=[*columns, "replications"])


def two(junk=0.0):
    """Two designs, of which the second has a part below zero."""
    return metrics(
        harm("old", "total", 0.03, 0.02, junk=junk),
        harm("old", "app.invoices", 0.2, 0.1),
        harm("old", "app.invoices | listed", 0.4, 0.2),
        harm("old", "app.quiet", 0.0, 0.0),
        harm("old", "app.alerts", 0.04, 0.0),
        harm("new", "total", -0.01, 0.02, half=0.9),
        harm("new", "app.invoices", -0.02, 0.05),
        harm("new", "app.quiet", 0.0, 0.0001),
        harm("new", "app.alerts", 0.0, 0.0),
    )


def bars(panel):
    """(row, from, to) of the bars of each colour."""
    result = {}
    for container in panel.containers:
        for bar in container:
            if bar.get_width():
                ends = sorted((bar.get_x(), bar.get_x() + bar.get_width()))
                row = round(bar.get_y() + bar.get_height() / 2)
                entry = (row, *(round(end, 9) for end in ends))
                result.setdefault(to_hex(bar.get_facecolor()).upper(), []).append(entry)
    return result


REPUTATION, CONGESTION = (part.colour for part in HARM.parts)


def test_harm_is_stacked_and_what_is_below_zero_goes_to_the_left():
    figure = blast_radius(two(), ["old", "new"], CAPTION)
    shown = [panel.get_title("left") for panel in figure.axes]
    assert shown[1:] == ["app.invoices", "app.alerts"]
    assert bars(figure.axes[1]) == {
        REPUTATION: [(0, -0.02, 0.0), (1, 0.0, 0.2)],
        CONGESTION: [(0, 0.0, 0.05), (1, 0.2, 0.3)],
    }
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["new", "old"]
    marks = [line.get_xdata()[0] for line in figure.axes[1].lines if line.get_marker() == "D"]
    assert marks == pytest.approx([0.03, 0.3])


def test_the_sum_is_beside_its_bar_and_in_the_title(golden_section):
    figure = blast_radius(two(), ["old", "new"], CAPTION)
    assert [text.get_text() for text in figure.axes[1].texts] == [
        "3.0 % (2.0 to 4.0 %)",
        "30.0 % (29.0 to 31.0 %)",
    ]
    sentence = title(figure)
    assert re.findall(r"[\d.]+ % \([\d.]+ to [\d.]+ %\)|old|new", sentence) == [
        "5.0 % (4.0 to 6.0 %)",
        "old",
        "1 % (0 to 91 %)",
        "new",
    ]
    golden_section("figures/reputation", message(sentence))


def test_an_interval_ends_in_an_arrow_where_it_leaves_the_axis():
    figure = blast_radius(two(), ["old", "new"], CAPTION)
    low, high = figure.axes[0].get_xlim()
    assert (low, high) == pytest.approx((-0.54, 0.54), rel=0.1)
    arrows = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() in "<>"]
    assert arrows == ["<", ">"]
    ends = [line.get_marker() for line in figure.axes[1].lines].count("|")
    assert ends == 4


def test_junk_has_a_column_of_its_own_if_there_is_any(golden_section):
    assert len(blast_radius(two(), ["old", "new"], CAPTION).axes) == 3
    figure = blast_radius(two(junk=0.15), ["old", "new"], CAPTION)
    assert figure.axes[1].get_title("left") not in ("", "app.invoices")
    assert bars(figure.axes[1]) == {BANDS[State.WARN].colour: [(1, 0.0, 0.15)]}
    assert len({panel.get_xlabel() for panel in figure.axes[-2:]} - {""}) == 2
    golden_section("figures/reputation", letters(figure))


def test_the_title_is_about_junk_where_nothing_else_is_drawn():
    frame = metrics(harm("old", "total", 0.0, 0.0, half=0.0, junk=0.15))
    figure = blast_radius(frame, ["old"], CAPTION)
    assert len(figure.axes) == 1
    assert figure.message.startswith("Innocent mail junked")
    assert "15" in figure.message


def test_one_replication_has_no_interval():
    frame = two().assign(low=math.nan, high=math.nan)
    figure = blast_radius(frame, ["old", "new"], CAPTION)
    assert [text.get_text() for text in figure.axes[0].texts] == ["1 %", "5 %"]
    (key,) = figure.legends
    assert not any("95 %" in text.get_text() for text in key.get_texts())


def test_parts_that_cancel_are_shown():
    frame = metrics(harm("old", "total", 0.05, -0.05), harm("old", "app.invoices", 0.1, -0.1))
    figure = blast_radius(frame, ["old"], CAPTION)
    assert len(figure.axes) == 2
    assert bars(figure.axes[1]) == {
        REPUTATION: [(0, 0.0, 0.1)],
        CONGESTION: [(0, -0.1, 0.0)],
    }


@pytest.mark.parametrize(
    "frame",
    [metrics(harm("old", "total", 0.0, 0.0), harm("old", "app.quiet", 0.0, 0.0)), metrics([])],
)
def test_without_harm_there_is_nothing_to_draw(frame):
    with pytest.raises(NothingToDrawError, match=r"^."):
        blast_radius(frame, ["old"], CAPTION)


def by_hour(**columns):
    hours = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=pd.Index(HOUR * np.arange(hours), name="seconds"))


def test_reach_shows_the_stream_that_is_refused_for_longest(golden_section):
    series = {
        "old": by_hour(invoices=[0.0, 0.2, 0.2, 0.1], alerts=[0.0, 0.4, 0.0, 0.0]),
        "new": by_hour(invoices=[0.0, 0.0, 0.0, 0.0], alerts=[0.0, 0.0, 0.0, 0.0]),
    }
    listed = {"old": f"{IP} on a list for 3 h", "new": f"{IP} not listed"}
    figure = reach(series, listed, START, 4 * HOUR, CAPTION)
    sentence = title(figure)
    assert re.findall(r"invoices|20 %|\bold|\bnew", sentence) == ["invoices", "20 %", "old", "new"]
    golden_section("figures/reputation", message(sentence))
    for panel, (name, frame) in zip(figure.axes, series.items(), strict=True):
        assert panel.get_title("left") == name
        assert [text.get_text() for text in panel.texts] == [listed[name]]
        values, edges, _ = panel.patches[-1].get_data()
        assert values.tolist() == frame["invoices"].tolist()
        assert edges.tolist() == [0.0, 3600.0, 7200.0, 10_800.0, 14_400.0]
        assert panel.get_ylim() == pytest.approx((0.0, 0.22))


@pytest.mark.parametrize("series", [{}, {"old": by_hour(invoices=[0.0, 0.0])}])
def test_without_a_refusal_there_is_no_reach(series):
    with pytest.raises(NothingToDrawError, match=r"^."):
        reach(series, {}, START, 7200.0, CAPTION)


def opinions():
    """In the shared design everything hits the IP of innocent mail, in the other one hardly."""
    shared = [
        *(thinks(24.0, 2), thinks(48.0, 3), thinks(72.0, 0)),
        *(thinks(60.0, 2, "yahoo"), thinks(96.0, 1, "yahoo"), thinks(120.0, 0, "yahoo")),
    ]
    apart = [thinks(24.0, 1), thinks(48.0, 0), thinks(24.0, 2, ip=OTHER)]
    return {
        "shared": course(news(10.0, 5), levels=shared),
        "apart": course(news(10.0, 5), levels=apart, of=scenario(DEDICATED)),
    }


def test_providers_have_a_row_each_and_ips_of_innocent_mail_come_first():
    figure = providers(opinions(), CAPTION)
    rows = [[label.get_text() for label in panel.get_yticklabels()] for panel in figure.axes]
    shared, apart = rows
    assert shared == [f"gmail, {IP}", f"outlook, {IP}", f"yahoo, {IP}"]
    assert [re.findall(r"gmail|[\d.]{7,}", row) for row in apart] == [
        *(["gmail", IP], [IP], ["gmail", OTHER], [OTHER])
    ]


def test_the_message_counts_the_time_in_which_at_least_one_holds_innocent_mail_back(
    golden_section,
):
    figure = providers(opinions(), CAPTION)
    text = title(figure)
    assert re.findall(r"3 d|shared|apart", text) == ["3 d", "shared", "apart"]
    rows = [label.get_text() for panel in figure.axes for label in panel.get_yticklabels()]
    golden_section("figures/reputation", "\n".join([letters(figure), *rows]))


def test_an_opinion_is_drawn_from_its_change_to_the_next():
    panel = providers(opinions(), CAPTION).axes[0]
    drawn = [
        (to_hex(bar.get_facecolor()).upper(), bar.get_x() / DAY, bar.get_width() / DAY)
        for container in panel.containers
        for bar in container
    ]
    throttle, block, warn = (BANDS[s].colour for s in (State.THROTTLE, State.BLOCK, State.WARN))
    assert drawn == [(throttle, 1, 1), (block, 2, 1), (throttle, 2.5, 1.5), (warn, 4, 1)]
    assert panel.get_xlim() == (0.0, 28 * DAY)


def test_a_row_without_bad_states_says_so_and_whether_the_ip_is_new():
    shared, apart = providers(opinions(), CAPTION).axes
    (nothing,) = [text.get_text() for text in shared.texts]
    known, new = [text.get_text() for text in apart.texts]
    assert known == nothing
    assert new != nothing


def test_a_sender_domain_is_named_where_an_ip_has_several():
    newsletter = "hosts.marketing.streams.newsletter.sender='news@news.example'"
    both = scenario("campaign-aged-list", newsletter)
    levels = [("provider", f"gmail {IP} news.example", 30.0, 3)]
    (panel,) = providers({"one": course(levels=levels, of=both)}, CAPTION).axes
    rows = [label.get_text() for label in panel.get_yticklabels()]
    assert rows[0] == f"gmail, {IP} news.example"
    assert rows[1].endswith(f", {IP}")


def test_without_a_bad_opinion_there_is_nothing_to_draw():
    with pytest.raises(NothingToDrawError, match=r"^."):
        providers({"calm": course()}, CAPTION)


def test_a_text_about_several_designs_is_written_once():
    printed = {"A": "2 h", "B": "never", "C": "2 h", "D": "2 h"}
    assert re.findall(r"2 h|[A-D]\b|never", by_design(printed)) == [
        *("2 h", "A", "C", "D", "never", "B")
    ]


def test_long_axes_are_lettered_by_the_day():
    shown = [day(START, seconds).split() for seconds in (0.0, DAY, 8 * DAY)]
    assert [each[-2:] for each in shown] == [["1", "Mon"], ["2", "Tue"], ["9", "Tue"]]
    assert at(START, DAY).endswith(" 2 08:00")
