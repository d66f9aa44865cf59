"""How much gets through: copies delivered a minute over the day, by class."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from matplotlib.ticker import StrMethodFormatter

from relaysim.present.figures.clock import active, clock_axis, clock_label
from relaysim.present.figures.style import Sheet, design_key, line, looks, sheet
from relaysim.present.number import number
from relaysim.present.subjects import classes

BIN = 600.0
"""Seconds over which the rate is averaged: a minute of a quiet class has a copy or none."""


def throughput(
    series: Mapping[str, pd.DataFrame], start: datetime, duration: float, caption: str
) -> Sheet:
    """One panel a class, one line a design.

    `series` is the `throughput` of `measure.series` by design, copies per second.
    """
    subjects = classes(name for frame in series.values() for name in frame)
    rates = {design: _a_minute(frame) for design, frame in series.items()}
    columns = min(2, len(subjects))
    figure, axes = sheet(
        -(-len(subjects) // columns),
        columns,
        _message(rates, subjects),
        caption,
        [design_key(list(series))],
        row_height=1.9,
    )
    spells = [active(r[subject] for r in rates.values() if subject in r) for subject in subjects]
    last = max([duration, *(spell[1] + BIN for spell in spells)])
    for subject, panel in zip(subjects, axes, strict=False):
        panel.set_title(subject)
        for design, look in looks(list(series)).items():
            if subject in rates[design]:
                rate = rates[design][subject]
                edges = np.append(rate.index.to_numpy(), rate.index[-1] + BIN)
                panel.stairs(rate.to_numpy(), edges, baseline=None, **line(look, linewidth=1.8))
        clock_axis(panel, start, 0.0, last)
        panel.set_ylim(bottom=0.0)
        panel.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    for panel in axes[len(subjects) :]:
        panel.set_axis_off()
    for panel in axes[::columns]:
        panel.set_ylabel("copies delivered/min")
    for panel in axes[: len(subjects)][-columns:]:
        panel.set_xlabel(clock_label(last))
    return figure


def _a_minute(frame: pd.DataFrame) -> pd.DataFrame:
    """Copies a minute, averaged over bins of `BIN` seconds."""
    bins = np.floor(frame.index.to_numpy() / BIN) * BIN
    mean = 60.0 * frame.groupby(bins).mean()
    return mean.rename_axis("seconds")


def _message(rates: Mapping[str, pd.DataFrame], subjects: list[str]) -> str:
    """The best ten minutes of the class that has most, in each design."""
    peaks = {design: frame.max() for design, frame in rates.items()}
    most = max(subjects, key=lambda subject: max(peak.get(subject, 0.0) for peak in peaks.values()))
    best = ", ".join(
        f"{number(float(peak.get(most, 0.0)), 'copies/min')} in {design}"
        for design, peak in peaks.items()
    )
    return f"How much gets through: {most} mail at its busiest, copies a minute: {best}"
