"""The fix for an open relay, and its commands, such that no mail of own hosts is lost."""

from collections.abc import Iterable, Sequence

from relaysim.analysis.client_sources import public_addresses, sources_at
from relaysim.analysis.hub_clients import hub_clients, source_nat
from relaysim.analysis.mail_paths import paths
from relaysim.audit.shell_commands import free_name, new_connector, permission, set_connector
from relaysim.mail.address import IpAddress, domain_of, parse_ip
from relaysim.mail.connector_selection import select
from relaysim.mail.domains import is_accepted, is_authoritative
from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.mail.session_access import ADDED, grants, identify
from relaysim.plan import submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def to_strangers(
    scenario: Scenario, hub: str, connector: ReceiveConnector, addresses: Sequence[str]
) -> tuple[str, str | None]:
    """Return the fix that closes a relay to strangers, and the commands.

    Parameters
    ----------
    scenario
        The design.
    hub, connector
        The receive connector that relays, and the hub that it belongs to.
    addresses
        The source addresses that strangers have.

    Returns
    -------
    tuple
        The fix, and Exchange Management Shell commands, one a line. No commands where a host that
        relays has the address of the strangers: only the network can distinguish them.
    """
    # Source NAT: the hub sees these hosts and others with one address, so no range divides them.
    relayed = relayed_sources(scenario, hub, connector)
    needed = list(dict.fromkeys(map(str, relayed.values())))
    shared = [
        address
        for address in needed
        if address in addresses or source_nat(scenario, parse_ip(address)) is not None
    ]
    if shared:
        return without_source_nat(scenario, hub, relayed, shared), None
    # If another connector answers the Internet, a narrower range here loses no mail from outside.
    if all(
        _answered_by_another(scenario, hub, connector, parse_ip(address)) for address in addresses
    ):
        if needed:
            fix = "List only the hosts that relay, one by one; another connector answers the others"
            return f"{fix}.", set_connector(hub, connector.name, RemoteIPRanges=needed)
        return removed(scenario, hub, connector, addresses), without_relay(hub, connector)
    # Exchange refuses two connectors with the same binding and range, so the old one loses them.
    singles = [str(ip_range) for ip_range in connector.remote_ip_ranges if ip_range.size == 1]
    kept = [str(ip_range) for ip_range in connector.remote_ip_ranges if str(ip_range) not in needed]
    commands = []
    if set(needed) & set(singles):
        commands.append(set_connector(hub, connector.name, RemoteIPRanges=kept))
    commands.append(without_relay(hub, connector))
    if not needed:
        return removed(scenario, hub, connector, addresses), "\n".join(commands)
    name = free_name(scenario, hub, "relay")
    bindings = ",".join(map(str, connector.bindings))
    commands.append(new_connector(hub, name, bindings, needed))
    commands.append(permission("Add", hub, name, ANONYMOUS, Right.ACCEPT_ANY_RECIPIENT))
    fix = (
        f"Give {listed(relayed)} a receive connector that lists only {listed(needed)} and relays, "
        f"and remove the right at {connector.name}, which still accepts mail from outside."
    )
    return fix, "\n".join(commands)


def without_source_nat(
    scenario: Scenario, hub: str, clients: Iterable[str], addresses: Sequence[str]
) -> str:
    """Return the fix for clients that relay, where others arrive with the same `addresses`."""
    return (
        f"Switch source NAT off for SMTP at {_balancer(scenario, addresses)}, so that {hub} sees "
        f"the address of each client; then list in remote_ip_ranges the addresses of "
        f"{listed(clients)}, and not {listed(addresses)}."
    )


def removed(
    scenario: Scenario, hub: str, connector: ReceiveConnector, addresses: Sequence[str]
) -> str:
    """Return the fix for a connector that relays for nobody of the scenario."""
    if scenario.hubs[hub].properties.server_authentication:
        return "Remove the right of anonymous sessions."
    return (
        f"Take {listed(addresses)} out of the remote_ip_ranges of {connector.name} of {hub}: no "
        "host of this scenario relays there."
    )


