"""The part of a law of sizes above a limit."""

import math

from scipy.special import gammaincc, ndtr

from relaysim.scenario.distribution import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    SizeLaw,
    Uniform,
    Weibull,
    lognormal,
)


def above(law: SizeLaw, limit: int) -> float:
    """Return the share of sizes above the limit; every size is at least one byte."""
    if limit <= 0:
        return 1.0
    match law:
        case Constant():
            return float(law.value > limit)
        case Exponential():
            return math.exp(-limit / law.mean)
        case Lognormal():
            mean, sigma = lognormal(law)
            # ndtr of the negative argument is exact far in the tail, where 1 - ndtr would be 0.
            median = mean / math.exp(sigma**2 / 2)
            return float(ndtr(-math.log(limit / median) / sigma))
        case Gamma():
            shape = law.cv**-2
            return float(gammaincc(shape, shape * limit / law.mean))
        case Weibull():
            scale = law.mean / math.gamma(1 + 1 / law.shape)
            return math.exp(-((limit / scale) ** law.shape))
        case Pareto():
            return _pareto(law.minimum, law.alpha, law.maximum, limit)
        case Uniform():
            # The share below would divide by zero.
            if law.low == law.high:
                return float(law.low > limit)
            return min(1.0, max(0.0, (law.high - limit) / (law.high - law.low)))
        case Empirical():
            return sum(value > limit for value in law.values) / len(law.values)


def _pareto(minimum: int, alpha: float, maximum: int | None, limit: int) -> float:
    if limit < minimum:
        return 1.0
    if maximum is None:
        return float((minimum / limit) ** alpha)
    if limit >= maximum:
        return 0.0
    # The law is conditional on sizes up to the maximum.
    cut = (minimum / maximum) ** alpha
    return float(((minimum / limit) ** alpha - cut) / (1 - cut))
