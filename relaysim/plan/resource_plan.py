"""The part of the plan about resources: core time, stations and lines."""

from array import array
from dataclasses import dataclass

from relaysim.plan.names import StationKind
from relaysim.scenario import core_time
from relaysim.traffic.draw import looked_up
from relaysim.traffic.sample import factor_table


@dataclass(frozen=True, slots=True)
class Cost:
    """Core time: (base + per_kb x KB) x a gamma factor of mean 1 (65,536 in `factors`)."""

    base: int
    per_kb: int
    factors: "array[int]"

    def of(self, size: int, bits: int) -> int:
        """Return microseconds for a message of `size` bytes and a 32-bit draw."""
        # `looked_up` is called for the top value only: this runs several times a message.
        index = bits >> 16
        factor = self.factors[index] if index < 65_535 else looked_up(self.factors, bits)
        # Shifts divide: bytes by 1,024 to KB, the factor by 65,536 to a number with mean 1.
        return (self.base + (self.per_kb * size >> 10)) * factor >> 16


def cost_plan(cost: core_time.Cost) -> Cost:
    """Return a core time with the factors of its spread."""
    return Cost(cost.base, cost.per_kb, factor_table(cost.cv))


def own_cost(cost: core_time.Cost | None) -> Cost | None:
    """Return the core time of a connector; None if that of the hub holds."""
    return None if cost is None else cost_plan(cost)


@dataclass(frozen=True, slots=True)
class Station:
    """Servers with one queue.

    Parameters
    ----------
    name : str
        The display name (`relaysim.plan.names`).
    kind : StationKind
        What it is.
    servers : int
        Number of servers; 0 for no limit.
    hub, connector, line : int
        Indexes into the plan: the hub of the station, its receive connector (for sessions) and its
        line; -1 for none.
    limited_by : str
        The path of the key in the scenario file that sets the number of servers.
    """

    name: str
    kind: StationKind
    servers: int
    hub: int = -1
    connector: int = -1
    line: int = -1
    limited_by: str = ""


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line; 0 bit/s: unlimited. `title` is its name in the scenario, or the public IP."""

    name: str
    title: str
    bandwidth: int
    station: int