def _balancer(scenario: Scenario, addresses: Sequence[str]) -> str:
    """Return what changes source addresses: a load balancer of the scenario, or any."""
    named = [
        f"the load balancer {name} ({dotted(('load_balancers', name, 'source_nat'))} = false)"
        for name, model in scenario.load_balancers.items()
        if str(model.address) in addresses
    ]
    return listed(named) if named else "the load balancer or firewall"


def to_forgers(scenario: Scenario, hub: str, connector: ReceiveConnector) -> str:
    """Return the commands after which only own hosts can send with senders of the own domain.

    Parameters
    ----------
    scenario
        The design.
    hub, connector
        The receive connector that accepts own senders from anybody, and its hub.

    Returns
    -------
    str
        Commands, one a line. Own hosts that this connector accepts by address get a separate
        connector first. "" where such a host has the address of the Internet (source NAT).
    """
    right = Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER
    domains = scenario.organization.domains
    own = [
        source
        for host, source in (
            (scenario.hosts[name], source)
            for name, source in sources_at(scenario, hub, connector).items()
        )
        if not host.properties.internet
        and submission.session(scenario, host, connector).principal == ANONYMOUS
        and any(
            is_authoritative(domains, domain_of(stream.sender)) for stream in host.streams.values()
        )
    ]
    # No connector can list this host without the Internet, or other clients of a load balancer.
    public = public_addresses(scenario)
    if any(source in public or source_nat(scenario, source) for source in own):
        return ""
    addresses = list(map(str, own))
    commands = []
    if addresses:
        name = free_name(scenario, hub, "own senders")
        bindings = ",".join(map(str, connector.bindings))
        commands.append(new_connector(hub, name, bindings, dict.fromkeys(addresses)))
    commands.append(permission("Remove", hub, connector.name, ANONYMOUS, right))
    return "\n".join(commands)


def without_relay(hub: str, connector: ReceiveConnector) -> str:
    """Return the command after which sessions without a login reach internal recipients only.

    A right that was added is removed. An externally secured connector has the right by its
    mechanism, so it becomes an anonymous connector.
    """
    principal, right = identify(connector), Right.ACCEPT_ANY_RECIPIENT
    added = [grant for grant in grants(connector) if grant.user.casefold() == principal.casefold()]
    if any(grant.right is right and grant.source == ADDED for grant in added):
        return permission("Remove", hub, connector.name, principal, right)
    return set_connector(
        hub, connector.name, AuthMechanism="Tls", PermissionGroups="AnonymousUsers"
    )


def relayed_sources(
    scenario: Scenario, hub: str, connector: ReceiveConnector
) -> dict[str, IpAddress]:
    """Return the hosts and hubs that send mail for other organizations through the connector.

    Parameters
    ----------
    scenario
        The design.
    hub, connector
        The receive connector, and the hub that it belongs to.

    Returns
    -------
    dict of str to IpAddress
        By name, the address that the hub sees.
    """
    accepted = scenario.organization.domains
    sources = sources_at(scenario, hub, connector)
    names = [
        path.host
        for path in paths(scenario)
        if path.target.hub == hub
        and path.connector is connector
        and not scenario.hosts[path.host].properties.internet
        and any(not is_accepted(accepted, route.domains.name) for route in path.routes)
    ]
    hosts = {name: sources[name] for name in names}
    return hosts | hub_clients(scenario, hub, connector)


def _answered_by_another(
    scenario: Scenario, hub: str, connector: ReceiveConnector, address: IpAddress
) -> bool:
    """Return whether another connector of the hub would answer the Internet."""
    model = scenario.hubs[hub]
    others = [other for other in model.receive_connectors.values() if other is not connector]
    places = {
        (target.address, target.port)
        for host in scenario.hosts.values()
        if host.properties.internet
        for target in submission.targets(scenario, host)
        if target.hub == hub
    }
    return all(
        select(others, local, port, address, model.specific_binding_hides_wildcard).connector
        for local, port in places
    )
