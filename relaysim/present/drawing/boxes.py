"""Boxes in columns, and bands between them: layout and drawing of a flow through stages.

All lengths are inches on a panel of that size; y grows downwards.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from relaysim.present.drawing.style import PALE
from relaysim.present.drawing.text_width import LEADING, fitting, wrapped

PAD, GAP = 0.05, 0.14
"""Between the edge of a box and its text, and between two boxes of a column, inches."""
_STUB, _CAP = 0.1, 0.03
"""How long a stub is, and how far its end reaches beyond it, inches."""
_APART = 0.35
"""How much farther apart boxes are where a column has room, at most, inches."""
_SWEEPS = 6


class Line(NamedTuple):
    """A line of text in a box."""

    text: str
    size: float = 7.0
    colour: str = PALE
    bold: bool = False


class Band(NamedTuple):
    """A band from the right of one box to the left of another; `width` in inches."""

    start: Hashable
    end: Hashable
    width: float
    colour: str


class Stub(NamedTuple):
    """The part of a flow that ends at a box: a short band with an end."""

    at: Hashable
    width: float
    colour: str


@dataclass
class Box:
    """A box: its column, its text, and the colour of its edge."""

    key: Hashable
    column: int
    lines: Sequence[Line]
    edge: str = PALE
    thick: float = 0.8
    top: float = 0.0
    height: float = field(default=0.0)

    @property
    def middle(self) -> float:
        """The height of the middle."""
        return self.top + self.height / 2


@dataclass
class Layout:
    """Boxes and bands with their places; `height` is that of the tallest column."""

    boxes: dict[Hashable, Box]
    bands: list[Band]
    stubs: list[Stub]
    left: Sequence[float]
    width: float
    height: float = 0.0

    @classmethod
    def of(
        cls,
        boxes: Sequence[Box],
        bands: Sequence[Band],
        stubs: Sequence[Stub],
        left: Sequence[float],
        width: float,
    ) -> "Layout":
        """Return boxes of a width in columns that begin at `left`, so that few bands cross.

        The order of the boxes is kept unless bands need another one.
        """
        made = cls({box.key: box for box in boxes}, list(bands), list(stubs), left, width)
        for box in boxes:
            made._write(box)
        made._order()
        return made

    def _write(self, box: Box) -> None:
        """Break the lines of a box, and set its height by its lines and its bands."""
        room = self.width - 2 * PAD
        box.lines = [
            line._replace(text=part, size=size)
            for line in box.lines
            for size in [fitting(line.text, line.size, room, line.bold)]
            for part in wrapped(line.text, size, room, line.bold)
        ]
        text = sum(line.size * LEADING / 72 for line in box.lines) + 2 * PAD
        into = sum(band.width for band in self.bands if band.end == box.key)
        out = sum(band.width for band in self.bands if band.start == box.key)
        out += sum(stub.width for stub in self.stubs if stub.at == box.key)
        box.height = max(text, into + 2 * PAD, out + 2 * PAD)

    def _order(self) -> None:
        """Order each column by the sources of its bands, then by their ends, in turn."""
        columns: list[list[Box]] = [[] for _ in self.left]
        for box in self.boxes.values():
            columns[box.column].append(box)
        self.height = max(map(_height, columns))
        for column in columns:
            self._stack(column)
        # The barycentre method: each pass orders columns by their neighbours, to and fro.
        for sweep in range(_SWEEPS):
            forth = sweep % 2 == 0
            for column in columns if forth else reversed(columns):
                middles = {box.key: self._pull(box, forth) for box in column}
                # A stable sort, so boxes at the same height keep their order.
                column.sort(key=lambda box: middles[box.key])
                self._stack(column)

    def _stack(self, column: list[Box]) -> None:
        """Place the boxes of a column under one another in the middle, with equal gaps."""
        spare = self.height - _height(column)
        gap = GAP + min(spare / (len(column) + 1), _APART)
        top = (self.height - _height(column) - (gap - GAP) * (len(column) - 1)) / 2
        for box in column:
            box.top = top
            top += box.height + gap

    def _pull(self, box: Box, forth: bool) -> float:
        """Return the mean height of the boxes on one side of a box that have bands to it."""
        ties = [
            (self.boxes[band.start if forth else band.end].middle, band.width)
            for band in self.bands
            if (band.end if forth else band.start) == box.key
        ]
        weight = sum(width for _, width in ties)
        # A box without bands on this side stays where it is.
        return sum(middle * width for middle, width in ties) / weight if weight else box.middle

    def draw(self, panel: Axes) -> None:
        """Draw all of it on a panel without axes."""
        outs, ins = self._out(), self._in()
        for number, band in enumerate(self.bands):
            start, end = self.boxes[band.start], self.boxes[band.end]
            right = self.left[start.column] + self.width, outs[number]
            ribbon(panel, right, (self.left[end.column], ins[number]), band.width, band.colour)
        for number, stub in enumerate(self.stubs, len(self.bands)):
            edge = self.left[self.boxes[stub.at].column] + self.width
            _stop(panel, edge, outs[number], stub)
        for box in self.boxes.values():
            self._draw(panel, box)

    def _draw(self, panel: Axes, box: Box) -> None:
        left = self.left[box.column]
        shape = Rectangle(
            (left, box.top),
            self.width,
            box.height,
            facecolor="white",
            edgecolor=box.edge,
            linewidth=box.thick,
            zorder=3,
        )
        panel.add_patch(shape)
        text = sum(line.size * LEADING / 72 for line in box.lines)
        y = box.middle - text / 2
        for line in box.lines:
            tall = line.size * LEADING / 72
            panel.text(
                left + PAD,
                y + tall / 2,
                line.text,
                size=line.size,
                color=line.colour,
                weight="bold" if line.bold else "normal",
                va="center_baseline",
                zorder=4,
            )
            y += tall

    def _out(self) -> dict[int, float]:
        """Return the height of each band, and after them of each stub, at the right of its box."""
        ends = [(band.start, self.boxes[band.end].middle, band.width) for band in self.bands]
        # Infinity: stubs are below all bands.
        ends += [(stub.at, math.inf, stub.width) for stub in self.stubs]
        return self._beside(ends)

    def _in(self) -> dict[int, float]:
        """Return the height of each band at the left of its box."""
        return self._beside(
            [(band.end, self.boxes[band.start].middle, band.width) for band in self.bands]
        )

    def _beside(self, ends: Sequence[tuple[Hashable, float, float]]) -> dict[int, float]:
        """Return the heights of ends at a box each, in the order of their other ends.

        They touch.
        """
        result: dict[int, float] = {}
        for box in self.boxes.values():
            beside = [(where, i) for i, (key, where, _) in enumerate(ends) if key == box.key]
            y = box.middle - sum(ends[i][2] for _, i in beside) / 2
            for _, i in sorted(beside):
                result[i] = y + ends[i][2] / 2
                y += ends[i][2]
        return result


def _stop(panel: Axes, x: float, y: float, stub: Stub) -> None:
    """Draw a stub at the right edge of a box."""
    half = stub.width / 2
    panel.add_patch(
        Rectangle(
            (x, y - half), _STUB, stub.width, facecolor=stub.colour, edgecolor="none", zorder=2
        )
    )
    ends = y - half - _CAP, y + half + _CAP
    panel.plot([x + _STUB] * 2, ends, color=stub.colour, linewidth=1.6, zorder=2)


def _height(column: Sequence[Box]) -> float:
    return sum(box.height for box in column) + GAP * (len(column) - 1)


def ribbon(
    panel: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    width: float,
    colour: str,
    **how: Any,
) -> None:
    """Draw a band of a width between two points, level at both."""
    (x0, y0), (x1, y1) = start, end
    half = width / 2
    x = (x0 + x1) / 2
    corners = [
        *((x0, y0 - half), (x, y0 - half), (x, y1 - half), (x1, y1 - half)),
        *((x1, y1 + half), (x, y1 + half), (x, y0 + half), (x0, y0 + half), (x0, y0 - half)),
    ]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    panel.add_patch(
        PathPatch(
            Path(np.array(corners), codes),
            facecolor=colour,
            edgecolor="none",
            **{"zorder": 2, **how},
        )
    )
