"""Amounts of a metric as a user writes them: `30 s`, `1 %`, `0.01`, `10`."""

import math

from relaysim import units


def amount(text: str, unit: str) -> float:
    """Return the value of an amount in the unit of the frames.

    Parameters
    ----------
    text : str
        The amount. A time has a unit; a share is a percentage, or a fraction of 1.
    unit : str
        The unit of the metric.

    Returns
    -------
    float
        In the unit of the metric, from 0.

    Raises
    ------
    ValueError
        If the text is no such amount, or is below 0.
    """
    if unit == "s":
        return units.duration(text) / 1e6
    factor = 1.0
    number = text
    if unit == "share" and text.endswith("%"):
        number, factor = text.removesuffix("%"), 0.01
    try:
        result = factor * float(number)
    except ValueError:
        raise ValueError(f'"{text}" is no number (of {unit})') from None
    if not math.isfinite(result) or result < 0.0:
        raise ValueError(f'"{text}" is out of range: write a number from 0')
    return result
