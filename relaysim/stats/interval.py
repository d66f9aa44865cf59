"""Confidence intervals over replications, paired differences, and verdicts.

Every metric, a quantile too, is one number in each replication; replications are independent and
identically distributed, so Student's t interval for their mean holds (Law, Simulation Modeling and
Analysis, section 9.4). One replication has no spread: its interval is NaN. An event that a
replication has or has not has intervals of its own, see `stats.proportion`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from relaysim.stats.metric import Margin, Metric

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
CONFIDENCE = 0.95
BETTER, WORSE = "better", "worse"
EQUIVALENT, NOT_DECIDED = "equivalent", "not decided"
EQUAL = "equal"
LOSES_MORE = "loses more mail"
"""In place of `better` or `worse`: the design that is faster or more punctual lost more mail."""


class Estimate(NamedTuple):
    """A mean, its confidence interval, and the number of its values."""

    value: float
    low: float
    high: float
    n: int


class Estimates(NamedTuple):
    """Estimates of many quantities, as arrays of one shape."""

    value: Floats
    low: Floats
    high: Floats
    n: npt.NDArray[np.int64]

    def first(self) -> Estimate:
        """Return the estimate of the first quantity."""
        value, low, high, n = (part[0] for part in self)
        return Estimate(float(value), float(low), float(high), int(n))


def estimates(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the mean of each row with Student's interval.

    Parameters
    ----------
    values : array of float, shape (rows, replications)
        NaN where a replication has no value.
    confidence : float
        Confidence of the intervals.

    Returns
    -------
    Estimates
        Shape (rows,). The mean of a row with an infinite value, a quantile that is lost, is
        infinite, and so are both ends of its interval. It is NaN for infinities of both signs.
    """
    n = np.count_nonzero(~np.isnan(values), axis=1)
    any_value, several = n > 0, n > 1
    infinite = _infinite_means(values)
    values = np.where(np.isinf(values), np.nan, values)
    mean = np.divide(np.nansum(values, axis=1), n, out=np.full(len(n), np.nan), where=any_value)
    # Summing rounds: the mean of equal values is that value, to the last digit.
    same = constant(values)
    if same.any():
        mean[same] = np.nanmax(values[same], axis=1)
    half = np.full(len(n), np.nan)
    spread = deviations(values)[several]
    at = stdtrit(n[several] - 1, 0.5 + confidence / 2)
    half[several] = at * spread / np.sqrt(n[several])
    low, high = mean - half, mean + half
    lost = np.not_equal(infinite, 0.0)
    for part in (mean, low, high):
        part[lost] = infinite[lost]
    return Estimates(mean, low, high, n)


def _infinite_means(values: Floats) -> Floats:
    """Return for each row 0, or the mean that an infinite value in it makes: infinite, or NaN."""
    up, down = (np.equal(values, end).any(axis=1) for end in (np.inf, -np.inf))
    one_way = np.where(up, np.inf, np.where(down, -np.inf, 0.0))
    return np.where(up & down, np.nan, one_way)


def without_interval(given: Estimates, rows: Mask | None = None) -> Estimates:
    """Return the same means with NaN for both ends of the interval, in some rows or in all."""
    chosen = np.ones(len(given.value), bool) if rows is None else rows
    low, high = (np.where(chosen, np.nan, end) for end in (given.low, given.high))
    return Estimates(given.value, low, high, given.n)


def reverse(given: Estimates) -> Estimates:
    """Return the same differences with the other sign: base minus design."""
    return Estimates(-given.value, -given.high, -given.low, given.n)


