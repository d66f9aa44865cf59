"""Shares over replications: ratios of sums, with the interval of the ratio estimator.

A share such as `on_time` has a denominator that differs between replications. The mean of the
shares would give a recipient of a quiet replication more weight than one of a busy replication.
"""

import numpy as np

from relaysim.stats.interval import Floats, constant


def linearized(shares: Floats, denominators: Floats) -> Floats:
    """Return values whose mean is the ratio of sums and whose spread is that of the ratio.

    Parameters
    ----------
    shares : array of float, shape (rows, replications)
        The share of each replication; NaN where a replication has none.
    denominators : array of float, shape (rows, replications)
        The denominator of each share, all NaN in rows of a metric that has no denominator.

    Returns
    -------
    array of float, shape (rows, replications)
        NaN where `shares` is. Rows without denominators, with equal denominators or with equal
        shares are those of `shares`, unchanged.

    Notes
    -----
    With numerators y, denominators x and R = sum(y) / sum(x) the values are R + (y - R x) / mean(x)
    (linearization: Cochran, Sampling Techniques, 3rd edition, 1977, sections 2.11 and 6.3). Their
    mean is R, and Student's interval of it has the variance s^2 / (n mean(x)^2) of the residuals
    y - R x. The paired differences of the values of two designs have the mean R2 - R1 and the
    spread of the paired residuals. The values of a ratio depend on each other through R and
    mean(x), so that all this holds for many replications; see the test of coverage for few.
    """
    weights = np.where(np.isnan(shares), np.nan, denominators)
    total = np.nansum(weights, axis=1)
    if not (total > 0).any():
        return shares
    # With equal denominators, or equal shares, the ratio of sums is the mean of the shares.
    rows = (total > 0) & ~constant(weights) & ~constant(shares)
    if not rows.any():
        return shares
    share, weight, total = shares[rows], weights[rows], total[rows][:, None]
    ratio = np.nansum(weight * share, axis=1, keepdims=True) / total
    mean = total / np.count_nonzero(~np.isnan(weight), axis=1, keepdims=True)
    result = shares.copy()
    result[rows] = ratio + (share - ratio) * weight / mean
    return result


def linearized_pair(
    base: Floats, other: Floats, base_denominators: Floats, other_denominators: Floats
) -> tuple[Floats, Floats]:
    """Return the values of two designs, over the replications in which both have a share."""
    none = np.isnan(base) | np.isnan(other)
    base, other = np.where(none, np.nan, base), np.where(none, np.nan, other)
    return linearized(base, base_denominators), linearized(other, other_denominators)
