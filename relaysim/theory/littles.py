"""Little's law: how many there are, from how often they come and how long they stay."""

from relaysim.theory.checks import at_least_zero

__all__ = ["little"]


def little(arrival_rate: float, time: float) -> float:
    """Mean number present, L = arrival_rate * time, for a mean time of stay `time`.

    It holds for any system in steady state, whatever the arrivals, the service and the order of
    service, if the rate counts those that enter and no others. Source: Little, Operations Research
    9 (1961). ValueError for negative numbers.
    """
    at_least_zero("arrival rate", arrival_rate)
    at_least_zero("time", time)
    return arrival_rate * time
