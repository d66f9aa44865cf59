"""Checks of other mail that a listing, or the reputation, of the bulk mail affects."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import product

from relaysim.analysis.mail_paths import Path
from relaysim.analysis.route_end import beyond_relay, receiver
from relaysim.analysis.sharing import ips, names, open_paths, outside, parted
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.address import AddressRange
from relaysim.mail.escalation import allocation_threshold
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.culprit import culprits
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_duration
from relaysim.wording import listed, share

Network = IPv4Network | IPv6Network

_SHOWN = 4


def listing_reach(scenario: Scenario) -> Iterator[Finding]:
    """The share of the other mail that a listing of the common IP would affect."""
    _, others = parted(scenario)
    sources = culprits(scenario)
    risky = {ip for path in open_paths(scenario) if path.name in sources for ip in ips(path)}
    for egress in sorted(risky):
        affected: dict[str, list[tuple[float, str]]] = {}
        for name, blocklist in scenario.blocklists.items():
            if blocklist.lists == "domain":  # see `domain_listing`
                continue
            for stream in dict.fromkeys(path.name for path in others):
                part = sum(
                    _reach(scenario, path, egress, blocklist)
                    for path in others
                    if path.name == stream
                )
                if part:
                    affected.setdefault(name, []).append((part, stream))
        if affected:
            worst = sorted(affected, key=lambda name: -max(affected[name])[0])
            yield Finding(
                Severity.INFO,
                dotted(("egress", egress)),
                f"If a blocklist lists {egress}, domains with these shares of the recipients of "
                "innocent mail refuse or defer it: "
                + listed((f"{name} ({_parts(affected[name])})" for name in worst), _SHOWN)
                + ".",
                "The shares come from refuses_on of the destinations; most are assumptions.",
            )


def _parts(shares: list[tuple[float, str]]) -> str:
    return ", ".join(f"{stream} {share(part)}" for part, stream in sorted(shares, reverse=True))


def _reach(scenario: Scenario, path: Path, egress: str, blocklist: Blocklist) -> float:
    """Return the share of the recipients of the stream on this path at domains that refuse."""
    return path.share * sum(
        route.share / len(route.lasts) * refusing_share(scenario.destinations[name], blocklist)
        for route, hop in outside(path)
        if hop.egress == egress
        and (name := receiver(scenario, route, hop)) is not None
        and name in scenario.destinations
    )


def refusing_share(destination: Destination, blocklist: Blocklist) -> float:
    """Return the share of the domains of a destination that refuse or defer a listed IP."""
    uses = destination.refuses_on
    use = uses.get(blocklist.name, uses.get(blocklist.profile, 0.0))
    # A domain that only scores the IP accepts the mail.
    return use * (1 - destination.refusal_action.get("score", 0.0))


def bulk_shares_allocation(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail leaves by a neighbour of the IP of other mail: some blocklists escalate."""
    bulk, others = parted(scenario)
    bulk_ips = sorted({ip for path in bulk for ip in ips(path)})
    # An IP that carries bulk mail too is reported by `bulk_shares_ip`.
    other_ips = sorted({ip for path in others for ip in ips(path)} - {*bulk_ips})
    for bulk_ip, other_ip in product(bulk_ips, other_ips):
        common = _common(scenario, bulk_ip, other_ip)
        if common is None:
            continue
        widened = list(_widened(scenario, bulk_ip, other_ip))
        harmed = names([path for path in others if other_ip in ips(path)])
        yield Finding(
            Severity.WARNING if widened else Severity.INFO,
            dotted(("egress", bulk_ip)),
            f"{bulk_ip} carries bulk mail and {other_ip} does not, but both are in {common}. "
            + (
                f"An escalation that includes {other_ip} affects {harmed}: {listed(widened)}."
                if widened
                else "No blocklist of this scenario escalates that far; others do."
            ),
            "Ask for an IP from another allocation, best from another provider.",
        )


