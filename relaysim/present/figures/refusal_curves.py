"""Reach: the probability that a new message would be refused for reputation, over time."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from relaysim.present.drawing.common_words import by_design
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, Look, Sheet, looks, sheet
from relaysim.present.drawing.time_axis import HOUR, clock_axis
from relaysim.present.text.number_format import number

_BESIDE = ("axes fraction", "offset points")


def reach(
    series: Mapping[str, pd.DataFrame],
    listed: Mapping[str, str],
    start: datetime,
    duration: float,
    caption: str,
) -> Sheet:
    """Draw one panel a design, for the stream that is refused for the longest time.

    Parameters
    ----------
    series : mapping of str to pandas.DataFrame
        `reach` of `measure.blast.blast_series`, by design; means over replications.
    listed : mapping of str to str
        How long the IPs of innocent mail are listed, in words, by design.
    start : datetime
        Start of the run.
    duration : float
        Length of the run, seconds.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If no message would ever be refused.
    """
    # The sum of hourly probabilities is the number of hours in which mail is refused.
    hours = pd.DataFrame({name: frame.sum() for name, frame in series.items()}).max(axis=1)
    if not (hours > 0.0).any():
        raise NothingToDrawError("no innocent message would ever be refused for reputation")
    stream = str(hours.idxmax())
    curves = {name: frame[stream] for name, frame in series.items() if stream in frame}
    figure, axes = sheet(
        len(curves),
        1,
        _message(stream, curves),
        caption,
        row_height=1.15 if len(curves) > 1 else 2.0,
        sharex=True,
        sharey=True,
    )
    drawn = looks(list(series))
    for (name, chance), panel in zip(curves.items(), axes, strict=True):
        panel.set_title(name)
        panel.annotate(
            listed.get(name, ""), (1, 1), (0, 4), *_BESIDE, size=8, color=INK, ha="right"
        )
        _draw(panel, chance, drawn[name])
        panel.set_ylim(0.0, 1.1 * max(chance.max() for chance in curves.values()))
        clock_axis(panel, start, 0.0, duration, most=12)
    figure.supylabel("probability of refusal", fontsize=9, color=INK)
    axes[-1].set_xlabel("time of the run")
    return figure


def _draw(panel: Axes, chance: "pd.Series[float]", look: Look) -> None:
    values = chance.to_numpy()
    edges = np.append(chance.index.to_numpy(), chance.index[-1] + HOUR)
    panel.stairs(values, edges, fill=True, color=look.colour, alpha=0.25)
    panel.stairs(values, edges, baseline=None, color=look.colour, linewidth=1.8)
    panel.yaxis.set_major_locator(MaxNLocator(3))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))


def _message(stream: str, curves: "Mapping[str, pd.Series[float]]") -> str:
    """Return the title: the largest probability in each design."""
    most = {name: float(chance.max()) for name, chance in curves.items()}
    text = {
        name: f"up to {number(share, 'share')}" if share else "never"
        for name, share in most.items()
    }
    return (
        f"Probability of refusal of a fresh message of {stream}, for reputation: {by_design(text)}"
    )
