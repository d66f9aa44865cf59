"""Format numbers for people: few digits, a unit that fits the size, and the confidence interval.

Values come as frames have them: times in seconds, shares as fractions of 1. They get three
significant digits, or fewer where the interval shows that the rest is noise. An interval is written
"8 % (3 to 15 %)", within the range that the quantity can have.
"""

import math
from typing import NamedTuple

NONE = "-"
"""Text of a value that does not exist."""
LOST = "lost"
"""Text of an infinite time: a quantile that a lost recipient decides."""


class Scale(NamedTuple):
    """The form of a quantity: one displayed unit in the unit of the frame, its name, and digits.

    `digits` is the largest number of decimals that is written, and `least` the smallest amount: a
    value between zero and `least` is written "<0.01 %".
    """

    factor: float
    text: str
    digits: int
    least: float


_TIMES = (
    (1.0, Scale(0.001, " ms", 1, 1.0)),
    (120.0, Scale(1.0, " s", 2, 0.0)),
    (7200.0, Scale(60.0, " min", 2, 0.0)),
    (172_800.0, Scale(3600.0, " h", 2, 0.0)),
    (math.inf, Scale(86_400.0, " d", 2, 0.0)),
)
_COUNT = Scale(1.0, "", 1, 0.1)
_POINTS = " pp"
"""Unit of a difference of shares: percentage points."""
_OTHERS = {
    "share": Scale(0.01, " %", 2, 0.01),
    "recipients/s": Scale(1.0, "/s", 3, 0.001),
    "min": Scale(1.0, " min", 2, 0.01),
    "h": Scale(1.0, " h", 2, 0.01),
}


def scale(size: float, unit: str) -> Scale:
    """Return how a quantity of this size is written; counts of any kind have no unit."""
    if unit != "s":
        return _OTHERS.get(unit, _COUNT)
    rounded = float(f"{abs(size):.3g}") or 1.0
    return next((scale for below, scale in _TIMES if rounded < below), _TIMES[-1][1])


def number(value: float, unit: str = "") -> str:
    """Write a value with its unit: 0.0123 s is "12.3 ms", a share of 0.0123 is "1.23 %"."""
    return interval(value, math.nan, math.nan, unit)


def interval(value: float, low: float, high: float, unit: str = "", *, bounded: bool = True) -> str:
    """Write a value with the ends of its confidence interval: "12.3 min (11.9 to 12.7 min)".

    Parameters
    ----------
    value : float
        In the unit of the frame; an infinite time is written "lost".
    low, high : float
        Ends of the interval; NaN for a value without one, which is then written alone, as is a
        value whose interval is narrower than its last digit.
    unit : str
        Unit of the frame, such as "s" or "share".
    bounded : bool
        Whether the quantity cannot be negative, nor a share above 100 %: ends beyond are cut off.

    Returns
    -------
    str
        A share below 1 is never written "100 %", and a value above 0 never "0".
    """
    if not math.isfinite(value):
        return LOST if value == math.inf and unit == "s" else NONE
    if unit == "share" and 0.99995 <= value < 1.0:
        return ">99.99 %"
    if bounded:
        low, high = _cut(value, low, high, 0.0, 1.0 if unit == "share" else math.inf)
    half = _half(low, high)
    kind = scale(max(abs(value), half), unit)
    if 0.0 < value < kind.least * kind.factor and half < kind.least * kind.factor:
        return f"<{kind.least:g}{kind.text}"
    return _written(value, low, high, kind)


def difference(value: float, low: float, high: float, unit: str = "") -> str:
    """Write a difference with its sign: "+12 s (+9 to +15 s)"; of shares in percentage points.

    Parameters
    ----------
    value, low, high : float
        The difference and the ends of its interval, in the unit of the frame. An infinite value
        means that a time is lost in one of the two designs only.
    unit : str
        Unit of the frame.

    Returns
    -------
    str
        Ends of a difference of shares stay within ±100 percentage points.
    """
    if not math.isfinite(value):
        return {math.inf: "becomes lost", -math.inf: "no longer lost"}.get(value, NONE)
    if unit == "share":
        low, high = _cut(value, low, high, -1.0, 1.0)
    kind = scale(max(abs(value), _half(low, high)), unit)
    if unit == "share":
        kind = kind._replace(text=_POINTS)
    return _written(value, low, high, kind, sign="+")


