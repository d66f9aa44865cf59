"""Probabilities: Wilson's interval for an event that occurs or not in a replication.

By Student's t the probability of an event that never occurred would be 0 without uncertainty.
Wilson's score interval gives the largest probability that is still likely (Journal of the American
Statistical Association 22, 1927), and so does the interval for a paired difference of two such
shares that is built on it (Newcombe, Statistics in Medicine 17, 1998, page 2635, method 10).
"""

import numpy as np
from scipy.special import bdtr, betaincinv, ndtri

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats, Mask


def chances(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the share of ones in each row with Wilson's interval.

    Parameters
    ----------
    values : array of float, shape (rows, replications)
        Zeros and ones; NaN where a replication has no value.
    confidence : float
        Confidence of the intervals.
    """
    n = np.count_nonzero(~np.isnan(values), axis=1)
    any_value = n > 0
    share = np.divide(np.nansum(values, axis=1), n, out=np.full(len(n), np.nan), where=any_value)
    # No division by zero; the share of such a row is NaN anyway.
    number = np.where(any_value, n, 1)
    z = ndtri(0.5 + confidence / 2)
    width = 1.0 + z * z / number
    middle = (share + z * z / (2 * number)) / width
    half = z / width * np.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    # Never seen, and always: the formula gives the very end but for rounding.
    low = np.where(share == 0.0, 0.0, middle - half)
    return Estimates(share, low, np.where(share == 1.0, 1.0, middle + half), n)


def exact_chances(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the same with the interval of Clopper and Pearson (Biometrika 26, 1934).

    Each end errs with no more than half of what the confidence leaves, which a decision on one end
    needs; Wilson's ends keep the confidence on the average only.
    """
    share, _, _, n = chances(values, confidence)
    hits, tail = np.nansum(values, axis=1), (1.0 - confidence) / 2
    misses = n - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), misses + 1, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, 1), 1.0 - tail), 1.0)
    return Estimates(share, low, high, n)


def unseen(replications: int, confidence: float = CONFIDENCE) -> float:
    """Return the largest likely probability of an event that none of so many replications had.

    It is 1 - 0.05^(1/n) for a confidence of 95 %.
    """
    return float(1.0 - (1.0 - confidence) ** (1.0 / replications))


def chance_differences(base: Floats, other: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return how much likelier each row is in `other` than in `base`, replication by replication.

    Parameters
    ----------
    base, other : array of float, shape (rows, replications)
        Zeros and ones of two designs on the same draws. NaN in either drops the replication.
    confidence : float
        Confidence of the intervals.

    Returns
    -------
    Estimates
        Shape (rows,). One replication has no interval.

    Notes
    -----
    The interval is Newcombe's for paired proportions (Statistics in Medicine 17, 1998, method 10).
    With few replications it leaves 0 out too often: where the exact sign test of the replications
    that differ does not reject (McNemar's test), the interval is widened to contain 0.
    """
    both = ~(np.isnan(base) | np.isnan(other))
    base, other = np.where(both, base, np.nan), np.where(both, other, np.nan)
    p, q = chances(other, confidence), chances(base, confidence)
    difference = p.value - q.value
    r = _correlation(base, other, both)
    down, up = p.value - p.low, p.high - p.value
    down_base, up_base = q.value - q.low, q.high - q.value
    low = difference - np.sqrt(down**2 - 2 * r * down * up_base + up_base**2)
    high = difference + np.sqrt(up**2 - 2 * r * up * down_base + down_base**2)
    result = with_zero_unless_sure(Estimates(difference, low, high, p.n), other - base, confidence)
    several = p.n > 1
    return Estimates(
        difference,
        np.where(several, result.low, np.nan),
        np.where(several, result.high, np.nan),
        p.n,
    )


def with_zero_unless_sure(given: Estimates, difference: Floats, confidence: float) -> Estimates:
    """Return intervals of differences that contain 0 unless the exact sign test excludes it.

    Parameters
    ----------
    given : Estimates
        The differences, shape (rows,).
    difference : array of float, shape (rows, replications)
        The difference in each replication; NaN where there is none.
    confidence : float
        Confidence of the intervals.
    """
    more, less = (np.nansum(sign * difference > 0, axis=1) for sign in (1, -1))
    few = np.minimum(1.0, 2.0 * bdtr(np.minimum(more, less), more + less, 0.5)) > 1.0 - confidence
    return Estimates(
        given.value,
        np.where(few, np.minimum(given.low, 0.0), given.low),
        np.where(few, np.maximum(given.high, 0.0), given.high),
        given.n,
    )


def _correlation(base: Floats, other: Floats, both: Mask) -> Floats:
    """Return the correlation of rows of zeros and ones, with Newcombe's continuity correction."""
    n = np.count_nonzero(both, axis=1)
    yes = np.nansum(base * other, axis=1)
    only_base, only_other = np.nansum(base, axis=1) - yes, np.nansum(other, axis=1) - yes
    no = n - yes - only_base - only_other
    product = yes * no - only_base * only_other
    # The correction applies to a positive correlation only, and never makes it negative.
    product = np.where(product > 0, np.maximum(product - n / 2, 0.0), product)
    margins = (yes + only_base) * (only_other + no) * (yes + only_other) * (only_base + no)
    result: Floats = np.divide(product, np.sqrt(margins), out=np.zeros(len(n)), where=margins > 0)
    return result
