"""A sweep: quantities over the varied values, design by design, and the limits of the targets."""

import itertools
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from relaysim.measure.quantity import Quantity
from relaysim.measure.target import Target
from relaysim.present.drawing.axis_labels import Floats, amount, places, quantity_axis, varied_axis
from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, PALE, Key, Sheet, design_key, line, looks, sheet
from relaysim.present.drawing.text_width import wrapped
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.number_format import number
from relaysim.study.break_even import EVERYWHERE, FROM, NO_MAIL, NOWHERE, UP_TO, Limit
from relaysim.study.sweep import Sweep
from relaysim.study.varied_values import Vary
from relaysim.study.varied_values import number as as_number

ACROSS = 4
"""The most panels beside each other: combinations of what else was varied."""
_ROW = 2.3
_BOUND: Any = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2))}
_APART = 6.0
"""How far apart the limits of designs stand at the line of their target, points."""


def sweep(result: Sweep) -> Sheet:
    """Draw one row a quantity over the path with most values; other paths are side by side.

    Lines are means, bands their 95 % intervals. A target is a dashed line; a mark is where the mean
    crosses it, with the interval of the limit.

    Parameters
    ----------
    result : Sweep
        The result of a sweep.

    Raises
    ------
    NothingToDrawError
        For a single point, or for more than `ACROSS` panels side by side.
    """
    # Numbers come before words, because lines between words mean nothing.
    along = max(result.varied, key=lambda other: (bool(other.amounts), len(other.values)))
    others = [other for other in result.varied if other is not along]
    across = list(itertools.product(*(other.values for other in others)))
    if len(along.values) < 2:
        raise NothingToDrawError("one point alone makes no line")
    if len(across) > ACROSS:
        paths = " and ".join(other.path for other in others)
        raise NothingToDrawError(
            f"{paths}: {len(across)} combinations, and a figure has room for {ACROSS}"
        )
    figure, axes = sheet(
        len(result.quantities),
        len(across),
        _message(result, along),
        figure_caption(result.provenance, designs=False),
        _keys(result),
        row_height=_ROW,
        sharex=True,
        sharey="row",
    )
    cells = itertools.product(result.quantities, across)
    for number_, ((quantity, point), panel) in enumerate(zip(cells, axes, strict=True)):
        fixed = dict(zip((other.path for other in others), point, strict=True))
        _draw(panel, result, along, fixed, quantity)
        if number_ < len(axes) - len(across):
            panel.set_xlabel("")
        if number_ % len(across):
            panel.set_ylabel("")
    return figure


def _draw(
    panel: Axes, result: Sweep, along: Vary, fixed: Mapping[str, str], quantity: Quantity
) -> None:
    """Draw one quantity of all designs, over the values of one path."""
    name, points = str(quantity), result.points
    columns = [name, f"{name} low", f"{name} high"]
    where = {
        as_number(value): place for value, place in zip(along.values, places(along), strict=True)
    }
    chosen = (
        points[np.logical_and.reduce([points[p] == as_number(v) for p, v in fixed.items()])]
        if fixed
        else points
    )
    for design, look in looks(result.scenarios).items():
        rows = chosen[chosen["scenario"] == design]
        x = np.array([where[value] for value in rows[along.path]])
        order = np.argsort(x, kind="stable")
        x = x[order]
        mean, low, high = _drawn(rows[columns].to_numpy(np.float64)[order].T)
        # Straight lines between the points, whatever the scales are: as limits are found.
        fine = np.unique(np.concatenate([np.linspace(*ends, 25) for ends in pairwise(x)]))
        panel.plot(fine, np.interp(fine, x, mean), **line(look))
        panel.plot(x, mean, "o", markersize=4, color=look.colour)
        ends = (np.interp(fine, x, end) for end in (low, high))
        panel.fill_between(fine, *ends, color=look.colour, alpha=0.18, linewidth=0)
    sentences = [name, *(f"{path.rpartition('.')[2]} = {value}" for path, value in fixed.items())]
    across = len(result.points) // (len(along.values) * len(result.scenarios))
    panel.set_title(
        "\n".join(part for item in sentences for part in wrapped(item, 9.5, 7.0 / across, True))
    )
    targets = {item.target: Target.parse(item.target) for item in result.limits}
    bounds = [t.bound for t in targets.values() if t.quantity == quantity]
    values = points[columns].to_numpy(np.float64).ravel()
    quantity_axis(panel, quantity, np.append(values, bounds))
    varied_axis(panel, along)
    for bound in bounds:
        panel.axhline(bound, **_BOUND)
    for text, target in targets.items():
        limits = [k for k in result.limits if k.target == text and not np.isnan(k.value)]
        if target.quantity == quantity:
            for place, limit in enumerate(limits):
                aside = (place - (len(limits) - 1) / 2) * _APART
                _mark(panel, result.scenarios, limit, target.bound, aside)


