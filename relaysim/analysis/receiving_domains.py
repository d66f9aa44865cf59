"""Receiving domains of a destination, counted ones together."""

from dataclasses import dataclass
from functools import lru_cache

from relaysim.plan import routing
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL


@dataclass(frozen=True, slots=True)
class Domains:
    """`count` receiving domains of a destination with equal settings; `name` is one of them."""

    destination: str
    name: str
    count: int

    def __str__(self) -> str:
        return self.name if self.count == 1 else f"{self.destination} ({self.count:,} domains)"


def domains_of(scenario: Scenario, destination: str) -> tuple[Domains, ...]:
    """Return the receiving domains of a destination; one stands for all counted domains."""
    if destination == INTERNAL:
        return (Domains(INTERNAL, routing.own_domain(scenario), 1),)
    return _receiving(scenario.destinations[destination])


@lru_cache(maxsize=64)  # a million counted domains take a second to name
def _receiving(destination: Destination) -> tuple[Domains, ...]:
    names = destination.domain_names()
    # Counted domains have equal settings and routes: one stands for all.
    if destination.domains is None:
        return (Domains(destination.name, names[0], len(names)),)
    return tuple(Domains(destination.name, name, 1) for name in names)
