"""Hubs that are clients of other hubs: their sessions at smart hosts."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import paths
from relaysim.mail.address import IpAddress
from relaysim.plan import routing
from relaysim.plan.hand_over import HandOver, hand_overs
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario


def smart_host_sessions(scenario: Scenario) -> dict[HandOver, list[str]]:
    """Return the sessions of hubs at smart hosts that are hubs.

    Parameters
    ----------
    scenario
        The design.

    Returns
    -------
    dict of HandOver to list of str
        Each session with the streams whose mail it has, such as "erp.invoices".
    """
    found: dict[HandOver, list[str]] = {}
    for path in paths(scenario):
        for route in path.routes:
            for session in _sessions(scenario, route.first, route.domains.name):
                found.setdefault(session, []).append(path.name)
    return found


def hub_clients(scenario: Scenario, hub: str, connector: ReceiveConnector) -> dict[str, IpAddress]:
    """Return the hubs for which a connector relays, each with the address that it arrives with.

    Parameters
    ----------
    scenario
        The design.
    hub, connector
        One of the receive connectors of a hub, and the hub.

    Returns
    -------
    dict of str to IpAddress
        By name of the hub that sends.
    """
    return {
        session.sender: session.client
        for session in smart_host_sessions(scenario)
        if (session.receiver, session.connector) == (hub, connector) and session.reply.is_success
    }


def source_nat(scenario: Scenario, address: IpAddress) -> str | None:
    """Return the load balancer with source NAT that has an address, by name; None for none."""
    return next(
        (
            name
            for name, balancer in scenario.load_balancers.items()
            if balancer.source_nat and balancer.address == address
        ),
        None,
    )


def _sessions(scenario: Scenario, hop: routing.Hop, domain: str) -> Iterator[HandOver]:
    """Return the sessions at smart hosts along a chain of hubs."""
    for session in hand_overs(scenario, hop):
        if session.as_client:
            yield session
        if session.reply.is_success:
            behind = routing.next_hop(scenario, session.receiver, domain, 1)
            yield from _sessions(scenario, behind, domain)
