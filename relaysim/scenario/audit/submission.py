"""Checks of what a receive connector refuses of the mail that comes to it."""

from collections.abc import Iterator

from relaysim.mail.address import domain_of
from relaysim.mail.domains import is_authoritative
from relaysim.mail.reply import INSUFFICIENT_RESOURCES
from relaysim.mail.rights import ANONYMOUS, AUTHENTICATED_USERS, PermissionGroup, Right
from relaysim.scenario import route
from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.paths import Path, paths
from relaysim.scenario.audit.rates import messages
from relaysim.scenario.audit.relaying import relays
from relaysim.scenario.audit.tail import above
from relaysim.scenario.audit.words import listed, permission, set_connector, share
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.law import Zipf
from relaysim.scenario.model import Scenario
from relaysim.units import format_size


def stream_refused(scenario: Scenario) -> Iterator[Finding]:
    """All mail of a stream is refused at MAIL FROM, or its host cannot log in."""
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply in (None, INSUFFICIENT_RESOURCES):
            continue
        stream = scenario.hosts[path.host].streams[path.stream]
        way_out, command = _admitted(scenario, path, connector)
        stage = "AUTH" if path.reply.code == 535 else f"MAIL FROM:<{stream.sender}>"
        yield Finding(
            Severity.ERROR,
            path.place,
            f"{connector.name} of {path.hub} refuses all mail of {path.name}: {stage} gets "
            f"{path.reply}.",
            way_out,
            command,
        )


def _admitted(scenario: Scenario, path: Path, connector: ReceiveConnector) -> tuple[str, str]:
    """How the refused sender gets in, and the command for it."""
    host, hub = scenario.hosts[path.host], path.hub
    sender = scenario.hosts[path.host].streams[path.stream].sender
    session = route.session(scenario, host, connector)
    if Right.SUBMIT not in session.rights:
        anonymous = session.principal == ANONYMOUS
        group = PermissionGroup.ANONYMOUS_USERS if anonymous else PermissionGroup.EXCHANGE_USERS
        groups = [*connector.permission_groups, group]
        kept = [each for each in groups if each is not PermissionGroup.NONE]
        return (
            f"Tick {group} among the permission groups of {connector.name}"
            + (", or let the host log in with an account." if anonymous else "."),
            set_connector(hub, connector.name, PermissionGroups=kept),
        )
    right = Right.ACCEPT_ANY_SENDER
    own = is_authoritative(scenario.organization.domains, domain_of(sender))
    if right in session.rights and own:
        right = Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER
    user = session.principal
    if session.principal == AUTHENTICATED_USERS and host.account is not None:
        user = host.account
    own_address = "send as an address of the account's own, or " if session.login else ""
    way_out = f"{own_address}give {user} the right {right.value}."
    way_out = way_out[0].upper() + way_out[1:]
    return way_out, permission("Add", hub, connector.name, user, right)


def relay_refused(scenario: Scenario) -> Iterator[Finding]:
    """External mail comes to a connector that reaches internal recipients only."""
    for path in paths(scenario):
        connector = path.connector
        if connector is None or not path.refused:
            continue
        part = sum(each.share for each in path.refused)
        domains = listed(str(each.domains) for each in path.refused)
        if scenario.hosts[path.host].kind == "internet":
            severity = Severity.NOTE
            way_out, command = "Nothing: strangers must not relay.", None
        else:
            severity = Severity.ADVICE if path.ways else Severity.ERROR
            way_out, command = _relayed(scenario, path, connector)
        yield Finding(
            severity,
            path.place,
            f"{connector.name} of {path.hub} takes mail for internal recipients only: "
            f"{share(part)} of the recipients of {path.name} ({domains}) get "
            f"{path.refused[0].reply} at RCPT TO.",
            way_out,
            command,
        )


def _relayed(scenario: Scenario, path: Path, connector: ReceiveConnector) -> tuple[str, str]:
    """By the connector that relays, with the host's address on its list; else the right here."""
    address = scenario.hosts[path.host].address
    for hub in (path.hub, *scenario.hubs):
        for other in scenario.hubs[hub].receive_connectors.values():
            if other.enabled and other is not connector and relays(other):
                at = listed(map(str, other.bindings))
                way_out = (
                    f"Send through {route.identity(hub, other.name)} ({at}), which relays: list "
                    f"{address} there and point server of {path.host} to it."
                )
                ranges = list(dict.fromkeys(map(str, [*other.remote_ip_ranges, address])))
                return way_out, set_connector(hub, other.name, RemoteIPRanges=ranges)
    principal = route.session(scenario, scenario.hosts[path.host], connector).principal
    way_out = (
        f"Let {path.host} use a connector of its own that may relay, or give this one the right "
        "if all hosts that it lists may write to anybody."
    )
    right = Right.ACCEPT_ANY_RECIPIENT
    return way_out, permission("Add", path.hub, connector.name, principal, right)


def message_too_large(scenario: Scenario) -> Iterator[Finding]:
    """Some messages of a stream are above the connector's MaxMessageSize."""
    for path in paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        if connector is None or path.reply is not None or connector.max_message_size is None:
            continue
        limit = connector.max_message_size
        part = above(host.streams[path.stream].size, limit)
        answer = route.size_verdict(scenario, host, connector, limit + 1)
        expected = path.share * part * messages(scenario, path.host, path.stream)
        if answer.is_success or expected < 1:
            continue
        yield Finding(
            Severity.ADVICE,
            path.place,
            f"{share(part)} of the messages of {path.name} are above {format_size(limit)}, "
            f"the max_message_size of {connector.name}: MAIL FROM with SIZE= gets {answer}.",
            "Send links instead of large attachments, or raise the limit (and that of the send "
            "connector with it).",
            set_connector(path.hub, connector.name, MaxMessageSize="25MB")
            if limit < 25 * 1024**2
            else None,
        )


def recipient_limit(scenario: Scenario) -> Iterator[Finding]:
    """Messages of a stream have more recipients than the connector takes at once."""
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply is not None:
            continue
        law = scenario.hosts[path.host].streams[path.stream].recipients
        most = law.max if isinstance(law, Zipf) else law
        answer = route.count_verdict(connector, most - 1)
        if answer.is_success:
            continue
        yield Finding(
            Severity.ADVICE,
            path.place,
            f"Messages of {path.name} have up to {most} recipients, and {connector.name} takes "
            f"{connector.max_recipients_per_message} at once: each further RCPT TO gets {answer}, "
            "and the client sends those in another message.",
            f"Raise max_recipients_per_message of {connector.name}, if the client does not do "
            "that.",
            set_connector(path.hub, connector.name, MaxRecipientsPerMessage=most),
        )
