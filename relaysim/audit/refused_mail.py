"""Checks of the mail that a receive connector refuses."""

from collections.abc import Iterator, Sequence

from relaysim.analysis.mail_paths import Path, paths
from relaysim.analysis.message_rates import messages
from relaysim.analysis.size_tail import above
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.merged_findings import connectors_of, set_at
from relaysim.audit.relay_permission import relayed
from relaysim.audit.shell_commands import permission, set_connector
from relaysim.mail.address import domain_of
from relaysim.mail.domains import is_authoritative
from relaysim.mail.reply import INSUFFICIENT_RESOURCES
from relaysim.mail.rights import ANONYMOUS, AUTHENTICATED_USERS, PermissionGroup, Right
from relaysim.plan import routing, submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.distribution import Zipf
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_size
from relaysim.wording import listed, share


def stream_refused(scenario: Scenario) -> Iterator[Finding]:
    """All mail of a stream is refused at MAIL FROM, or its host cannot log in.

    One finding for each stream: hubs with the same reply are named together.
    """
    refused: dict[tuple[str, str], list[Path]] = {}
    for path in paths(scenario):
        # The check of back pressure reports 452 itself.
        if path.connector is None or path.reply in (None, INSUFFICIENT_RESOURCES):
            continue
        refused.setdefault((path.name, str(path.reply)), []).append(path)
    for (name, answer), affected in refused.items():
        path = affected[0]
        sender = scenario.hosts[path.host].streams[path.stream].sender
        fixes = [
            _admitted(scenario, other, other.connector) for other in affected if other.connector
        ]
        where = connectors_of(affected)
        # 535 is the reply to AUTH; the client then sends no MAIL FROM.
        login = path.reply is not None and path.reply.code == 535
        yield Finding(
            Severity.ERROR,
            path.place,
            f"{listed(where)} {'refuses' if len(where) == 1 else 'refuse'} all mail of {name}: "
            f"{'AUTH' if login else f'MAIL FROM:<{sender}>'} gets {answer}.",
            " ".join(dict.fromkeys(fix for fix, _ in fixes)),
            "\n".join(dict.fromkeys(command for _, command in fixes)),
        )


def _admitted(scenario: Scenario, path: Path, connector: ReceiveConnector) -> tuple[str, str]:
    """Return the fix after which the connector accepts the sender, and the command."""
    host, hub = scenario.hosts[path.host], path.hub
    sender = scenario.hosts[path.host].streams[path.stream].sender
    session = submission.session(scenario, host, connector)
    if Right.SUBMIT not in session.rights:
        anonymous = session.principal == ANONYMOUS
        group = PermissionGroup.ANONYMOUS_USERS if anonymous else PermissionGroup.EXCHANGE_USERS
        groups = [*connector.permission_groups, group]
        kept = [group for group in groups if group is not PermissionGroup.NONE]
        if not scenario.hubs[hub].properties.server_authentication:
            return _opened(path, connector, kept, anonymous), ""
        return (
            f"Add {group} to the permission groups of {connector.name}"
            + (", or let the host log in with an account." if anonymous else "."),
            set_connector(hub, connector.name, PermissionGroups=kept),
        )
    needed = [Right.ACCEPT_ANY_SENDER]
    if is_authoritative(scenario.organization.domains, domain_of(sender)):
        needed.append(Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER)
    rights = [right for right in needed if right not in session.rights]
    if not scenario.hubs[hub].properties.server_authentication:
        return _any_sender(path, connector, session.principal, rights), ""
    user = session.principal
    if session.principal == AUTHENTICATED_USERS and host.account is not None:
        # Add-ADPermission needs an account with its domain.
        bare = "@" not in host.account and "\\" not in host.account
        user = f"{host.account}@{routing.own_domain(scenario)}" if bare else host.account
    own_address = "send with an address of the account, or " if session.login else ""
    plural = "s" if len(rights) > 1 else ""
    fix = f"{own_address}give {user} the right{plural} {listed(right.value for right in rights)}."
    fix = fix[0].upper() + fix[1:]
    return fix, permission("Add", hub, connector.name, user, *rights)


def _opened(path: Path, connector: ReceiveConnector, groups: Sequence[str], anonymous: bool) -> str:
    """Return the fix at a server that is no Exchange: the key of the file, and the setting."""
    key = dotted(("hubs", path.hub, "receive_connectors", connector.name, "permission_groups"))
    written = ", ".join(f'"{group}"' for group in groups)
    login = ", or let the host log in with an account" if anonymous else ""
    return (
        f"Let {path.hub} accept mail of {path.host}: {key} = [{written}] "
        f"(smtpd_client_restrictions of Postfix){login}."
    )


def _any_sender(path: Path, connector: ReceiveConnector, user: str, rights: list[Right]) -> str:
    """Return the fix at a server that is no Exchange, where it refuses the sender address."""
    key = dotted(("hubs", path.hub, "receive_connectors", connector.name, "permissions"))
    written = ", ".join(f'"{right.value}"' for right in rights)
    return (
        f"Let {path.hub} accept this sender (a Postfix without reject_sender_login_mismatch): "
        f"{key} = [{{user = '{user}', extended_rights = [{written}]}}]."
    )


