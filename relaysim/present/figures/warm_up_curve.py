"""The start of a run: the mean latency over the time of creation, and the end of the warm-up."""

from typing import Any

import numpy as np
from matplotlib.lines import Line2D

from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, PALE, Sheet, line, looks, sheet
from relaysim.present.drawing.time_axis import clock_axis, clock_label
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.number_format import number, scale
from relaysim.study.warm_up import WarmUp
from relaysim.units import format_duration

_PARTS = 40
"""The thick line is a mean over so small a part of the run."""


def warmup(warm_up: WarmUp) -> Sheet:
    """Draw the series, its running mean, and a mark at the end of the warm-up.

    Raises
    ------
    NothingToDrawError
        If no run was needed.
    """
    if not len(warm_up.series):
        raise NothingToDrawError(warm_up.reason)
    run, name = warm_up.scenario.run, warm_up.scenario.name
    look, bins = looks([name])[name], len(warm_up.series)
    # Odd, so that the mean is centred on a bin.
    width = max(3, bins // _PARTS | 1)
    cut: Any = {"color": INK, "linestyle": (0, (4, 2)), "linewidth": 1.2}
    marked = warm_up.truncation is not None and (warm_up.cut > 0 or not warm_up.truncation.settled)
    key = {
        "mean of a bin": Line2D([], [], color=PALE, linewidth=0.7),
        f"running mean of {width} bins": Line2D([], [], **line(look)),
    }
    if marked:
        word = "end of the warm-up" if warm_up.verdict == "cut" else "where MSER-5 would cut"
        key[word] = Line2D([], [], **cut)
    figure, (panel,) = sheet(1, 1, _message(warm_up), figure_caption(warm_up.provenance), [key])
    seconds = run.duration / 1e6
    edges = np.append(warm_up.series.index.to_numpy(np.float64), seconds)
    smooth = warm_up.series.rolling(width, center=True, min_periods=1).mean().to_numpy()
    unit = scale(float(np.nanmax(smooth)) if np.isfinite(smooth).any() else 1.0, "s")
    values = warm_up.series.to_numpy(np.float64) / unit.factor
    panel.stairs(values, edges, baseline=None, color=PALE, linewidth=0.7)
    panel.plot((edges[1:] + edges[:-1]) / 2, smooth / unit.factor, **line(look))
    if marked and warm_up.truncation is not None:
        at = (
            warm_up.cut / 1e6
            if warm_up.verdict == "cut"
            else warm_up.truncation.index * seconds / bins
        )
        panel.axvline(at, **cut)
        if warm_up.verdict == "cut":
            panel.axvspan(0.0, at, color=PALE, alpha=0.12, linewidth=0)
    clock_axis(panel, run.start, 0.0, seconds)
    panel.set_ylim(bottom=0.0)
    panel.set_xlabel(f"created, {clock_label(seconds)}")
    panel.set_ylabel(f"mean latency,{unit.text}")
    return figure


def _message(warm_up: WarmUp) -> str:
    name, duration = warm_up.scenario.name, format_duration(warm_up.scenario.run.duration)
    settled = number(float(warm_up.series.iloc[_bins_cut(warm_up) :].mean()), "s")
    match warm_up.verdict:
        case "cut" if warm_up.cut:
            return (
                f"{name} is steady after {format_duration(warm_up.cut)}, with a mean "
                f"latency of {settled}"
            )
        case "cut":
            return f"How {name} begins: steady from the start, with a mean latency of {settled}"
    return f"How {name} begins: it does not settle within {duration}"


def _bins_cut(warm_up: WarmUp) -> int:
    return -(-warm_up.cut * len(warm_up.series) // warm_up.scenario.run.duration)
