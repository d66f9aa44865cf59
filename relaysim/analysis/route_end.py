"""The ends of routes: what answers at a last hop, and the public IP that it sees."""

from functools import lru_cache

from relaysim.analysis.mail_paths import DomainRoute
from relaysim.plan import routing
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario


def receiver(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> str | None:
    """Return the destination that answers at a remote hop.

    Parameters
    ----------
    scenario
        The design.
    route, hop
        A route, and one of its last hops.

    Returns
    -------
    str or None
        The recipients' destination, or the destination or relay service of the smart host in
        between (`Scenario.answering`); None where no destination has the domain, as with a relay
        domain of the organization.
    """
    if hop.domain != route.domains.name:
        relay = routing.relay_at(scenario, hop)
        return relay or _owner(hop.domain, tuple(scenario.destinations.values()))
    return route.domains.destination if route.domains.destination in scenario.destinations else None


@lru_cache(maxsize=256)  # every route asks for the same few smart hosts
def _owner(domain: str, destinations: tuple[Destination, ...]) -> str | None:
    """Return the destination that lists a domain; counted domains are no smart hosts."""
    for domains in destinations:
        if domains.domains is not None and domain in domains.domains:
            return domains.name
    return None


def is_from_pool(route: DomainRoute, hop: routing.Hop) -> bool:
    """Return whether the hub of a hop has several public IPs for this mail, and chooses one."""
    ips = {other.egress for other in route.lasts if other.hub == hop.hub}
    return hop.proxy is None and len(ips) > 1


def is_direct(route: DomainRoute, hop: routing.Hop) -> bool:
    """Return whether a remote hop leads to the recipients' domains, and not to a smart host."""
    return hop.domain == route.domains.name


def beyond_relay(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> str | None:
    """Return the destination that judges the sender at a remote hop.

    Parameters
    ----------
    scenario
        The design.
    route, hop
        A route, and one of its last hops.

    Returns
    -------
    str or None
        As `receiver`, but behind a relay service the recipients' destination.
    """
    name = receiver(scenario, route, hop)
    return route.domains.destination if name in scenario.relays else name


def sees(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> str | None:
    """Return the public IP that the recipients' domains see at a remote hop.

    Parameters
    ----------
    scenario
        The design.
    route, hop
        A route, and one of its last hops.

    Returns
    -------
    str or None
        The public IP of the hub, or of the relay service in between; None behind a smart host of a
        destination, behind which nothing is modelled.
    """
    if is_direct(route, hop):
        return hop.egress
    relay = routing.relay_at(scenario, hop)
    return None if relay is None else scenario.relays[relay].egress
