"""Many equal servers with Poisson arrivals: Erlang B, Erlang C and what follows from them.

Rates are per unit of time, times in that unit. Source of all formulas: Gross, Shortle, Thompson
and Harris, Fundamentals of Queueing Theory, the chapter on simple Markovian queues.
"""

import math

from relaysim.theory.checks import at_least_zero, from_one, positive, settles

__all__ = ["erlang_b", "erlang_c", "mmc_queue_length", "mmc_wait", "mmc_wait_quantile"]


def erlang_b(servers: int, offered: float) -> float:
    """Share of arrivals that find every server busy and are turned away.

    Recursion B(0) = 1, B(n) = offered B(n-1) / (n + offered B(n-1)), where `offered` is arrival
    rate times mean service. It holds for Poisson arrivals, any law of service and no queue
    (M/G/c/c), at any load. ValueError for a negative load or fewer servers than one.
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
    """Share of arrivals that find every server busy and wait.

    C = c B / (c - offered (1 - B)) with Erlang's B. It holds for Poisson arrivals, exponential
    service, an unlimited queue and `offered` below the number of servers (M/M/c). ValueError
    otherwise.
    """
    from_one("servers", servers)
    settles(offered / servers)
    blocked = erlang_b(servers, offered)
    return servers * blocked / (servers - offered * (1 - blocked))


def mmc_wait(arrival_rate: float, service_rate: float, servers: int) -> float:
    """Mean time in the queue of M/M/c, service not included: C / (c mu - lambda).

    It holds for Poisson arrivals, exponential service, an unlimited queue, and every order of
    service that lets no server idle and does not look at lengths. `service_rate` is that of one
    server. ValueError if the queue does not settle.
    """
    at_least_zero("arrival rate", arrival_rate)
    positive("service rate", service_rate)
    waits = erlang_c(servers, arrival_rate / service_rate)
    return waits / (servers * service_rate - arrival_rate)


def mmc_wait_quantile(
    arrival_rate: float, service_rate: float, servers: int, probability: float
) -> float:
    """Time in the queue of M/M/c that a share `probability` of arrivals does not exceed.

    P(wait > t) = C exp(-(c mu - lambda) t), so the quantile is ln(C / (1 - probability)) /
    (c mu - lambda), or 0 if that many do not wait at all. As `mmc_wait`, but first come, first
    served only. ValueError if the queue does not settle or the probability is not in [0, 1).
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
    """Mean number that wait in M/M/c, those in service not counted: lambda times the mean wait.

    Conditions and errors as `mmc_wait`.
    """
    return arrival_rate * mmc_wait(arrival_rate, service_rate, servers)
