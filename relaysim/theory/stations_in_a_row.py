"""Stations in a row (tandem), each with equal servers: the mean time through all stations."""

from collections.abc import Sequence
from typing import NamedTuple

from relaysim.theory.erlang import mmc_wait

__all__ = ["Station", "tandem_sojourn"]


class Station(NamedTuple):
    """One station of a tandem: the rate of one server, and the number of servers."""

    service_rate: float
    servers: int


def tandem_sojourn(arrival_rate: float, stations: Sequence[Station]) -> float:
    """Return the mean time through all stations, waits and services: the sum of M/M/c.

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time.
    stations : sequence of Station
        The stations, in order.

    Returns
    -------
    float
        Mean time.

    Raises
    ------
    ValueError
        If the utilization of a station is not below 1.

    Notes
    -----
    It holds because the departures of an M/M/c in steady state are again a Poisson stream of the
    same rate (Burke, Operations Research 4, 1956; Jackson, Operations Research 5, 1957).
    Conditions: Poisson arrivals at the first station, exponential service drawn anew at each
    station, unlimited queues. Service by size violates them: a large message is slow at every
    station.
    """
    return sum(
        mmc_wait(arrival_rate, station.service_rate, station.servers) + 1 / station.service_rate
        for station in stations
    )
