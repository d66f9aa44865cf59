"""Intervals stay within what a quantity can be: a share 0 to 100 %, all else 0 or above.

An interval by Student's t takes no notice of that. Where such an interval reaches over the end of
the range, the part beyond the end says nothing, and is cut off. Tables and text ask here alone.
"""

from collections.abc import Sequence

import numpy as np

from relaysim.stats.interval import Estimate, Estimates, Floats

_ROUNDING = 1e-9


def within_range(found: Estimates, units: Sequence[str]) -> Estimates:
    """Return estimates whose intervals stay within the range of their quantities.

    Parameters
    ----------
    found : Estimates
        Estimates of quantities that are no differences.
    units : sequence of str
        The unit of each quantity: "share" has the range 0 to 1, any other 0 to infinity.

    Returns
    -------
    Estimates
        The same with `low` and `high` within the range. Where the value itself lies outside, as
        that of a harm that is less than none may, the end on that side stays as it is.
    """
    most = _largest(units)
    inside = found.value >= -_ROUNDING, found.value <= most + _ROUNDING
    return Estimates(
        found.value,
        np.where(inside[0], np.maximum(found.low, 0.0), found.low),
        np.where(inside[1], np.minimum(found.high, most), found.high),
        found.n,
    )


def estimate_within_range(found: Estimate, unit: str) -> Estimate:
    """Return one estimate whose interval stays within the range of its quantity."""
    one = Estimates(*(np.array([part]) for part in found))
    return within_range(one, [unit]).first()


def difference_within_range(found: Estimates, units: Sequence[str]) -> Estimates:
    """Return differences whose intervals stay within the range: of two shares, -1 to 1."""
    most = _largest(units)
    low, high = np.clip(found.low, -most, most), np.clip(found.high, -most, most)
    return Estimates(found.value, low, high, found.n)


def leaves_range(value: float, half: float, low: float, high: float, unit: str) -> bool:
    """Whether `value` ± `half` reaches beyond a range within which `low` and `high` are."""
    most = 1.0 if unit == "share" else np.inf
    return bool(low >= 0.0 > value - half or high <= most < value + half)


def difference_leaves_range(value: float, half: float, unit: str) -> bool:
    """Whether a difference `value` ± `half` reaches beyond what two shares can differ by."""
    return unit == "share" and abs(value) + half > 1.0 >= abs(value)


def _largest(units: Sequence[str]) -> Floats:
    """The largest value of each unit."""
    return np.array([1.0 if unit == "share" else np.inf for unit in units])
