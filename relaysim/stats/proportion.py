"""How likely something is that happens in a replication or does not: Wilson's interval.

Student's t would be sure that what was never seen never happens. Wilson's score interval is not
(Wilson, Journal of the American Statistical Association 22, 1927), and the interval for a paired
difference of two such shares that is built on it is not either (Newcombe, Statistics in Medicine
17, 1998, page 2635, method 10).
"""

import numpy as np
from scipy.special import bdtr, betaincinv, ndtri

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats, Mask


def chances(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """The share of ones in each row of zeros and ones, NaN where there is no value."""
    n = np.count_nonzero(~np.isnan(values), axis=1)
    some = n > 0
    share = np.divide(np.nansum(values, axis=1), n, out=np.full(len(n), np.nan), where=some)
    many = np.where(some, n, 1)
    z = ndtri(0.5 + confidence / 2)
    wide = 1.0 + z * z / many
    middle = (share + z * z / (2 * many)) / wide
    half = z / wide * np.sqrt(share * (1 - share) / many + z * z / (4 * many * many))
    # Never seen, and always: the formula gives the very end but for rounding.
    low = np.where(share == 0.0, 0.0, middle - half)
    return Estimates(share, low, np.where(share == 1.0, 1.0, middle + half), n)


def exact_chances(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """The same with the interval of Clopper and Pearson (Biometrika 26, 1934).

    Each end errs with no more than half of what the confidence leaves, which a decision on one end
    takes; Wilson's keep the confidence on the average only.
    """
    share, _, _, n = chances(values, confidence)
    hits, tail = np.nansum(values, axis=1), (1.0 - confidence) / 2
    misses = n - hits
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), misses + 1, tail), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, 1), 1.0 - tail), 1.0)
    return Estimates(share, low, high, n)


def unseen(replications: int, confidence: float = CONFIDENCE) -> float:
    """How likely, at most, is what happened in none of so many replications: 1 - 0.05^(1/n)."""
    return float(1.0 - (1.0 - confidence) ** (1.0 / replications))


def chance_differences(base: Floats, other: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """How much likelier each row is in `other` than in `base`, replication by replication.

    NaN in either drops the replication; one replication says nothing about a difference.

    Notes
    -----
    The interval is Newcombe's for paired proportions (Statistics in Medicine 17, 1998, method 10).
    With few replications it leaves 0 out too often: where the exact sign test of the replications
    that differ does not reject (McNemar's test), the interval is widened to take 0 in.
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
    found = with_zero_unless_sure(Estimates(difference, low, high, p.n), other - base, confidence)
    several = p.n > 1
    return Estimates(
        difference, np.where(several, found.low, np.nan), np.where(several, found.high, np.nan), p.n
    )


def with_zero_unless_sure(found: Estimates, apart: Floats, confidence: float) -> Estimates:
    """Return intervals of differences that contain 0 unless the exact sign test excludes it.

    Parameters
    ----------
    found : Estimates
        The differences, shape (rows,).
    apart : array of float, shape (rows, replications)
        The difference in each replication; NaN where there is none.
    confidence : float
        Confidence of the intervals.
    """
    more, less = (np.nansum(sign * apart > 0, axis=1) for sign in (1, -1))
    few = np.minimum(1.0, 2.0 * bdtr(np.minimum(more, less), more + less, 0.5)) > 1.0 - confidence
    return Estimates(
        found.value,
        np.where(few, np.minimum(found.low, 0.0), found.low),
        np.where(few, np.maximum(found.high, 0.0), found.high),
        found.n,
    )


def _correlation(base: Floats, other: Floats, both: Mask) -> Floats:
    """The correlation of two yes-or-no values by row, with Newcombe's correction for continuity."""
    n = np.count_nonzero(both, axis=1)
    yes = np.nansum(base * other, axis=1)
    only_base, only_other = np.nansum(base, axis=1) - yes, np.nansum(other, axis=1) - yes
    no = n - yes - only_base - only_other
    product = yes * no - only_base * only_other
    product = np.where(product > 0, np.maximum(product - n / 2, 0.0), product)
    margins = (yes + only_base) * (only_other + no) * (yes + only_other) * (only_base + no)
    found: Floats = np.divide(product, np.sqrt(margins), out=np.zeros(len(n)), where=margins > 0)
    return found
