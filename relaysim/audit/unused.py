"""The check of tables that nothing in a scenario uses."""

from collections.abc import Iterable, Iterator

from relaysim.analysis.mail_paths import all_paths
from relaysim.analysis.route_end import receiver
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.unused_settings import settings_without_effect
from relaysim.mail.address import domain_of
from relaysim.mail.registered_domain import registered_domain
from relaysim.mail.send_connector import smart_host_domain
from relaysim.plan import submission
from relaysim.plan.public_ips import all_public_ips
from relaysim.plan.routing import HopKind
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.smart_hubs import smart_balancer


def unused(scenario: Scenario) -> Iterator[Finding]:
    """A table or a setting of the scenario has no effect."""
    carriers, answered = _led_to(scenario)
    receivers = {name for _, name in answered}
    pools = {
        name
        for hub in scenario.hubs.values()
        for name in (hub.egress, *hub.egress_by_sender_domain.values())
    }
    used: dict[str, Iterable[str | None]] = {
        "dns": {host.server for host in scenario.hosts.values()} | _smart_hosts(scenario),
        "load_balancers": _balancers(scenario),
        "send_connectors": carriers,
        "egress": {
            *(relay.egress for relay in scenario.relays.values()),
            *(ip for hub in scenario.hubs for ip in all_public_ips(scenario, hub)),
            scenario.operations.move_to,
        },
        "pools": pools,
        "warm_up_plans": {
            name
            for name, plan in scenario.warm_up_plans.items()
            if any(
                plan.egress in scenario.pools[pool].members for pool in pools & {*scenario.pools}
            )
        },
        "lines": {egress.line for egress in scenario.egress.values() if egress.line},
        "destinations": {
            destination
            for host in scenario.hosts.values()
            for stream in host.streams.values()
            for destination in stream.to
        }
        | receivers,
        "relays": receivers,
        "sender_domains": _sender_domains(scenario),
    }
    for name, blocklist in scenario.blocklists.items():
        if not _is_used(scenario, blocklist):
            yield Finding(
                Severity.INFO,
                dotted(("blocklists", name)),
                "No destination uses this blocklist, so a listing has no effect.",
                "Remove it, or write it in refuses_on of a destination.",
            )
    for table, names in used.items():
        for name in getattr(scenario, table):
            if name not in names:
                yield Finding(
                    Severity.INFO,
                    dotted((table, name)),
                    "No mail of this scenario uses this table.",
                    "Remove the table, or use it.",
                )
    yield from settings_without_effect(scenario, answered)


def _led_to(scenario: Scenario) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the send connectors, and hubs with what answers them, for all mail, refused or not.

    Refused mail counts, because an error in a connector makes no other table superfluous.
    """
    carriers: set[str] = set()
    answered: set[tuple[str, str]] = set()
    for route in (route for path in all_paths(scenario) for route in path.routes):
        for hop in (*route.lasts, *(hop for hop, _, _ in route.handed_over)):
            if hop.connector is not None:
                carriers.add(hop.connector.name)
            if hop.kind is HopKind.REMOTE:
                # "" is no destination, so it marks none as used.
                answered.add((hop.hub, receiver(scenario, route, hop) or ""))
    return carriers, answered


def _balancers(scenario: Scenario) -> set[str | None]:
    """Return the load balancers by which hosts and hubs connect."""
    hosts = scenario.hosts.values()
    connectors = scenario.send_connectors.values()
    return {
        *(target.balancer for host in hosts for target in submission.targets(scenario, host)),
        *(smart_balancer(scenario, connector) for connector in connectors),
    }


def _smart_hosts(scenario: Scenario) -> set[str]:
    """Return the names in DNS that smart hosts have."""
    connectors = scenario.send_connectors.values()
    smart = {smart_host_domain(host) for each in connectors for host in each.smart_hosts}
    return {name for name in scenario.dns if name.casefold() in smart}


def _sender_domains(scenario: Scenario) -> set[str]:
    """Return the domains of all streams, and their registered domains."""
    domains = {
        domain_of(address)
        for host in scenario.hosts.values()
        for stream in host.streams.values()
        for address in (stream.sender, stream.header_from)
        if address is not None
    }
    return domains | {registered_domain(domain) for domain in domains}


def _is_used(scenario: Scenario, blocklist: Blocklist) -> bool:
    return any(
        destination.refuses_on.get(name)
        for destination in scenario.destinations.values()
        for name in (blocklist.name, blocklist.profile)
    )
