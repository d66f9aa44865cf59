"""Throughput: recipients delivered over the run, by class."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from relaysim.measure.queue_series import seconds_a_bin
from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.style import PALE, Sheet, design_key, line, looks, sheet
from relaysim.present.drawing.time_axis import active, clock_axis, clock_label
from relaysim.present.text.number_format import number
from relaysim.present.text.shown_subjects import classes

LEAST = 0.05
"""The share of the largest rate below which a class counts as over."""
_FIRST, _THINNER, _LAST = 2.8, 0.5, 1.3
"""Lines of designs get thinner, so that each is seen where they coincide; points."""
_BELOW = ("axes fraction", "offset points")


class Bin(NamedTuple):
    """The bin and the unit of a rate, seconds, with the unit in a label and in a sentence."""

    width: float
    unit: float
    text: str
    sentence: str


BINS = (
    (2.0, Bin(600.0, 60.0, "min", "a minute")),
    (10.0, Bin(3600.0, 3600.0, "h", "an hour")),
    (math.inf, Bin(86_400.0, 86_400.0, "d", "a day")),
)
"""The bins of runs up to so many days: in ten minutes a quiet class has one recipient or none."""


def throughput(
    series: Mapping[str, pd.DataFrame], start: datetime, duration: float, caption: str
) -> Sheet:
    """Draw one panel a class, one line a design; a long run by the hour or by the day.

    Parameters
    ----------
    series : mapping of str to pandas.DataFrame
        `throughput` of `measure.run_series`, recipients per second, by design.
    start : datetime
        Start of the run.
    duration : float
        How long mail is created, seconds.
    caption : str
        The origin of the numbers.
    """
    least = max(map(seconds_a_bin, series.values()), default=0.0)
    # A bin of the figure cannot be finer than those of the series.
    bin_ = next(item for days, item in BINS if duration <= days * 86_400.0 and item.width >= least)
    subjects = classes(name for frame in series.values() for name in frame)
    rates = {design: _rates(frame, bin_) for design, frame in series.items()}
    columns = min(2, len(subjects))
    figure, axes = sheet(
        -(-len(subjects) // columns),
        columns,
        _message(rates, subjects, bin_),
        caption,
        [design_key(list(series))],
        row_height=1.9,
    )
    ends = [
        active((rate[subject] for rate in rates.values() if subject in rate), LEAST)[1] + bin_.width
        for subject in subjects
    ]
    last = max([duration, *ends])
    for subject, panel in zip(subjects, axes, strict=False):
        panel.set_title(subject)
        for place, (design, look) in enumerate(looks(list(series)).items()):
            if subject in rates[design]:
                rate = rates[design][subject]
                edges = np.append(rate.index.to_numpy(), rate.index[-1] + bin_.width)
                how = line(look, linewidth=max(_FIRST - _THINNER * place, _LAST))
                panel.stairs(rate.to_numpy(), edges, baseline=None, **how)
        clock_axis(panel, start, 0.0, last)
        panel.set_ylim(bottom=0.0)
        panel.yaxis.set_major_locator(MaxNLocator(4))
        panel.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    for panel in axes[len(subjects) :]:
        panel.set_axis_off()
    for panel in axes[::columns]:
        panel.set_ylabel(f"recipients delivered/{bin_.text}")
    for panel in axes[: len(subjects)][-columns:]:
        panel.set_xlabel(clock_label(last))
    if max(float(rate.index[-1]) for rate in rates.values()) > last:
        text = f"after that: below {100 * LEAST:g} % of the peaks"
        panel = axes[len(subjects) - 1]
        panel.annotate(text, (1, 0), (0, -38), *_BELOW, size=6.5, color=PALE, ha="right")
    return figure


def _rates(frame: pd.DataFrame, bin_: Bin) -> pd.DataFrame:
    """Return recipients a unit of time, averaged over bins; the index is the start of bins."""
    bins = np.floor(frame.index.to_numpy() / bin_.width) * bin_.width
    # The last bin may be cut short by the end of the run, after which nothing comes.
    sums = seconds_a_bin(frame) * frame.groupby(bins).sum()
    return (sums * (bin_.unit / bin_.width)).rename_axis("seconds")


def _message(rates: Mapping[str, pd.DataFrame], subjects: list[str], bin_: Bin) -> str:
    """Return the title: the best bin of the class with the largest rate, in each design."""
    peaks = {design: frame.max() for design, frame in rates.items()}
    most = max(subjects, key=lambda subject: max(peak.get(subject, 0.0) for peak in peaks.values()))
    best = {
        design: number(float(peak.get(most, 0.0)), "recipients") for design, peak in peaks.items()
    }
    return f"Highest throughput of {most} mail, recipients {bin_.sentence}: {by_design(best)}"
