"""The utilization law."""

from relaysim.theory.checks import at_least_zero, from_one

__all__ = ["utilization"]


def utilization(rate: float, mean_service: float, servers: int) -> float:
    """Return the utilization, rho = rate x mean_service / servers.

    Parameters
    ----------
    rate : float
        Arrivals per unit of time.
    mean_service : float
        Mean service time, in that unit.
    servers : int
        Number of servers, from 1.

    Returns
    -------
    float
        Utilization; at 1 or above the offered load of each server, which it cannot carry.

    Raises
    ------
    ValueError
        For negative numbers, or fewer servers than one.

    Notes
    -----
    It holds for any arrivals and service times, if no arrival is refused and servers share the
    work. Source: Kleinrock, Queueing Systems I, chapter 2.
    """
    at_least_zero("rate", rate)
    at_least_zero("mean service", mean_service)
    from_one("servers", servers)
    return rate * mean_service / servers
