"""Bootstrap: an interval for a mean whose values are too skewed for Student's t.

For replications with one disaster among them Student's interval is symmetric, though the
uncertainty lies above the mean alone. The bootstrap with bias correction and acceleration (BCa:
Efron, Journal of the American Statistical Association 82, 1987) follows the values.

When: by Cochran's rule Student's interval needs more than 25 G1^2 values, where G1 is their
skewness (Sampling Techniques, 3rd edition, 1977, section 2.15). Below `FEWEST` values the bootstrap
has too little of the distribution to be better, so Student's t stays. In trials of 400 samples of
20, Student's interval contained the true mean of a lognormal law with cv 2 in 80 % and this one in
86 %, of a Pareto law with shape 2.5 in 81 and 84 %; samples of 10 gained nothing. Both fall short
of 95 %: the cure for skewed values is more replications.
"""

import numpy as np
import numpy.typing as npt

from relaysim.stats.interval import CONFIDENCE, Estimate, Estimates, Floats, Mask, estimates

FEWEST = 20
RESAMPLES = 9999
_SEED = 1
_ROUNDING = 1e-12
"""Values differ by rounding alone if none is farther from their mean, as a share of it."""


def too_skewed(values: npt.ArrayLike) -> Mask:
    """Return which rows need the bootstrap: at least `FEWEST` values, at most 25 G1^2.

    A row with an infinite value does not: its mean is infinite, whatever the others are. Nor does
    one whose values differ by rounding alone.

    Parameters
    ----------
    values : float array, shape (rows, replications)
        Independent values; NaN is left out.

    Returns
    -------
    bool array, shape (rows,)
        Whether Student's interval does not suit the row.
    """
    rows = np.asarray(values, np.float64)
    count = np.count_nonzero(~np.isnan(rows), axis=1)
    result = np.zeros(len(rows), bool)
    candidates = np.flatnonzero((count >= FEWEST) & ~np.isinf(rows).any(axis=1))
    chosen = rows[candidates]
    mean = np.nanmean(chosen, axis=1, keepdims=True)
    spread = np.nanmax(np.abs(chosen - mean), axis=1, initial=0.0)
    differ = spread > _ROUNDING * np.abs(mean[:, 0])
    if not differ.any():
        return result
    from scipy.stats import skew  # half a second, which a short study does without

    candidates, chosen = candidates[differ], chosen[differ]
    whole = ~np.isnan(chosen).any(axis=1)
    skewness = np.empty(len(chosen))
    skewness[whole] = skew(chosen[whole], axis=1, bias=False)
    skewness[~whole] = [skew(_there(row), bias=False) for row in chosen[~whole]]
    result[candidates] = count[candidates] <= 25 * skewness**2
    return result


def bca(values: npt.ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean with its BCa interval, the same for the same values in any call.

    Parameters
    ----------
    values : array of float
        Independent values; NaN is left out.
    confidence : float
        Confidence of the interval.

    Raises
    ------
    ValueError
        Unless two of the values differ.
    """
    row = _there(values)
    if len(row) < 2 or row.min() == row.max():
        raise ValueError("the bootstrap needs at least two values that differ")
    from scipy.stats import bootstrap

    ends = bootstrap(
        (row,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=confidence,
        method="BCa",
        # A seed of its own, so that the interval depends on the values alone.
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(float(row.mean()), float(ends.low), float(ends.high), len(row))


def suited_estimates(values: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return estimates of each row: by the bootstrap where its values need it, else Student's."""
    result = estimates(values, confidence)
    for row in np.flatnonzero(too_skewed(values)):
        _, result.low[row], result.high[row], _ = bca(values[row], confidence)
    return result


def _there(values: npt.ArrayLike) -> Floats:
    row = np.asarray(values, np.float64).ravel()
    return row[~np.isnan(row)]
