"""The receiving domains of a scenario, numbered."""

from collections.abc import Mapping
from dataclasses import dataclass

from relaysim.mail.domains import AcceptedDomainType
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL, SPAMTRAP_DOMAIN, SPAMTRAPS

__all__ = ["Receivers", "receivers"]


@dataclass(frozen=True)
class Receivers:
    """All receiving domains, those of a destination side by side."""

    destinations: tuple[str, ...]
    """`internal`, then the destinations by name, then `spamtraps` where there are any."""
    domains: tuple[str, ...]
    """The internal domain, then those of each destination in its own order."""
    destination: tuple[int, ...]
    """Per domain: index into `destinations`."""
    span: Mapping[str, tuple[int, int]]
    """Per destination: index of its first domain, and how many it has."""


def receivers(scenario: Scenario, spamtraps: bool = False) -> Receivers:
    """Number the domains; the mailboxes are in the first authoritative one.

    Without an authoritative domain nobody writes to mailboxes, and the first one stands in. The
    operators' traps come last, so that they change no other number.
    """
    accepted = scenario.organization.domains
    own = [name for name, kind in accepted.items() if kind is AcceptedDomainType.AUTHORITATIVE]
    internal = (own or list(accepted))[0].removeprefix("*.")
    names: dict[str, tuple[str, ...]] = {INTERNAL: (internal,)}
    names |= {name: place.domain_names() for name, place in sorted(scenario.destinations.items())}
    if spamtraps:
        names[SPAMTRAPS] = (SPAMTRAP_DOMAIN,)
    span, first = {}, 0
    for name, domains in names.items():
        span[name] = first, len(domains)
        first += len(domains)
    return Receivers(
        destinations=tuple(names),
        domains=tuple(domain for domains in names.values() for domain in domains),
        destination=tuple(n for n, domains in enumerate(names.values()) for _ in domains),
        span=span,
    )
