"""What mailbox providers hold against each public IP over time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from relaysim.audit.new_ip import cold_egress
from relaysim.mail.provider_state import State
from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.replication_course import Course, Span, Standing
from relaysim.present.drawing.state_bands import bands_key, draw_bands, draw_sending, sending_key
from relaysim.present.drawing.style import PALE, Sheet, sheet
from relaysim.present.drawing.time_axis import clock_axis
from relaysim.present.text.number_format import number
from relaysim.scenario.problem import dotted

_ROW, _PANEL = 0.23, 0.45
"""Height of a row of bands, and of a panel without its rows, inches."""
_INSIDE: Any = ("axes fraction", "data"), "offset points"
_NEW = "; but it is new, and large providers take little of it"
APART = " (culprits)"
"""Stands after an IP that no innocent mail leaves by."""


class Row(NamedTuple):
    """What one provider, or several, think of an IP."""

    label: str
    egress: str
    spans: list[Span]


def providers(courses: Mapping[str, Course], caption: str) -> Sheet:
    """One panel a design, one row for each provider and IP; the same replication of each.

    NothingToDrawError if no provider has an IP in a bad state.
    """
    shown = {name: course for name, course in courses.items() if course.standings}
    spans = [span for course in shown.values() for span in _ill(course)]
    if not spans:
        raise NothingToDrawError("no mailbox provider has a public IP in a bad state")
    rows = {name: _rows(course) for name, course in shown.items()}
    heights = [_PANEL + _ROW * len(own) for own in rows.values()]
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
        _tell(panel, course, rows[name])
    axes[-1].set_xlabel("time of the run")
    return figure


def _ill(course: Course) -> list[Span]:
    return [span for span in course.spans if isinstance(span.subject, Standing)]


def _last(courses: Sequence[Course]) -> float:
    """Where the axis ends: with the creation of mail, or with the last change of an opinion."""
    changes = [span.start for course in courses for span in _ill(course)]
    changes += [s.end for course in courses for s in _ill(course) if s.end < course.end]
    end = max(course.end for course in courses)
    return min(max([courses[0].duration, *(1.05 * change for change in changes)]), end)


def _rows(course: Course) -> list[Row]:
    """Return a row for each standing; those of an IP without any change share one.

    IPs of innocent mail come first. The domain of the sender is named where an IP has several.
    """
    spans: dict[Standing, list[Span]] = {standing: [] for standing in course.standings}
    for span in _ill(course):
        spans[_of(span)].append(span)
    senders = Counter((standing.provider, standing.egress) for standing in spans)
    rows = []
    for egress in sorted({s.egress for s in spans}, key=lambda ip: (not _innocent(course, ip), ip)):
        own = sorted(standing for standing in spans if standing.egress == egress)
        quiet = [standing for standing in own if not spans[standing]]
        shown = [standing for standing in own if spans[standing] or len(quiet) == 1]
        apart = APART * (not _innocent(course, egress))
        for standing in shown:
            sender = f" {standing.sender}" * (senders[standing.provider, egress] > 1)
            label = f"{standing.provider}, {egress}{sender}{apart}"
            rows.append(Row(label, egress, spans[standing]))
        if len(quiet) > 1:
            label = f"all {'others' if shown else 'providers'}, {egress}{apart}"
            rows.append(Row(label, egress, []))
    return rows


def _tell(panel: Axes, course: Course, rows: Sequence[Row]) -> None:
    """Say so where nothing is held against an IP, and if it is new all the same."""
    new = {finding.place for finding in cold_egress(course.scenario)}
    for place, row in enumerate(rows):
        if not row.spans:
            cold = dotted(("egress", row.egress)) in new
            text = f"nothing against it{_NEW * cold}"
            panel.annotate(text, (0, -place), (4, 0), *_INSIDE, size=7.5, color=PALE, va="center")


def _innocent(course: Course, egress: str) -> bool:
    """Whether innocent mail leaves by the IP."""
    return any(used for standing, used in course.standings.items() if standing.egress == egress)


def _message(shown: Mapping[str, Course], last: float) -> str:
    """For how long innocent mail is throttled or blocked."""
    held = {name: _held(course, last) for name, course in shown.items()}
    text = {name: f"for {number(time, 's')}" if time else "never" for name, time in held.items()}
    return (
        "What mailbox providers think: at least one of them throttles or blocks innocent mail "
        + by_design(text)
    )


def _held(course: Course, last: float) -> float:
    """The time in which at least one standing of innocent mail is in THROTTLE or BLOCK."""
    held, until = 0.0, 0.0
    own = [s for s in _ill(course) if s.state >= State.THROTTLE and course.standings[_of(s)]]
    for span in sorted(own, key=lambda span: span.start):
        held += max(min(span.end, last) - max(span.start, until), 0.0)
        until = max(until, min(span.end, last))
    return held


def _of(span: Span) -> Standing:
    assert isinstance(span.subject, Standing)
    return span.subject
