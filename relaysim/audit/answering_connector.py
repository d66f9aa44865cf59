"""Checks of the receive connector that answers a host, and of sources that hosts share."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from relaysim.analysis.client_sources import answers
from relaysim.analysis.held_sessions import allowed_sessions
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import new_connector, set_connector
from relaysim.mail.address import IpAddress
from relaysim.mail.connector_selection import Reason
from relaysim.mail.receive_verdict import connect
from relaysim.plan import submission
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.straight_hosts import relay_at
from relaysim.wording import listed


def _clients(scenario: Scenario) -> Iterator[tuple[str, Host]]:
    """Yield the hosts that submit to hubs over SMTP."""
    for name, host in scenario.hosts.items():
        straight = relay_at(scenario, host) is not None
        if not (submission.by_mailbox_server(host) or straight):
            yield name, host


def server_address(scenario: Scenario) -> Iterator[Finding]:
    """The server name of a host resolves to an address that no hub has."""
    for name, host in _clients(scenario):
        targets = [server[0] for server in submission.servers(scenario, host)]
        lost = [str(target.address) for target in targets if target.hub is None]
        if not lost:
            continue
        # A client tries the next address, so one lost address costs time but no mail.
        every = len(lost) == len(targets)
        effect = (
            f"no connection of {name} succeeds ({submission.greeting(targets[0], None)})"
            if every
            else f"{len(lost)} of {len(targets)} connections of {name} fail there first, then try "
            "the next address"
        )
        yield Finding(
            Severity.ERROR if every else Severity.WARNING,
            dotted(("hosts", name, "server")),
            f'"{host.server}" resolves to {listed(lost)}, and no hub has that address: {effect}.',
            f"Correct the A record of {host.server} (the table [dns]), or add the address to a "
            "hub.",
        )


def host_unanswered(scenario: Scenario) -> Iterator[Finding]:
    """No receive connector answers a host: each session ends with the greeting."""
    for name, host in _clients(scenario):
        targets, connectors = submission.targets(scenario, host), answers(scenario, host)
        for target, connector in zip(targets, connectors, strict=True):
            if connector is not None or target.hub is None:
                continue
            # Behind a load balancer a client that was refused gets no other hub at once.
            elsewhere = [
                other is not None
                for place, other in zip(targets, connectors, strict=True)
                if target.balancer is None or place.balancer != target.balancer
            ]
            selection = submission.listen(scenario, host, target)
            client = submission.source(scenario, host, target)
            # These listen at the target and lack only the address of the host.
            bound = [
                other.connector for other in selection.passed_over if other.reason is Reason.REMOTE
            ]
            fix, command = _admitted(target, client, bound)
            if client != host.address:
                # The address of the balancer is that of everybody.
                nat = dotted(("load_balancers", target.balancer or "", "source_nat"))
                fix, command = (
                    f"Switch source NAT off ({nat} = false): {client} is all clients.",
                    None,
                )
            yield Finding(
                Severity.WARNING if any(elsewhere) else Severity.ERROR,
                dotted(("hosts", name)),
                f"No receive connector of {target.hub} answers {client} at {target.address} "
                f"port {target.port}: the session ends with {submission.greeting(target, None)}.",
                fix,
                command,
            )


def _admitted(
    target: submission.Target, client: IpAddress, bound: Sequence[ReceiveConnector]
) -> tuple[str, str | None]:
    """Return the fix and the command after which a client is answered; `bound` listen there."""
    where = (
        f"{listed(connector.name for connector in bound)}."
        if bound
        else "a connector that listens there, or create one."
    )
    command = _admitting(target, client, bound[0] if bound else None)
    return f"Add {client} to the remote_ip_ranges of {where}", command


def _admitting(
    target: submission.Target, client: IpAddress, connector: ReceiveConnector | None
) -> str:
    hub = target.hub or ""
    if connector is not None:
        return set_connector(
            hub, connector.name, RemoteIPRanges=[*connector.remote_ip_ranges, client]
        )
    return new_connector(hub, "relay", f"{target.address}:{target.port}", [str(client)])


def wildcard_answers(scenario: Scenario) -> Iterator[Finding]:
    """Which connector answers a host depends on an unconfirmed rule of Exchange."""
    for name, host in _clients(scenario):
        for target in submission.targets(scenario, host):
            answer = submission.listen(scenario, host, target, hides_wildcard=False)
            hidden = submission.listen(scenario, host, target, hides_wildcard=True)
            # The unconfirmed rule matters only where one of its readings leaves the host without an
            # answer.
            if answer.connector is None or hidden.connector is not None:
                continue
            client = submission.source(scenario, host, target)
            bound = next(
                other.connector
                for other in answer.passed_over
                if other.reason is Reason.REMOTE and _is_bound(other.connector, target)
            )
            yield Finding(
                Severity.INFO,
                dotted(("hosts", name)),
                f"{bound.name} is bound to {target.address} and does not list {client}. With "
                f"specific_binding_hides_wildcard = false {answer.connector.name} answers by its "
                "wildcard binding, with true the session ends with "
                f"{submission.greeting(target, None)}. Which of the two Exchange does is "
                "unconfirmed.",
                f"Bind {answer.connector.name} to {target.address}:{target.port} too, so that it "
                f"answers {name} in either case.",
                set_connector(
                    target.hub or "",
                    answer.connector.name,
                    Bindings=[*answer.connector.bindings, f"{target.address}:{target.port}"],
                ),
            )


def _is_bound(connector: ReceiveConnector, target: submission.Target) -> bool:
    """Return whether the connector is bound to exactly this address and port."""
    return any(
        not binding.is_wildcard and binding.fits(target.address, target.port)
        for binding in connector.bindings
    )


def same_source(scenario: Scenario) -> Iterator[Finding]:
    """Two hosts with the same address are one source for the limits of a connector."""
    for (one, first), (other, second) in combinations(_clients(scenario), 2):
        # The Internet has very many addresses; the one in the file stands for them all.
        internet = first.properties.internet or second.properties.internet
        if first.address != second.address or internet:
            continue
        bulk = any(
            is_culprit(host, stream) for host in (first, second) for stream in host.streams.values()
        )
        yield Finding(
            Severity.WARNING if bulk else Severity.INFO,
            dotted(("hosts", other, "address")),
            f"{one} and {other} have the address {first.address}, as behind one NAT or load "
            "balancer: for a receive connector they are one source and share "
            "max_inbound_connection_per_source"
            + (", so the bulk mail takes the connections of the other host." if bulk else "."),
            "Give each host a separate address, or raise the limit of the connector.",
        )


def sessions_over_limit(scenario: Scenario) -> Iterator[Finding]:
    """A host opens more sessions than the connector allows one source.

    One finding for each host and limit: hubs with the same limit are named together.
    """
    for name, host in _clients(scenario):
        # The inner dict is a set in the order of targets.
        over: dict[tuple[int, str], dict[tuple[str, str], None]] = {}
        for target, connector in zip(
            submission.targets(scenario, host), answers(scenario, host), strict=True
        ):
            limit = None if connector is None else allowed_sessions(connector)
            if connector is None or limit is None:
                continue
            # `balancer_hides_sources` counts the sessions of all hosts behind source NAT.
            many = submission.has_many_sources(scenario, host, target)
            if many or submission.source(scenario, host, target) != host.address:
                continue
            if host.sessions is None or host.sessions > limit:
                key = (limit, str(connect(connector, limit, limit)))
                over.setdefault(key, {})[(target.hub or "", connector.name)] = None
        for (limit, reply), connectors in over.items():
            opened = "a session for each message" if host.sessions is None else host.sessions
            where = listed(f"{connector} of {hub}" for hub, connector in connectors)
            allows = "allows" if len(connectors) == 1 else "each allow"
            yield Finding(
                Severity.WARNING,
                dotted(("hosts", name, "sessions")),
                f"{name} opens {opened}, and {where} {allows} one source {limit}: the others get "
                f"{reply}.",
                f"If {name} may open that number of sessions, raise the limits of {where} for one "
                "source.",
                "\n".join(
                    set_connector(
                        hub,
                        connector,
                        MaxInboundConnectionPerSource=host.sessions or "unlimited",
                        MaxInboundConnectionPercentagePerSource=100,
                    )
                    for hub, connector in connectors
                ),
            )