def relay_refused(scenario: Scenario) -> Iterator[Finding]:
    """External mail reaches a connector that accepts internal recipients only.

    One finding for each stream: hubs with the same reply are named together.
    """
    refused: dict[str, list[Path]] = {}
    for path in paths(scenario):
        if path.connector is not None and path.refused and path.share:
            refused.setdefault(path.name, []).append(path)
    for name, affected in refused.items():
        yield _refused_at(scenario, name, affected)


def _refused_at(scenario: Scenario, name: str, affected: list[Path]) -> Finding:
    """Return the finding for a stream at the hubs that refuse its external mail."""
    first = affected[0]
    domains = listed(dict.fromkeys(str(route.domains) for route in first.refused))
    if scenario.hosts[first.host].properties.internet:
        severity = Severity.INFO
        fixes: list[tuple[str, str | None]] = [
            ("Change nothing: the Internet must not relay.", None)
        ]
    else:
        severity = Severity.WARNING if all(path.routes for path in affected) else Severity.ERROR
        fixes = [relayed(scenario, path) for path in affected]
    where = connectors_of(affected)
    part = sum(path.share * sum(route.share for route in path.refused) for path in affected)
    accepts = "accepts" if len(where) == 1 else "accept"
    commands = [command for _, command in fixes if command]
    return Finding(
        severity,
        first.place,
        f"{listed(where)} {accepts} mail for internal recipients only: {share(part)} of the "
        f"recipients of {name} ({domains}) get {first.refused[0].reply} at RCPT TO.",
        " ".join(dict.fromkeys(fix for fix, _ in fixes)),
        "\n".join(dict.fromkeys(commands)) or None,
    )


def message_too_large(scenario: Scenario) -> Iterator[Finding]:
    """Some messages of a stream are above the MaxMessageSize of the connector.

    One finding for each stream and limit: hubs with the same reply are named together.
    """
    refused: dict[tuple[str, int, str], list[Path]] = {}
    for path in paths(scenario):
        host, connector = scenario.hosts[path.host], path.connector
        if connector is None or path.reply is not None or connector.max_message_size is None:
            continue
        limit = connector.max_message_size
        # The smallest size above the limit: a session with the right to bypass it gets a success.
        answer = submission.size_verdict(scenario, host, connector, limit + 1)
        if not answer.is_success:
            refused.setdefault((path.name, limit, str(answer)), []).append(path)
    for (name, limit, reply), affected in refused.items():
        name_of_host, stream = affected[0].host, affected[0].stream
        part = above(scenario.hosts[name_of_host].streams[stream].size, limit)
        reached = sum(path.share for path in affected)
        # Fewer than one such message is expected in the run.
        if reached * part * messages(scenario, name_of_host, stream) < 1:
            continue
        yield Finding(
            Severity.WARNING,
            affected[0].place,
            f"{share(part)} of the messages of {name} are above {format_size(limit)}, "
            f"the max_message_size of {listed(connectors_of(affected))}: MAIL FROM with SIZE= gets "
            f"{reply}.",
            "Send links instead of large attachments, or raise the limit (also at the send "
            "connector).",
            set_at(affected, MaxMessageSize="25MB") if limit < 25 * 1024**2 else None,
        )


def recipient_limit(scenario: Scenario) -> Iterator[Finding]:
    """Messages of a stream have more recipients than the connector accepts at once.

    One finding for each stream and limit: hubs with the same reply are named together.
    """
    refused: dict[tuple[str, int | None, str], list[Path]] = {}
    for path in paths(scenario):
        connector = path.connector
        if connector is None or path.reply is not None:
            continue
        # The reply to the last RCPT TO of the largest message.
        answer = submission.count_verdict(connector, _most_recipients(scenario, path) - 1)
        if not answer.is_success:
            key = (path.name, connector.max_recipients_per_message, str(answer))
            refused.setdefault(key, []).append(path)
    for (name, limit, reply), affected in refused.items():
        most, where = _most_recipients(scenario, affected[0]), connectors_of(affected)
        accepts = "accepts" if len(where) == 1 else "accept"
        yield Finding(
            Severity.WARNING,
            affected[0].place,
            f"Messages of {name} have up to {most} recipients, and {listed(where)} {accepts} "
            f"{limit} at once: each further RCPT TO gets {reply}, and the client sends the other "
            "recipients in another message.",
            f"If the client does not do that, raise max_recipients_per_message of {listed(where)}.",
            set_at(affected, MaxRecipientsPerMessage=most),
        )


def _most_recipients(scenario: Scenario, path: Path) -> int:
    law = scenario.hosts[path.host].streams[path.stream].recipients
    return law.max if isinstance(law, Zipf) else law
