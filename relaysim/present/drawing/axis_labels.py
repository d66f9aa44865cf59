"""Axes of quantities and of varied numbers, with labels as in the tables."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from relaysim.measure.quantity import Quantity
from relaysim.present.text.number_format import scale
from relaysim.study.varied_values import Vary
from relaysim.units import format_duration

WIDE = 50.0
"""How many times larger than the smallest the largest time is from which on an axis is a log."""
_LINEAR = 0.001
"""Seconds below which a log is linear."""
_NARROW = 0.01
"""The least span of shares."""
_SPREAD = 30.0
"""The same for what is varied."""
_MARKS = {
    60.0: 1.0,
    180.0: 3.0,
    600.0: 1.0,
    1800.0: 3.0,
    3600.0: 1.0,
    10_800.0: 3.0,
    36_000.0: 1.0,
    86_400.0: 1.0,
    259_200.0: 3.0,
    864_000.0: 1.0,
}
"""Times from a minute on at which a log has a mark; 3 are those that a short log has too."""
Floats = npt.NDArray[np.float64]


def quantity_axis(panel: Axes, quantity: Quantity, values: Floats) -> None:
    """Set the y axis of a quantity, linear with one unit, or logarithmic with a unit at each mark.

    The labels have the unit alone: the title of a panel has the quantity. Shares begin at their
    smallest value, if that is far from zero.

    Parameters
    ----------
    panel : Axes
        The panel.
    quantity : Quantity
        The quantity on the axis.
    values : float array
        All values on the axis, in the unit of the quantity.
    """
    unit = quantity.of.unit
    known = values[np.isfinite(values)]
    # A quantity that is lost everywhere still gets an axis.
    known = known if len(known) else np.array([0.0, 1.0])
    low, high = float(known.min()), float(known.max())
    positive = known[known > 0.0]
    if unit == "s" and high > WIDE * positive.min(initial=np.inf):
        _log(panel, low, float(positive.min()), high)
        panel.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: format_duration(round(1e6 * value)))
        )
        panel.set_ylabel("time, logarithmic")
        return
    kind, most = scale(max(abs(low), abs(high)), unit), np.inf
    bottom = min(low, 0.0)
    if unit == "share":
        most = 1.0
        # Shares near 100 % would be one flat line on an axis from 0.
        bottom = min(low, high - _NARROW) if low > 0.4 * high else bottom
    room = 0.06 * (high - bottom or 1.0)
    panel.set_ylim(bottom - room, high + room)
    panel.yaxis.set_major_locator(FixedLocator(ticks(bottom - room, high + room, kind.factor)))
    panel.yaxis.set_major_formatter(
        # The margin above 100 % has no label.
        FuncFormatter(lambda value, _: f"{value / kind.factor:,.6g}" if value <= most else "")
    )
    panel.set_ylabel(kind.text.strip() or unit)


def ticks(low: float, high: float, factor: float, most: int = 5) -> list[float]:
    """Return round numbers of a unit within an axis.

    Parameters
    ----------
    low, high : float
        The ends of the axis.
    factor : float
        One unit of the labels, in the unit of the axis.
    most : int
        The largest number of marks.
    """
    values = MaxNLocator(most).tick_values(low / factor, high / factor)
    return [factor * value for value in values if low <= factor * value <= high]


def _log(panel: Axes, low: float, least: float, high: float) -> None:
    """Set a logarithmic axis from the least value above zero.

    One with zeros has zero at its end.
    """
    if low > 0.0:
        panel.set_yscale("log")
        panel.set_ylim(low / 1.5, 1.5 * high)
        first, parts = low, (1.0, 3.0) if high < _SPREAD**2 * low else (1.0,)
        zero = []
    else:
        # At most six decades, or the marks would not have room.
        first = 10.0 ** math.floor(math.log10(max(least, _LINEAR, high * 1e-6)))
        panel.set_yscale("symlog", linthresh=first)
        panel.set_ylim(-0.2 * first, 1.6 * high)
        zero, parts = [0.0], (1.0,)
    # Seconds have decimal marks; from a minute on the marks are those of a clock.
    decades = range(math.floor(math.log10(first)), 2)
    ticks = [part * 10.0**power for power in decades for part in parts if part * 10.0**power < 60.0]
    ticks += [mark for mark, part in _MARKS.items() if part in parts and mark >= first / 2]
    panel.yaxis.set_major_locator(FixedLocator([*zero, *ticks]))
    panel.yaxis.set_minor_locator(NullLocator())


def places(varied: Vary) -> Floats:
    """Return the places of the values of a path on an axis: as numbers, or one after the other."""
    # Words, such as profiles, have no amounts: they stand side by side.
    return np.array(varied.amounts or range(len(varied.values)), np.float64)


def varied_axis(panel: Axes, varied: Vary, shown: Sequence[float] | None = None) -> None:
    """Set the x axis of a varied path.

    Parameters
    ----------
    panel : Axes
        The panel.
    varied : Vary
        The path with its values.
    shown : sequence of float or None
        The places with a label; None for all that fit.
    """
    at = places(varied)
    panel.set_xlabel(f"{varied.path}{f',{varied.unit}' if varied.unit.strip() else ''}")
    if not varied.amounts:
        panel.set_xlim(-0.5, len(at) - 0.5)
        panel.xaxis.set_major_locator(FixedLocator(at.tolist()))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda place, _: varied.values[round(place)]))
        return
    if at.min() > 0.0 and at.max() > _SPREAD * at.min():
        panel.set_xscale("log")
        panel.xaxis.set_minor_locator(NullLocator())
    if shown is not None or len(at) <= 8:
        panel.xaxis.set_major_locator(FixedLocator(list(at if shown is None else shown)))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))


def amount(value: float, unit: str = "") -> str:
    """Return a varied number as text: three digits, and no power of ten."""
    return f"{float(f'{value:.3g}'):,.12g}{unit}"
