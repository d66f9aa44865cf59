"""Checks of what bulk mail shares with other mail; the advice is a hub and an IP of its own."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from itertools import product

from relaysim.mail.address import AddressRange
from relaysim.scenario import route
from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.paths import Path, Way, is_culprit, paths
from relaysim.scenario.audit.words import listed
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_bandwidth

Network = IPv4Network | IPv6Network


def parted(scenario: Scenario) -> tuple[list[Path], list[Path]]:
    """The paths that mail gets in by: of bulk streams, and of the others."""
    open_paths = [path for path in paths(scenario) if path.share and path.ways]
    parts: tuple[list[Path], list[Path]] = ([], [])
    for path in open_paths:
        host = scenario.hosts[path.host]
        parts[not is_culprit(host, host.streams[path.stream])].append(path)
    return parts


def hubs_of(path: Path) -> set[str]:
    """The hubs that mail of the path goes through."""
    return {path.hub} | {hop.hub for way in path.ways for hop in way.lasts}


def _outside(path: Path) -> Iterator[tuple[Way, route.Hop]]:
    """The ways that lead to other organizations, each with its last hops."""
    for way in path.ways:
        yield from ((way, hop) for hop in way.lasts if hop.kind is route.HopKind.REMOTE)


def _ips(path: Path) -> set[str]:
    """The public IPs that mail of the path leaves by."""
    return {hop.egress for _, hop in _outside(path) if hop.egress}


def _names(found: list[Path]) -> str:
    return listed(dict.fromkeys(path.name for path in found))


def bulk_shares_hub(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes through a hub that carries other mail."""
    bulk, others = parted(scenario)
    for hub in scenario.hubs:
        senders = [path for path in bulk if hub in hubs_of(path)]
        beside = [path for path in others if hub in hubs_of(path)]
        if senders and beside:
            yield Finding(
                Severity.ADVICE,
                senders[0].place,
                f"{_names(senders)} goes through {hub} together with {_names(beside)}: in a "
                "campaign that mail waits behind the bulk mail, for the cores and in the "
                "submission queue.",
                "Set up another Hub Transport server and give its address to the bulk system "
                "only; keep the users' mail off it with submission_server_override_list.",
            )


def bulk_shares_connections(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail and other mail wait for the same connections to the same domains."""
    bulk, others = parted(scenario)
    for name, hub in scenario.hubs.items():
        limit = hub.max_per_domain_outbound_connections
        if limit is None:
            continue
        common: dict[str, str] = {}
        mine: list[Path] = []
        beside: list[Path] = []
        for one, other in product(bulk, others):
            if hub.priority_queuing_enabled and _priority(scenario, one) != _priority(
                scenario, other
            ):
                continue
            queues = _queues(one, name)
            met = {queue: queues[queue] for queue in _queues(other, name) if queue in queues}
            if met:
                common |= met
                mine.append(one)
                beside.append(other)
        if common:
            yield Finding(
                Severity.ADVICE,
                mine[0].place,
                f"{_names(mine)} waits in the same delivery queues of {name} as {_names(beside)}: "
                f"{listed(common.values())}. Each queue has {limit} connections "
                "(max_per_domain_outbound_connections), and the oldest mail goes first.",
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
        hop.next_hop: str(way.domains) if hop.next_hop == way.domains.name else hop.next_hop
        for way, hop in _outside(path)
        if hop.hub == hub
    }


def bulk_shares_line(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail goes over an Internet line that carries mail of other public IPs."""
    bulk, others = parted(scenario)
    for name, line in scenario.lines.items():
        if line.bandwidth is None:
            continue
        on_it = {ip for ip, egress in scenario.egress.items() if egress.line == name}
        senders = [path for path in bulk if on_it & _ips(path)]
        beside = [path for path in others if on_it & _ips(path)]
        apart = {ip for path in senders for ip in _ips(path)} != {
            ip for path in beside for ip in _ips(path)
        }
        if senders and beside and apart:
            yield Finding(
                Severity.ADVICE,
                dotted(("lines", name)),
                f"{_names(senders)} and {_names(beside)} leave by different IPs, but over the one "
                f"line {name} ({format_bandwidth(line.bandwidth)}): a campaign that fills it "
                "holds the other mail up.",
                "Give the bulk mail's IP a line of its own, or lower the rate of the campaign.",
            )


def bulk_shares_ip(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail leaves by a public IP that other mail leaves by."""
    bulk, others = parted(scenario)
    for egress in scenario.egress:
        senders = [path for path in bulk if egress in _ips(path)]
        beside = [path for path in others if egress in _ips(path)]
        if senders and beside:
            yield Finding(
                Severity.ADVICE,
                senders[0].place,
                f"{_names(senders)} leaves by {egress} together with {_names(beside)}: when the "
                "bulk mail gets that IP on a blocklist, that mail is refused with it.",
                "Send the bulk mail from a public IP of its own. A hub cannot choose its IP by "
                "send connector (SourceIPAddress is for Edge servers), so that takes another hub "
                "with its own address translation, or a smart host for which a send connector is "
                "linked to the bulk system's receive connector (LinkedReceiveConnector).",
            )


def bulk_shares_allocation(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail leaves by a neighbour of the other mail's IP: some lists widen to the block."""
    bulk, others = parted(scenario)
    theirs = sorted({ip for path in bulk for ip in _ips(path)})
    ours = sorted({ip for path in others for ip in _ips(path)})
    for mine, other in product(theirs, ours):
        if mine == other:
            continue
        one, two = scenario.egress[mine], scenario.egress[other]
        block, neighbour = one.allocation, two.allocation
        if block is not None and neighbour is not None and _overlap(block, neighbour):
            severity, common = Severity.ADVICE, f"the block {block}"
        elif one.asn is not None and one.asn == two.asn:
            severity, common = Severity.NOTE, f"AS{one.asn}"
        else:
            continue
        yield Finding(
            severity,
            dotted(("egress", mine)),
            f"{mine} carries bulk mail and {other} does not, but both are in {common}: blocklists "
            "that widen a listing to the neighbourhood reach the other IP too.",
            "Ask for an IP from another allocation, best from another provider.",
        )


def _overlap(one: Network, other: Network) -> bool:
    ranges = [AddressRange(block[0], block[-1]) for block in (one, other)]
    return ranges[0].overlaps(ranges[1])
