"""Offered load: how much of its time a station must work."""

from relaysim.theory.checks import at_least_zero, from_one

__all__ = ["utilization"]


def utilization(rate: float, mean_service: float, servers: int) -> float:
    """Load of each server, rho = rate * mean_service / servers (utilization law).

    `rate` is arrivals per unit of time, `mean_service` in that unit. It holds for any arrivals and
    any service, as long as nothing is turned away and servers share the work. At 1 or above the
    result is the load asked for, which no server can carry; what is then lost or waits is not in
    it. Source: Kleinrock, Queueing Systems I, chapter 2. ValueError for negative numbers or
    fewer servers than one.
    """
    at_least_zero("rate", rate)
    at_least_zero("mean service", mean_service)
    from_one("servers", servers)
    return rate * mean_service / servers
