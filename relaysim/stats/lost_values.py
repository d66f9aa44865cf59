"""Lost values: quantiles of a lost recipient, which are infinite in a replication.

A mean of values with an infinite one is infinite, and has no spread. A paired difference with an
infinite value has a sign and no size. So such differences are counted by sign, and the sign test
decides a comparison.
"""

import math

import numpy as np
from scipy.special import bdtr

from relaysim.stats.interval import Floats, Mask
from relaysim.stats.replications_needed import MOST


def lost_rows(*values: Floats) -> Mask:
    """Return which rows have an infinite value in one of the arrays."""
    rows: Mask = np.logical_or.reduce([np.isinf(array).any(axis=1) for array in values])
    return rows


def minus(one: Floats, other: Floats) -> Floats:
    """Return the differences of two arrays; 0 where both are lost, infinite where one is."""
    # Infinity minus infinity would be NaN.
    both = np.isinf(one) & (one == other)
    difference: Floats = np.where(both, 0.0, one) - np.where(both, 0.0, other)
    return difference


def sign_test(more: int, less: int) -> float:
    """Return the two-sided p-value of so many positive and negative differences.

    Notes
    -----
    The exact binomial test that both signs are equally likely; ties are left out (Conover,
    Practical Nonparametric Statistics, section 3.4). With five replications it decides nothing at
    95 %, with six that agree it does.
    """
    number = more + less
    return min(1.0, 2.0 * float(bdtr(min(more, less), number, 0.5))) if number else 1.0


def signs_needed(more: int, less: int, replications: int, confidence: float) -> float:
    """Return how many replications would decide a sign test if both signs kept their shares.

    Returns
    -------
    float
        Infinite where more than `MOST` would be needed, and where both signs are equally frequent.
    """
    if more == less:
        return math.inf
    fewer, more_often = sorted((more, less))
    for number in range(replications + 1, MOST + 1):
        part = number / replications
        # Rounded against the verdict, so that the number is not too small.
        if sign_test(math.ceil(fewer * part), math.floor(more_often * part)) <= 1.0 - confidence:
            return float(number)
    return math.inf
