"""Checks of what a receive connector lets strangers do."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import clients, connector_place
from relaysim.audit import close_relay as closing
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.mail import receive_verdict as rules
from relaysim.mail.address import AddressRange, parse_range
from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.mail.session_access import identify, session_rights
from relaysim.plan import routing
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.wording import listed

# Addresses that no packet from the Internet comes from (RFC 1918, RFC 4193).
_PRIVATE = tuple(
    parse_range(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def open_relay(scenario: Scenario) -> Iterator[Finding]:
    """Strangers, or more addresses than the hosts that need it, may send to any recipient.

    An error where a connector that relays answers the Internet, or any host whose address the
    Internet has too (source NAT): judged by who is answered, not by the width of a range. An error
    also where its ranges reach beyond private addresses; a warning inside the own network.
    """
    for hub, connector in _enabled(scenario):
        if not relays(connector):
            continue
        met = strangers(scenario, hub, connector)
        if met:
            yield _open_to_strangers(scenario, hub, connector, met)
        else:
            yield from _too_wide(scenario, hub, connector)


def _open_to_strangers(
    scenario: Scenario, hub: str, connector: ReceiveConnector, met: list[str]
) -> Finding:
    """The finding for a connector that relays and answers the hosts in `met`."""
    hosts = scenario.hosts
    addresses = list(dict.fromkeys(str(hosts[name].address) for name in met))
    own = [
        name
        for name, host in hosts.items()
        if str(host.address) in addresses and not host.properties.internet
    ]
    behind = f", the address of {listed(own)} too, as behind source NAT" if own else ""
    fix, command = closing.to_strangers(scenario, hub, connector, addresses)
    return Finding(
        Severity.ERROR,
        connector_place(hub, connector.name),
        f"An open relay: {connector.name} answers mail from the Internet, which arrives as "
        f"{listed(addresses)}{behind}. Without logging in, strangers may send to any recipient.",
        fix,
        command,
    )


def _too_wide(scenario: Scenario, hub: str, connector: ReceiveConnector) -> Iterator[Finding]:
    """The finding for a connector that relays for more addresses than hosts need."""
    wide = [each for each in connector.remote_ip_ranges if each.size > 1]
    users = clients(scenario, hub, connector)
    surplus = [
        each
        for each in wide
        if each.size > sum(each.contains(scenario.hosts[user].address) for user in users)
    ]
    if not surplus:
        return
    ranges = listed(map(str, surplus))
    public = any(is_public(each) for each in surplus)
    needed = dict.fromkeys(str(scenario.hosts[user].address) for user in users)
    singles = [str(each) for each in connector.remote_ip_ranges if each.size == 1]
    kept = list(dict.fromkeys([*singles, *needed]))
    who = listed(users) if users else "no host of this scenario"
    yield Finding(
        Severity.ERROR if public else Severity.WARNING,
        connector_place(hub, connector.name),
        f"An open relay{'' if public else ' for the own network'}: without logging in, "
        f"everyone in {ranges} may send to any recipient. Needed by {who}.",
        "List the addresses of the hosts that relay, one by one."
        if kept
        else "Take the right away from anonymous sessions.",
        set_connector(hub, connector.name, RemoteIPRanges=kept)
        if kept
        else closing.without_relay(hub, connector),
    )


def forged_sender(scenario: Scenario) -> Iterator[Finding]:
    """Connectors open to the Internet let strangers write as one of the own senders.

    One finding for all of them. Source: exchangepedia.com, 2008, on spam from your own domain.
    """
    own = routing.own_domain(scenario)
    met: list[tuple[str, ReceiveConnector]] = []
    for hub, connector in _enabled(scenario):
        principal = identify(connector)
        rights = session_rights(connector, principal)
        domains = scenario.organization.domains
        reachable = any(is_public(each) for each in connector.remote_ip_ranges)
        reachable = reachable or bool(strangers(scenario, hub, connector))
        accepted = rules.mail_from(principal, rights, own, domains).is_success
        if principal == ANONYMOUS and reachable and accepted:
            met.append((hub, connector))
    if not met:
        return
    right = Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER
    fixes = [closing.to_forgers(scenario, hub, connector) for hub, connector in met]
    where = listed(routing.identity(hub, connector.name) for hub, connector in met)
    yield Finding(
        Severity.WARNING,
        connector_place(met[0][0], met[0][1].name),
        f"At {where} AnonymousUsers brings {right.value}, so a stranger can write as somebody of "
        f"{own}: a forged mail from the director looks like his own.",
        "Take the right away here, and let hosts that write as own senders use a connector of "
        "their own. (In a scenario: write the other rights under permissions instead of the "
        "group.)",
        "\n".join(filter(None, fixes)) or None,
    )


def _enabled(scenario: Scenario) -> Iterator[tuple[str, ReceiveConnector]]:
    for name, hub in scenario.hubs.items():
        yield from ((name, each) for each in hub.receive_connectors.values() if each.enabled)


def relays(connector: ReceiveConnector) -> bool:
    """Whether a session that does not log in may send to any recipient."""
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
        receive connector cannot tell them apart.
    """
    addresses = {host.address for host in scenario.hosts.values() if host.properties.internet}
    return [
        name
        for name in clients(scenario, hub, connector)
        if scenario.hosts[name].address in addresses
    ]


def is_public(remote: AddressRange) -> bool:
    """Whether the range reaches beyond private addresses."""
    return not any(block.contains_range(remote) for block in _PRIVATE)
