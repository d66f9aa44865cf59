"""Marks in time with labels beside them, in as many lanes as keep the labels apart."""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from relaysim.present.drawing.style import INK, PALE
from relaysim.present.drawing.text_width import inches

LEADER: Any = {"color": PALE, "linewidth": 0.6, "linestyle": (0, (1, 2))}
"""How the line is drawn that leads down from a mark."""
SIZE = 7.5
_LINE = 0.145
"""Height of a line of a label, inches."""
_GAP, _AIR = 0.08, 0.12
"""Between a mark and its label, and between a label and the next mark, inches."""
_LETTERS = 46
"""The most in a line of a label."""


class Mark(NamedTuple):
    """A time, seconds, and the text of its event."""

    time: float
    text: str


class Placed(NamedTuple):
    """A mark, its label in lines, its lane counted in lines from the top, and its side."""

    mark: Mark
    lines: tuple[str, ...]
    lane: int
    left: bool


def place(marks: Sequence[Mark], first: float, last: float, width: float) -> list[Placed]:
    """Return marks with labels beside them, in as many lanes as keep the labels apart.

    Each label is in the highest free lane without a label below, so that the line that leads down
    from the mark crosses no label; it is to the left of its mark if there is no room on the right.

    Parameters
    ----------
    marks : sequence of Mark
        Times with texts.
    first, last : float
        The ends of the axis, seconds.
    width : float
        The length of the axis, inches.
    """
    taken: list[list[tuple[float, float]]] = []
    placed = []
    for mark in sorted(marks):
        lines = tuple(textwrap.wrap(mark.text, _LETTERS, break_on_hyphens=False))
        at = width * (mark.time - first) / (last - first)
        long = max(inches(line, SIZE) for line in lines) + _GAP
        # To the left only if there is room for the label there.
        left = at + long > width and at > long
        start, end = (at - long, at) if left else (at, at + long)
        span = (start - _AIR, end + _AIR)
        lane = 0
        while not (
            all(_free(taken, lane + i, span) for i in range(len(lines)))
            # The line leads down through all lanes below.
            and all(_free(taken, below, (at, at)) for below in range(lane, len(taken)))
        ):
            lane += 1
        for i in range(len(lines)):
            while len(taken) <= lane + i:
                taken.append([])
            taken[lane + i].append(span)
        placed.append(Placed(mark, lines, lane, left))
    return placed


def height(placed: Sequence[Placed]) -> float:
    """Return the height of the lanes, inches."""
    return 0.1 + _LINE * max((item.lane + len(item.lines) for item in placed), default=0)


def draw_marks(panel: Axes, placed: Sequence[Placed]) -> None:
    """Draw marks, labels and the lines that lead down on a panel of that height, without axes."""
    low = -0.2 - max(item.lane + len(item.lines) for item in placed)
    for mark, lines, lane, left in placed:
        middle = -lane - 0.45
        panel.plot([mark.time] * 2, [middle, low], **LEADER)
        panel.plot(mark.time, middle, "v", color=INK, markersize=5)
        panel.annotate(
            "\n".join(lines),
            (mark.time, -lane),
            ((-72 if left else 72) * _GAP, 0),
            textcoords="offset points",
            size=SIZE,
            color=INK,
            ha="right" if left else "left",
            va="top",
            linespacing=1.15,
        )
    panel.set_ylim(low, 0.4)
    panel.set_yticks([])
    panel.spines[:].set_visible(False)
    panel.tick_params(axis="x", length=0.0)
    panel.grid(visible=False)


def _free(taken: list[list[tuple[float, float]]], lane: int, span: tuple[float, float]) -> bool:
    others = taken[lane] if lane < len(taken) else []
    return all(span[1] <= start or end <= span[0] for start, end in others)
