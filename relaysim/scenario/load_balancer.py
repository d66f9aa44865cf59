"""Load balancers: an address in front of several hubs."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from relaysim.scenario.table import DAY, SECOND, Address, Interval, Many, Table


def _to_one_day(interval: int) -> int:
    if interval > DAY:
        raise ValueError('must be at most "1 d"')
    return interval


class LoadBalancer(Table):
    """An address that passes each TCP connection on to one of several hubs, at the same port.

    Hosts and smart hosts reach it by its name, its address, or a name in `[dns]` that leads to the
    address. A connection goes to the first address of a hub. What the hub replies is final: the
    balancer asks no other hub then (assumption).
    """

    address: Address
    """The address that clients connect to."""
    hubs: Annotated[Many[str], Field(min_length=1)]
    """The hubs behind it."""
    method: Literal["round_robin", "least_connections"] = "round_robin"
    """How it chooses: each hub in turn, or the one with the fewest open sessions; by name else."""
    source_nat: bool = False
    """Whether hubs see its address as that of every client, instead of the client's own."""
    health_check_interval: Annotated[Interval, AfterValidator(_to_one_day)] = 5 * SECOND
    """How often it looks whether a hub runs; from 1 s to 1 d.

    It passes over a hub that did not run at the last look. That one look decides is an assumption,
    as is the default.
    """
