"""Comparisons of times that a listing skews: by the median of the paired differences.

Such a row has no interval for its mean. Its verdict rests on the interval of the median, which
holds for any distribution but takes some six replications.
"""

import numpy as np

from relaysim.stats.interval import Estimates, Floats, Mask
from relaysim.stats.lost_values import minus
from relaysim.stats.median import fewest_for_median, median_intervals, middle

MEDIANS = (
    *("base_median", "value_median", "difference_median"),
    *("difference_least", "difference_most"),
)
"""The columns of `comparisons` that such rows have, and no others."""


def by_median(
    difference: Estimates, differences: Floats, skewed: Mask, equal: Mask, confidence: float
) -> Estimates:
    """Return the differences to be judged: in `skewed` rows, medians with their intervals.

    Parameters
    ----------
    difference : Estimates
        Means of the paired differences, shape (rows,).
    difference : array of float, shape (rows, replications)
        The paired differences.
    skewed, equal : array of bool, shape (rows,)
        Rows that a listing skews, and rows that are equal in every replication.
    confidence : float
        Confidence of the intervals.
    """
    rough = median_intervals(differences, confidence)
    # Equal rows keep their exact difference of 0.
    chosen = skewed & ~equal
    return Estimates(
        np.where(chosen, rough.value, difference.value),
        np.where(chosen, rough.low, difference.low),
        np.where(chosen, rough.high, difference.high),
        difference.n,
    )


def median_columns(base: Floats, other: Floats, skewed: Mask) -> dict[str, Floats]:
    """Return the columns `MEDIANS`, NaN in rows that are not `skewed`.

    Parameters
    ----------
    base, other : float array, shape (rows, replications)
        Paired values of two designs.
    skewed : bool array, shape (rows,)
        Rows with a verdict about the median.
    """
    least_to_most = middle(minus(other, base))
    columns = (
        middle(base).median,
        middle(other).median,
        least_to_most.median,
        least_to_most.least,
        least_to_most.most,
    )
    return {
        name: np.where(skewed, part, np.nan) for name, part in zip(MEDIANS, columns, strict=True)
    }


def more_for_median(differences: Floats, least: Floats, confidence: float) -> Floats:
    """Return how many replications decide a median if all go on as those that there are.

    All have to lie on one side, beyond the equivalence margin (`least`), or all within it;
    else nothing is known of the number, which is NaN then.
    """
    median = middle(differences)
    beyond = (median.least > least) | (median.most < -least)
    within = (median.least >= -least) & (median.most <= least)
    return np.where(beyond | within, float(fewest_for_median(confidence)), np.nan)
