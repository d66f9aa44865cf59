"""Priority without preemption: the mean wait of each class.

The first class is the most urgent. A freed server takes the oldest of the most urgent class that
waits, and nothing interrupts a service. Source of both formulas: Cobham, Operations Research 2
(1954); Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, priority queues.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relaysim.theory.checks import at_least_zero, positive, settles
from relaysim.theory.erlang import erlang_c
from relaysim.theory.offered_work import utilization

__all__ = ["PriorityClass", "mg1_priority_waits", "mmc_priority_waits"]


class PriorityClass(NamedTuple):
    """One priority class.

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time.
    mean_service : float
        Mean service time, in that unit.
    cv : float
        Standard deviation over mean of the service time.
    """

    arrival_rate: float
    mean_service: float
    cv: float


def mg1_priority_waits(classes: Sequence[PriorityClass]) -> tuple[float, ...]:
    """Return the mean wait of each class at one server, W_k = R / ((1 - s_{k-1}) (1 - s_k)).

    Parameters
    ----------
    classes : sequence of PriorityClass
        The classes, the most urgent first.

    Returns
    -------
    tuple of float
        Mean wait of each class, without service.

    Raises
    ------
    ValueError
        If the load of all classes is not below 1. Urgent classes could be stable even then, but R
        would differ.

    Notes
    -----
    R is the mean residual service time, the sum of lambda m^2 (1 + cv^2) / 2 over all classes; s_k
    is the load of class k and all more urgent classes. It holds for Poisson arrivals, any law of
    service with a finite variance, and unlimited queues.
    """
    for priority_class in classes:
        positive("mean service", priority_class.mean_service)
        at_least_zero("cv", priority_class.cv)
    loads = [
        utilization(priority_class.arrival_rate, priority_class.mean_service, 1)
        for priority_class in classes
    ]
    settles(sum(loads))
    rest = sum(
        load * priority_class.mean_service * (1 + priority_class.cv**2) / 2
        for load, priority_class in zip(loads, classes, strict=True)
    )
    return tuple(rest / free for free in _free(loads))


def mmc_priority_waits(
    arrival_rates: Sequence[float], service_rate: float, servers: int
) -> tuple[float, ...]:
    """Return the mean wait of each class at several servers with one law of service.

    Parameters
    ----------
    arrival_rates : sequence of float
        Arrivals per unit of time, the most urgent class first.
    service_rate : float
        Rate of one server.
    servers : int
        Number of servers, from 1.

    Returns
    -------
    tuple of float
        Mean wait of each class, without service.

    Raises
    ------
    ValueError
        If the total load is not below 1.

    Notes
    -----
    W_k = (C / (c mu)) / ((1 - s_{k-1}) (1 - s_k)), where C is Erlang C at the total rate and s_k
    the load of class k and all more urgent classes. It holds for Poisson arrivals, one exponential
    law of service for all classes, and unlimited queues.
    """
    positive("service rate", service_rate)
    loads = [utilization(rate, 1 / service_rate, servers) for rate in arrival_rates]
    waits = erlang_c(servers, sum(arrival_rates) / service_rate)
    return tuple(waits / (servers * service_rate) / free for free in _free(loads))


def _free(loads: Sequence[float]) -> Iterator[float]:
    """Yield (1 - s_{k-1}) (1 - s_k) for each class k, the most urgent first."""
    above = 0.0
    for load in loads:
        yield (1 - above) * (1 - above - load)
        above += load
