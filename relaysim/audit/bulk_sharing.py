"""Checks of what bulk mail shares with other mail: hubs, queues, lines and IPs."""

from collections.abc import Iterator, Sequence
from itertools import product

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.sharing import hubs_of, ips, names, outside, own_ips, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.own_hub import separation
from relaysim.plan.by_name import PlanByName
from relaysim.plan.names import QueueKind
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_bandwidth
from relaysim.wording import listed


def bulk_shares_hub(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes through a hub that carries other mail."""
    bulk, others = parted(scenario)
    hubs: dict[tuple[str, ...], list[str]] = {}
    for hub, server in scenario.hubs.items():
        senders = [path for path in bulk if hub in hubs_of(path)]
        beside = [path for path in others if hub in hubs_of(path)]
        if senders and beside:
            exchange = server.properties.active_directory
            queue, fix = ("submission", separation(scenario)) if exchange else ("active", _RELAY)
            alike = (senders[0].place, names(senders), names(beside), queue, fix)
            hubs.setdefault(alike, []).append(hub)
    for (place, bulk_names, other_names, queue, fix), shared in hubs.items():
        yield Finding(
            Severity.WARNING,
            place,
            f"{bulk_names} goes through {listed(shared)} together with {other_names}. During a "
            "campaign this other mail waits behind the bulk mail, for the cores and in the "
            f"{queue} queue.",
            fix,
        )


_RELAY = "Set up another relay for the bulk system only, and let it send there directly."


def bulk_shares_connections(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail and other mail wait for the same connections to the same domains."""
    bulk, others = parted(scenario)
    plan = PlanByName(scenario)
    hubs: dict[tuple[str, ...], dict[str, str]] = {}
    for name, hub in scenario.hubs.items():
        limited = [queue for queue in plan.queues(QueueKind.REMOTE, name) if queue.connections]
        if not limited:
            continue
        common: dict[tuple[str, str], str] = {}
        senders: list[Path] = []
        beside: list[Path] = []
        # Once for each path: the product below has every pair of them.
        joined = {id(path): _queues(path, name) for path in (*bulk, *others)}
        for one, other in product(bulk, others):
            # With priority queuing each priority has its own connections.
            if hub.priority_queuing_enabled and _priority(scenario, one) != _priority(
                scenario, other
            ):
                continue
            queues = joined[id(one)]
            shared = {queue: queues[queue] for queue in joined[id(other)] if queue in queues}
            if shared:
                common |= shared
                senders.append(one)
                beside.append(other)
        if common:
            queues_ = (
                f"{listed(dict.fromkeys(common.values()))}. Each queue has {limited[0].connections}"
            )
            alike = (senders[0].place, names(senders), names(beside), queues_, _connections(hub))
            hubs.setdefault(alike, {})[name] = limited[0].limited_by
    for (place, bulk_names, other_names, queues_, fix), keys in hubs.items():
        yield Finding(
            Severity.WARNING,
            place,
            f"{bulk_names} waits in the same delivery queues of {listed(keys)} as {other_names}: "
            f"{queues_} connections ({listed(keys.values())}) and sends the oldest mail first.",
            fix,
        )


def _connections(hub: Hub) -> str:
    """Return how bulk mail gets other connections than the rest at a hub."""
    few = hub.max_per_domain_low_priority_connections
    separate = "Give the bulk mail a separate hub."
    if few is None:
        return separate
    return (
        f'{separate} Or set the priority of the bulk mail to "low" with priority_queuing_enabled '
        "(PriorityQueuingEnabled in EdgeTransport.exe.config): the bulk mail then has "
        f"{few} connections for each domain."
    )


def _priority(scenario: Scenario, path: Path) -> str:
    return scenario.hosts[path.host].streams[path.stream].priority


def _queues(path: Path, hub: str) -> dict[tuple[str, str], str]:
    """Return the remote queues of a hub that mail of the path joins, each with a display name."""
    return {
        (hop.next_hop, hop.egress or ""): str(route.domains)
        if hop.next_hop == route.domains.name
        else hop.next_hop
        for route, hop in outside(path)
        if hop.hub == hub
    }


def bulk_shares_line(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes over an Internet line that carries mail of other public IPs."""
    bulk, others = parted(scenario)
    for name, line in scenario.lines.items():
        if line.bandwidth is None:
            continue
        # Mail to a smart host uses the line too, so `own_ips` counts instead of `ips`.
        on_it = {ip for ip, egress in scenario.egress.items() if egress.line == name}
        senders = [path for path in bulk if on_it & own_ips(path)]
        beside = [path for path in others if on_it & own_ips(path)]
        # With the same IPs `bulk_shares_ip` reports it.
        separate = {ip for path in senders for ip in own_ips(path)} != {
            ip for path in beside for ip in own_ips(path)
        }
        if senders and beside and separate:
            yield Finding(
                Severity.WARNING,
                dotted(("lines", name)),
                f"{names(senders)} and {names(beside)} leave by different IPs, but over the same "
                f"line {name} ({format_bandwidth(line.bandwidth)}): a campaign that fills the "
                "line delays the other mail.",
                "Give the IP of the bulk mail a separate line, or lower the rate of the campaign.",
            )


def bulk_shares_ip(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail and other mail leave by the same public IP."""
    bulk, others = parted(scenario)
    shared: dict[tuple[str, ...], list[str]] = {}
    for egress in scenario.egress:
        senders = [path for path in bulk if egress in ips(path)]
        beside = [path for path in others if egress in ips(path)]
        if senders and beside:
            fix = _separate_ip(scenario, senders)
            alike = (senders[0].place, names(senders), names(beside), fix)
            shared.setdefault(alike, []).append(egress)
    for (place, bulk_names, other_names, fix), egresses in shared.items():
        which = "that IP" if len(egresses) == 1 else "one of them"
        yield Finding(
            Severity.WARNING,
            place,
            f"{bulk_names} leaves by {listed(egresses)} together with {other_names}: when the bulk "
            f"mail causes a listing of {which}, destinations refuse the other mail too.",
            fix,
        )


def _separate_ip(scenario: Scenario, senders: Sequence[Path]) -> str:
    """Return the fix for bulk mail on the public IP of other mail."""
    fix = "Send the bulk mail from a separate public IP. "
    hubs = {hop.hub for path in senders for _, hop in outside(path)}
    if all(scenario.hubs[hub].properties.chooses_public_ip for hub in hubs):
        where = listed(sorted(hubs))
        return (
            f"{fix}{where} can choose it: give the bulk mail a sender domain of its own and write "
            "egress_by_sender_domain."
        )
    return (
        f"{fix}A hub cannot choose the IP by send connector (SourceIPAddress is for Edge "
        "servers), so this needs another hub with separate address translation"
        + (_LINKED if _may_link(scenario, senders) else ".")
    )


_LINKED = (
    ", or a smart host for which a send connector is linked to the bulk system's receive "
    "connector (LinkedReceiveConnector)."
)


def _may_link(scenario: Scenario, senders: Sequence[Path]) -> bool:
    """Return whether the hubs of the paths have linked connectors."""
    return all(scenario.hubs[path.hub].properties.linked_receive_connectors for path in senders)
