"""Isolation gain: the share of the reputational harm that another design avoids."""

import numpy as np
from scipy.special import stdtrit

from relaysim.stats.interval import CONFIDENCE, Estimate, Floats


def gain(base: Floats, other: Floats, confidence: float = CONFIDENCE) -> Estimate:
    """Return 1 less the ratio of the means of two paired samples, with a jackknife interval.

    Parameters
    ----------
    base, other : array of float, shape (replications,)
        `blast_reputation` of two designs; a replication in which one of them is NaN is left out.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    Estimate
        NaN where the base has no harm to avoid. The interval is NaN where all harm of the base is
        in one replication. If both designs have the same harm in every replication, the gain is 0,
        and so are both ends.

    Notes
    -----
    The interval is Student's t on the values that leave out one replication each (Efron and
    Tibshirani, An Introduction to the Bootstrap, chapter 11).
    """
    both = ~(np.isnan(base) | np.isnan(other))
    base, other = base[both], other[both]
    n = len(base)
    nothing = np.nan
    # Without harm in the base there is nothing to avoid.
    if n == 0 or base.sum() <= 0:
        return Estimate(nothing, nothing, nothing, n)
    value = 1.0 - float(other.sum() / base.sum())
    # Equal harm is a gain of 0 for sure; the ratio would have rounding errors.
    if n > 1 and np.array_equal(base, other):
        return Estimate(0.0, 0.0, 0.0, n)
    rest = base.sum() - base
    # The jackknife leaves out each replication once, and each rest needs harm.
    if n == 1 or (rest <= 0).any():
        return Estimate(value, nothing, nothing, n)
    left_one_out = 1.0 - (other.sum() - other) / rest
    error = np.sqrt((n - 1) / n * ((left_one_out - left_one_out.mean()) ** 2).sum())
    half = float(stdtrit(n - 1, 0.5 + confidence / 2) * error)
    return Estimate(value, value - half, value + half, n)
