"""Laws as integers: samples for the traffic, and tables for the engine.

Results are rounded to whole microseconds or bytes and lie in [0, `LARGEST`]. The limit affects only
a heavy tail, or a law of extreme values: 2**62 microseconds are 146,000 years.
"""

import math
from array import array
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from relaysim.scenario.distribution import Constant, Gamma, Law, RecipientLaw
from relaysim.traffic.quantile import quantile
from relaysim.traffic.quantile_table import LARGEST, TABLE_SIZE, table_means

__all__ = [
    "LARGEST",
    "ONE",
    "TABLE_SIZE",
    "factor_table",
    "quantile_table",
    "recipients",
    "sample",
]

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.int64]

ONE = 65_536
"""The factor 1 of `factor_table`: fixed point with 16 bits of fraction."""


def sample(law: Law, u: Floats, least: int = 0) -> Integers:
    """Return the value of a law at each probability.

    Parameters
    ----------
    law : Law
        Of times (microseconds) or sizes (bytes).
    u : float array
        Probabilities in (0, 1), any shape.
    least : int
        The smallest result, in the unit of the law.

    Returns
    -------
    int64 array
        In the unit of the law, in the shape of `u`.
    """
    if isinstance(law, Constant):
        return np.full(u.shape, max(law.value, least), dtype=np.int64)
    return np.rint(np.clip(quantile(law, u), least, LARGEST)).astype(np.int64)


def recipients(law: RecipientLaw, u: Floats) -> Integers:
    """Return the number of recipients of each message at the probabilities `u`, in (0, 1)."""
    if isinstance(law, int):
        return np.full(u.shape, law, dtype=np.int64)
    weights = np.arange(1, law.max + 1, dtype=np.float64) ** -law.s
    reached = np.cumsum(weights)
    return 1 + np.searchsorted(reached[:-1] / reached[-1], u, side="right").astype(np.int64)


@lru_cache(maxsize=64)
def quantile_table(law: Law) -> "array[int]":
    """Return a law as a table of integers for draws of 32 bits, see `looked_up`.

    Parameters
    ----------
    law : Law
        Of times (microseconds) or sizes (bytes).

    Returns
    -------
    array of int
        65,536 equally likely values in ascending order: entry i is the mean of the law between the
        i-th and the (i+1)-th 65,536-quantile, so the mean of all is the mean of the law to half a
        65,536th of a unit. For a law with a heavy tail, 65,536 parts of the top entry follow. The
        table is cached: do not change it.
    """
    if isinstance(law, Constant):
        return array("q", [law.value]) * TABLE_SIZE
    bins, tail = table_means(law)
    table = array("q", _rounded(bins).tobytes())
    if tail is not None:
        table.frombytes(_rounded(tail).tobytes())
    return table


@lru_cache(maxsize=64)
def factor_table(cv: float) -> "array[int]":
    """Return a `quantile_table` of gamma-distributed factors; their mean is exactly `ONE`.

    With cv 0 every factor is `ONE`. The table is cached: do not change it.
    """
    if cv == 0:
        return array("q", [ONE]) * TABLE_SIZE
    return quantile_table(Gamma[int](distribution="gamma", mean=ONE, cv=cv))


def _rounded(values: Floats) -> Integers:
    """Return ascending values as ascending integers; the sum is the rounded sum of the values.

    Values with the largest remainders are rounded up, the others down.
    """
    whole = np.floor(values)
    fraction = values - whole
    up = round(math.fsum(fraction))
    result = whole.astype(np.int64)
    least = np.partition(fraction, -up)[-up] if up else 1.0
    above, equal = fraction > least, np.flatnonzero(fraction == least)
    result[above] += 1
    # From equal fractions the later goes up, so that the order stays.
    result[equal[len(equal) + np.count_nonzero(above) - up :]] += 1
    return result
