"""Several designs against one base: intervals whose verdicts hold together.

With k designs there are k intervals of one metric, and each may miss. Bonferroni: if each misses
with probability 0.05 / k, all of them together hold with at least 95 %, however they depend on one
another; they do depend, since the base is in all of them (Law, Simulation Modeling and Analysis,
section 10.3.1, comparisons with a standard). Holm's procedure is less strict, but it tests and has
no intervals, and Dunnett's procedure needs independent samples, not paired ones. k counts the
designs, not the metrics: verdicts on one metric of one subject hold together, verdicts on all
metrics do not.
"""

import numpy as np

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats, Mask, equal_rows, estimates
from relaysim.stats.lost_values import minus, sign_test
from relaysim.stats.proportion import chance_differences


def confidence_of(designs: int) -> float:
    """Return the confidence of each interval where so many designs are compared with the base."""
    return 1.0 - (1.0 - CONFIDENCE) / designs if designs > 1 else CONFIDENCE


def differences(chance: Mask, base: Floats, other: Floats, confidence: float) -> Estimates:
    """Return the paired differences of rows, other minus base.

    Parameters
    ----------
    chance : array of bool, shape (rows,)
        Which rows have the values 0 and 1 alone.
    base, other : array of float, shape (rows, replications)
        Values of two designs on the same draws; NaN where a replication has no value.
    confidence : float
        Confidence of each interval.

    Returns
    -------
    Estimates
        Shape (rows,). A row that is equal in every replication, of at least two, has the difference
        0 and the interval from 0 to 0: Newcombe's interval takes the two shares for results of
        different trials, and on common random numbers they are results of the same ones.

        Where a replication is lost in one design alone the difference is infinite, with the sign
        that more of such replications have (NaN if none has more), and so are the ends of its
        interval if the sign test decides the same way; if it does not, they are NaN.
    """
    paired = minus(other, base)
    result = estimates(paired, confidence)
    for row in np.flatnonzero(np.isinf(paired).any(axis=1)):
        more, less = int((paired[row] > 0).sum()), int((paired[row] < 0).sum())
        balance = int((paired[row] == np.inf).sum()) - int((paired[row] == -np.inf).sum())
        value = np.copysign(np.inf, balance) if balance else np.nan
        # Finite differences count by their sign too, but the lost ones must point the same way.
        sure = (more - less) * balance > 0 and sign_test(more, less) <= 1.0 - confidence
        result.value[row] = value
        result.low[row] = result.high[row] = value if sure else np.nan
    shares = chance_differences(base[chance], other[chance], confidence)
    for part, values in zip(result, shares, strict=True):
        part[chance] = values
    # Designs that agree in every replication have a difference of exactly 0.
    equal = equal_rows(base, other)
    for part in result[:3]:
        part[equal] = 0.0
    result.n[equal] = np.count_nonzero(~np.isnan(base[equal]), axis=1)
    return result
