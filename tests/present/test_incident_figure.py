"""An incident: what is held against IPs, what the administrator does, what innocent mail has of it."""

import itertools
import re

import pytest
from matplotlib.colors import to_hex
from worlds.drawn import laid_out
from worlds.golden_text import message
from worlds.lettering import CAPTION, title
from worlds.quantities import quantities
from worlds.small_comparison import comparison
from worlds.small_course import IP, OTHER, course, did, listing, news, recipient, thinks

from relaysim.engine.coupled_runs import coupled
from relaysim.mail.provider_state import State
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.present.drawing import style
from relaysim.present.drawing.labelled_marks import Mark, place
from relaysim.present.drawing.replication_course import LISTED, Course, StateSubject
from relaysim.present.drawing.state_bands import BANDS
from relaysim.present.figures import Material, NothingToDrawError
from relaysim.present.figures.incident_course import TOLL_COLOURS, incident
from relaysim.traffic.workload import draw

HOUR, DAY = 3600.0, 24
DONE = (
    did(60.0, "detected"),
    did(63.0, "repaired"),
    did(63.0, "cleaned", "marketing.newsletter"),
    did(63.0, "requested", "css"),
    did(63.0, "requested", "outlook"),
    did(64.0, "paused", "marketing.newsletter"),
    did(65.0, "moved", "marketing.newsletter"),
    did(130.0, "resumed", "marketing.newsletter"),
)


@pytest.fixture(autouse=True)
def _on_paper():
    with style.paper():
        yield


def trouble(**more):
    """Listed from hour 58 to 70, throttled and then blocked by gmail from 59 to 100."""
    recipients = [
        *news(58.0, 500),
        *news(80.0, 4),
        *[recipient(61.5, seconds=119.0)] * 40,
    ]
    levels = [thinks(59.0, 2), thinks(64.0, 3), thinks(100.0, 1), thinks(101.0, 0)]
    toll = {60: (7, 0, 0, 0), 61: (0, 1, 7, 3)}
    return course(recipients, [listing(58.5, 70.0)], levels, toll=toll, **more)


@pytest.mark.parametrize("name", ["refused", "late", "junked"])
def test_the_toll_of_a_figure_is_that_of_the_tables(name):
    """Figures and tables had two definitions, and so two numbers for one thing."""
    of = Material(comparison())
    design, replication, _ = of.chosen
    measured = comparison().per_replication
    own = measured[
        (measured["scenario"] == design.name)
        & (measured["replication"] == replication)
        & (measured["scope"] == "total")
        & (measured["metric"] == f"{name}_innocents")
        & (measured["subject"] == "total")
    ]
    assert design.name == "listing-day"
    assert (of.course(design).toll["kind"] == name).sum() == own["value"].item()
    assert name != "refused" or own["value"].item() > 0


def test_an_incident_of_a_figure_is_that_of_the_table():
    """Starts and refusals of the frame `incidents` are those of the figure."""
    design, replication, seed = Material(comparison()).chosen
    course = Course.of(design, replication, seed)
    draws = draw(design, replication, seed)
    frame = Measured.of(coupled(design, draws), design, draws).incident_frame(replication)
    refused = [
        (course.incident_toll(incident)["kind"] == "refused").sum() for incident in course.incidents
    ]
    assert frame["start"].tolist() == [incident.start for incident in course.incidents]
    assert frame["refused_innocents"].tolist() == refused
    assert sum(refused) > 0


def test_an_incident_lasts_until_the_next_one_starts():
    """A refusal after the end of a listing belongs to it, and one before the first to none."""
    toll = {5: (1, 0, 0, 0), 12: (2, 0, 0, 0), 90: (3, 0, 0, 1), 112: (4, 0, 0, 0)}
    of = course(listings=[listing(10.0, 15.0), listing(110.0, 115.0)], toll=toll)
    assert [len(of.incident_toll(incident)) for incident in of.incidents] == [6, 4]


