"""Intervals within the range of a quantity: a share 0 to 100 %, all else 0 or above.

An interval by Student's t may reach over the end of the range. The part beyond the end is cut off.
Tables and text use this module alone for it.
"""

from collections.abc import Sequence

import numpy as np

from relaysim.stats.interval import Estimate, Estimates, Floats

_ROUNDING = 1e-9


def within_range(given: Estimates, units: Sequence[str]) -> Estimates:
    """Return estimates whose intervals stay within the range of their quantities.

    Parameters
    ----------
    given : Estimates
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
    # A value outside the range, such as harm below none in paired runs, keeps its end.
    inside = given.value >= -_ROUNDING, given.value <= most + _ROUNDING
    return Estimates(
        given.value,
        np.where(inside[0], np.maximum(given.low, 0.0), given.low),
        np.where(inside[1], np.minimum(given.high, most), given.high),
        given.n,
    )


def estimate_within_range(given: Estimate, unit: str) -> Estimate:
    """Return one estimate whose interval stays within the range of its quantity."""
    one = Estimates(*(np.array([part]) for part in given))
    return within_range(one, [unit]).first()


def difference_within_range(given: Estimates, units: Sequence[str]) -> Estimates:
    """Return differences whose intervals stay within the range: of two shares, -1 to 1."""
    most = _largest(units)
    low, high = np.clip(given.low, -most, most), np.clip(given.high, -most, most)
    return Estimates(given.value, low, high, given.n)


def leaves_range(value: float, half: float, low: float, high: float, unit: str) -> bool:
    """Return whether `value` ± `half` reaches beyond a range that contains `low` and `high`."""
    most = 1.0 if unit == "share" else np.inf
    return bool(low >= 0.0 > value - half or high <= most < value + half)


def difference_leaves_range(value: float, half: float, unit: str) -> bool:
    """Return whether a difference `value` ± `half` reaches beyond what two shares can differ by."""
    return unit == "share" and abs(value) + half > 1.0 >= abs(value)


def _largest(units: Sequence[str]) -> Floats:
    """Return the largest value of each unit."""
    return np.array([1.0 if unit == "share" else np.inf for unit in units])
