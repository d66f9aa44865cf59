"""One server with Poisson arrivals: the mean wait for any law of service (M/G/1).

Waits are times in the queue, service not included. Source of all formulas: Gross, Shortle, Thompson
and Harris, Fundamentals of Queueing Theory, M/G/1 (Pollaczek-Khinchine).
"""

from relaysim.theory.checks import at_least_zero, positive, settles
from relaysim.theory.offered_work import utilization

__all__ = ["md1_wait", "mg1_wait", "mm1_wait"]


def mg1_wait(arrival_rate: float, mean_service: float, cv: float) -> float:
    """Return the mean wait in M/G/1: lambda m^2 (1 + cv^2) / (2 (1 - rho)) with rho = lambda m.

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time.
    mean_service : float
        Mean service time, above 0.
    cv : float
        Standard deviation over mean of the service time.

    Returns
    -------
    float
        Mean wait, without service.

    Raises
    ------
    ValueError
        If the utilization is not below 1.

    Notes
    -----
    It holds for Poisson arrivals, independent service times with a finite variance, an unlimited
    queue, and every order of service without preemption that does not depend on service times.
    """
    positive("mean service", mean_service)
    at_least_zero("cv", cv)
    load = utilization(arrival_rate, mean_service, 1)
    settles(load)
    return load * mean_service * (1 + cv**2) / (2 * (1 - load))


def md1_wait(arrival_rate: float, mean_service: float) -> float:
    """Return the mean wait in M/D/1, with constant service: `mg1_wait` with cv = 0."""
    return mg1_wait(arrival_rate, mean_service, 0.0)


def mm1_wait(arrival_rate: float, mean_service: float) -> float:
    """Return the mean wait in M/M/1, with exponential service: `mg1_wait` with cv = 1."""
    return mg1_wait(arrival_rate, mean_service, 1.0)
