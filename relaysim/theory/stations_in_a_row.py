"""Stations in a row, each with many equal servers: the mean time from first to last."""

from collections.abc import Sequence
from typing import NamedTuple

from relaysim.theory.erlang import mmc_wait

__all__ = ["Station", "tandem_sojourn"]


class Station(NamedTuple):
    """One station of a tandem: the rate of one of its servers, and how many it has."""

    service_rate: float
    servers: int


def tandem_sojourn(arrival_rate: float, stations: Sequence[Station]) -> float:
    """Mean time through all stations, waits and services: the sum of each M/M/c alone.

    It holds because what leaves an M/M/c in steady state is again a Poisson stream of the same
    rate (Burke, Operations Research 4, 1956; Jackson, Operations Research 5, 1957). Conditions:
    Poisson arrivals at the first station, exponential service drawn anew at each station, unlimited
    queues between them. Service by size breaks it: a large message is slow at every station.
    ValueError if a station does not settle.
    """
    return sum(
        mmc_wait(arrival_rate, station.service_rate, station.servers) + 1 / station.service_rate
        for station in stations
    )