def test_recipients_outside_the_time_shown_are_counted():
    """The sum of the panel and its title is the number of the message."""
    toll = {12: (2, 0, 0, 0), 90: (3, 0, 0, 0)}
    figure = incident(course(listings=[listing(10.0, 15.0)], toll=toll), CAPTION)
    assert "5" in quantities(title(figure))
    assert "3" in quantities(figure.axes[-1].get_title(loc="left"))


def test_culprits_send_in_hours_with_a_hundredth_of_their_busiest():
    assert trouble().sending == [(58 * HOUR, 59 * HOUR)]
    busy = course([*news(2.0, 100), *news(3.0, 1), *news(4.0, 100), *news(6.0, 2)])
    assert busy.sending == [(2 * HOUR, 5 * HOUR), (6 * HOUR, 7 * HOUR)]
    assert course().sending == []


def test_spans_last_until_the_next_change_of_mind():
    gmail = StateSubject("gmail", IP, "cozumpark.com")
    assert trouble().spans == [
        ("css", IP, LISTED, 58.5 * HOUR, 70 * HOUR),
        (gmail, IP, State.THROTTLE, 59 * HOUR, 64 * HOUR),
        (gmail, IP, State.BLOCK, 64 * HOUR, 100 * HOUR),
        (gmail, IP, State.WARN, 100 * HOUR, 101 * HOUR),
    ]


def test_what_outlives_the_run_lasts_to_its_end():
    (span,) = course(listings=[listing(600.0, None)]).spans
    assert span.end == 28 * DAY * HOUR


def test_trouble_with_a_pause_of_a_day_is_two_incidents():
    spans = [listing(10.0, 20.0), listing(43.9, 50.0), listing(74.0, 80.0)]
    result = course(listings=spans).incidents
    hours = [(incident.start / HOUR, incident.end / HOUR) for incident in result]
    assert hours == [(10.0, 50.0), (74.0, 80.0)]
    assert course(levels=[thinks(10.0, 1), thinks(20.0, 0)]).incidents == []


def test_the_message_names_listings_provider_states_and_their_cost(golden_section):
    text = title(incident(trouble(), CAPTION))
    assert all(name in text for name in ("campaign-aged-list", IP))
    assert {"41.5 h", "1", "7", "3"} == quantities(text)
    golden_section("figures/incidents", message(text))


def test_an_incident_that_outlives_the_run_is_marked_as_cut_off(golden_section):
    figure = incident(course(listings=[listing(28 * DAY - 48.0, None, ip=OTHER)]), CAPTION)
    text = title(figure)
    assert OTHER in text
    assert quantities(text) == {"2 d", "1"}
    golden_section("figures/incidents", message(text))


def test_bands_have_the_lengths_of_the_spans_and_the_worse_are_higher():
    bands = incident(trouble(), CAPTION).axes[-2]
    assert [label.get_text() for label in bands.get_yticklabels()] == ["css", "gmail"]
    drawn = [
        (to_hex(bar.get_facecolor()).upper(), bar.get_x() / HOUR, bar.get_width() / HOUR)
        for container in bands.containers
        for bar in container
    ]
    assert drawn == [
        (BANDS[LISTED].colour, 58.5, 11.5),
        (BANDS[State.THROTTLE].colour, 59.0, 5.0),
        (BANDS[State.BLOCK].colour, 64.0, 36.0),
        (BANDS[State.WARN].colour, 100.0, 1.0),
    ]
    assert BANDS[State.WARN].height < BANDS[State.THROTTLE].height < BANDS[State.BLOCK].height


def test_the_toll_is_stacked_refused_below():
    panel = incident(trouble(), CAPTION).axes[-1]
    areas = {to_hex(patch.get_facecolor()).upper(): patch for patch in panel.patches}
    at = {}
    for name, colour in TOLL_COLOURS.items():
        values, edges, base = areas[colour].get_data()
        hour = list(edges).index(61 * HOUR)
        at[name] = (base[hour], values[hour])
    assert at == {"refused": (0, 0), "expired": (0, 1), "late": (1, 8), "junked": (8, 11)}


