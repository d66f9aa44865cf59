"""States of public IPs over time, as bands: the worse, the higher and darker."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from relaysim.mail.provider_state import State
from relaysim.present.drawing.replication_course import LISTED, Course, Span
from relaysim.present.drawing.style import PALE, Key


class Band(NamedTuple):
    """The name and the look of a state; a row is 1 high."""

    text: str
    colour: str
    height: float


EXPIRED, REFUSED, LATE, JUNKED = "#662506", "#993404", "#F28A1E", "#FECB6E"
"""A final status has the colour of the state that causes it."""
BANDS = {
    int(State.WARN): Band("some mail junked", JUNKED, 0.3),
    int(State.THROTTLE): Band("throttled", LATE, 0.55),
    int(State.BLOCK): Band("blocked", REFUSED, 0.8),
    LISTED: Band("on a blocklist", "#332288", 0.8),
}
"""Light to dark, so that they can be distinguished in grey and with any colour vision."""
SENDS = "#E6ECF2"
"""The background while culprits send."""
_FLOOR = 0.4
"""How far below its middle a row stands."""


def bands_key(states: Iterable[int]) -> Key:
    """Return the key of the states that occur."""
    shown = [BANDS[state] for state in sorted(set(states))]
    return {band.text: Patch(facecolor=band.colour) for band in shown}


def sending_key(course: Course) -> Key:
    """Return the key of the background, if there is one."""
    sample = {"while culprits' mail is delivered": Patch(facecolor=SENDS)}
    return sample if course.sending else {}


def draw_sending(panel: Axes, course: Course) -> None:
    """Draw the background: hours in which mail of culprits is delivered or junked."""
    for start, end in course.sending:
        panel.axvspan(start, end, color=SENDS, linewidth=0.6, zorder=0.4)


def draw_bands(
    panel: Axes, rows: Sequence[tuple[str, Sequence[Span]]], first: float, last: float
) -> None:
    """Draw one row for each label, from the top down; a thin line without a bad state.

    A span that is too short to be seen is as wide as a line.

    Parameters
    ----------
    panel : Axes
        The panel.
    rows : sequence of (str, sequence of Span)
        The labels with their spans.
    first, last : float
        The ends of the axis, seconds.
    """
    for place, (_, spans) in enumerate(rows):
        floor = -place - _FLOOR
        panel.plot([first, last], [floor, floor], color=PALE, linewidth=0.6)
        for span in spans:
            start, end = max(span.start, first), min(span.end, last)
            if start < end:
                band = BANDS[span.state]
                panel.bar(
                    start,
                    band.height,
                    end - start,
                    floor,
                    align="edge",
                    color=band.colour,
                    edgecolor=band.colour,
                    linewidth=0.6,
                )
    panel.set_yticks([-float(i) for i in range(len(rows))], [label for label, _ in rows])
    panel.tick_params(axis="y", length=0.0, labelsize=8)
    panel.set_ylim(-len(rows) + 0.4, 0.6)
    panel.grid(visible=False, axis="y")
