"""The check of load balancers with source NAT: all clients are one address to the hubs."""

from collections.abc import Iterator

from relaysim.analysis.client_sources import sessions_at
from relaysim.analysis.held_sessions import allowed_sessions
from relaysim.analysis.hub_clients import smart_host_sessions
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.receive_verdict import connect
from relaysim.plan.routing import identity
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.wording import listed


def balancer_hides_sources(scenario: Scenario) -> Iterator[Finding]:
    """Behind source NAT remote_ip_ranges and the limits of one source see one client.

    A warning where all hosts together open more sessions than a connector allows one source. An
    open relay by source NAT is a finding of `open_relay`.
    """
    for name, balancer in scenario.load_balancers.items():
        clients = _clients(scenario, name)
        hubs = _hubs(scenario, name)
        if not balancer.source_nat or not (clients or hubs):
            continue
        hosts = list(dict.fromkeys([*(host for _, _, host in clients), *(hub for _, hub in hubs)]))
        alone = len(hosts) == 1
        behind = dict.fromkeys([*(hub for hub, _, _ in clients), *(hub for hub, _ in hubs)])
        over = list(_over(scenario, name, clients))
        limits = {
            limit
            for hub, connector, _ in clients
            if (limit := allowed_sessions(scenario.hubs[hub].receive_connectors[connector]))
            is not None
        }
        shared = f"the {listed(map(str, sorted(limits)))} sessions" if limits else "the limits"
        reason = (
            f"Source NAT: {listed(hosts)} arrive{'s' * alone} at {listed(behind)} as "
            f"{balancer.address}. remote_ip_ranges cannot distinguish "
            + (
                f"{hosts[0]} from other clients of the load balancer, which would share "
                if alone
                else "them, and they share "
            )
            + f"{shared} that a connector allows one source"
        )
        if over:
            where = listed(identity(hub, connector) for hub, connector, _, _ in over)
            _, _, opened, reply = over[0]
            who = list(dict.fromkeys(host for _, _, host in clients))
            reason += (
                f". {listed(who)} open{'s' * (len(who) == 1)} {opened} at {where}; those above "
                f"the limit get {reply}"
            )
        fix = (
            f"Switch source NAT off ({dotted(('load_balancers', name, 'source_nat'))} = false): "
            "the load balancer is then the gateway of the hubs, or their packets go past it "
            "(direct server return)."
        )
        if over:
            fix += (
                " Or raise max_inbound_connection_per_source and the percentage at these "
                "connectors; the limits then protect from no client."
            )
        yield Finding(
            Severity.WARNING if over else Severity.INFO,
            dotted(("load_balancers", name)),
            f"{reason}.",
            fix,
        )


def _clients(scenario: Scenario, balancer: str) -> list[tuple[str, str, str]]:
    """Return hub, receive connector and host of the sessions by a load balancer."""
    return [
        (hub, connector.name, host)
        for hub in scenario.load_balancers[balancer].hubs
        for connector in scenario.hubs[hub].receive_connectors.values()
        for host, target in sessions_at(scenario, hub, connector)
        if target.balancer == balancer
    ]


def _hubs(scenario: Scenario, balancer: str) -> list[tuple[str, str]]:
    """Return the hubs behind a load balancer with source NAT, each with a hub that sends to it.

    Their sessions follow the queues of the sender, so they are not counted.
    """
    address = scenario.load_balancers[balancer].address
    return [
        (session.receiver, session.sender)
        for session in smart_host_sessions(scenario)
        if session.client == address
    ]


def _over(
    scenario: Scenario, balancer: str, clients: list[tuple[str, str, str]]
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the connectors that get more sessions than they allow one source, and their reply.

    The hubs behind a load balancer get as many sessions each.
    """
    hubs = len(scenario.load_balancers[balancer].hubs)
    for hub, name in dict.fromkeys((hub, connector) for hub, connector, _ in clients):
        connector: ReceiveConnector = scenario.hubs[hub].receive_connectors[name]
        limit = allowed_sessions(connector)
        opened = [
            scenario.hosts[host].sessions
            for at_hub, at_connector, host in clients
            if (at_hub, at_connector) == (hub, name)
        ]
        known = [sessions for sessions in opened if sessions is not None]
        unlimited = len(known) < len(opened)
        if limit is not None and (unlimited or sum(known) > limit * hubs):
            text = (
                "a session for each message"
                if unlimited
                else f"up to {sum(known) // hubs} sessions"
            )
            yield hub, name, text, str(connect(connector, limit, limit))
