"""Replications needed: the number that would decide a comparison that is not decided.

The difference and its standard deviation are assumed to stay as they are, and the result is the
smallest number for which the interval is narrow enough: Student's t depends on the number too, so
it is searched for, not computed (Law, Simulation Modeling and Analysis, section 9.4.1, a specified
absolute precision, for the paired interval of section 10.2.1). It depends on few replications: it
is an order of magnitude, not a promise.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats, Mask
from relaysim.stats.proportion import chance_differences

MOST = 10_000
"""Where more would be needed, the number is infinite."""


def needed(
    difference: Estimates, least: Floats, replications: int, confidence: float = CONFIDENCE
) -> Floats:
    """Return how many replications decide each paired difference.

    Parameters
    ----------
    difference : Estimates
        Shape (rows,).
    least : array of float, shape (rows,)
        The equivalence margin.
    replications : int
        How many have been run. Where only some have a value, the same share of further ones will.
    confidence : float
        Confidence of the intervals.

    Returns
    -------
    array of float, shape (rows,)
        NaN where fewer than two replications have a value, so that the spread is unknown.
    """
    value, _, high, n = difference
    deviation = deviation_of(high - value, n, confidence)
    numbers = smallest(deviation, room(value, least), confidence)
    # Only n of the replications have a value, so more are needed for as many values.
    return np.ceil(numbers * replications / np.maximum(n, 1))


def deviation_of(half: npt.ArrayLike, n: npt.ArrayLike, confidence: float = CONFIDENCE) -> Floats:
    """Return the standard deviation behind half the width of an interval of `n` replications."""
    # One value has no degree of freedom; its half-width is NaN, and so is the result.
    number = np.maximum(np.asarray(n, np.float64), 2.0)
    return np.asarray(half, np.float64) * np.sqrt(number) / _student(number, confidence)


def room(difference: Floats, least: Floats) -> Floats:
    """Return how wide half an interval may be for a verdict.

    The interval of a difference above the margin must leave out zero; that of a smaller one must
    lie within the margin.
    """
    size = np.abs(difference)
    # For `better` and `worse` zero must lie outside, not on the end.
    return np.where(size > least, np.nextafter(size, 0.0), least - size)


def smallest(
    deviation: Floats, half: Floats, confidence: float = CONFIDENCE, samples: int = 1
) -> Floats:
    """Return the smallest number, from 2, for which Student's half-width is at most `half`.

    Parameters
    ----------
    deviation : array of float, shape (rows,)
        Standard deviation of one replication.
    half : array of float, shape (rows,)
        Half the width of the interval.
    confidence : float
        Confidence of the interval.
    samples : int
        2 for the difference of two samples that are not paired: it has twice the degrees of
        freedom.

    Returns
    -------
    array of float, shape (rows,)
        Infinite above `MOST`.
    """

    def enough(n: Floats) -> Mask:
        width: Floats = _student(n, confidence, samples) * deviation / np.sqrt(n)
        return width <= half

    numbers = _search(enough, np.full(len(half), 2.0), np.full(len(half), float(MOST)))
    return np.where(np.isnan(deviation) | np.isnan(half), np.nan, numbers)


def chances_needed(
    base: Floats, other: Floats, least: Floats, confidence: float = CONFIDENCE
) -> Floats:
    """Return how many replications would decide rows of zeros and ones, if the values repeated.

    Parameters
    ----------
    base, other : array of float, shape (rows, replications)
        Zeros and ones of two designs; NaN where a replication has no value.
    least : array of float, shape (rows,)
        The equivalence margin.
    confidence : float
        Confidence of the intervals.

    Returns
    -------
    array of float, shape (rows,)
        A multiple of the replications that there are. NaN where fewer than two have a value.
    """
    replications = base.shape[1]

    def enough(times: Floats) -> Mask:
        decided = np.zeros(len(times), bool)
        for i, repeats in enumerate(times.astype(int)):
            base_values, other_values = (
                np.tile(base[i : i + 1], repeats),
                np.tile(other[i : i + 1], repeats),
            )
            value, low, high, _ = (
                part[0] for part in chance_differences(base_values, other_values, confidence)
            )
            differs = abs(value) > least[i] and (low > 0 or high < 0)
            decided[i] = differs or (-least[i] <= low and high <= least[i])
        return decided

    once = np.ones(len(base))
    times = _search(enough, once, np.maximum(once, MOST // replications))
    known = np.count_nonzero(~(np.isnan(base) | np.isnan(other)), axis=1) > 1
    return np.where(known, times * replications, np.nan)


def _search(enough: Callable[[Floats], Mask], low: Floats, high: Floats) -> Floats:
    """Return the smallest whole numbers from `low` that are enough.

    The result is infinite where `high` is not enough.
    """
    # The search assumes that a number that is enough stays so for all larger ones.
    never = ~enough(high)
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        here = enough(middle)
        low, high = np.where(here, low, np.minimum(middle + 1, high)), np.where(here, middle, high)
    return np.where(never, np.inf, high)


def _student(n: npt.ArrayLike, confidence: float, samples: int = 1) -> Floats:
    degrees = samples * (np.asarray(n, np.float64) - 1.0)
    quantiles: Floats = np.asarray(stdtrit(degrees, 0.5 + confidence / 2), np.float64)
    return quantiles
