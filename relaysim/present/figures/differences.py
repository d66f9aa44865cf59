"""The effect of a design: paired differences from the base, with intervals and verdicts."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, PALE, Key, Look, Sheet, looks, sheet
from relaysim.present.text.headline_metrics import Headline
from relaysim.present.text.metric_rows import difference_of, is_median
from relaysim.stats.interval import CONFIDENCE, LOSES_MORE

MARKS = {
    "better": "^",
    "worse": "v",
    "equal": "s",
    "equivalent": "o",
    "not decided": "x",
    LOSES_MORE: "D",
}
"""One mark a verdict, so that its colour is not needed."""
_SHOWN = ("on_time", "latency_p95_busy_hours", "completion")
_ROOM = 10
"""Labels that an axis has room for."""
_TIMES = {
    1.0: "1 s",
    10.0: "10 s",
    60.0: "1 min",
    600.0: "10 min",
    3600.0: "1 h",
    36_000.0: "10 h",
    345_600.0: "4 d",
}


def differences(
    comparisons: pd.DataFrame, headlines: Sequence[Headline], base: str, caption: str
) -> Sheet:
    """Draw one panel for each headline metric, with one row for each subject and design.

    Times are drawn on an axis that is linear within a second of zero and logarithmic beyond.

    Parameters
    ----------
    comparisons : pandas.DataFrame
        The frame of that name.
    headlines : sequence of Headline
        The metrics that are drawn.
    base : str
        The name of the base.
    caption : str
        The origin of the numbers.
    """
    shown = [headline for headline in headlines if headline.metric in _SHOWN]
    designs = list(dict.fromkeys(comparisons["scenario"]))
    rows = {headline.metric: _rows(comparisons, headline) for headline in shown}
    rows = {metric: frame for metric, frame in rows.items() if len(frame)}
    if not rows:
        raise NothingToDrawError("no mail of both designs can be compared")
    drawn = looks([base, *designs])
    heights = [0.6 + 0.24 * len(frame) for frame in rows.values()]
    figure, axes = sheet(
        len(rows),
        1,
        _message(pd.concat(rows.values()), base),
        _sure(caption, comparisons),
        _keys(designs, drawn, pd.concat(rows.values())),
        row_height=float(np.mean(heights)) + 0.25,
        height_ratios=heights,
    )
    for headline, panel in zip((h for h in shown if h.metric in rows), axes, strict=True):
        panel.set_title(headline.text)
        _panel(panel, rows[headline.metric], drawn, METRICS[headline.metric].unit)
        metric = METRICS[headline.metric]
        points = ", percentage points" if metric.unit == "share" else ""
        side = "right" if metric.better == "more" else "left"
        panel.set_xlabel(f"difference from {base}{points} ({side} is better)")
    return figure


def _sure(caption: str, comparisons: pd.DataFrame) -> str:
    """Return the caption of intervals of means, with the confidence of those of differences."""
    confidence = float(comparisons["confidence"].max())
    # Several designs have wider intervals (Bonferroni), which the caption then names.
    if confidence == CONFIDENCE:
        return caption
    means = f"{100 * CONFIDENCE:.0f} % intervals"
    return caption.replace(means, f"{means} ({100 * confidence:.4g} % of differences)", 1)


def _rows(comparisons: pd.DataFrame, headline: Headline) -> pd.DataFrame:
    """Return the comparisons of a headline, subjects in its order and designs in theirs."""
    rows = comparisons[
        (comparisons["scope"] == headline.scope)
        & (comparisons["metric"] == headline.metric)
        & comparisons["subject"].isin(headline.subjects)
        & (
            comparisons["difference"].notna()
            | (comparisons["replications_lost"] + comparisons["base_replications_lost"] > 0)
        )
    ]
    order = {subject: i for i, subject in enumerate(headline.subjects)}
    return rows.sort_values("subject", key=lambda names: names.map(order), kind="stable")


def _panel(panel: Axes, rows: pd.DataFrame, drawn: Mapping[str, Look], unit: str) -> None:
    places = _places(rows["subject"].tolist())
    if unit == "s":
        panel.set_xscale("symlog", linthresh=1.0)
    records: Any = rows.to_dict("records")
    for place, row in zip(places, records, strict=True):
        if not np.isfinite(row["difference"]):
            _lost(panel, place, row, drawn[row["scenario"]].colour)
            continue
        colour, open_ended = drawn[row["scenario"]].colour, row["verdict"] == "not decided"
        ends = [row["difference_low"], row["difference_high"]]
        panel.plot(ends, [place, place], color=colour, linewidth=2.2, solid_capstyle="butt")
        panel.plot(
            row["difference_median"] if is_median(row) else row["difference"],
            place,
            MARKS[row["verdict"]],
            color=colour,
            markersize=7,
            markeredgewidth=2.0 if open_ended else 0.8,
            markeredgecolor=colour if open_ended else "white",
        )
        _write_verdict(panel, place, row)
    panel.axvline(0.0, color=INK, linewidth=1.0)
    subjects = rows["subject"].tolist()
    labels = [s if i == 0 or subjects[i - 1] != s else "" for i, s in enumerate(subjects)]
    panel.set_yticks(places, labels)
    panel.set_ylim(places[-1] - 0.7, places[0] + 0.7)
    panel.grid(visible=False, axis="y")
    _ticks(panel, rows, unit)


def _write_verdict(panel: Axes, place: float, row: dict[str, Any]) -> None:
    """Write the difference and the verdict beside the panel."""
    panel.annotate(
        f"{difference_of(row)}   {row['verdict']}",
        (1.01, place),
        xycoords=("axes fraction", "data"),
        va="center",
        size=7.5,
        color=INK,
    )


def _lost(panel: Axes, place: float, row: dict[str, Any], colour: str) -> None:
    """Draw the mark of a difference without a size at the edge of the panel."""
    worse = row["replications_worse"] > row["replications_better"]
    # An infinite difference has a direction and no place.
    edge = 0.98 if worse else 0.02
    at = panel.get_yaxis_transform()
    panel.plot(edge, place, MARKS[row["verdict"]], color=colour, markersize=7, transform=at)
    _write_verdict(panel, place, row)


def _places(subjects: Sequence[str]) -> Any:
    """Return the heights of the rows from the top down, with more room before each subject."""
    # With one design each subject has one row, and no group needs a gap.
    gap = 0.5 if len(set(subjects)) < len(subjects) else 0.0
    begins = [one != other for one, other in pairwise([subjects[0], *subjects])]
    return (-np.cumsum([1.0 + gap * new for new in begins])).tolist()


def _ticks(panel: Axes, rows: pd.DataFrame, unit: str) -> None:
    """Set the marks of the axis: both ends and zero in view, as many as there is room for."""
    values = rows[["difference", "difference_low", "difference_high"]].to_numpy(np.float64)
    values = values[np.isfinite(values)]
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if unit != "s":
        room = 0.06 * (high - low) or 0.01
        panel.set_xlim(low - room, high + room)
        panel.xaxis.set_major_formatter(FuncFormatter(_points))
        return
    reach = max(-low, high, 1.0)
    known = [time for time in _TIMES if time <= 2.0 * reach]
    ticks = [-time for time in reversed(known) if time <= -2.5 * low]
    ticks += [0.0, *(time for time in known if time <= 2.5 * high)]
    ends = min(1.7 * low, -0.4), max(1.7 * high, 0.4)
    panel.set_xlim(*ends)
    panel.xaxis.set_major_locator(FixedLocator(_apart(ticks, _drawn(ends[1]) - _drawn(ends[0]))))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(_time))


def _apart(ticks: Sequence[float], width: float) -> list[float]:
    """Return the ticks whose labels do not touch, from zero outwards on both sides."""
    kept = [0.0]
    for side in (-1.0, 1.0):
        last = 0.0
        for tick in sorted((tick for tick in ticks if tick * side > 0.0), key=abs):
            if abs(_drawn(tick) - _drawn(last)) >= width / _ROOM:
                kept.append(tick)
                last = tick
    return sorted(kept)


def _drawn(seconds: float) -> float:
    """Return the place of a time on the axis, in decades from zero, approximately."""
    size = abs(seconds)
    return float(np.copysign(size if size < 1.0 else 1.0 + np.log10(size), seconds))


def _time(seconds: float, _: int) -> str:
    return f"{'+' if seconds > 0.0 else '-'}{_TIMES[abs(seconds)]}" if seconds else "0"


def _points(share: float, _: int) -> str:
    return f"{100 * share:+.3g}" if abs(share) > 1e-9 else "0"


def _keys(designs: Sequence[str], drawn: Mapping[str, Look], rows: pd.DataFrame) -> list[Key]:
    marks = {
        verdict: Line2D([], [], marker=mark, color=PALE, linestyle="", markeredgewidth=1.5)
        for verdict, mark in MARKS.items()
        if verdict != LOSES_MORE or (rows["verdict"] == LOSES_MORE).any()
    }
    lines = {name: Line2D([], [], color=drawn[name].colour, linewidth=2.2) for name in designs}
    return [{**lines, **marks}] if len(designs) == 1 else [lines, marks]


def _message(rows: pd.DataFrame, base: str) -> str:
    """Return the title: the number of comparisons with each verdict, for each design."""
    designs = list(rows.groupby("scenario", sort=False)["verdict"])
    shown = [verdict for verdict in MARKS if verdict != LOSES_MORE]
    shown = shown if len(designs) == 1 else ["better", "worse"]
    sentences = [
        f"{design} is "
        + ", ".join(f"{verdict} in {int((verdicts == verdict).sum())}" for verdict in shown)
        for design, verdicts in designs
    ]
    return f"Of {len(designs[0][1])} comparisons with {base}: {'; '.join(sentences)}"