def test_the_axis_begins_with_the_sending_that_brought_it_about():
    first, last = incident(trouble(), CAPTION).axes[-1].get_xlim()
    assert 55 * HOUR < first < 58 * HOUR
    assert 100 * HOUR < last < 103 * HOUR


def labels(panel):
    return [text.get_text().replace("\n", " ") for text in panel.texts]


def test_what_happens_in_one_moment_has_one_mark(golden_section):
    figure = incident(trouble(actions=DONE), CAPTION)
    marks = labels(figure.axes[0])
    assert len(marks) == 4
    assert marks[1].endswith("css, outlook")
    golden_section("figures/incidents", "\n".join(marks))


def test_marks_of_several_ips_name_them():
    acts = [did(60.0, "detected"), did(60.0, "detected", ip=OTHER)]
    figure = incident(trouble(actions=acts), CAPTION)
    assert [re.findall(r"\((.*)\)", label) for label in labels(figure.axes[0])] == [[IP], [OTHER]]


def test_labels_meet_neither_each_other_nor_a_line_that_leads_down():
    crowd = [did(58.5 + i / 3, "requested", f"{'list-' * (i % 7 + 1)}{i}") for i in range(40)]
    crowd += [did(96.0 + i, "requested", "another-list-with-a-long-name") for i in range(5)]
    figure = incident(trouble(actions=crowd), CAPTION)
    laid_out(figure)
    panel = figure.axes[0]
    assert len(panel.texts) == 45
    boxes = [text.get_window_extent() for text in panel.texts]
    frame = panel.get_window_extent()
    for box in boxes:
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1 + 1
        assert box.x1 <= figure.bbox.x1
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    leaders = [line for line in panel.lines if len(line.get_xdata()) == 2]
    assert len(leaders) == 45
    to_right = [
        box for box, text in zip(boxes, panel.texts, strict=True) if text.get_ha() == "left"
    ]
    for line in leaders:
        ends = panel.transData.transform(line.get_xydata())
        for box in to_right:
            inside = box.x0 < ends[0][0] < box.x1
            assert not (inside and ends[1][1] < box.y1 and ends[0][1] > box.y0)


def test_a_label_without_room_on_the_right_is_on_the_left():
    (early, late) = place([Mark(1.0, "something long"), Mark(99.0, "something long")], 0, 100, 6.0)
    assert (early.left, late.left) == (False, True)
    assert early.lane == late.lane == 0


def test_a_label_on_the_left_keeps_clear_of_those_before_it():
    (early, late) = place([Mark(80.0, "something long"), Mark(99.0, "something long")], 0, 100, 6.0)
    assert (early.left, late.left) == (False, True)
    assert (early.lane, late.lane) == (0, 1)


def test_of_several_incidents_that_with_most_refusals_is_shown():
    toll = {12: (1, 0, 0, 0), 112: (2, 0, 0, 0), 211: (0, 0, 9, 0), 212: (1, 0, 0, 0)}
    spans = [listing(10.0, 15.0), listing(110.0, 115.0), listing(210.0, 215.0)]
    figure = incident(course(listings=spans, toll=toll), CAPTION)
    first, last = figure.axes[-1].get_xlim()
    assert 80 * HOUR < first < 110 * HOUR < 115 * HOUR < last < 200 * HOUR
    assert "2" in quantities(title(figure))


def test_titles_and_keys_of_panels_do_not_meet():
    figure = incident(trouble(actions=DONE), CAPTION)
    laid_out(figure)
    for panel in figure.axes[-2:]:
        key = panel.get_legend().get_window_extent()
        words = panel._left_title.get_window_extent()
        assert words.x1 < key.x0
        assert key.x1 <= figure.bbox.x1


def test_without_a_listing_or_a_block_there_is_nothing_to_draw():
    calm = course(levels=[thinks(10.0, 2), thinks(50.0, 0)])
    with pytest.raises(NothingToDrawError, match=r"^."):
        incident(calm, CAPTION)
