"""Final status of the mail of each class: bands from classes to final statuses."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from relaysim.present.drawing.boxes import ribbon
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.state_bands import JUNKED, LATE, REFUSED
from relaysim.present.drawing.style import INK, PALE, Sheet, sheet
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import number
from relaysim.present.text.shown_subjects import classes


class Status(NamedTuple):
    """The name, the explanation and the look of a final status."""

    text: str
    meaning: str
    colour: str


DRAWN = {
    "delivered": Status("delivered", "", "#A9C1D9"),
    "junked": Status("junked", "in the junk folder", JUNKED),
    "bounced": Status("bounced", "by the receiver", REFUSED),
    "expired": Status("expired", "by the hub", LATE),
    "refused": Status("refused", "at submission", "#882255"),
    "abandoned": Status("abandoned", "by the host", "#CC6677"),
    "in_flight": Status("in flight", "at the end of the run", "#999999"),
    "suppressed": Status("suppressed", "never sent", "#CCCCCC"),
}
"""The final statuses, the best first."""
LOST = ("bounced", "expired", "refused", "abandoned")
_PANEL = 7.84
_BOX, _ROWS, _COUNT, _SHARE = 1.6, 4.4, 6.9, 7.8
"""Where class boxes end, rows begin, and counts and shares end, inches from the left."""
_WIDEST, _THINNEST = 0.6, 0.012
_ROW, _HEAD, _GAP, _EDGE = 0.165, 0.2, 0.14, 0.06
"""Heights of a row, of the line above a group and between two groups; the bar of a row, inches."""
_FOOT, _LEAST = 0.46, 0.36
"""Below the picture, and the least height of the box of a class, inches."""


class Cell(NamedTuple):
    """The recipients of a class with a final status, and their share of the class, also as text."""

    subject: str
    status: str
    recipients: float
    text: str
    share: str


class Group(NamedTuple):
    """A final status with its cells, the largest first, and its number of recipients."""

    status: str
    text: str
    share: str
    cells: tuple[Cell, ...]


def statuses(metrics: pd.DataFrame, scenario: str, caption: str) -> Sheet:
    """Draw one panel: a band for each class and final status, to a row with the numbers.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The frame of that name.
    scenario : str
        The name of the design.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If there was no mail.
    """
    measured = Lookup(metrics)
    subjects = [
        subject
        for subject in classes(measured.subjects("class"))
        if measured.value(scenario, "class", subject, "created") > 0.0
    ]
    if not subjects:
        raise NothingToDrawError("there was no mail")
    groups = list(_groups(measured, scenario, subjects))
    picture = _Picture(groups, subjects)
    figure, (panel,) = sheet(
        1,
        1,
        _message(measured, scenario, subjects),
        caption,
        row_height=picture.height + _FOOT + 0.12,
    )
    panel.set_axis_off()
    panel.set_xlim(0.0, _PANEL)
    panel.set_ylim(picture.height + _FOOT, 0.0)
    labels = {s: measured.interval(scenario, "class", s, "created") for s in subjects}
    picture.draw(panel, labels)
    note = (
        "Recipients in a replication; percentages are of all, in the rows of those of the class. "
        "Width of a band: the square root of its recipients.\n"
    )
    meanings = [
        f"{status.text} {status.meaning}"
        for status in (DRAWN[group.status] for group in groups)
        if status.meaning
    ]
    if meanings:
        note += f"{', '.join(meanings).capitalize()}."
    panel.text(0.0, picture.height + 0.16, note, size=7.0, color=PALE, va="top", linespacing=1.4)
    return figure


def _groups(measured: Lookup, scenario: str, subjects: Sequence[str]) -> Iterator[Group]:
    everything = measured.value(scenario, "total", "total", "created")
    for status in DRAWN:
        cells = []
        for subject in subjects:
            key = (scenario, "class", subject)
            recipients = measured.value(*key, status)
            if recipients > 0.0:
                share = number(recipients / measured.value(*key, "created"), "share")
                cells.append(
                    Cell(subject, status, recipients, measured.interval(*key, status), share)
                )
        if cells:
            total = (scenario, "total", "total", status)
            share = number(measured.value(*total) / everything, "share")
            ordered = sorted(cells, key=lambda cell: -cell.recipients)
            yield Group(status, measured.interval(*total), share, tuple(ordered))


class _Picture:
    """The layout of the figure; y grows downwards, inches."""

    def __init__(self, groups: Sequence[Group], subjects: Sequence[str]) -> None:
        self.groups = groups
        cells = [cell for group in groups for cell in group.cells]
        scale = _WIDEST / math.sqrt(max(cell.recipients for cell in cells))
        self.width = {cell: max(scale * math.sqrt(cell.recipients), _THINNEST) for cell in cells}
        self.heads: dict[str, float] = {}
        self.rows: dict[Cell, float] = {}
        y = 0.0
        for group in groups:
            self.heads[group.status] = y + _HEAD / 2
            y += _HEAD
            for cell in group.cells:
                tall = max(_ROW, self.width[cell] + 0.02)
                self.rows[cell] = y + tall / 2
                y += tall
            y += _GAP
        ends = {s: [cell for cell in cells if cell.subject == s] for s in subjects}
        high = {s: max(_LEAST, self._wide(subject_cells)) for s, subject_cells in ends.items()}
        whole = sum(high.values())
        self.height = max(y - _GAP, whole + _GAP * (len(subjects) - 1))
        # By the height of its widest band, so that few bands cross.
        order = sorted(subjects, key=lambda s: self.rows[max(ends[s], key=lambda c: c.recipients)])
        # Few classes stay together instead of filling the height.
        gap = min((self.height - whole) / (len(subjects) + 1), 0.5)
        y = (self.height - whole - gap * (len(subjects) - 1)) / 2
        self.boxes: dict[str, tuple[float, float]] = {}
        self.starts: dict[Cell, float] = {}
        for subject in order:
            self.boxes[subject] = y, high[subject]
            subject_cells = sorted(ends[subject], key=lambda cell: self.rows[cell])
            start = y + (high[subject] - self._wide(subject_cells)) / 2
            for cell in subject_cells:
                self.starts[cell] = start + self.width[cell] / 2
                start += self.width[cell]
            y += high[subject] + gap

    def _wide(self, cells: Sequence[Cell]) -> float:
        return sum(self.width[cell] for cell in cells)

    def draw(self, panel: Axes, labels: dict[str, str]) -> None:
        """Draw the figure; `labels` are the counts of the classes."""
        for subject, (top, tall) in self.boxes.items():
            panel.add_patch(
                Rectangle((0.02, top), _BOX, tall, facecolor="white", edgecolor=PALE, linewidth=0.8)
            )
            middle = top + tall / 2
            how: Any = {"va": "center_baseline"}
            panel.text(0.08, middle - 0.075, subject, size=8, color=INK, weight="bold", **how)
            panel.text(0.08, middle + 0.075, labels[subject], size=7.5, color=PALE, **how)
        for group in self.groups:
            self._draw_group(panel, group)

    def _draw_group(self, panel: Axes, group: Group) -> None:
        drawn, y = DRAWN[group.status], self.heads[group.status]
        bold: Any = {"size": 8, "weight": "bold", "color": INK, "va": "center_baseline"}
        plain: Any = {"size": 7.5, "color": INK, "va": "center_baseline"}
        panel.text(_ROWS, y, drawn.text, **bold)
        panel.text(_COUNT, y, group.text, ha="right", **bold)
        panel.text(_SHARE, y, group.share, ha="right", **bold)
        for cell in group.cells:
            y, width = self.rows[cell], self.width[cell]
            start = 0.02 + _BOX, self.starts[cell]
            ribbon(panel, start, (_ROWS - 0.1, y), width, drawn.colour)
            panel.text(_ROWS, y, cell.subject, **plain)
            panel.text(_COUNT, y, cell.text, ha="right", **plain)
            panel.text(_SHARE, y, cell.share, ha="right", **plain)


def _message(measured: Lookup, scenario: str, subjects: Sequence[str]) -> str:
    """Return the title: the share that was delivered, and the class with the largest loss."""
    total = (scenario, "total", "total")
    created = measured.value(*total, "created")
    parts = {
        "delivered": measured.value(*total, "delivered"),
        "junked": measured.value(*total, "junked"),
    }
    parts["lost"] = sum(measured.value(*total, status) for status in LOST)
    sentences = [
        f"{number(count / created, 'share')} {name}"
        for name, count in parts.items()
        if count or name != "junked"
    ]
    lost = {
        subject: sum(measured.value(scenario, "class", subject, status) for status in LOST)
        / measured.value(scenario, "class", subject, "created")
        for subject in subjects
    }
    worst = max(lost, key=lambda subject: lost[subject])
    more = f"; of {worst} mail {number(lost[worst], 'share')} lost" if lost[worst] > 0.0 else ""
    return f"Final status of the mail of {scenario}: {', '.join(sentences)}{more}"
