"""Long queues: a map of queues by hours, darker for longer queues."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from relaysim.measure.queue_series import seconds_a_bin
from relaysim.measure.resource_metrics import (
    DELIVERY_THRESHOLD,
    SUBMISSION_THRESHOLD,
    QueueResource,
    queue_resources,
)
from relaysim.plan.names import QueueKind
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, PALE, Key, Sheet, sheet
from relaysim.present.drawing.time_axis import HOUR, at, clock_axis, clock_label
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import number
from relaysim.scenario.model import Scenario

MOST = 12
"""Queues that are shown: the worst."""
LEAST = 0.1
"""The smallest mean that is drawn."""
BINS = ((7 * 24.0, 1.0), (42 * 24.0, 6.0), (math.inf, 24.0))
"""How wide the columns are of runs up to a length; both in hours."""
ABOVE = "#C1121F"
_SHADES = colormaps["YlGnBu"]
_THRESHOLDS = {
    QueueKind.SUBMISSION: SUBMISSION_THRESHOLD,
    QueueKind.MAILBOX: DELIVERY_THRESHOLD,
    QueueKind.REMOTE: DELIVERY_THRESHOLD,
    QueueKind.TRANSFER: DELIVERY_THRESHOLD,
}
_ROW, _ROOM, _BAR, _REST = 0.2, 0.3, 0.09, 1.6
"""Heights of a row and for all rows, of the scale of colours, of all that is written, inches."""
_BESIDE: Any = ("axes fraction", "data"), "offset points"
_ABOVE: Any = "axes fraction", "offset points"
_COLUMNS = {"peak": 44.0, "above": 96.0}
"""Texts to the right of the map, and where they end, points."""


class Queue(NamedTuple):
    """A queue: its name, Microsoft's threshold for it, the mean that waits in each column."""

    name: str
    threshold: int
    means: npt.NDArray[np.float64]


def queues(
    backlog: pd.DataFrame,
    metrics: pd.DataFrame,
    design: Scenario,
    caption: str,
) -> Sheet:
    """Draw one row a queue, the one with the worst column on top.

    The axis covers the `duration` of the run, and the time that queues take to empty. A mean of a
    column above Microsoft's threshold has a red edge.

    Parameters
    ----------
    backlog : pandas.DataFrame
        `backlog` of `measure.run_series`.
    metrics : pandas.DataFrame
        The frame of that name.
    design : Scenario
        The design.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If no queue ever has an entry.
    """
    scenario, run = design.name, design.run
    thresholds = _thresholds(backlog, queue_resources(design))
    start, warm_up, duration = run.start, run.warm_up / 1e6, run.duration / 1e6
    last = max(duration, _gone(backlog[list(thresholds)]))
    width = HOUR * next(hours for most, hours in BINS if last <= most * HOUR)
    last = width * math.ceil(last / width)
    waited = [
        queue for queue in _binned(backlog, thresholds, width, last) if queue.means.max() >= LEAST
    ]
    if not waited:
        raise NothingToDrawError("no mail waits in a queue for long")
    shown = waited[:MOST]
    measured = Lookup(metrics)
    heights = [_ROW * len(shown) + _ROOM, _BAR]
    figure, (panel, scale) = sheet(
        2,
        1,
        _message(measured, scenario, waited, start, width),
        caption,
        _keys(shown),
        row_height=(sum(heights) + _REST) / 2,
        height_ratios=heights,
    )
    cells = np.ma.masked_less(np.array([queue.means for queue in shown]), LEAST)
    top = 10.0 ** math.ceil(math.log10(max(float(cells.max()), 10.0 * LEAST)))
    drawn = panel.pcolormesh(
        np.arange(0.0, last + width / 2, width),
        np.arange(len(shown) + 1) - 0.5,
        cells,
        norm=LogNorm(LEAST, top),
        cmap=_SHADES,
        edgecolors="face",
        linewidth=0.2,
    )
    for place, queue in enumerate(shown):
        _outline(panel, queue, place, width)
        key = (scenario, "resource", queue.name)
        minutes = measured.value(*key, "minutes_above")
        above = number(60.0 * minutes, "s") if minutes > 0.0 else "-"
        _beside(panel, place, number(round(measured.value(*key, "queue_max"))), above)
    for text, x in _COLUMNS.items():
        panel.annotate(text, (1, 1), (x, 6), *_ABOVE, size=7.5, color=PALE, ha="right")
    panel.set_yticks(range(len(shown)), [queue.name for queue in shown])
    panel.set_ylim(len(shown) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0.0, labelsize=8)
    panel.grid(visible=False)
    clock_axis(panel, start, 0.0, last, most=10)
    rest = f"; {len(waited) - MOST} shorter queues are left out" * (len(waited) > MOST)
    panel.set_xlabel(f"{clock_label(last)}{rest}")
    bar = figure.colorbar(drawn, cax=scale, orientation="horizontal")
    bar.outline.set_visible(False)
    ticks = [10.0**power for power in range(-1, round(math.log10(top)) + 1)]
    scale.xaxis.set_major_locator(FixedLocator(ticks))
    scale.xaxis.set_minor_locator(NullLocator())
    scale.xaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,g}"))
    scale.set_xlabel(
        f"mean number waiting, by {_span(width)} (white: less than {LEAST:g})\n"
        f"from {at(start, warm_up)} to {at(start, duration)}: the peak, and the time above "
        "Microsoft's threshold"
    )
    return figure


