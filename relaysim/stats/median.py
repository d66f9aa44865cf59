"""Medians and ranges of the values of the replications, for rows without an interval of a mean."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrik

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats


class Middle(NamedTuple):
    """Median, smallest and largest value of each row; NaN where a row has no value."""

    median: Floats
    least: Floats
    most: Floats


def middle(values: Floats) -> Middle:
    """Return the median and the range of each row; columns are replications, NaN is no value."""
    result = np.full((3, len(values)), np.nan)
    any_value = ~np.isnan(values).all(axis=1)
    rows = values[any_value]
    if len(rows):
        # Between two values that are lost in different directions there is no middle.
        with np.errstate(invalid="ignore"):
            median = np.nanmedian(rows, axis=1)
        result[:, any_value] = median, np.nanmin(rows, axis=1), np.nanmax(rows, axis=1)
    return Middle(*result)


def median_intervals(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the median of each row with an interval that holds for any distribution.

    Parameters
    ----------
    values : array of float, shape (rows, replications)
        NaN where a replication has no value.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    Estimates
        The ends are NaN where there are too few values: for 95 %, fewer than six.

    Notes
    -----
    The ends are order statistics: the number of values below the median is binomial with 1/2
    (David and Nagaraja, Order Statistics, 3rd edition, 2003, section 7.1).
    """
    n = np.count_nonzero(~np.isnan(values), axis=1)
    ordered = np.sort(values, axis=1)  # NaN comes last
    # 0: too few values for an interval at this confidence.
    below = _binomial_quantile((1.0 - confidence) / 2, np.maximum(n, 1)).astype(np.int64)
    low, high = np.full((2, len(values)), np.nan)
    for row in np.flatnonzero((n > 0) & (below > 0)):
        low[row] = ordered[row, below[row] - 1]
        high[row] = ordered[row, n[row] - below[row]]
    return Estimates(middle(values).median, low, high, n)


def _binomial_quantile(tail: float, n: npt.NDArray[np.int64]) -> Floats:
    """Return the smallest number k with P(at most k of n) >= tail, for a probability of 1/2."""
    k = np.ceil(bdtrik(tail, n, 0.5))
    # `bdtrik` rounds: the number before may be enough.
    before = np.maximum(k - 1, 0)
    return np.where(bdtr(before, n, 0.5) >= tail, before, k)


def fewest_for_median(confidence: float = CONFIDENCE) -> int:
    """Return the smallest number of values for which `median_intervals` has ends."""
    return int(np.ceil(1.0 - np.log2(1.0 - confidence)))
