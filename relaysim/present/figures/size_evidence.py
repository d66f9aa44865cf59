"""The evidence of a size study.

The values that were tried, and the smallest that meets the targets.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from relaysim.measure.target import Target
from relaysim.present.drawing.axis_labels import quantity_axis
from relaysim.present.drawing.style import INK, Key, Sheet, sheet
from relaysim.present.text.caption import figure_caption
from relaysim.study.size import Size
from relaysim.study.target_verdict import MET, MISSED, NOT_DECIDED

MARKS = {MET: ("^", "#009E73"), MISSED: ("v", "#D55E00"), NOT_DECIDED: ("x", "#666666")}
"""Mark and colour of each verdict."""
BROKEN, ANSWER = "#f3e3da", "#e3f0ea"
_ROW = 2.2
_BOUND: Any = {"color": INK, "linewidth": 1.0, "linestyle": (0, (4, 2))}


def evidence(size: Size) -> Sheet:
    """Draw one panel a target: each value that was tried with its interval, and the bound.

    The values are in the order in which designs get stronger.
    """
    values = list(dict.fromkeys(size.evidence["value"]))
    sure = f"intervals so wide that all verdicts hold with {100 * size.confidence:g} % confidence"
    figure, axes = sheet(
        len(size.targets),
        1,
        _message(size),
        f"{sure}; {figure_caption(size.provenance, intervals=False)}",
        _keys(size),
        row_height=_ROW,
        sharex=True,
    )
    for target, panel in zip(size.targets, axes, strict=True):
        _draw(panel, size, target, values)
    axes[-1].set_xlabel(f"{size.path} (n: replications)")
    return figure


def _draw(panel: Axes, size: Size, target: Target, values: list[str]) -> None:
    rows: Any = size.evidence[size.evidence["target"] == target.text].to_dict("records")
    known = np.array([[row["estimate"], row["low"], row["high"]] for row in rows], np.float64)
    quantity_axis(panel, target.quantity, np.append(known, target.bound))
    panel.set_title(target.text)
    panel.set_xlim(-0.6, len(values) - 0.4)
    bottom, top = panel.get_ylim()
    edges = (target.bound, top) if target.below else (bottom, target.bound)
    panel.axhspan(*edges, color=BROKEN, linewidth=0, zorder=0.3)
    at = values.index(size.value)
    panel.axvspan(at - 0.45, at + 0.45, color=ANSWER, linewidth=0, zorder=0.4)
    panel.axhline(target.bound, **_BOUND)
    for row, (mean, low, high) in zip(rows, known.tolist(), strict=True):
        place, (mark, colour) = values.index(row["value"]), MARKS[row["verdict"]]
        if not np.isfinite(mean):
            panel.annotate(
                "no value" if np.isnan(mean) else "lost",
                (place, 0.5),
                xycoords=("data", "axes fraction"),
                size=7.5,
                color=colour,
                ha="center",
                va="center",
            )
            continue
        panel.plot([place, place], [low, high], color=colour, linewidth=2.0)
        panel.plot(
            place,
            mean,
            mark,
            color=colour,
            markersize=8,
            markeredgewidth=2.0 if mark == "x" else 0.8,
            markeredgecolor=colour if mark == "x" else "white",
        )
    count = {row["value"]: f"{row['value']}\nn = {row['replications']}" for row in rows}
    panel.set_xticks(range(len(values)), [count[value] for value in values])
    panel.grid(visible=False, axis="x")


def _keys(size: Size) -> list[Key]:
    verdicts = set(size.evidence["verdict"])
    marks = {
        verdict: Line2D([], [], marker=mark, color=colour, linestyle="", markeredgewidth=1.5)
        for verdict, (mark, colour) in MARKS.items()
        if verdict in verdicts
    }
    areas = {
        "beyond the target": Patch(facecolor=BROKEN),
        "the answer": Patch(facecolor=ANSWER),
    }
    return [{**marks, "target": Line2D([], [], **_BOUND), **areas}]


def _message(size: Size) -> str:
    """Return the title: the result, and how certain it is that it is the smallest."""
    targets = " and ".join(target.text for target in size.targets)
    which = "smallest" if size.rising else "first"
    if not size.sure:
        rest = f"; whether it is the {which} is not decided"
    elif size.first:
        rest = f"; it is the {which} that was to be tried"
    else:
        rest = f", the {which} that does"
    return f"{size.scenario}: {size.path} = {size.value} meets {targets}{rest}"