def _keys(shown: Sequence[Queue]) -> list[Key]:
    if not any((queue.means > queue.threshold).any() for queue in shown):
        return []
    edge = Patch(facecolor="none", edgecolor=ABOVE, linewidth=1.4)
    return [{"mean above Microsoft's threshold for the queue": edge}]


def _thresholds(backlog: pd.DataFrame, known: Mapping[str, QueueResource]) -> dict[str, int]:
    """Return Microsoft's threshold for each queue among the resources of a frame."""
    return {
        name: _THRESHOLDS[known[name].kind]
        for name in map(str, backlog)
        if name in known and known[name].kind in _THRESHOLDS
    }


def _gone(backlog: pd.DataFrame) -> float:
    """Return the time at which the last queue is nearly empty, seconds."""
    hours = (backlog.index.to_numpy(np.float64) // HOUR).astype(np.int64)
    waiting = backlog.to_numpy(np.float64)
    part = seconds_a_bin(backlog) / HOUR
    # Bins may be minutes or hours: the mean of an hour is the sum times the part of a bin.
    columns_ = [np.bincount(hours, item) * part >= LEAST for item in waiting.T]
    ends = [HOUR * (np.flatnonzero(item)[-1] + 1) for item in columns_ if item.any()]
    return float(max(ends, default=0.0))


def _binned(
    backlog: pd.DataFrame, thresholds: Mapping[str, int], width: float, last: float
) -> list[Queue]:
    """Return the queues by their worst column, then by name. The index is the start of bins."""
    bins = (backlog.index.to_numpy(np.float64) // width).astype(np.int64)
    columns, parts = round(last / width), width / seconds_a_bin(backlog)
    results = []
    for name, threshold in thresholds.items():
        waiting = backlog[name].to_numpy(np.float64)
        # Bins after the end of the axis are cut off: by then the queues are nearly empty.
        means = np.bincount(bins, waiting, columns)[:columns] / parts
        results.append(Queue(name, threshold, means))
    return sorted(results, key=lambda queue: (-queue.means.max(), queue.name))


def _outline(panel: Axes, queue: Queue, place: int, width: float) -> None:
    """Draw an edge around each stretch of columns above the threshold."""
    # Where the condition changes: stretches begin at even places and end at odd ones.
    edges = np.flatnonzero(np.diff(queue.means > queue.threshold, prepend=False, append=False))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        corner = width * first, place - 0.43
        shape = Rectangle(corner, width * (end - first), 0.86, facecolor="none", edgecolor=ABOVE)
        shape.set(linewidth=1.4, zorder=3)
        panel.add_patch(shape)


def _beside(panel: Axes, place: float, *texts: str) -> None:
    """Write texts to the right of a row."""
    for text, x in zip(texts, _COLUMNS.values(), strict=True):
        how: Any = {"size": 7.5, "color": INK, "ha": "right", "va": "center"}
        panel.annotate(text, (1, place), (x, 0), *_BESIDE, **how)


def _span(width: float) -> str:
    hours = width / HOUR
    return "hour" if hours == 1 else "day" if hours == 24 else f"{hours:g} hours"


def _message(
    measured: Lookup, scenario: str, waited: list[Queue], start: datetime, width: float
) -> str:
    """Return the title: the worst column, and the number of queues above a threshold."""
    worst = waited[0]
    column = int(worst.means.argmax())
    when = at(start, width * column)
    count = sum(
        measured.value(scenario, "resource", queue.name, "minutes_above") > 0.0 for queue in waited
    )
    above = (
        f"; {count} queue{'s are' if count != 1 else ' is'} temporarily above Microsoft's threshold"
    )
    return (
        f"Queues of {scenario}: a mean of {number(round(worst.means[column], 1))} in {worst.name} "
        f"in the {_span(width)} from {when}{above * bool(count)}"
    )
