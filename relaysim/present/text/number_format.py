"""Numbers as people read them: few digits, a unit that fits the size, and the interval.

Values come as the frames have them: times in seconds, shares as fractions of 1. Three significant
digits, or as many as the interval leaves a meaning to.
"""

import math
from typing import NamedTuple

from relaysim.stats.possible_range import difference_leaves_range, leaves_range

NONE = "-"
"""What stands where there is no value."""
LOST = "lost"
"""What stands for a time that is infinite: a quantile that a lost recipient decides."""
_NOTABLE = 0.1


class Scale(NamedTuple):
    """How a quantity is written: how many of the frame's unit one is, its name, and its digits.

    `digits` is the largest number of decimals that still says something, and `least` the smallest
    amount: what is more than nothing and below it is "<0.01 %".
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
_OTHERS = {
    "share": Scale(0.01, " %", 2, 0.01),
    "recipients/s": Scale(1.0, "/s", 3, 0.001),
    "min": Scale(1.0, " min", 2, 0.01),
    "h": Scale(1.0, " h", 2, 0.01),
}


def scale(size: float, unit: str) -> Scale:
    """How a quantity of this size is written; counts of any kind bear no unit."""
    if unit != "s":
        return _OTHERS.get(unit, _COUNT)
    rounded = float(f"{abs(size):.3g}") or 1.0
    return next((scale for below, scale in _TIMES if rounded < below), _TIMES[-1][1])


def number(value: float, unit: str = "") -> str:
    """A value with its unit: 0.0123 s is "12.3 ms", 0.0123 of a whole "1.23 %"."""
    return interval(value, math.nan, math.nan, unit)


def interval(value: float, low: float, high: float, unit: str = "") -> str:
    """A value with half the width of its interval, "12.3±0.4 min"; alone where there is none.

    A time that is infinite is "lost".
    An interval that is not symmetric has its ends instead, "20 % (4 to 62 %)", as one that would
    reach beyond the range of the quantity. A share that is
    not whole is not written as whole, nor what is more than nothing as nothing.
    """
    if not math.isfinite(value):
        return LOST if value == math.inf and unit == "s" else NONE
    if unit == "share" and 0.99995 <= value < 1.0:
        return ">99.99 %"
    half = _half(low, high)
    kind = scale(max(abs(value), half), unit)
    if _skewed(value, low, high) or leaves_range(value, half, low, high, unit):
        return _with_ends(value, low, high, kind)
    if 0.0 < value < kind.least * kind.factor and half < kind.least * kind.factor:
        return f"<{kind.least:g}{kind.text}"
    return _written(value, half, kind)


def difference(value: float, low: float, high: float, unit: str = "") -> str:
    """A difference, with its sign; of shares in percentage points: "+1.2±0.3 pp".

    A time that is lost in one of the two alone makes a difference without a size.
    """
    if not math.isfinite(value):
        return {math.inf: "becomes lost", -math.inf: "no longer lost"}.get(value, NONE)
    half = _half(low, high)
    kind = scale(max(abs(value), half), unit)
    if unit == "share":
        kind = kind._replace(text=" pp")
    if _skewed(value, low, high) or difference_leaves_range(value, half, unit):
        return _with_ends(value, low, high, kind, sign="+")
    return _written(value, half, kind, sign="+")


def spread(median: float, least: float, most: float, unit: str = "") -> str:
    """A median with the range of the replications, "12 s (3.1 to 45 s)"; alone where all agree."""
    middle, low, high = (number(each, unit) for each in (median, least, most))
    if low == middle == high:
        return middle
    same = scale(abs(least), unit) == scale(abs(most), unit)
    if same and (of := scale(abs(most), unit).text):
        low = low.removesuffix(of)
    return f"{middle} ({low} to {high})"


def difference_spread(median: float, least: float, most: float, unit: str = "") -> str:
    """The same of differences, with their signs: "+12 s (-3.1 s to +45 s)"."""
    middle, low, high = (
        difference(each, math.nan, math.nan, unit) for each in (median, least, most)
    )
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def periods_of(name: str, bad: float, judged: float, low: float, high: float) -> str:
    """How many days (or what `name` is) were bad, "2 of 5 days (5 to 85 %)"."""
    if not judged:
        return NONE
    ends = f" ({100 * low:.0f} to {100 * high:.0f} %)" if math.isfinite(low) else ""
    return f"{round(bad):,} of {round(judged):,} {name}{'s' * (round(judged) != 1)}{ends}"


def chance(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """How likely something is, with the ends of its interval, "60 % (23 % to 88 %)"."""
    if not math.isfinite(value):
        return NONE
    ends = [_percent(end) for end in (low, high) if math.isfinite(end)]
    seldom = 0.0 < value < 0.01
    said = number(value, "share") if seldom else _percent(value)
    return said + (f" ({' to '.join(ends)})" if ends else "")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _skewed(value: float, low: float, high: float) -> bool:
    """Whether the interval reaches notably farther on one side."""
    half = _half(low, high)
    return abs(value - (low + high) / 2) > _NOTABLE * half > 0.0


def _half(low: float, high: float) -> float:
    """Half the width of an interval, 0 if there is none."""
    half = (high - low) / 2
    return max(0.0, half)  # 0.0 for NaN too


def _written(value: float, half: float, kind: Scale, sign: str = "") -> str:
    scaled, spread = value / kind.factor, half / kind.factor
    digits = min(kind.digits, _decimals(scaled, spread))
    if kind.text == " %" and round(scaled, digits) == 100.0 != scaled:
        digits = kind.digits
    scaled = round(scaled, digits)
    body = f"{scaled:{sign},.{digits}f}" if scaled else f"{0:.{digits}f}"
    if not spread:
        return body + kind.text
    # An interval that is narrower than the last digit is not none.
    half_text = f"{spread:,.{digits}f}" if round(spread, digits) else f"<{10.0**-digits:.{digits}f}"
    return f"{body}±{half_text}{kind.text}"


def _with_ends(value: float, low: float, high: float, kind: Scale, sign: str = "") -> str:
    scaled = [each / kind.factor for each in (value, low, high)]
    digits = min(kind.digits, _decimals(scaled[0], _half(*scaled[1:])))
    texts = [f"{each:{sign},.{digits}f}" if round(each, digits) else "0" for each in scaled]
    return f"{texts[0]}{kind.text} ({texts[1]} to {texts[2]}{kind.text})"


def _decimals(value: float, half: float) -> int:
    """Decimals for three significant digits, or fewer where the interval says that they are noise.

    There are more where the interval would vanish else. The interval keeps one digit, or two if it
    begins with 1, and so does a value of its own size.
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
    """The power of ten of the first of three significant digits."""
    return int(f"{value:.2e}".partition("e")[2])
