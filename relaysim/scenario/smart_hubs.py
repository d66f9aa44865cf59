"""Smart hosts that are hubs of the scenario, and mail that goes in a circle through them."""

from collections.abc import Iterator

from relaysim.mail.address import IpAddress
from relaysim.mail.domains import is_authoritative
from relaysim.mail.send_connector import (
    balancer_named,
    hubs_named,
    is_source,
    smart_host_domain,
)
from relaysim.mail.send_routing import select_send_connector
from relaysim.scenario.connector import SendConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import Problem


def smart_hubs(scenario: Scenario, connector: SendConnector) -> tuple[tuple[str, IpAddress], ...]:
    """Return the hubs that the smart hosts of a connector name, each with its address.

    A smart host of a destination is outside, whatever its name. Behind a load balancer it is the
    first address of each of its hubs, by name.
    """
    if connector.dns_routing_enabled:
        return ()
    first = smart_host_domain(connector.smart_hosts[0])
    if any(first in (place.domains or ()) for place in scenario.destinations.values()):
        return ()
    balancer = smart_balancer(scenario, connector)
    if balancer is not None:
        behind = sorted(set(scenario.load_balancers[balancer].hubs))
        return tuple((hub, scenario.hubs[hub].addresses[0]) for hub in behind)
    hubs = {name: hub.addresses for name, hub in scenario.hubs.items()}
    named = (hubs_named(name, hubs, scenario.dns) for name in connector.smart_hosts)
    return tuple(dict.fromkeys(target for targets in named for target in targets))


def smart_balancer(scenario: Scenario, connector: SendConnector) -> str | None:
    """Return the load balancer that the smart hosts of a connector name; None for none."""
    if connector.dns_routing_enabled:
        return None
    balancers = {name: model.address for name, model in scenario.load_balancers.items()}
    return balancer_named(connector.smart_hosts[0], balancers, scenario.dns)


def circles(scenario: Scenario) -> Iterator[Problem]:
    """Yield a problem for each circle of hubs, at the send connector that closes it."""
    connectors = scenario.send_connectors.values()
    if not any(smart_hubs(scenario, connector) for connector in connectors):
        return
    patterns = {space.pattern for connector in connectors for space in connector.address_spaces}
    limits = {connector.max_message_size for connector in connectors}
    # Above each limit other connectors serve a domain.
    sizes = [0, *(limit + 1 for limit in limits if limit is not None)]
    reported = set[frozenset[str] | str]()
    for pattern in sorted(patterns):
        domain = pattern.replace("*", "any")
        for size in sizes:
            for hub in scenario.hubs:
                for name, hubs in _circles(scenario, domain, size, (hub,)):
                    balancer = smart_balancer(scenario, scenario.send_connectors[name])
                    # A balancer closes a circle by each of its hubs; one of them is enough.
                    closed = frozenset(hubs) if balancer is None else name
                    if closed not in reported:
                        reported.add(closed)
                        path = ("send_connectors", name, "smart_hosts")
                        by = f" (by the load balancer {balancer})" if balancer else ""
                        yield Problem(path, f"mail goes in a circle: {' → '.join(hubs)}{by}")


def _circles(
    scenario: Scenario, domain: str, size: int, hubs: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the connector that closes each circle of a domain, and the hubs of the circle."""
    if is_authoritative(scenario.organization.domains, domain):
        return
    connectors = scenario.send_connectors.values()
    connector = select_send_connector(connectors, domain, size, hubs[-1], None).connector
    if connector is None:
        return
    if is_source(connector, hubs[-1]):
        receivers = tuple(hub for hub, _ in smart_hubs(scenario, connector))
    else:
        receivers = connector.source_transport_servers
    for receiver in receivers:
        if receiver in hubs:
            yield connector.name, (*hubs[hubs.index(receiver) :], receiver)
        else:
            yield from _circles(scenario, domain, size, (*hubs, receiver))
