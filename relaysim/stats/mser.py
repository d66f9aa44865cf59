"""MSER-5: the number of observations at the start of a run that the initial empty state biases.

White, Cobb and Spratt ("A comparison of five steady-state truncation heuristics for simulation",
Winter Simulation Conference 2000): observations are averaged over replications and then by fives;
the cut is where the rest has the smallest squared standard error, computed as if it were
independent. Few observations left make the error large, and so does a rest of the start. Hoad,
Robinson and Davies ("Automating warm-up length estimation", Journal of the Operational Research
Society 61, 2010) add two conditions: the last five batches are no candidates, since a few equal
values would win; and after a cut in the second half the run is too short to show the end of the
warm-up.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BATCH = 5
"""Observations a batch."""
LEFT = 5
"""Batches at the end that are no candidates for the cut."""
FEWEST = 10
"""With fewer batches there is no decision (assumption)."""


@dataclass(frozen=True)
class Truncation:
    """The cut: the first `index` observations are left out.

    Attributes
    ----------
    statistic : float array
        The value of each candidate, which cuts as many batches as its position.
    settled : bool
        Whether the cut can be used.
    why : str
        The reason in words if not.
    """

    index: int
    statistic: Floats = field(repr=False)
    settled: bool
    why: str


def mser5(observations: npt.ArrayLike) -> Truncation:
    """Return the cut of a series, or of the mean of several.

    Parameters
    ----------
    observations : array of float, shape (replications, observations)
        NaN where a replication has no observation. The remainder of the division by five is left
        out at the end.

    Raises
    ------
    ValueError
        If an observation is in no replication.
    """
    rows = np.atleast_2d(np.asarray(observations, np.float64))
    counts = np.count_nonzero(~np.isnan(rows), axis=0)
    if not counts.all():
        raise ValueError(f"observation {int(counts.argmin())} is in no replication")
    mean = np.nansum(rows, axis=0) / counts
    count = len(mean) // BATCH
    if count < FEWEST:
        why = f"{len(mean)} observations are too few: at least {FEWEST * BATCH} are needed"
        return Truncation(0, np.zeros(0), False, why)
    batches = mean[: count * BATCH].reshape(count, BATCH).mean(axis=1)
    # The last batches are no candidates: a few equal values would have the smallest error.
    statistic = _squared_errors(batches)[: count - LEFT]
    cut = int(statistic.argmin())
    share = f"{cut * BATCH} of {len(mean)} observations"
    if 2 * cut > count:
        return Truncation(cut * BATCH, statistic, False, f"the cut, {share}, is in the second half")
    if 0 < cut == len(statistic) - 1:
        # Of few batches the last candidate lies in the first half: a trend chooses it.
        return Truncation(cut * BATCH, statistic, False, f"the cut, {share}, is the last possible")
    return Truncation(cut * BATCH, statistic, True, f"the cut is {share}")


def _squared_errors(batches: Floats) -> Floats:
    """Return for each cut the sum of squares of the rest about its mean, over its number squared.

    The sums are computed from the end by Welford's recursion (Technometrics 4, 1962), so that equal
    batches have the sum 0 and not a rounding error.
    """
    errors = np.zeros(len(batches))
    mean = squares = 0.0
    for rest, value in enumerate(batches[::-1].tolist(), 1):
        deviation = value - mean
        mean += deviation / rest
        squares += deviation * (value - mean)
        errors[-rest] = squares / rest**2
    return errors
