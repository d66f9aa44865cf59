"""The path of a message: the place of each recipient, from its creation to its final status."""

from collections.abc import Iterator
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from relaysim.measure.journey import Event
from relaysim.present.drawing.style import INK, Sheet, sheet
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.number_format import number
from relaysim.present.text.transcript import groups, name
from relaysim.study.message_trace import SECOND, Transcript
from relaysim.units import format_duration

_MOST = 8
"""Rows; recipients of one final status and one course share a row."""
_LEAST = 0.001
"""Seconds: where the axis begins."""
_COLOURS = {
    "in the host's spool": "#E69F00",
    "in the session": "#56B4E9",
    "in the queue database": "#CC79A7",
    "a core: wait and work": "#0072B2",
    "waits for a connection": "#D55E00",
    "transfer and reply": "#009E73",
    "waits for the next attempt": "#999999",
}
_AGAIN = "waits for the next attempt"
_TICKS = (0.001, 0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 36_000.0, 86_400.0, 864_000.0)
_STAGE = {
    "session": "in the host's spool",
    "turn": "in the host's spool",
    "received": "a core: wait and work",
    "committed": "in the queue database",
    "copy received": "a core: wait and work",
    "copy committed": "in the queue database",
    "categorized": "a core: wait and work",
    "connection": "waits for a connection",
    "no connection": "waits for a connection",
    "sent": "transfer and reply",
    "transferred": "transfer and reply",
    "answered": "transfer and reply",
    "stored": "transfer and reply",
}


class Part(NamedTuple):
    """A stage of a recipient, microseconds since its creation."""

    stage: str
    start: int
    end: int


def path(transcript: Transcript) -> Sheet:
    """Draw one row for the recipients of each course, on a logarithmic axis of time since creation.

    The axis shows both short stages at the beginning and hours of retries later; the lengths of
    bars at different places are not comparable.
    """
    rows = groups(transcript)
    shown = rows[:_MOST]
    key = {stage: Patch(color=colour) for stage, colour in _COLOURS.items()}
    marks = {
        "accepted": Line2D([], [], color=INK, marker="o", linestyle="", markersize=6),
        "refused or deferred": Line2D([], [], color=INK, marker="X", linestyle="", markersize=7),
    }
    if transcript.deadline is not None:
        marks["deadline"] = Line2D([], [], color=INK, linestyle=(0, (4, 2)), linewidth=1.2)
    caption = (
        f"replication {transcript.replication} alone, counted from 0; "
        f"{figure_caption(transcript.provenance, intervals=False)}"
    )
    figure, (panel,) = sheet(
        1, 1, _message(transcript), caption, [key, marks], 1.0 + 0.55 * len(shown)
    )
    last = max(recipient.lasted for recipient in transcript.journey.recipients) / SECOND
    for place, group in enumerate(shown):
        _row(panel, transcript, group[0].number, -place)
    panel.set_yticks([-place for place in range(len(shown))], [name(group) for group in shown])
    panel.set_ylim(-len(shown) + 0.4, 0.6)
    panel.set_xscale("log")
    panel.set_xlim(_LEAST, max(2 * last, 10 * _LEAST))
    panel.xaxis.set_major_locator(FixedLocator(_TICKS))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda x, _: format_duration(round(x * SECOND))))
    more = len(rows) - len(shown)
    left = f"; {more} other courses are left out" if more else ""
    panel.set_xlabel(f"time since creation, logarithmic{left}")
    panel.grid(visible=False, axis="y")
    panel.tick_params(axis="y", length=0)
    if transcript.deadline is not None:
        panel.axvline(transcript.deadline / SECOND, color=INK, linestyle=(0, (4, 2)), linewidth=1.2)
    return figure


def parts(transcript: Transcript, index: int) -> Iterator[Part]:
    """Yield the stages of a recipient, one after the other; `index` counts from 0.

    Between two events there is the dialogue until the recipient is queued, then the time of a
    connection until its reply, and then the wait for the next attempt.
    """
    journey = transcript.journey
    recipient = journey.recipients[index]
    end, at = recipient.end, journey.created
    between = "in the session"
    for event in journey.events:
        stage = _STAGE.get(event.what)
        concerned = not event.recipients or index in event.recipients
        if not concerned or at >= end:
            continue
        if event.what == "queued":
            between = "transfer and reply"
        if stage is None:
            continue
        if between == _AGAIN and event.what in ("connection", "no connection"):
            stage = _AGAIN
        begun = min(max(_begun(event), at), end)
        # The time between two events belongs to what the recipient waits for meanwhile.
        if begun > at:
            yield Part(between, at - journey.created, begun - journey.created)
        until = min(event.time, end)
        if until > begun:
            yield Part(stage, begun - journey.created, until - journey.created)
        # Stages may overlap; time counts once.
        at = max(at, until)
        between = {"answered": _AGAIN, "connection": "transfer and reply"}.get(event.what, between)
    if at < end:
        yield Part(between, at - journey.created, end - journey.created)


def _begun(event: Event) -> int:
    """Return the start of the stage that ends with an event."""
    return event.time - max(event.lasted, 0) - max(event.waited, 0)


def _row(panel: Axes, transcript: Transcript, index: int, place: int) -> None:
    """Draw the bar of a recipient, and a mark for each reply of a receiver."""
    journey = transcript.journey
    for part in parts(transcript, index):
        # A logarithmic axis has no 0.
        start, end = max(part.start / SECOND, _LEAST), max(part.end / SECOND, _LEAST)
        panel.barh(place, end - start, 0.34, left=start, color=_COLOURS[part.stage])
    for event in journey.events:
        if event.recipients and index not in event.recipients:
            continue
        if event.what in ("answered", "stored"):
            at = max((event.time - journey.created) / SECOND, _LEAST)
            taken = not event.reply.startswith(("4", "5"))
            marker, size = ("o", 5) if taken else ("X", 6)
            panel.plot(at, place, marker=marker, color=INK, markersize=size, zorder=4)
    recipient = journey.recipients[index]
    sentence = f"{recipient.status.name.lower().replace('_', ' ')} {recipient.reply[:9]}".strip()
    at = max(recipient.lasted / SECOND, _LEAST)
    panel.annotate(
        f"{sentence}, {number(recipient.lasted / SECOND, 's')}",
        (at, place - 0.2),
        ha="right",
        va="top",
        fontsize=8,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},  # above the deadline's line
    )


def _message(transcript: Transcript) -> str:
    journey = transcript.journey
    statuses: dict[str, int] = {}
    for recipient in journey.recipients:
        status = recipient.status.name.lower().replace("_", " ")
        statuses[status] = statuses.get(status, 0) + 1
    count = len(journey.recipients)
    sentence = ", ".join(f"{n} {status}" if count > 1 else status for status, n in statuses.items())
    longest = number(max(recipient.lasted for recipient in journey.recipients) / SECOND, "s")
    due = (
        ""
        if transcript.deadline is None
        else f", due within {format_duration(transcript.deadline)}"
    )
    after = " after" if count == 1 else ", the last after"
    return f"{transcript.message} of {transcript.scenario.name}: {sentence}{after} {longest}{due}"
