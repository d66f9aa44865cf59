"""The receiving domains of a scenario, numbered."""

from collections.abc import Mapping
from dataclasses import dataclass

from relaysim.mail.domains import AcceptedDomainType
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL, SPAMTRAP_DOMAIN, SPAMTRAPS

__all__ = ["Receivers", "receivers"]


@dataclass(frozen=True)
class Receivers:
    """All receiving domains; the domains of a destination have consecutive numbers."""

    destinations: tuple[str, ...]
    """`internal`, destinations and relay services by name, and `spamtraps` where there are any."""
    domains: tuple[str, ...]
    """The internal domain, then those of each destination in its own order."""
    destination: tuple[int, ...]
    """Per domain: index into `destinations`."""
    span: Mapping[str, tuple[int, int]]
    """Per destination: index of its first domain, and how many it has."""


def receivers(scenario: Scenario, spamtraps: bool = False) -> Receivers:
    """Return all receiving domains; the first authoritative domain has the mailboxes.

    Without an authoritative domain no mail goes to mailboxes, and the first accepted domain takes
    its place. The domain of the operators' spam traps is the last, so that no other number depends
    on it.

    Parameters
    ----------
    scenario : Scenario
        The design.
    spamtraps : bool
        Whether there is a domain of spam traps.
    """
    accepted = scenario.organization.domains
    authoritative = [
        name for name, kind in accepted.items() if kind is AcceptedDomainType.AUTHORITATIVE
    ]
    internal = (authoritative or list(accepted))[0].removeprefix("*.")
    names: dict[str, tuple[str, ...]] = {INTERNAL: (internal,)}
    names |= {name: place.domain_names() for name, place in sorted(scenario.answering.items())}
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
