"""Batch means: an interval for a mean from one long run with dependent observations.

The interval is Student's of the means of 40 batches. The batches are long enough if 400 batches are
not much correlated, for then 40, ten times as long, are hardly correlated: the correlation of
neighbours among the 400, estimated by the jackknife, must be below 0.4. This is the rule of Law and
Carson ("A sequential procedure for determining the length of a steady-state simulation", Operations
Research 27, 1979; Law, Simulation Modeling and Analysis, section 9.5.3) for a run of given length,
without its second condition, that 200 batches be less correlated than 400: where the correlation is
small, chance alone violates it in nearly one run of five (independent observations, 2,000 trials).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.stats.interval import Estimate, Floats, interval

BATCHES = 40
MANY = 400
LIMIT = 0.4
FEWEST = 2 * MANY


class BatchMeans(NamedTuple):
    """The estimate from `BATCHES` batches of `size` observations.

    Attributes
    ----------
    correlation : float
        The correlation of neighbours among `MANY` batches; NaN with too few observations.
    why : str
        The reason why the estimate has no interval (NaN); "" if it has one.
    """

    estimate: Estimate
    size: int
    correlation: float
    why: str


def batch_means(observations: npt.ArrayLike) -> BatchMeans:
    """Return the mean of dependent observations with an interval (95 %).

    Parameters
    ----------
    observations : array of float
        In the order in which they were made. The remainder of the division into batches is left out
        at the start.

    Raises
    ------
    ValueError
        If there are no observations, or if one is NaN.
    """
    row = np.asarray(observations, np.float64).ravel()
    if not len(row) or np.isnan(row).any():
        raise ValueError("batch means need observations, and none of them NaN")
    if len(row) < FEWEST:
        why = f"{len(row)} observations are too few: at least {FEWEST} are needed"
        return BatchMeans(_without_interval(row), len(row) // BATCHES, np.nan, why)
    # If these short batches are hardly correlated, the ten times longer ones are even less so.
    neighbours = correlation(means(row, MANY))
    size = len(row) // BATCHES
    if neighbours >= LIMIT:
        why = (
            f"neighbours among {MANY} batches have correlation {neighbours:.2f}, not below {LIMIT}"
        )
        return BatchMeans(_without_interval(row), size, neighbours, why)
    return BatchMeans(interval(means(row, BATCHES)), size, neighbours, "")


def means(row: Floats, batches: int) -> Floats:
    """Return the means of so many batches of one length, up to the last observation."""
    size = len(row) // batches
    # The rest that fills no batch is left out at the start, so that the last observation counts.
    result: Floats = row[len(row) - size * batches :].reshape(batches, size).mean(axis=1)
    return result


def correlation(row: Floats) -> float:
    """Return the lag-1 correlation by the jackknife.

    It is twice that of all values, less the mean of those of the halves, which removes most of the
    downward bias of a short row. A result beyond -1 or 1 is set to that end.
    """
    half = len(row) // 2
    estimate = 2 * _lag1(row) - (_lag1(row[:half]) + _lag1(row[half:])) / 2
    return min(max(estimate, -1.0), 1.0)


def _lag1(row: Floats) -> float:
    around = row - row.mean()
    square = float(around @ around)
    return float(around[1:] @ around[:-1]) / square if square > 0 else 0.0


def _without_interval(row: Floats) -> Estimate:
    return Estimate(float(row.mean()), np.nan, np.nan, 1)
