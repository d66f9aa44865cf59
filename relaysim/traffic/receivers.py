"""The receiving domains of a scenario, and which of them act on which blocklist."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relaysim.mail.blocklists import ZONES
from relaysim.mail.domains import AcceptedDomainType
from relaysim.scenario.destination import Blocklist, Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL
from relaysim.traffic.draw import mix_array, name_key, uniforms

__all__ = ["Receivers", "policies", "receivers"]


@dataclass(frozen=True)
class Receivers:
    """All receiving domains, those of a destination side by side."""

    destinations: tuple[str, ...]
    """`internal`, then the destinations by name."""
    domains: tuple[str, ...]
    """The internal domain, then those of each destination in its own order."""
    destination: tuple[int, ...]
    """Per domain: index into `destinations`."""
    span: Mapping[str, tuple[int, int]]
    """Per destination: index of its first domain, and how many it has."""


def receivers(scenario: Scenario) -> Receivers:
    """Number the domains; the mailboxes are in the first authoritative one.

    Without an authoritative domain nobody writes to mailboxes, and the first one stands in.
    """
    accepted = scenario.organization.domains
    own = [name for name, kind in accepted.items() if kind is AcceptedDomainType.AUTHORITATIVE]
    internal = (own or list(accepted))[0].removeprefix("*.")
    names: dict[str, tuple[str, ...]] = {INTERNAL: (internal,)}
    names |= {name: place.domain_names() for name, place in sorted(scenario.destinations.items())}
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


def policies(
    scenario: Scenario, places: Receivers, replication: int, seed: int
) -> npt.NDArray[np.bool_]:
    """[domains, blocklists by name] whether the domain acts on the list, all through a replication.

    Each domain draws by its name and by the zone that it asks: who uses ZEN uses all of Spamhaus's
    lists in it. A list without a known zone goes by its name in `refuses_on`.
    """
    lists = [scenario.blocklists[name] for name in sorted(scenario.blocklists)]
    uses = np.zeros((len(places.domains), len(lists)), dtype=np.bool_)
    for name, destination in scenario.destinations.items():
        entries = {n: entry for n, of in enumerate(lists) if (entry := _entry(destination, of))}
        if not entries:
            continue
        first, count = places.span[name]
        domains = np.array(
            [
                name_key(seed, replication, "domain", domain)
                for domain in places.domains[first : first + count]
            ],
            dtype=np.uint64,
        )
        for n, entry in entries.items():
            asked = ZONES.get(lists[n].profile, entry)
            keys = mix_array(domains, name_key(seed, replication, "blocklist", asked))
            uses[first : first + count, n] = uniforms(keys) < destination.refuses_on[entry]
    return uses


def _entry(destination: Destination, blocklist: Blocklist) -> str | None:
    """What `refuses_on` calls the list: its name, else its profile; None if it is not there."""
    known = (blocklist.name, blocklist.profile)
    return next((name for name in known if name in destination.refuses_on), None)
