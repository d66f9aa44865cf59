"""Isolation gain: the share of the reputational harm that another design avoids."""

import numpy as np
from scipy.special import stdtrit

from relaysim.stats.interval import CONFIDENCE, Estimate, Floats


def gain(base: Floats, other: Floats, confidence: float = CONFIDENCE) -> Estimate:
    """1 less the ratio of the means of two paired samples, with an interval by the jackknife.

    The values are `blast_reputation` by replication; a replication in which one of them is NaN is
    left out. NaN where the base has no harm to avoid. The interval, Student's t on the values that
    leave out one replication each (Efron and Tibshirani, An Introduction to the Bootstrap, chapter
    11), is NaN where all the harm of the base comes of one replication. If both designs
    have the same harm in every replication, the gain is 0, and so are both ends.
    """
    both = ~(np.isnan(base) | np.isnan(other))
    base, other = base[both], other[both]
    n = len(base)
    nothing = np.nan
    if n == 0 or base.sum() <= 0:
        return Estimate(nothing, nothing, nothing, n)
    value = 1.0 - float(other.sum() / base.sum())
    if n > 1 and np.array_equal(base, other):
        return Estimate(0.0, 0.0, 0.0, n)
    without = base.sum() - base
    if n == 1 or (without <= 0).any():
        return Estimate(value, nothing, nothing, n)
    each = 1.0 - (other.sum() - other) / without
    error = np.sqrt((n - 1) / n * ((each - each.mean()) ** 2).sum())
    half = float(stdtrit(n - 1, 0.5 + confidence / 2) * error)
    return Estimate(value, value - half, value + half, n)