def _common(scenario: Scenario, ip: str, other_ip: str) -> str | None:
    """Return the smallest block or AS that two IPs have in common; None if there is none."""
    one, two = scenario.egress[ip], scenario.egress[other_ip]
    if one.allocation and two.allocation and _overlap(one.allocation, two.allocation):
        return f"the block {one.allocation}"
    # A mailbox provider escalates within a /24, whatever the allocation.
    if _near(ip, other_ip, 24):
        return f"the block {ip_network(f'{ip}/24', strict=False)}"
    if one.asn is not None and one.asn == two.asn:
        return f"AS{one.asn}"
    return None


def _overlap(one: Network, other: Network) -> bool:
    ranges = [AddressRange(block[0], block[-1]) for block in (one, other)]
    return ranges[0].overlaps(ranges[1])


def _near(first: str, second: str, prefix: int) -> bool:
    """Return whether two IPs are in the same block of this prefix length."""
    one, two = (ip_network(ip) for ip in (first, second))
    return (
        one.version == two.version
        and one.max_prefixlen >= prefix
        and (one.supernet(new_prefix=prefix) == two.supernet(new_prefix=prefix))
    )


def _widened(scenario: Scenario, ip: str, other_ip: str) -> Iterator[str]:
    """Yield the operators and providers that escalate a listing to the other IP, and when."""
    one, two = scenario.egress[ip], scenario.egress[other_ip]
    block = one.allocation
    allocated = block is not None and block == two.allocation
    for name, blocklist in scenario.blocklists.items():
        match blocklist.widening:
            # /32 is the IP alone.
            case "vicinity" if _near(ip, other_ip, blocklist.vicinity_prefix or 32):
                yield (
                    f"{name} (from listing {blocklist.vicinity_listings} on, in "
                    f"{share(blocklist.vicinity_probability or 0.0)} of cases)"
                )
            case "allocation_count" if block is not None and allocated:
                # The published thresholds begin at a /8.
                count = allocation_threshold(max(block.prefixlen, 8))
                yield f"{name} (when {count} of {block} {'is' if count == 1 else 'are'} listed)"
            case "escalate" if allocated:
                yield f"{name} (after {format_duration(blocklist.escalate_after or 0)} unrepaired)"
            case "asn_score" if one.asn is not None and one.asn == two.asn:
                yield f"{name} (when AS{one.asn} has many listed)"
    for name, destination in scenario.destinations.items():
        provider = destination.reputation
        if provider is not None and provider.widening and _near(ip, other_ip, 24):
            yield f"{name} (when it blocks, in {share(provider.widening)} of cases)"


def bulk_shares_domain(scenario: Scenario) -> Iterator[Finding]:
    """Bulk mail has the sender domain of other mail, and providers rate domains."""
    bulk, others = parted(scenario)
    weights = {
        name: provider.domain_weight
        for name, destination in scenario.destinations.items()
        if (provider := destination.reputation) and provider.domain_weight
    }
    for domain in dict.fromkeys(_domain(scenario, path) for path in bulk):
        senders = [path for path in bulk if _domain(scenario, path) == domain]
        common = {place for path in senders for place in _places(scenario, path)} & set(weights)
        beside = [
            path
            for path in others
            if _domain(scenario, path) == domain and common & _places(scenario, path)
        ]
        # Only a provider that gets both kinds of mail links them by the domain.
        common &= {place for path in beside for place in _places(scenario, path)}
        if common:
            weighted = listed(
                f"{name} ({share(weights[name])})" for name in weights if name in common
            )
            yield Finding(
                Severity.WARNING,
                senders[0].place,
                f"{names(senders)} shares the sender domain {domain} with {names(beside)}, and the "
                f"domain has this weight beside the IP: {weighted}. Domain reputation applies "
                "whatever the IP.",
                "Give the bulk mail a separate sender domain. In this model a subdomain is rated "
                "separately; Gmail applies the rules of bulk senders to domain and subdomains "
                "together.",
            )


def _domain(scenario: Scenario, path: Path) -> str:
    sender = scenario.hosts[path.host].streams[path.stream].sender
    return sender.rpartition("@")[2].casefold()


def _places(scenario: Scenario, path: Path) -> set[str]:
    """Return the destinations that see the sender.

    A smart host hides those behind it, but for the receivers of a relay service.
    """
    seen = (beyond_relay(scenario, route, hop) for route, hop in outside(path))
    return {name for name in seen if name is not None}