def _mark(panel: Axes, designs: Sequence[str], limit: Limit, bound: float, aside: float) -> None:
    """Draw a limit at the line of its target, some points below it."""
    look, raised = looks(designs)[limit.scenario], -aside / 72
    shift = ScaledTranslation(0, raised, panel.figure.dpi_scale_trans)
    how: Any = {"color": look.colour, "transform": panel.transData + shift, "zorder": 4}
    first, last = panel.get_xlim()
    # Infinite ends of an interval become arrows at the edge.
    ends = [min(max(end, first), last) for end in (limit.low, limit.high)]
    panel.plot(ends, [bound, bound], linewidth=2.2, solid_capstyle="butt", **how)
    marks = zip(ends, (limit.low, limit.high), "<>", strict=True)
    for end, true, arrow in marks:
        panel.plot(end, bound, arrow if end != true else "|", markersize=6, **how)
    panel.plot(limit.value, bound, "D", markersize=6, markeredgecolor="white", **how)


def _keys(result: Sweep) -> list[Key]:
    marks: dict[str, Any] = {}
    if result.replications > 1:
        marks["95 % interval of the mean"] = Patch(facecolor=PALE, alpha=0.3)
    if result.limits:
        marks["target"] = Line2D([], [], **_BOUND)
    if any(not np.isnan(limit.value) for limit in result.limits):
        marks["limit and its 95 % interval"] = Line2D(
            [], [], color=PALE, marker="D", markersize=6, linewidth=2.2, markeredgecolor="white"
        )
    return [design_key(result.scenarios), *([marks] if marks else [])]


def _drawn(values: Floats) -> Floats:
    """Return values without those that are lost, at which a line has a gap."""
    return np.where(np.isinf(values), np.nan, values)


def _message(result: Sweep, along: Vary) -> str:
    """Return the title: the limit of the first target, or the range of the first quantity."""
    if result.limits:
        first = result.limits[0].target
        held = {limit.scenario: _held(limit) for limit in result.limits if limit.target == first}
        return f"{first} over {along.path}: holds {by_design(held)}"
    quantity = result.quantities[0]
    alone = len(result.varied) == 1
    text = {}
    for design in result.scenarios:
        rows = result.points[result.points["scenario"] == design]
        values = rows[str(quantity)].to_numpy(np.float64)
        # Along one path the direction matters; over a grid only the range does.
        ends = values[[0, -1]] if alone else (np.nanmin(values), np.nanmax(values))
        texts = (number(float(limit), quantity.of.unit) for limit in ends)
        text[design] = " to ".join(dict.fromkeys(texts))
    if alone:
        where = f"at {along.path} = {along.values[0]} to {along.values[-1]}"
    else:
        where = f"over {' and '.join(limit.path for limit in result.varied)}"
    return f"{quantity} {where}: {by_design(text)}"


def _held(limit: Limit) -> str:
    match limit.holds:
        case kind if kind == EVERYWHERE:
            return "at all points"
        case kind if kind in (NOWHERE, NO_MAIL):
            return "nowhere" if kind == NOWHERE else "for no mail"
        case kind if kind == FROM:
            return f"from {amount(limit.value, limit.unit)} on"
    return f"{UP_TO} {amount(limit.value, limit.unit)}"
