"""A law as equally likely values for integer draws: 65,536 of them, and the top one in detail.

A draw has 32 bits. Its upper 16 choose one of 65,536 equally likely bins, and the bin stands for
the mean of the law in it. A heavy tail has much of its mean square in the top bin. There the lower
16 bits choose one of 65,536 parts of the top bin, so that the last part is the top 2**-32.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.scenario.distribution import Constant, Law, Uniform, mean
from relaysim.traffic.quantile import mean_below
from relaysim.traffic.service import cv
from relaysim.units import LIMIT

__all__ = ["LARGEST", "TABLE_SIZE", "TableMeans", "kept_mean_square", "table_means"]

Floats = npt.NDArray[np.floating[Any]]

LARGEST = LIMIT - 2**9
"""The largest float64 below the limit of every quantity."""
TABLE_SIZE = 65_536
"""Bins of a table, and parts of its top bin: 16 random bits choose one."""

_WORTH_A_TAIL = 1e-3
"""A table has a tail where that adds at least this share of the mean square."""


class TableMeans(NamedTuple):
    """The mean of a law in each bin, ascending; `tail` has the parts of the top bin, or None."""

    bins: Floats
    tail: Floats | None


def table_means(law: Law) -> TableMeans:
    """Return the mean of a law in each of its bins.

    Parameters
    ----------
    law : Law
        Of times (microseconds) or sizes (bytes).

    Returns
    -------
    TableMeans
        Values in [0, `LARGEST`], in the unit of the law.

    Notes
    -----
    The tail costs as much memory as the bins, so a law has one only where it adds a thousandth or
    more to the mean square: a log-normal law from a cv of about 1.5 on, a Pareto law, a Weibull
    law of a small shape.
    """
    bins = _means(law, np.arange(TABLE_SIZE + 1) / TABLE_SIZE)
    if isinstance(law, Constant | Uniform) or not _has_tail(law, bins):
        return TableMeans(bins, None)
    # Exact in float64: multiples of 2**-32.
    tail = _means(law, 1 - np.arange(TABLE_SIZE, -1, -1) / TABLE_SIZE**2)
    return TableMeans(bins, tail)


@lru_cache(maxsize=64)
def kept_mean_square(law: Law) -> float:
    """Return the share of the mean square of a law that its table keeps.

    Parameters
    ----------
    law : Law
        Any law of times or sizes.

    Returns
    -------
    float
        1 if nothing is lost, 0 for a law that has no mean square.
    """
    stated = mean(law) ** 2 * (1 + cv(law) ** 2)
    if not stated:
        return 1.0
    bins, tail = table_means(law)
    kept = float(np.mean(bins**2))
    if tail is not None:
        kept += (float(np.mean(tail**2)) - float(bins[-1]) ** 2) / TABLE_SIZE
    return min(1.0, kept / stated)


def _has_tail(law: Law, bins: Floats) -> bool:
    """Return whether a tail adds enough to the mean square.

    The top bin is divided into halves, quarters and so on, down to 2**-32.
    """
    shares = 2.0 ** -np.arange(17)
    parts = _means(law, np.append(1 - shares / TABLE_SIZE, 1.0))
    weights = np.append(-np.diff(shares), shares[-1])
    square = float(np.mean(bins**2))
    more = (float(weights @ parts**2) - float(bins[-1]) ** 2) / TABLE_SIZE
    return more > _WORTH_A_TAIL * (square + more)


def _means(law: Law, shares: Floats) -> Floats:
    """Return the means between ascending shares of a law."""
    means = np.diff(mean_below(law, shares)) / np.diff(shares)
    # Sorted, because rounding errors of nearly equal neighbours may turn them round.
    return np.sort(np.clip(means, 0.0, LARGEST))
