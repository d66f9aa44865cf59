"""Checks of send connectors."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import DomainRoute, Path, paths
from relaysim.analysis.message_rates import messages
from relaysim.analysis.size_tail import above
from relaysim.audit.finding import Finding, Severity
from relaysim.mail import reply
from relaysim.mail.send_connector import is_source
from relaysim.plan import routing
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_duration, format_size
from relaysim.wording import listed, share


def no_send_connector(scenario: Scenario) -> Iterator[Finding]:
    """No send connector has an address space for the domain of a recipient."""
    for path in paths(scenario):
        lost = [route for route in path.routes if route.first.kind is routing.HopKind.UNREACHABLE]
        if not lost:
            continue
        timeout = min(scenario.hubs[hub].message_expiration_timeout for hub in path.takers)
        part = sum(route.share for route in lost)
        served = listed(dict.fromkeys(str(route.domains) for route in lost))
        yield Finding(
            Severity.ERROR,
            path.place,
            f"No send connector serves {served}: {share(part)} "
            f"of the recipients of {path.name} wait in the Unreachable queue of "
            f"{listed(path.takers)} for {format_duration(timeout)} and expire with "
            f"{reply.MESSAGE_EXPIRED}.",
            "Add a send connector whose address space matches, such as SMTP:*;1 for the whole "
            "Internet.",
            f'New-SendConnector -Name "internet" -Usage Internet -AddressSpaces "SMTP:*;1" '
            f"-SourceTransportServers {','.join(path.takers)}",
        )


def route_too_small(scenario: Scenario) -> Iterator[Finding]:
    """Some messages of a stream are above the MaxMessageSize of every matching send connector."""
    for path in paths(scenario):
        # Routes with one limit make one finding.
        seen: set[int] = set()
        for route in path.routes:
            limit = _limit(scenario, path, route)
            if limit is None or limit in seen:
                continue
            seen.add(limit)
            stream = scenario.hosts[path.host].streams[path.stream]
            alike = [other for other in path.routes if _limit(scenario, path, other) == limit]
            served = listed(dict.fromkeys(str(other.domains) for other in alike))
            part = above(stream.size, limit)
            reached = path.share * sum(route.share for route in alike)
            if part * reached * messages(scenario, path.host, path.stream) < 1:
                continue
            yield Finding(
                Severity.WARNING,
                path.place,
                f"{share(part)} of the messages of {path.name} are above "
                f"{format_size(limit)}, the largest max_message_size of the send connectors for "
                f"{served}: each causes an NDR, {reply.NO_ROUTE_FOR_SIZE}.",
                "Raise max_message_size of the send connector, or let the application send links.",
                _raised(scenario, limit),
            )


def _limit(scenario: Scenario, path: Path, route: DomainRoute) -> int | None:
    """Return the largest message size to the domain, bytes; None if it is unlimited."""
    if route.first.kind is routing.HopKind.MAILBOX or path.relay is not None:
        return None
    limits = [connector.max_message_size for connector in scenario.send_connectors.values()]
    for limit in sorted(size for size in limits if size is not None):
        # A larger message may still find another send connector, so each limit is tried.
        if _kind(scenario, path, route, limit + 1) is routing.HopKind.TOO_LARGE:
            return limit
    return None


def _kind(scenario: Scenario, path: Path, route: DomainRoute, size: int) -> routing.HopKind:
    connector = path.connector
    link = None if connector is None else routing.identity(path.hub, connector.name)
    return routing.next_hop(scenario, route.first.hub, route.domains.name, size, link).kind


def _raised(scenario: Scenario, limit: int) -> str | None:
    """Return the commands that raise this limit of send connectors to 25 MB, one a line."""
    if limit >= 25 * 1024**2:
        return None
    connectors = scenario.send_connectors.values()
    names = [connector.name for connector in connectors if connector.max_message_size == limit]
    return "\n".join(f'Set-SendConnector "{name}" -MaxMessageSize 25MB' for name in names)


def smart_host(scenario: Scenario) -> Iterator[Finding]:
    """Mail goes to a smart host that is no relay service: delivery behind it is not modelled."""
    sent: dict[str, list[str]] = {}
    for path in paths(scenario):
        for route in path.routes:
            for hop in route.lasts:
                smart = hop.connector is not None and hop.connector.smart_hosts
                if smart and routing.relay_at(scenario, hop) is None:
                    assert hop.connector is not None
                    sent.setdefault(hop.connector.name, []).append(path.name)
    for name, streams in sent.items():
        hosts = scenario.send_connectors[name].smart_hosts
        yield Finding(
            Severity.INFO,
            dotted(("send_connectors", name, "smart_hosts")),
            f"{listed(dict.fromkeys(streams))} go to the smart host {listed(hosts)}: a run counts "
            "recipients as delivered when the smart host accepts them. Delivery behind the smart "
            "host is not modelled: unknown users, refusals, listings of its IP, junk, delay.",
            "Describe the smart host as a relay service, [relays.NAME]; or compare only times and "
            "losses up to the smart host with a design that sends directly.",
        )


def handed_over(scenario: Scenario) -> Iterator[Finding]:
    """A hub is no source server of the send connector, so its mail leaves through another hub."""
    seen: set[tuple[str, str]] = set()
    for path in paths(scenario):
        for route in path.routes:
            connector, hub = route.first.connector, route.first.hub
            if route.first.kind is not routing.HopKind.TRANSFER or connector is None:
                continue
            if (hub, connector.name) in seen or is_source(connector, hub):
                continue
            seen.add((hub, connector.name))
            sources = [*connector.source_transport_servers, hub]
            yield Finding(
                Severity.WARNING,
                dotted(("send_connectors", connector.name, "source_transport_servers")),
                f"{hub} is no source server of {connector.name}: it hands external mail "
                f"of {path.name} and others to {listed(connector.source_transport_servers)}, which "
                "commits and categorizes the mail again and sends it from "
                f"{listed(dict.fromkeys(hop.egress or '' for hop in route.lasts))}.",
                f"If {hub} should send directly, add {hub} to the source servers.",
                f'Set-SendConnector "{connector.name}" -SourceTransportServers '
                + ",".join(sources),
            )
