"""Quantiles of the laws, and the part of the mean below a quantile; real numbers in base units.

Parametrisation and formulas: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions
(volume 1). A stated mean is the mean, not a parameter of the logarithm.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from relaysim.scenario.distribution import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pareto,
    Uniform,
    Weibull,
    lognormal,
)

__all__ = ["mean_below", "quantile"]

Floats = npt.NDArray[np.floating[Any]]

# With a cv below this a gamma law is normal to within cv**2, one part in 10**8, and the incomplete
# gamma function loses more than that.
_NARROW = 1e-4
# With an alpha below this a cut Pareto law is flat in the logarithm; 1 / alpha must not overflow.
_FLAT = 1e-9


def quantile(law: Law, u: Floats) -> Floats:
    """Return the quantiles of a law.

    Parameters
    ----------
    law : Law
        Of times (microseconds), sizes (bytes) or counts.
    u : float array
        Probabilities in (0, 1), any shape.

    Returns
    -------
    float array
        In the unit of the law, in the shape of `u`.
    """
    match law:
        case Constant():
            return np.full(u.shape, float(law.value))
        case Exponential():
            return float(law.mean) * _exponential(u)
        case Lognormal():
            mean, sigma = lognormal(law)
            return mean * np.exp(sigma * special.ndtri(u) - sigma**2 / 2)
        case Gamma() if law.cv < _NARROW:
            return float(law.mean) * (1 + law.cv * special.ndtri(u))
        case Gamma():
            return float(law.mean) * law.cv**2 * special.gammaincinv(law.cv**-2, u)
        case Weibull():
            scale = float(law.mean) / math.gamma(1 + 1 / law.shape)
            return scale * _exponential(u) ** (1 / law.shape)
        case Pareto():
            tail: Floats = _pareto_tail(law, u)[0] / max(law.alpha, _FLAT)
            return float(law.minimum) * np.exp(-tail)
        case Uniform():
            return float(law.low) + u * float(law.high - law.low)
        case Empirical():
            values = np.sort(np.array(law.values, dtype=np.float64))
            return values[(u * len(values)).astype(np.int64)]
    raise TypeError(f"{law!r} is not a law")


def mean_below(law: Law, p: Floats) -> Floats:
    """Return the integral of the quantile from 0 to each share: at share 1 the mean of the law.

    It is the part of the mean that the smallest values contribute (the Lorenz curve, not
    normalised).

    Parameters
    ----------
    law : Law
        Of times (microseconds), sizes (bytes) or counts.
    p : float array
        Shares in [0, 1], any shape.

    Returns
    -------
    float array
        In the unit of the law, in the shape of `p`.
    """
    match law:
        case Constant():
            return float(law.value) * p
        case Exponential():
            return float(law.mean) * special.gammainc(2, _exponential(p))
        case Lognormal():
            mean, sigma = lognormal(law)
            return mean * special.ndtr(special.ndtri(p) - sigma)
        case Gamma() if law.cv < _NARROW:
            z = special.ndtri(p)
            return float(law.mean) * (p - law.cv * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))
        case Gamma():
            shape = law.cv**-2
            return float(law.mean) * special.gammainc(shape + 1, special.gammaincinv(shape, p))
        case Weibull():
            return float(law.mean) * special.gammainc(1 + 1 / law.shape, _exponential(p))
        case Pareto():
            return float(law.minimum) * _pareto_below(law, p)
        case Uniform():
            return p * float(law.low) + p**2 / 2 * float(law.high - law.low)
        case Empirical():
            values = np.sort(np.array(law.values, dtype=np.float64))
            sums = np.concatenate(([0.0], np.cumsum(values))) / len(values)
            return np.interp(p * len(values), np.arange(len(values) + 1), sums)
    raise TypeError(f"{law!r} is not a law")


def _exponential(p: Floats) -> Floats:
    """Return the quantile of the exponential law of mean 1; infinite at 1."""
    with np.errstate(divide="ignore"):
        return -np.log1p(-p)


def _pareto_tail(law: Pareto[Any], p: Floats) -> tuple[Floats, float]:
    """Return the logarithm of the share of the uncut law above a quantile, and the kept share.

    The law is cut at its maximum, so p of the kept values are 1 - kept p of the uncut law from its
    top.
    """
    above = math.inf if law.maximum is None else (law.maximum - law.minimum) / law.minimum
    depth = max(law.alpha, _FLAT) * math.log1p(above)
    beyond, kept = math.exp(-depth), -math.expm1(-depth)
    # Of two ways to write the same, the one that keeps its digits.
    with np.errstate(divide="ignore"):
        return np.log1p(-kept * p) if kept < 0.5 else np.log(1 - p + beyond * p), kept


def _pareto_below(law: Pareto[Any], p: Floats) -> Floats:
    """Return `mean_below` for a minimum of 1."""
    alpha = max(law.alpha, _FLAT)
    tail, kept = _pareto_tail(law, p)
    power = (alpha - 1) / alpha
    return -(np.expm1(power * tail) / power if power else tail) / kept
