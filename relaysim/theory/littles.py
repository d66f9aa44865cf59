"""Little's law: the mean number present, from the arrival rate and the mean time of stay."""

from relaysim.theory.checks import at_least_zero

__all__ = ["little"]


def little(arrival_rate: float, time: float) -> float:
    """Return the mean number present, L = arrival_rate x time.

    Parameters
    ----------
    arrival_rate : float
        Arrivals that enter, per unit of time.
    time : float
        Mean time of stay.

    Returns
    -------
    float
        Mean number present.

    Raises
    ------
    ValueError
        For negative numbers.

    Notes
    -----
    It holds for any system in steady state, for all arrivals, service times and orders of service.
    Source: Little, Operations Research 9 (1961).
    """
    at_least_zero("arrival rate", arrival_rate)
    at_least_zero("time", time)
    return arrival_rate * time
