"""Provider states: bad states of each public IP at mailbox providers over time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from relaysim.audit.new_ip import cold_egress
from relaysim.mail.provider_state import State
from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.replication_course import Course, Span, StateSubject
from relaysim.present.drawing.state_bands import bands_key, draw_bands, draw_sending, sending_key
from relaysim.present.drawing.style import PALE, Sheet, sheet
from relaysim.present.drawing.time_axis import clock_axis
from relaysim.present.text.number_format import number
from relaysim.scenario.problem import dotted

_ROW, _PANEL = 0.23, 0.45
"""Height of a row of bands, and of a panel without its rows, inches."""
_INSIDE: Any = ("axes fraction", "data"), "offset points"
_NEW = "; but the IP is new, and large providers accept little mail from it"
APART = " (culprits)"
"""Stands after an IP that no innocent mail leaves by."""


class Row(NamedTuple):
    """A row of the figure: the bad states of an IP at one mailbox provider, or at several."""

    label: str
    egress: str
    spans: list[Span]


def providers(courses: Mapping[str, Course], caption: str) -> Sheet:
    """Draw the provider states in one replication of each design.

    Parameters
    ----------
    courses : mapping of str to Course
        The same replication of each design, by the name of the design: one panel each, with one row
        for each provider and IP.
    caption : str
        Where the numbers come from.

    Raises
    ------
    NothingToDrawError
        If no provider has an IP in a bad state.
    """
    shown = {name: course for name, course in courses.items() if course.state_subjects}
    spans = [span for course in shown.values() for span in _bad(course)]
    if not spans:
        raise NothingToDrawError("no mailbox provider has a public IP in a bad state")
    rows = {name: _rows(course) for name, course in shown.items()}
    heights = [_PANEL + _ROW * len(design_rows) for design_rows in rows.values()]
    last = _last(list(shown.values()))
    key = dict(bands_key(span.state for span in spans))
    for course in shown.values():
        key |= sending_key(course)
    figure, axes = sheet(
        len(shown),
        1,
        _message(shown, last),
        caption,
        [key],
        row_height=float(np.mean(heights)),
        height_ratios=heights,
        sharex=True,
    )
    for (name, course), panel in zip(shown.items(), axes, strict=True):
        panel.set_title(name)
        draw_sending(panel, course)
        clock_axis(panel, course.scenario.run.start, 0.0, last, most=12)
        draw_bands(panel, [(row.label, row.spans) for row in rows[name]], 0.0, last)
        _mark_good(panel, course, rows[name])
    axes[-1].set_xlabel("time of the run")
    return figure


def _bad(course: Course) -> list[Span]:
    return [span for span in course.spans if isinstance(span.subject, StateSubject)]


def _last(courses: Sequence[Course]) -> float:
    """Return where the axis ends: at the last creation of mail, or the last change of a state."""
    changes = [span.start for course in courses for span in _bad(course)]
    # A state that lasts to the end of the run does not lengthen the axis.
    changes += [s.end for course in courses for s in _bad(course) if s.end < course.end]
    end = max(course.end for course in courses)
    return min(max([courses[0].duration, *(1.05 * change for change in changes)]), end)


def _rows(course: Course) -> list[Row]:
    """Return a row for each subject; those of an IP without any change share one.

    IPs of innocent mail come first. The domain of the sender is named where an IP has several.
    """
    spans: dict[StateSubject, list[Span]] = {subject: [] for subject in course.state_subjects}
    for span in _bad(course):
        spans[_of(span)].append(span)
    senders = Counter((subject.provider, subject.egress) for subject in spans)
    rows = []
    for egress in sorted({s.egress for s in spans}, key=lambda ip: (not _innocent(course, ip), ip)):
        subjects = sorted(subject for subject in spans if subject.egress == egress)
        quiet = [subject for subject in subjects if not spans[subject]]
        shown = [subject for subject in subjects if spans[subject] or len(quiet) == 1]
        note = APART * (not _innocent(course, egress))
        for subject in shown:
            sender = f" {subject.sender}" * (senders[subject.provider, egress] > 1)
            label = f"{subject.provider}, {egress}{sender}{note}"
            rows.append(Row(label, egress, spans[subject]))
        if len(quiet) > 1:
            label = f"all {'others' if shown else 'providers'}, {egress}{note}"
            rows.append(Row(label, egress, []))
    return rows


def _mark_good(panel: Axes, course: Course, rows: Sequence[Row]) -> None:
    """Write into each row without a bad state that there is none, and whether the IP is new."""
    new = {finding.place for finding in cold_egress(course.scenario)}
    for place, row in enumerate(rows):
        if not row.spans:
            cold = dotted(("egress", row.egress)) in new
            text = f"good at all times{_NEW * cold}"
            panel.annotate(text, (0, -place), (4, 0), *_INSIDE, size=7.5, color=PALE, va="center")


def _innocent(course: Course, egress: str) -> bool:
    """Return whether innocent mail leaves by the IP."""
    return any(used for subject, used in course.state_subjects.items() if subject.egress == egress)


def _message(shown: Mapping[str, Course], last: float) -> str:
    """Return the title: for how long innocent mail is throttled or blocked in each design."""
    held = {name: _held(course, last) for name, course in shown.items()}
    text = {name: f"for {number(time, 's')}" if time else "never" for name, time in held.items()}
    return "Provider states: at least one provider throttles or blocks innocent mail " + by_design(
        text
    )


def _held(course: Course, last: float) -> float:
    """Return the seconds in which innocent mail is throttled or blocked at some provider."""
    held, until = 0.0, 0.0
    spans = [s for s in _bad(course) if s.state >= State.THROTTLE and course.state_subjects[_of(s)]]
    for span in sorted(spans, key=lambda span: span.start):
        # Spans of several providers overlap; time counts once.
        held += max(min(span.end, last) - max(span.start, until), 0.0)
        until = max(until, min(span.end, last))
    return held


def _of(span: Span) -> StateSubject:
    assert isinstance(span.subject, StateSubject)
    return span.subject
