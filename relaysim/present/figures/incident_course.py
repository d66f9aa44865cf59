"""The course of one incident: listings, provider states, actions, and harm to innocent mail."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from relaysim.mail.provider_state import State
from relaysim.measure.blast.harm import TOLL
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.labelled_marks import LEADER, Mark, draw_marks, height, place
from relaysim.present.drawing.replication_course import (
    DAY,
    HOUR,
    Course,
    Incident,
    Span,
    StateSubject,
)
from relaysim.present.drawing.state_bands import (
    BANDS,
    EXPIRED,
    JUNKED,
    LATE,
    REFUSED,
    bands_key,
    draw_bands,
    draw_sending,
    sending_key,
)
from relaysim.present.drawing.style import WIDTH, Sheet, beside_title, sheet
from relaysim.present.drawing.time_axis import clock_axis
from relaysim.present.text.number_format import number
from relaysim.scenario.culprit import culprits

TOLL_COLOURS = {"refused": REFUSED, "expired": EXPIRED, "late": LATE, "junked": JUNKED}
_DONE = ("detected", "repaired", "paused", "resumed", "cleaned", "moved", "requested", "ineligible")
_TO_OTHERS = ("requested", "ineligible")
"""Actions that always have their subject: a blocklist or a provider."""
_ROW, _TOLL = 0.21, 1.5
"""Height of a row of bands, and of the panel of innocent recipients, inches."""
_MARGINS, _LETTER = 0.55, 0.058
"""Inches that an axis leaves of the width beside its labels, and the width of their letters."""


def incident(course: Course, caption: str) -> Sheet:
    """Draw the incident of a replication with the largest toll of innocent mail.

    Parameters
    ----------
    course : Course
        One replication.
    caption : str
        Text below the figure.

    Returns
    -------
    Sheet
        From the top down: actions of the administrator; listings and provider states of public
        IPs; innocent recipients refused, expired, late and junked by the hour of their creation.

    Raises
    ------
    NothingToDrawError
        If no IP was listed or blocked.
    """
    shown = _worst(course)
    first, last = _axis(course, shown)
    rows = _rows(course, shown, first, last)
    marks = place(_marks(course, first, last), first, last, _width([label for label, _ in rows]))
    toll = course.incident_toll(shown)
    heights = [height(marks)] * bool(marks) + [0.1 + _ROW * len(rows), _TOLL]
    figure, axes = sheet(
        len(heights),
        1,
        _message(course, shown, toll),
        caption,
        row_height=float(np.mean(heights)) + 0.3,
        height_ratios=heights,
        sharex=True,
    )
    for panel in axes:
        draw_sending(panel, course)
        clock_axis(panel, course.scenario.run.start, first, last, most=12)
        panel.tick_params(labelbottom=False)
    if marks:
        axes[0].set_title("Actions of the administrator")
        draw_marks(axes[0], marks)
        for panel in axes[1:]:
            for time in {mark.mark.time for mark in marks}:
                panel.axvline(time, **LEADER, zorder=0.6)
    bands, below = axes[-2:]
    bands.set_title("Listings and provider states of public IPs")
    beside_title(bands, bands_key(span.state for _, spans in rows for span in spans))
    draw_bands(bands, rows, first, last)
    _draw_toll(below, course, toll, first, last)
    return figure


def _draw_toll(panel: Axes, course: Course, toll: pd.DataFrame, first: float, last: float) -> None:
    """Draw the toll of an incident by hour of creation, and count what is outside the axis."""
    edges = HOUR * np.arange(first // HOUR, np.ceil(last / HOUR) + 1)
    outside = int(((toll["created"] < edges[0]) | (toll["created"] >= edges[-1])).sum())
    panel.set_title(f"Innocent recipients{f' ({outside:,} more at other times)' * (outside > 0)}")
    created = {kind: toll.loc[toll["kind"] == kind, "created"].to_numpy() for kind in TOLL}
    key = {kind: Patch(facecolor=TOLL_COLOURS[kind]) for kind in TOLL if len(created[kind])}
    beside_title(panel, {**key, **sending_key(course)})
    base = np.zeros(len(edges) - 1)
    for kind in TOLL:
        top = base + np.histogram(created[kind], edges)[0]
        panel.stairs(top, edges, baseline=base, fill=True, color=TOLL_COLOURS[kind])
        base = top
    panel.set_ylim(0.0, 1.08 * base.max() or 1.0)
    panel.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    panel.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    panel.set_ylabel("recipients created/h")
    panel.set_xlabel("time of the run")
    panel.tick_params(labelbottom=True)


def _worst(course: Course) -> Incident:
    """Return the incident with the largest toll among those with a listing or a block."""
    grave = [
        incident
        for incident in course.incidents
        # LISTED is above BLOCK, so both count.
        if any(span.state >= State.BLOCK for span in incident.spans)
    ]
    if not grave:
        raise NothingToDrawError(
            f"no public IP was listed or blocked in replication {course.replication} of "
            f"{course.scenario.name}"
        )

    def cost(incident: Incident) -> tuple[int, int]:
        toll = course.incident_toll(incident)
        return int((toll["kind"] == "refused").sum()), len(toll)

    return max(grave, key=cost)


def _axis(course: Course, shown: Incident) -> tuple[float, float]:
    """Return start and end of the axis, seconds.

    It begins with the mail of culprits that caused the incident, at most a day before, and ends
    with the incident, at the latest with the creation of mail.
    """
    last = min(shown.end, course.duration)
    begins = [start for start, _ in course.sending if start <= shown.start]
    # The last begin of culprits' mail before the incident, if it is less than a day before.
    cause = min(max([shown.start - DAY, *begins]), shown.start)
    margin = max(0.04 * (last - cause), 0.5 * HOUR)
    return max(cause - margin, 0.0), min(last + margin, course.duration)


def _rows(
    course: Course, shown: Incident, first: float, last: float
) -> list[tuple[str, list[Span]]]:
    """Return lists and providers with a span to show, in this order.

    The IP is named if it can vary.
    """
    spans = [span for span in course.spans if span.end > first and span.start < last]
    egress = {span.egress for span in spans}
    senders = {span.subject.sender for span in spans if isinstance(span.subject, StateSubject)}
    result: dict[str, list[Span]] = {}
    for span in spans:
        text = span.subject.provider if isinstance(span.subject, StateSubject) else span.subject
        if len(egress) > 1:
            text += f" {span.egress}"
        if len(senders) > 1 and isinstance(span.subject, StateSubject):
            text += f" {span.subject.sender}"
        result.setdefault(text, []).append(span)
    return list(result.items())


def _marks(course: Course, first: float, last: float) -> list[Mark]:
    """Return a mark for each time at which administrators acted, with what they did."""
    actions = course.frames["actions"]
    actions = actions[(actions["time"] >= first) & (actions["time"] <= last)]
    several = _subjects(actions) > 1, len(culprits(course.scenario)) > 1
    results = []
    subject = actions["egress"].astype(object).fillna(actions["sender_domain"].astype(object))
    by_time: Any = actions.groupby(["time", subject.astype(str)], sort=True)
    for (time, egress), acts in by_time:
        text = "; ".join(_action_texts(acts, several[1]))
        results.append(Mark(float(time), text + f" ({egress})" * several[0]))
    return results


def _subjects(actions: pd.DataFrame) -> int:
    """Return the number of IPs and domains that actions are about."""
    return int(actions["egress"].nunique() + actions["sender_domain"].nunique())


def _action_texts(acts: pd.DataFrame, named: bool) -> Iterator[str]:
    """Yield what was done at one time, with the subjects if `named` says so."""
    for done in _DONE:
        rows = acts[acts["action"] == done]
        if len(rows):
            subjects = list(dict.fromkeys(rows["subject"].dropna().astype(str)))
            text = bool(subjects) and (named or done in _TO_OTHERS)
            yield f"{done} {', '.join(subjects)}" if text else done


def _width(labels: Sequence[str]) -> float:
    """Return the approximate length of an axis with these labels, inches."""
    return WIDTH - _MARGINS - _LETTER * max(map(len, labels))


def _message(course: Course, shown: Incident, toll: pd.DataFrame) -> str:
    end = min(shown.end, course.duration)
    spans = [span for span in shown.spans if span.start < end]
    lists = {span.subject for span in spans if isinstance(span.subject, str)}
    bad_states = [span for span in spans if isinstance(span.subject, StateSubject)]
    held = [f"on {_many(len(lists), 'blocklist')}"] * bool(lists)
    if bad_states:
        worst = max(span.state for span in bad_states)
        providers = {span.subject[0] for span in bad_states if span.state == worst}
        held.append(f"{BANDS[worst].text} by {_many(len(providers), 'provider')}")
    ips = sorted({span.egress for span in spans})
    counts = toll["kind"].value_counts()
    cost = [f"{counts[kind]:,} {kind}" for kind in TOLL if kind in counts]
    length = "more than " * (shown.end >= course.duration) + number(end - shown.start, "s")
    return (
        f"An incident of {length} in {course.scenario.name}: "
        f"{', '.join(ips)} {'is' if len(ips) == 1 else 'are'} {' and '.join(held)}; "
        f"innocent recipients: {', '.join(cost) or 'none refused, expired, late or junked'}"
    )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
