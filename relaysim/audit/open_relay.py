"""Checks of receive connectors that give rights to senders from the Internet."""

from collections.abc import Iterator

from relaysim.analysis.client_sources import public_addresses, sources_at
from relaysim.analysis.hub_clients import hub_clients, source_nat
from relaysim.analysis.mail_paths import connector_place
from relaysim.audit import close_relay as closing
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.mail import receive_verdict as rules
from relaysim.mail.address import AddressRange, parse_ip, parse_range
from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.mail.session_access import identify, session_rights
from relaysim.plan import routing, submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.wording import listed

# Addresses that no packet from the Internet comes from (RFC 1918, RFC 4193).
_PRIVATE = tuple(
    parse_range(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def open_relay(scenario: Scenario) -> Iterator[Finding]:
    """More addresses than the hosts that need it may relay without a login.

    An error where a connector that relays answers the Internet, or a host with an address that the
    Internet has too (source NAT): the clients that it answers count, not the size of a range. An
    error also where a range includes public addresses; a warning inside the own network.
    """
    for hub, connector in _enabled(scenario):
        if not relays(connector):
            continue
        outside = strangers(scenario, hub, connector)
        if outside:
            yield _open_to_strangers(scenario, hub, connector, outside)
        else:
            yield from _too_wide(scenario, hub, connector)


def _open_to_strangers(
    scenario: Scenario, hub: str, connector: ReceiveConnector, outside: list[str]
) -> Finding:
    """Return the finding for a connector that relays and answers the hosts in `outside`."""
    sources = sources_at(scenario, hub, connector)
    addresses = list(dict.fromkeys(str(sources[name]) for name in outside))
    behind_nat = [
        name
        for name, host in scenario.hosts.items()
        if not host.properties.internet
        and any(
            str(submission.source(scenario, host, target)) in addresses
            for target in submission.targets(scenario, host)
        )
    ]
    hubs = hub_clients(scenario, hub, connector)
    behind_nat += [name for name, source in hubs.items() if str(source) in addresses]
    behind = (
        f", the address of {listed(behind_nat)} too, as behind source NAT" if behind_nat else ""
    )
    fix, command = closing.to_strangers(scenario, hub, connector, addresses)
    return Finding(
        Severity.ERROR,
        connector_place(hub, connector.name),
        f"An open relay: {connector.name} answers mail from the Internet, which arrives as "
        f"{listed(addresses)}{behind}. Without a login, anybody may send to any recipient.",
        fix,
        command,
    )


def _too_wide(scenario: Scenario, hub: str, connector: ReceiveConnector) -> Iterator[Finding]:
    """Yield the finding for a connector that relays for more addresses than hosts need."""
    wide = [ip_range for ip_range in connector.remote_ip_ranges if ip_range.size > 1]
    users = sources_at(scenario, hub, connector) | hub_clients(scenario, hub, connector)
    surplus = [
        ip_range
        for ip_range in wide
        # A range that has only the hosts that use it is as narrow as a list of them.
        if ip_range.size > sum(map(ip_range.contains, users.values()))
    ]
    if not surplus:
        return
    ranges = listed(map(str, surplus))
    public = any(is_public(ip_range) for ip_range in surplus)
    needed = dict.fromkeys(map(str, users.values()))
    singles = [
        str(ip_range)
        for ip_range in connector.remote_ip_ranges
        if ip_range.size == 1 and source_nat(scenario, ip_range.first) is None
    ]
    # Single addresses stay, whether a host of the scenario has them or not.
    kept = list(dict.fromkeys([*singles, *needed]))
    needed_by = listed(users) if users else "no host of this scenario"
    shared = [address for address in kept if source_nat(scenario, parse_ip(address)) is not None]
    fix: tuple[str, str | None]
    if shared:
        fix = closing.without_source_nat(scenario, hub, users, shared), None
    elif kept:
        command = set_connector(hub, connector.name, RemoteIPRanges=kept)
        fix = "List the addresses of the hosts that relay, one by one.", command
    else:
        fix = (
            closing.removed(scenario, hub, connector, list(map(str, surplus))),
            closing.without_relay(hub, connector),
        )
    yield Finding(
        Severity.ERROR if public else Severity.WARNING,
        connector_place(hub, connector.name),
        f"An open relay{'' if public else ' for the own network'}: without a login, "
        f"every client in {ranges} may send to any recipient. Needed by {needed_by}.",
        *fix,
    )


def forged_sender(scenario: Scenario) -> Iterator[Finding]:
    """A connector accepts mail from the Internet with a sender of the own domain.

    One finding for all of them. Source: exchangepedia.com, 2008, on spam from your own domain.
    """
    domain = routing.own_domain(scenario)
    accepting: list[tuple[str, ReceiveConnector]] = []
    for hub, connector in _enabled(scenario):
        principal = identify(connector)
        rights = session_rights(connector, principal)
        domains = scenario.organization.domains
        # Behind source NAT the Internet arrives with a private address, so the clients count too.
        reachable = any(is_public(ip_range) for ip_range in connector.remote_ip_ranges)
        reachable = reachable or bool(strangers(scenario, hub, connector))
        accepted = rules.mail_from(principal, rights, domain, domains).is_success
        if principal == ANONYMOUS and reachable and accepted:
            accepting.append((hub, connector))
    if not accepting:
        return
    right = Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER
    fixes = [closing.to_forgers(scenario, hub, connector) for hub, connector in accepting]
    where = listed(routing.identity(hub, connector.name) for hub, connector in accepting)
    yield Finding(
        Severity.WARNING,
        connector_place(accepting[0][0], accepting[0][1].name),
        f"At {where} AnonymousUsers includes {right.value}. So the Internet can send mail with a "
        f"forged sender of {domain}, and recipients cannot see the difference.",
        "Remove the right here, and let hosts with own senders use a separate connector. (In a "
        "scenario: write the other rights under permissions instead of the group.)",
        "\n".join(filter(None, fixes)) or None,
    )


def _enabled(scenario: Scenario) -> Iterator[tuple[str, ReceiveConnector]]:
    for name, hub in scenario.hubs.items():
        yield from (
            (name, connector) for connector in hub.receive_connectors.values() if connector.enabled
        )


def relays(connector: ReceiveConnector) -> bool:
    """Return whether a session without a login may send to any recipient."""
    rights = session_rights(connector, identify(connector))
    return {Right.SUBMIT, Right.ACCEPT_ANY_RECIPIENT} <= rights


def strangers(scenario: Scenario, hub: str, connector: ReceiveConnector) -> list[str]:
    """Return the hosts that the connector answers and whose address the Internet has too.

    Parameters
    ----------
    scenario
        The design.
    hub, connector
        A receive connector and the hub that it belongs to.

    Returns
    -------
    list of str
        Hosts of kind `internet`, and hosts that share an address with one: behind source NAT a
        receive connector cannot distinguish them.
    """
    sources = sources_at(scenario, hub, connector)
    outside = public_addresses(scenario)
    return [name for name, source in sources.items() if source in outside]


def is_public(remote: AddressRange) -> bool:
    """Return whether the range includes public addresses."""
    return not any(block.contains_range(remote) for block in _PRIVATE)