def change(value: float, low: float, high: float, unit: str = "") -> str:
    """Write a difference without a sign: "53.2 percentage points less (52.7 to 53.7)".

    Parameters
    ----------
    value, low, high : float
        The difference and the ends of its interval, in the unit of the frame.
    unit : str
        Unit of the frame.

    Returns
    -------
    str
        With signs, as `difference` writes it, if the ends have different signs.
    """
    if not math.isfinite(value) or low * high < 0.0 or not value:
        return difference(value, low, high, unit)
    word = "less" if value < 0.0 else "more"
    if value < 0.0:
        value, low, high = -value, -high, -low
    kind = scale(max(value, _half(low, high)), unit)
    if unit == "share":
        low, high = _cut(value, low, high, 0.0, 1.0)
        kind = kind._replace(text=" percentage points")
    middle, bracket, ends = _written(value, low, high, kind).partition(" (")
    ends = ends.replace(" percentage points", "")
    return f"{middle} {word}{bracket}{ends}"


def spread(median: float, least: float, most: float, unit: str = "") -> str:
    """Write a median with the range of the replications, "12 s (3.1 to 45 s)"; alone if equal."""
    middle, low, high = (number(value, unit) for value in (median, least, most))
    if low == middle == high:
        return middle
    same = scale(abs(least), unit) == scale(abs(most), unit)
    if same and (name := scale(abs(most), unit).text):
        low = low.removesuffix(name)
    return f"{middle} ({low} to {high})"


def difference_spread(median: float, least: float, most: float, unit: str = "") -> str:
    """Write a median difference with the range: "+12 s (-3.1 s to +45 s)"; alone if equal."""
    middle, low, high = (
        difference(value, math.nan, math.nan, unit) for value in (median, least, most)
    )
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def periods_of(name: str, bad: float, judged: float, low: float, high: float) -> str:
    """Write how many days (or hours) were bad: "2 of 5 days (5 to 85 %)".

    Parameters
    ----------
    name : str
        "day" or "hour".
    bad, judged : float
        Bad periods, and judged periods, over all replications.
    low, high : float
        The ends of the interval of their share.
    """
    if not judged:
        return NONE
    ends = f" ({100 * low:.0f} to {100 * high:.0f} %)" if math.isfinite(low) else ""
    return f"{round(bad):,} of {round(judged):,} {name}{'s' * (round(judged) != 1)}{ends}"


def chance(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """Write a probability with the ends of its interval: "60 % (23 to 88 %)"."""
    if not math.isfinite(value):
        return NONE
    text = number(value, "share") if 0.0 < value < 0.01 else f"{100 * value:.0f} %"
    ends = f" ({100 * low:.0f} to {100 * high:.0f} %)" if math.isfinite(low) else ""
    return text + ends


def _cut(value: float, low: float, high: float, least: float, most: float) -> tuple[float, float]:
    """Return the ends of an interval within a range; an end stays if the value is beyond it."""
    return max(low, least) if value >= least else low, min(high, most) if value <= most else high


def _half(low: float, high: float) -> float:
    """Return half the width of an interval, 0 if there is none."""
    return max(0.0, (high - low) / 2)  # 0.0 for NaN too


def _written(value: float, low: float, high: float, kind: Scale, sign: str = "") -> str:
    half = _half(low, high)
    scaled = [part / kind.factor for part in (value, low, high)]
    digits = min(kind.digits, _decimals(scaled[0], half / kind.factor))
    if kind.text == " %" and round(scaled[0], digits) == 100.0 != scaled[0]:
        digits = kind.digits
    middle, lower, upper = (
        f"{part:{sign},.{digits}f}" if round(part, digits) else "0" for part in scaled
    )
    if not half or lower == middle == upper:
        return middle + kind.text
    return f"{middle}{kind.text} ({lower} to {upper}{kind.text})"


def _decimals(value: float, half: float) -> int:
    """Return the decimals for three significant digits, or fewer where they would be noise.

    There are more if the interval would vanish. The interval keeps one digit, or two if it begins
    with 1, and so does a value of its own size.
    """
    size = max(abs(value), half)
    if size == 0.0 or (not half and value == round(value)):
        return 0
    three = 2 - _exponent(size)
    if not half:
        return max(three, 0)
    exponent = _exponent(half)
    kept = -exponent + (half < 2 * 10.0**exponent)
    if value and -_exponent(value) == kept + 1:
        kept += 1
    return max(min(three, kept), kept if not round(half, three) else 0, 0)


def _exponent(value: float) -> int:
    """Return the power of ten of the first of three significant digits."""
    return int(f"{value:.2e}".partition("e")[2])
