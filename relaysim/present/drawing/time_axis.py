"""The time of day along an axis."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

HOUR = 3600.0
_STEPS = (1 / 12, 1 / 6, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 336.0, 672.0)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def at(start: datetime, seconds: float) -> str:
    """Return the time of day, with the number of the day from the second one on: "day 2 02:00"."""
    moment = start + timedelta(seconds=round(seconds))
    day = (moment.date() - start.date()).days
    return (f"day {day + 1} " if day else "") + f"{moment:%H:%M}"


def day(start: datetime, seconds: float) -> str:
    """Return the number of the day and its weekday, "day 9 Tue"."""
    moment = start + timedelta(seconds=round(seconds))
    return f"day {(moment.date() - start.date()).days + 1} {_DAYS[moment.weekday()]}"


def clock_axis(panel: Axes, start: datetime, first: float, last: float, most: int = 7) -> None:
    """Set an axis of seconds since the start of the run, with times of day or midnights as labels.

    Parameters
    ----------
    panel : Axes
        The panel.
    start : datetime
        Start of the run.
    first, last : float
        The ends of the axis, seconds.
    most : int
        The largest number of steps; a quarter less if labels have the day.
    """
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = (start - midnight).total_seconds()
    # Labels with a day are longer.
    room = most if offset + last <= 24 * HOUR else 0.75 * most
    step = next((s for s in _STEPS if (last - first) / (s * HOUR) <= room), _STEPS[-1]) * HOUR
    # Marks are at full hours of the clock; a run may start at any minute.
    marks = np.arange(np.ceil((offset + first) / step) * step, offset + last + 1.0, step) - offset
    panel.set_xlim(first, last)
    panel.xaxis.set_major_locator(FixedLocator(marks.tolist()))
    panel.xaxis.set_minor_locator(NullLocator())
    lettered = day if step >= 24 * HOUR else at
    panel.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: "\n".join(lettered(start, x).rsplit(" ", 1)))
    )


def clock_label(last: float) -> str:
    """Return the label of an axis of so many seconds."""
    return "time of day" if last <= 24 * HOUR else "time of the run"


def active(series: Iterable["pd.Series[float]"], least: float = 0.01) -> tuple[float, float]:
    """Return the first and last time at which a series is above a share of the largest maximum.

    Parameters
    ----------
    series : iterable of pandas.Series
        Series with the start of each minute, seconds, as index.
    least : float
        The share of the maximum of all.

    Returns
    -------
    tuple of float
        Seconds; 0, 0 if there is no such time.
    """
    known = list(series)
    top = max((float(item.max()) for item in known), default=0.0)
    times = [item.index[item > least * top].to_numpy() for item in known if top > 0.0]
    result = np.concatenate([np.zeros(0), *times])
    return (float(result.min()), float(result.max())) if len(result) else (0.0, 0.0)
