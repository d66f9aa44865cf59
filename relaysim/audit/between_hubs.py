"""Checks of mail that one hub hands to another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from relaysim.analysis.mail_paths import connector_place, paths
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.mail.address import AddressRange, IpAddress
from relaysim.mail.auth import AuthMechanism, auth_problems
from relaysim.mail.connector_conflict import conflicts
from relaysim.mail.connector_selection import select
from relaysim.mail.receive_connector import TransportRole
from relaysim.mail.receive_verdict import authenticate_server
from relaysim.mail.rights import PermissionGroup
from relaysim.plan.hand_over import PORT, HandOver, hand_overs, transport_port
from relaysim.profiles.defaults import receive_connector_defaults
from relaysim.profiles.kind import Kind
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_duration
from relaysim.wording import listed

_GROUP, _MECHANISM = PermissionGroup.EXCHANGE_SERVERS, AuthMechanism.EXCHANGE_SERVER


@dataclass
class _Refused:
    """The sessions of other hubs that one receive connector refuses, and the mail in them."""

    sessions: list[HandOver] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    waits: bool = False
    """Whether a hub has no other source server that accepts the mail."""


def hand_over_refused(scenario: Scenario) -> Iterator[Finding]:
    """A receive connector refuses the mail of another hub, because it does not admit servers."""
    for (hub, name), refused in _refused(scenario).items():
        session = refused.sessions[0]
        senders = list(dict.fromkeys(item.sender for item in refused.sessions))
        expiry = format_duration(scenario.hubs[senders[0]].message_expiration_timeout)
        status = (
            f"gets {session.reply}, waits in Retry and expires after {expiry}"
            if refused.waits
            else f"gets {session.reply} and goes through another source server"
        )
        fix, command = _fix(scenario, hub, name, refused.sessions)
        yield Finding(
            Severity.ERROR if refused.waits else Severity.WARNING,
            connector_place(hub, name) if name else dotted(("hubs", hub, "receive_connectors")),
            f"Mail of {listed(refused.streams)} that {listed(senders)} hands to {hub} {status}. "
            f"{_why(session)}",
            fix,
            command,
        )


def _refused(scenario: Scenario) -> dict[tuple[str, str], _Refused]:
    """The refused sessions by receiving hub and connector ("" where no connector answers)."""
    result: dict[tuple[str, str], _Refused] = {}
    for path in paths(scenario):
        for route in path.routes:
            sessions = hand_overs(scenario, route.first)
            accepted = any(session.reply.is_success for session in sessions)
            for session in sessions:
                # `refused_by_smart_hub` reports those at a smart host.
                if session.reply.is_success or session.as_client:
                    continue
                # "" groups the sessions that no connector of the hub answers.
                name = session.connector.name if session.connector else ""
                entry = result.setdefault((session.receiver, name), _Refused())
                entry.waits = entry.waits or not accepted
                if session not in entry.sessions:
                    entry.sessions.append(session)
                if path.name not in entry.streams:
                    entry.streams.append(path.name)
    return result


def _why(session: HandOver) -> str:
    connector = session.connector
    connection = (
        f"{session.sender} connects from {session.client} to {session.address} port {session.port}"
    )
    if connector is None:
        return f"{connection}, and no receive connector lists the address."
    matching = [remote for remote in connector.remote_ip_ranges if remote.contains(session.client)]
    smallest = min(matching, key=lambda remote: remote.size)
    lacks = [
        text
        for missing, text in (
            (_MECHANISM not in connector.auth_mechanism, f"{_MECHANISM} in auth_mechanism"),
            (_GROUP not in connector.permission_groups, f"{_GROUP} in permission_groups"),
        )
        if missing
    ]
    return (
        f"{connection}. {connector.name} answers, because the remote range {smallest} is the "
        f"smallest that contains this address; {connector.name} has no "
        f"{' and no '.join(lacks)}."
    )


def _fix(
    scenario: Scenario, hub: str, name: str, sessions: Sequence[HandOver]
) -> tuple[str, str | None]:
    """Return the fix, and a command that was tried on the connectors of the hub."""
    clients = list(dict.fromkeys(session.client for session in sessions))
    connectors = scenario.hubs[hub].receive_connectors
    if name:
        servers = [
            address
            for other, model in scenario.hubs.items()
            if other != hub and model.properties.server_authentication
            for address in model.addresses
        ]
        ranges = _without(connectors[name].remote_ip_ranges, servers)
        narrowed = connectors[name].model_copy(update={"remote_ip_ranges": ranges})
        # Only a fix that makes the hubs' mail work is printed; the next ones are tried otherwise.
        if ranges and _works(scenario, hub, [narrowed], clients):
            fix = (
                f"Remove the addresses of the other hubs from the remote range of {name}; a "
                "connector for servers then answers them."
            )
            return fix, set_connector(hub, name, RemoteIPRanges=[*ranges])
        opened = _opened(connectors[name])
        # Exchange creates this connector for other servers, so it may admit them again.
        if name.casefold() == f"default {hub}".casefold() and opened is not None:
            return (
                f"Let {name} authenticate Exchange servers.",
                set_connector(
                    hub,
                    name,
                    PermissionGroups=[*opened.permission_groups],
                    AuthMechanism=[*opened.auth_mechanism],
                ),
            )
    return _own_connector(scenario, hub, clients)


def _own_connector(
    scenario: Scenario, hub: str, clients: Sequence[IpAddress]
) -> tuple[str, str | None]:
    """Return the fix that creates a receive connector for the other hubs only."""
    title, port = f"Servers to {hub}", transport_port(scenario.hubs[hub])
    role = TransportRole.HUB_TRANSPORT
    profile = scenario.profiles.profile(Kind.MTA, scenario.hubs[hub].mta)
    table = receive_connector_defaults(profile, hub, title)
    made = ReceiveConnector.model_validate(
        table
        | {
            "name": title,
            "transport_role": role,
            "bindings": [f"{'[::]' if clients[0].version == 6 else '0.0.0.0'}:{port}"],
            "remote_ip_ranges": [str(client) for client in clients],
            "permission_groups": ["ExchangeServers", "ExchangeLegacyServers"],
            "auth_mechanism": ["Tls", "ExchangeServer"],
        }
    )
    addresses = ",".join(map(str, clients))
    command = (
        f'New-ReceiveConnector -Name "{title}" -Server {hub} -Usage Internal '
        f"-RemoteIPRanges {addresses}"
    )
    if port != PORT:
        # Usage Internal means port 25.
        command += f" -TransportRole {role} -Bindings {made.bindings[0]}"
    works = _works(scenario, hub, [made], clients)
    return (
        "Create a receive connector of usage Internal for the addresses of the other hubs only."
        + ("" if works else " No other connector may list these addresses."),
        command if works else None,
    )


def _works(
    scenario: Scenario,
    hub: str,
    changed: Sequence[ReceiveConnector],
    clients: Iterable[IpAddress],
) -> bool:
    """Return whether the changed connectors admit these clients and do not conflict."""
    model = scenario.hubs[hub]
    before = dict(model.receive_connectors)
    after = before | {connector.name: connector for connector in changed}
    # Older conflicts have their own finding and do not count against this fix.
    if len(conflicts(after.values())) > len(conflicts(before.values())):
        return False
    hides = model.specific_binding_hides_wildcard
    for client in clients:
        # A hub connects to the first address of another hub, as in `hand_over`.
        port = transport_port(model)
        chosen = select(after.values(), model.addresses[0], port, client, hides).connector
        if chosen is None or not authenticate_server(chosen).is_success:
            return False
    return True


def _opened(connector: ReceiveConnector) -> ReceiveConnector | None:
    """Return the connector that also admits Exchange servers; None if Exchange forbids it."""
    groups = {*connector.permission_groups, _GROUP} - {PermissionGroup.NONE}
    mechanisms = {*connector.auth_mechanism, _MECHANISM} - {AuthMechanism.NONE}
    if auth_problems(mechanisms, groups):
        return None
    update = {
        # In the order of the enumeration, because a set has none.
        "permission_groups": tuple(group for group in PermissionGroup if group in groups),
        "auth_mechanism": tuple(
            mechanism for mechanism in AuthMechanism if mechanism in mechanisms
        ),
    }
    return connector.model_copy(update=update)


def _without(
    ranges: Iterable[AddressRange], addresses: Iterable[IpAddress]
) -> tuple[AddressRange, ...]:
    """Return the ranges with these addresses taken out."""
    rest = list(ranges)
    for address in addresses:
        rest = [part for ip_range in rest for part in _split(ip_range, address)]
    return tuple(rest)


def _split(whole: AddressRange, address: IpAddress) -> Iterator[AddressRange]:
    if not whole.contains(address):
        yield whole
        return
    if whole.first < address:  # type: ignore[operator]
        yield AddressRange(whole.first, address - 1)
    if address < whole.last:  # type: ignore[operator]
        yield AddressRange(address + 1, whole.last)