def interval(values: npt.ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Return the estimate of one quantity from its values in the replications."""
    return estimates(np.asarray(values, np.float64).reshape(1, -1), confidence).first()


def deviations(values: Floats) -> Floats:
    """Return the sample standard deviation of each row.

    Parameters
    ----------
    values : array of float, shape (rows, replications)
        NaN where a replication has no value.

    Returns
    -------
    array of float, shape (rows,)
        NaN for fewer than two values, or an infinite one.
    """
    lost: npt.NDArray[np.bool_] = np.logical_or.reduce(np.isinf(values), axis=1)
    values = np.where(lost[:, None], np.nan, values)
    n = np.count_nonzero(~np.isnan(values), axis=1)
    several = n > 1
    mean = np.divide(np.nansum(values, axis=1), n, out=np.zeros(len(n)), where=n > 0)
    square = np.nansum((values - mean[:, None]) ** 2, axis=1)
    deviation = np.full(len(n), np.nan)
    deviation[several] = np.sqrt(square[several] / (n[several] - 1))
    # Summing rounds: equal values have no spread at all.
    deviation[several & constant(values)] = 0.0
    return deviation


def constant(values: Floats) -> Mask:
    """Return which rows have the same value in every replication with one; NaN is no value."""
    if not values.shape[1]:
        return np.zeros(len(values), bool)
    first = np.argmax(~np.isnan(values), axis=1)
    reference = values[np.arange(len(values)), first][:, None]
    return np.asarray(
        ((values == reference) | np.isnan(values)).all(axis=1) & ~np.isnan(reference[:, 0])
    )


def equal_rows(base: Floats, other: Floats) -> Mask:
    """Return which rows are equal in every replication.

    Parameters
    ----------
    base, other : array of float, shape (rows, replications)
        Values of two designs on the same draws; NaN where a replication has no value.

    Returns
    -------
    array of bool, shape (rows,)
        True where both have the same value, or both none, in each replication, and at least two
        replications have a value.
    """
    # NaN is not equal to itself, but two missing values are equal here.
    same = (base == other) | (np.isnan(base) & np.isnan(other))
    return np.asarray(same.all(axis=1) & (np.count_nonzero(~np.isnan(base), axis=1) > 1))


def narrowing(base: Floats, other: Floats) -> Floats:
    """Return by what factor pairing narrows the interval of each row's difference.

    Parameters
    ----------
    base, other : array of float, shape (rows, replications)
        Values of two designs on the same draws.

    Returns
    -------
    array of float, shape (rows,)
        The standard deviation that the difference of independent replications would have, over that
        of the paired differences: above 1 pairing helps, below 1 it harms. NaN where no difference
        varies.
    """
    both = np.isfinite(base) & np.isfinite(other)
    base, other = np.where(both, base, np.nan), np.where(both, other, np.nan)
    independent = np.sqrt(deviations(base) ** 2 + deviations(other) ** 2)
    paired = deviations(other - base)
    factor: Floats = np.divide(
        independent, paired, out=np.full(len(independent), np.nan), where=paired > 0
    )
    return factor


def verdict(metric: Metric, base: float, difference: Estimate, margin: Margin | None) -> str:
    """Return the verdict on a paired difference.

    Parameters
    ----------
    metric : Metric
        The metric, with the direction that is better and the equivalence margin.
    base : float
        Its value in the base.
    difference : Estimate
        Design minus base.
    margin : Margin or None
        Another equivalence margin.

    Returns
    -------
    str
        `equivalent`: the whole interval lies within the equivalence margin, on both sides of
        zero. `better` or `worse`: the interval leaves out zero, and the difference itself is larger
        than the margin. `not decided`: anything else, so always with one replication.
        `equal` is a verdict on values and not on a difference: see `equal_rows`.
    """
    least = (margin or metric.margin).of(base)
    value, low, high, _ = difference
    # Without an interval nothing is decided.
    if np.isnan(low) or np.isnan(base):
        return NOT_DECIDED
    # First, because a difference may exclude zero and still be too small to matter.
    if -least <= low and high <= least:
        return EQUIVALENT
    if (low > 0 or high < 0) and abs(value) > least:
        return BETTER if (value > 0) == (metric.better == "more") else WORSE
    return NOT_DECIDED
