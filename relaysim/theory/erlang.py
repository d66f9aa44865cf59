"""Equal servers with Poisson arrivals: Erlang B, Erlang C and M/M/c.

Rates are per unit of time, times in that unit. Source of all formulas: Gross, Shortle, Thompson
and Harris, Fundamentals of Queueing Theory, the chapter on simple Markovian queues.
"""

import math

from relaysim.theory.checks import at_least_zero, from_one, positive, settles

__all__ = ["erlang_b", "erlang_c", "mmc_queue_length", "mmc_wait", "mmc_wait_quantile"]


def erlang_b(servers: int, offered: float) -> float:
    """Return the share of arrivals that find all servers busy and are refused (Erlang B).

    Parameters
    ----------
    servers : int
        Number of servers, from 1.
    offered : float
        Offered load: arrival rate x mean service time.

    Returns
    -------
    float
        Share, 0 to 1.

    Raises
    ------
    ValueError
        For a negative load, or fewer servers than one.

    Notes
    -----
    Recursion B(0) = 1, B(n) = offered B(n-1) / (n + offered B(n-1)). It holds for Poisson arrivals,
    any law of service and no queue (M/G/c/c), at any load.
    """
    from_one("servers", servers)
    at_least_zero("offered load", offered)
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
        if not blocked:  # below the smallest number: more servers change nothing
            break
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """Return the share of arrivals that find all servers busy and wait (Erlang C).

    Parameters
    ----------
    servers : int
        Number of servers, from 1.
    offered : float
        Offered load: arrival rate x mean service time, below `servers`.

    Returns
    -------
    float
        Share, 0 to 1.

    Raises
    ------
    ValueError
        For a load of `servers` or more, or fewer servers than one.

    Notes
    -----
    C = c B / (c - offered (1 - B)) with B of Erlang B. It holds for Poisson arrivals, exponential
    service and an unlimited queue (M/M/c).
    """
    from_one("servers", servers)
    settles(offered / servers)
    blocked = erlang_b(servers, offered)
    return servers * blocked / (servers - offered * (1 - blocked))


def mmc_wait(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return the mean wait in M/M/c, without service: C / (c mu - lambda).

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time.
    service_rate : float
        Rate of one server.
    servers : int
        Number of servers, from 1.

    Returns
    -------
    float
        Mean wait, in the unit of time of the rates.

    Raises
    ------
    ValueError
        If the utilization is not below 1.

    Notes
    -----
    It holds for Poisson arrivals, exponential service, an unlimited queue, and every order of
    service that keeps servers busy and does not depend on service times.
    """
    at_least_zero("arrival rate", arrival_rate)
    positive("service rate", service_rate)
    waits = erlang_c(servers, arrival_rate / service_rate)
    return waits / (servers * service_rate - arrival_rate)


def mmc_wait_quantile(
    arrival_rate: float, service_rate: float, servers: int, probability: float
) -> float:
    """Return a quantile of the wait in M/M/c, first come, first served.

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time.
    service_rate : float
        Rate of one server.
    servers : int
        Number of servers, from 1.
    probability : float
        Share of arrivals with at most this wait, in [0, 1).

    Returns
    -------
    float
        Quantile of the wait, in the unit of time of the rates.

    Raises
    ------
    ValueError
        If the utilization is not below 1, or the probability is not in [0, 1).

    Notes
    -----
    P(wait > t) = C exp(-(c mu - lambda) t), so the quantile is ln(C / (1 - probability)) /
    (c mu - lambda), or 0 if that share does not wait. Conditions as for `mmc_wait`.
    """
    at_least_zero("arrival rate", arrival_rate)
    positive("service rate", service_rate)
    if not 0 <= probability < 1:
        raise ValueError(f"probability {probability:g} is not in [0, 1)")
    waits = erlang_c(servers, arrival_rate / service_rate)
    longer = 1 - probability
    if waits <= longer:
        return 0.0
    return math.log(waits / longer) / (servers * service_rate - arrival_rate)


def mmc_queue_length(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Return the mean queue length in M/M/c, without service: lambda x mean wait.

    Parameters
    ----------
    arrival_rate, service_rate, servers
        As for `mmc_wait`, with the same conditions and errors.

    Returns
    -------
    float
        Mean number that wait.
    """
    return arrival_rate * mmc_wait(arrival_rate, service_rate, servers)
