"""Checks of what a receive connector lets strangers do."""

from collections.abc import Iterator

from relaysim.mail import session as rules
from relaysim.mail.access import identify, session_rights
from relaysim.mail.address import AddressRange, parse_range
from relaysim.mail.rights import ANONYMOUS, Right
from relaysim.scenario import route
from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.paths import clients
from relaysim.scenario.audit.words import connector_place, listed, permission, set_connector
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario

# Addresses that no packet from the Internet comes from (RFC 1918, RFC 4193).
_PRIVATE = tuple(
    parse_range(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def open_relay(scenario: Scenario) -> Iterator[Finding]:
    """Anyone in a range wider than the hosts that need it may send to any recipient.

    An error where the range reaches beyond private addresses, advice inside the own network.
    """
    for hub, connector in _enabled(scenario):
        wide = [each for each in connector.remote_ip_ranges if each.size > 1]
        if not wide or not relays(connector):
            continue
        users = _users(scenario, hub, connector)
        surplus = [
            each
            for each in wide
            if each.size > sum(each.contains(scenario.hosts[user].address) for user in users)
        ]
        if not surplus:
            continue
        ranges = listed(map(str, surplus))
        public = any(is_public(each) for each in surplus)
        needed = dict.fromkeys(str(scenario.hosts[user].address) for user in users)
        singles = [str(each) for each in connector.remote_ip_ranges if each.size == 1]
        kept = list(dict.fromkeys([*singles, *needed]))
        who = listed(users) if users else "no host of this scenario"
        yield Finding(
            Severity.ERROR if public else Severity.ADVICE,
            connector_place(hub, connector.name),
            f"An open relay{'' if public else ' for the own network'}: without logging in, "
            f"everyone in {ranges} may send to any recipient. Needed by {who}.",
            "List the addresses of the hosts that relay, one by one."
            if kept
            else "Take the right away from anonymous sessions.",
            set_connector(hub, connector.name, RemoteIPRanges=kept)
            if kept
            else permission(
                "Remove", hub, connector.name, identify(connector), Right.ACCEPT_ANY_RECIPIENT
            ),
        )


def forged_sender(scenario: Scenario) -> Iterator[Finding]:
    """A connector open to the Internet lets strangers write as one of the own senders.

    Source: exchangepedia.com, 2008, on spam from your own domain.
    """
    own = route.own_domain(scenario)
    for hub, connector in _enabled(scenario):
        principal = identify(connector)
        rights = session_rights(connector, principal)
        domains = scenario.organization.domains
        reachable = any(is_public(each) for each in connector.remote_ip_ranges)
        accepted = rules.mail_from(principal, rights, own, domains).is_success
        if principal == ANONYMOUS and reachable and accepted:
            right = Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER
            yield Finding(
                Severity.ADVICE,
                connector_place(hub, connector.name),
                f"AnonymousUsers brings {right.value}, so a stranger can write as somebody of "
                f"{own}: a forged mail from the director looks like his own.",
                "Take the right away here, and let hosts that write as own senders use a "
                "connector of their own. (In a scenario: write the other rights under "
                "permissions instead of the group.)",
                permission("Remove", hub, connector.name, ANONYMOUS, right),
            )


def _enabled(scenario: Scenario) -> Iterator[tuple[str, ReceiveConnector]]:
    for name, hub in scenario.hubs.items():
        yield from ((name, each) for each in hub.receive_connectors.values() if each.enabled)


def relays(connector: ReceiveConnector) -> bool:
    """Whether a session that does not log in may send to any recipient."""
    rights = session_rights(connector, identify(connector))
    return {Right.SUBMIT, Right.ACCEPT_ANY_RECIPIENT} <= rights


def _users(scenario: Scenario, hub: str, connector: ReceiveConnector) -> list[str]:
    """The hosts that the connector is there for; the Internet is none."""
    return [
        name
        for name in clients(scenario, hub, connector)
        if scenario.hosts[name].kind != "internet"
    ]


def is_public(remote: AddressRange) -> bool:
    """Whether the range reaches beyond private addresses."""
    return not any(block.contains_range(remote) for block in _PRIVATE)
