"""Service times: their mean and variation, in the form that queueing formulas take."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from relaysim.scenario.core_time import Cost
from relaysim.scenario.distribution import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Law,
    Lognormal,
    Pareto,
    SizeLaw,
    TimeLaw,
    Uniform,
    Weibull,
    lognormal,
    mean,
)
from relaysim.scenario.table import SECOND

_KB = 1024


@dataclass(frozen=True)
class Service:
    """A service time: mean (seconds), coefficient of variation, and the name of the distribution.

    The name is that of the scenario file; a sum or a mixture of laws is "mixed".
    """

    seconds: float
    cv: float
    law: str


AT_ONCE = Service(0.0, 0.0, "constant")


def of_time(law: TimeLaw) -> Service:
    """Return the service time of a law of time."""
    return Service(mean(law) / SECOND, cv(law), law.distribution)


def of_size(law: SizeLaw, bandwidth: int) -> Service:
    """Return the transfer time of a law of sizes at a bandwidth (bit/s)."""
    return Service(mean(law) * 8 / bandwidth, cv(law), law.distribution)


def of_costs(costs: Sequence[Cost], size: SizeLaw) -> Service:
    """Return the core time of several costs of one message, each with its own gamma factor.

    The mean of a cost given the size is base + per_kb x size; variances given the size add up, and
    the size spreads the sum of the means (law of total variance).
    """
    costs = [cost for cost in costs if cost.base or cost.per_kb]
    kb, spread = mean(size) / _KB, cv(size)
    means = [(cost.base + cost.per_kb * kb) / SECOND for cost in costs]
    seconds = sum(means)
    if not seconds:
        return Service(0.0, 0.0, "constant")
    by_size = [cost.per_kb * kb / SECOND * spread for cost in costs]
    # Not as a sum of squares, which overflow where a law is astronomic as stated.
    spreads = (math.hypot(m, s) * cost.cv for m, s, cost in zip(means, by_size, costs, strict=True))
    deviation = math.hypot(sum(by_size), *spreads)
    law = "gamma" if len(costs) == 1 and not sum(by_size) else "mixed"
    return Service(seconds, deviation / seconds, law if deviation else "constant")


def mixture(parts: Iterable[tuple[float, Service]]) -> Service:
    """Return the service time of a server with several kinds of work, each with its rate.

    Parameters
    ----------
    parts : iterable of (float, Service)
        Rate (any unit, the same for all) and service time of each kind of work.

    Returns
    -------
    Service
        `AT_ONCE` if no rate is above 0.
    """
    parts = tuple((rate, service) for rate, service in parts if rate)
    if not parts:
        return AT_ONCE
    kinds = {service for _, service in parts}
    if len(kinds) == 1:
        return kinds.pop()
    total = sum(rate for rate, _ in parts)
    seconds = sum(rate * service.seconds for rate, service in parts) / total
    if not seconds:
        return AT_ONCE
    square = sum(
        rate / total * (service.seconds / seconds) ** 2 * (1 + service.cv**2)
        for rate, service in parts
    )
    # Rounding may leave a little less than nothing of the variance of equal constants.
    return Service(seconds, math.sqrt(max(0.0, square - 1)), "mixed")


def cv(law: Law) -> float:
    """Return the coefficient of variation of a law: infinite without a variance, 0 for all zeros.

    Formulas: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, volume 1.
    """
    match law:
        case Constant():
            return 0.0
        case Exponential():
            return 1.0
        case Gamma():
            return float(law.cv)
        case Lognormal():
            return math.sqrt(math.expm1(lognormal(law)[1] ** 2))
        case Weibull():
            first, second = (math.lgamma(1 + k / law.shape) for k in (1, 2))
            return math.sqrt(math.expm1(second - 2 * first))
        case Pareto():
            return _pareto(law.minimum, law.alpha, law.maximum)
        case Uniform():
            middle = (law.low + law.high) / 2
            return (law.high - law.low) / math.sqrt(12) / middle if middle else 0.0
        case Empirical():
            values = np.array(law.values, dtype=np.float64)
            return float(values.std() / values.mean()) if values.any() else 0.0
    raise TypeError(f"{law!r} is not a law")


def _pareto(minimum: int, alpha: float, maximum: int | None) -> float:
    """Return the coefficient of variation of a Pareto law, by its raw moments.

    E[x^k] = low^k x alpha / kept x integral of exp((k - alpha) t).
    """
    if maximum is None:
        return 1 / math.sqrt(alpha * (alpha - 2)) if alpha > 2 else math.inf
    width = math.log(maximum / minimum)

    def moment(k: int) -> float:
        slope = k - alpha
        area = math.expm1(slope * width) / slope if slope else width
        return alpha * area / -math.expm1(-alpha * width)

    return math.sqrt(max(0.0, moment(2) / moment(1) ** 2 - 1))
