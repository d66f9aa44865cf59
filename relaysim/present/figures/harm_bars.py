"""Harm of innocent mail by culprits: by stream and design, in its two parts."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.state_bands import JUNKED
from relaysim.present.drawing.style import INK, Key, Sheet, sheet
from relaysim.present.text.metric_rows import Lookup

MOST = 4
"""The most streams that are shown: those with most harm, or else with most junk."""
LEAST = 0.0005
"""The share from which on a stream is shown."""
_WIDER = 1.8
"""How many times longer than the longest bar an axis is; longer intervals end in an arrow."""
Subject = tuple[str, str]
"""Scope and subject, as `metrics` has them."""
_ALL = ("total", "total")
_BESIDE = (("axes fraction", "data"), "offset points")
_MARK: Any = {"color": INK, "marker": "D", "markersize": 4.5, "markerfacecolor": "white"}


class Part(NamedTuple):
    """A metric that is a part of a bar."""

    metric: str
    text: str
    colour: str
    hatch: str


class Column(NamedTuple):
    """A column of panels: the parts of its bars, the metric that is their sum, and its title."""

    parts: tuple[Part, ...]
    whole: str
    text: str


class Bar(NamedTuple):
    """A bar: the size of each part, the ends of the interval of the sum, and the sum as text."""

    sizes: tuple[float, ...]
    low: float
    high: float
    text: str

    def ends(self) -> tuple[float, float]:
        """Return start and end of the bar; parts below zero are to the left."""
        return sum(s for s in self.sizes if s < 0.0), sum(s for s in self.sizes if s > 0.0)


HARM = Column(
    (
        Part("blast_reputation", "by reputation", "#882255", ""),
        Part("blast_congestion", "by congestion", "#DDCC77", "///"),
    ),
    "blast_radius",
    "lost or late",
)
JUNK = Column((Part("blast_junk", "junked", JUNKED, ""),), "blast_junk", "junked")


Table = dict[Subject, dict[str, Bar]]
"""The bars of a column, by subject and design."""


def blast_radius(metrics: pd.DataFrame, designs: Sequence[str], caption: str) -> Sheet:
    """Draw one row of panels for all innocent mail and for each stream with harm, one bar a design.

    The parts of a bar are stacked; a mark is at their sum, with its interval. Junk has a column of
    its own, if there is any.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The frame of that name, of all designs.
    designs : sequence of str
        The names of the designs.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If no innocent mail is lost, late or junked because of a culprit.
    """
    measured = Lookup(metrics)
    known = {column: _table(measured, designs, column) for column in (HARM, JUNK)}
    subjects = [_ALL, *_worst(known[HARM], known[JUNK])]
    shown = {column: {s: table[s] for s in subjects} for column, table in known.items()}
    columns = [column for column, table in shown.items() if max(map(_size, table.values())) > LEAST]
    if not columns:
        raise NothingToDrawError("no innocent mail is lost, late or junked because of the culprits")
    figure, axes = sheet(
        len(subjects),
        len(columns),
        _message(measured, designs, columns[0]),
        caption,
        [_key(shown[HARM])] if HARM in columns else [],
        row_height=0.5 + 0.25 * len(designs),
        sharex="col",
        sharey=True,
    )
    spans = {column: _span(shown[column]) for column in columns}
    for i, panel in enumerate(axes):
        subject, column = subjects[i // len(columns)], columns[i % len(columns)]
        _draw(panel, shown[column][subject], column, spans[column])
        title = "all innocent mail" if subject == _ALL else subject[1]
        panel.set_title(title if column is columns[0] else column.text)
    for column, panel in zip(columns, axes[-len(columns) :], strict=True):
        panel.set_xlabel(f"{column.text}, share of recipients by weight")
    return figure


def _table(measured: Lookup, designs: Sequence[str], column: Column) -> Table:
    """Return the bars of innocent mail and of its streams, in the designs that have it."""
    # Subjects with a bar are conditional ones, such as `X | listed`.
    streams = [("stream", name) for name in measured.subjects("stream") if " | " not in name]
    table: Table = {}
    for subject in (_ALL, *streams):
        bars = table[subject] = {}
        for name in designs:
            row = measured.row(name, *subject, column.whole)
            if row is not None and not math.isnan(row["value"]):
                sizes = tuple(measured.value(name, *subject, part.metric) for part in column.parts)
                text = measured.interval(name, *subject, column.whole)
                bars[name] = Bar(sizes, row["low"], row["high"], text)
    return table


def _size(bars: dict[str, Bar]) -> float:
    """Return the largest part of some bars."""
    return max((abs(size) for bar in bars.values() for size in bar.sizes), default=0.0)


def _worst(harm: Table, junk: Table) -> list[Subject]:
    """Return the streams with the largest harm, or else with the most junk."""
    sizes = {subject: (_size(harm[subject]), _size(junk[subject])) for subject in harm}
    hit = [subject for subject in sizes if subject != _ALL and max(sizes[subject]) > LEAST]
    return sorted(hit, key=lambda subject: sizes[subject], reverse=True)[:MOST]


def _key(table: Table) -> Key:
    """Return the key: the parts that occur, and the mark."""
    bars = [bar for row in table.values() for bar in row.values()]
    key: dict[str, Artist] = {
        part.text: Patch(facecolor=part.colour, hatch=part.hatch, edgecolor="white")
        for i, part in enumerate(HARM.parts)
        if any(bar.sizes[i] for bar in bars)
    }
    several = any(not math.isnan(bar.low) for bar in bars)
    return {**key, f"sum{' and its 95 % interval' * several}": Line2D([], [], **_MARK)}


def _span(table: Table) -> tuple[float, float]:
    """Return the ends of the axis: all bars, and their intervals unless they are very long."""
    bars = [bar for row in table.values() for bar in row.values()]
    low, high = min(bar.ends()[0] for bar in bars), max(bar.ends()[1] for bar in bars)
    most = _WIDER * max(-low, high)
    low = max(min([low, *(bar.low for bar in bars)]), -most)
    high = min(max([high, *(bar.high for bar in bars)]), most)
    room = 0.03 * (high - low)
    return low - room * (low < 0.0), high + room


def _draw(panel: Axes, bars: dict[str, Bar], column: Column, span: tuple[float, float]) -> None:
    names = list(reversed(bars))
    for place, name in enumerate(names):
        bar = bars[name]
        # Parts above zero are stacked to the right, parts below zero to the left.
        ends = {True: 0.0, False: 0.0}
        for size, part in zip(bar.sizes, column.parts, strict=True):
            panel.barh(
                place,
                size,
                0.62,
                ends[size > 0.0],
                color=part.colour,
                hatch=part.hatch,
                edgecolor="white",
                linewidth=0.4,
            )
            ends[size > 0.0] += size
        _interval(panel, place, bar, span)
        panel.annotate(bar.text, (1, place), (7, 0), *_BESIDE, va="center", size=7.5, color=INK)
    panel.axvline(0.0, color=INK, linewidth=1.0)
    panel.set_xlim(*span)
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(-0.6, len(names) - 0.4)
    panel.tick_params(axis="y", length=0.0, pad=7.0)
    panel.spines["left"].set_visible(False)
    panel.grid(visible=False, axis="y")
    panel.xaxis.set_major_locator(MaxNLocator(4))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))


def _interval(panel: Axes, place: int, bar: Bar, span: tuple[float, float]) -> None:
    """Draw the sum with its interval, which ends in an arrow where it leaves the axis."""
    # A bar of 0 has nothing to mark.
    if not any(bar.sizes):
        return
    for end, bound, arrow in ((bar.low, span[0], "<"), (bar.high, span[1], ">")):
        if not math.isnan(end):
            beyond = end < bound if arrow == "<" else end > bound
            last = bound if beyond else end
            panel.plot([sum(bar.sizes), last], [place, place], color=INK, linewidth=1.2)
            mark = arrow if beyond else "|"
            panel.plot(last, place, mark, color=INK, markersize=5, clip_on=False)
    panel.plot(sum(bar.sizes), place, **_MARK)


def _message(measured: Lookup, designs: Sequence[str], column: Column) -> str:
    """Return the share of innocent mail in each design: of the first column that is drawn."""
    shares = {
        name: measured.interval(name, *_ALL, column.whole) if share else "none"
        for name in designs
        if not math.isnan(share := measured.value(name, *_ALL, column.whole))
    }
    return f"Innocent mail {column.text} because of the culprits: {by_design(shares)}"
