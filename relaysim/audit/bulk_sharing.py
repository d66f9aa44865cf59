"""Checks of what bulk mail shares with other mail; the fix is a hub and an IP of its own."""

from collections.abc import Iterator
from itertools import product

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.sharing import hubs_of, ips, names, outside, own_ips, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.plan.by_name import PlanByName
from relaysim.plan.names import QueueKind
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_bandwidth
from relaysim.wording import listed


def bulk_shares_hub(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes through a hub that carries other mail."""
    bulk, others = parted(scenario)
    for hub in scenario.hubs:
        senders = [path for path in bulk if hub in hubs_of(path)]
        beside = [path for path in others if hub in hubs_of(path)]
        if senders and beside:
            yield Finding(
                Severity.WARNING,
                senders[0].place,
                f"{names(senders)} goes through {hub} together with {names(beside)}: in a "
                "campaign that mail waits behind the bulk mail, for the cores and in the "
                "submission queue.",
                "Set up another Hub Transport server and give its address to the bulk system "
                "only; keep the users' mail off it with submission_server_override_list.",
            )


def bulk_shares_connections(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail and other mail wait for the same connections to the same domains."""
    bulk, others = parted(scenario)
    plan = PlanByName(scenario)
    for name, hub in scenario.hubs.items():
        limited = [queue for queue in plan.queues(QueueKind.REMOTE, name) if queue.connections]
        if not limited:
            continue
        common: dict[str, str] = {}
        mine: list[Path] = []
        beside: list[Path] = []
        joined = {id(path): _queues(path, name) for path in (*bulk, *others)}
        for one, other in product(bulk, others):
            if hub.priority_queuing_enabled and _priority(scenario, one) != _priority(
                scenario, other
            ):
                continue
            queues = joined[id(one)]
            met = {queue: queues[queue] for queue in joined[id(other)] if queue in queues}
            if met:
                common |= met
                mine.append(one)
                beside.append(other)
        if common:
            yield Finding(
                Severity.WARNING,
                mine[0].place,
                f"{names(mine)} waits in the same delivery queues of {name} as {names(beside)}: "
                f"{listed(common.values())}. Each queue has {limited[0].connections} connections "
                f"({limited[0].limited_by}), and the oldest mail goes first.",
                'Give the bulk mail a hub of its own; or set its priority to "low" with '
                "priority_queuing_enabled (PriorityQueuingEnabled in EdgeTransport.exe.config), "
                f"which leaves it {hub.max_per_domain_low_priority_connections or 'unlimited'} "
                "connections a domain.",
            )


def _priority(scenario: Scenario, path: Path) -> str:
    return scenario.hosts[path.host].streams[path.stream].priority


def _queues(path: Path, hub: str) -> dict[str, str]:
    """The remote queues of a hub that mail of the path joins, each with what to call it."""
    return {
        hop.next_hop: str(route.domains) if hop.next_hop == route.domains.name else hop.next_hop
        for route, hop in outside(path)
        if hop.hub == hub
    }


def bulk_shares_line(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes over an Internet line that carries mail of other public IPs."""
    bulk, others = parted(scenario)
    for name, line in scenario.lines.items():
        if line.bandwidth is None:
            continue
        on_it = {ip for ip, egress in scenario.egress.items() if egress.line == name}
        senders = [path for path in bulk if on_it & own_ips(path)]
        beside = [path for path in others if on_it & own_ips(path)]
        apart = {ip for path in senders for ip in own_ips(path)} != {
            ip for path in beside for ip in own_ips(path)
        }
        if senders and beside and apart:
            yield Finding(
                Severity.WARNING,
                dotted(("lines", name)),
                f"{names(senders)} and {names(beside)} leave by different IPs, but over the one "
                f"line {name} ({format_bandwidth(line.bandwidth)}): a campaign that fills it "
                "holds the other mail up.",
                "Give the bulk mail's IP a line of its own, or lower the rate of the campaign.",
            )


def bulk_shares_ip(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail leaves by a public IP that other mail leaves by."""
    bulk, others = parted(scenario)
    for egress in scenario.egress:
        senders = [path for path in bulk if egress in ips(path)]
        beside = [path for path in others if egress in ips(path)]
        if senders and beside:
            yield Finding(
                Severity.WARNING,
                senders[0].place,
                f"{names(senders)} leaves by {egress} together with {names(beside)}: when the "
                "bulk mail gets that IP on a blocklist, that mail is refused with it.",
                "Send the bulk mail from a public IP of its own. A hub cannot choose its IP by "
                "send connector (SourceIPAddress is for Edge servers), so that takes another hub "
                "with its own address translation, or a smart host for which a send connector is "
                "linked to the bulk system's receive connector (LinkedReceiveConnector).",
            )
