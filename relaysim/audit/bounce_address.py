"""The check of NDRs that leave the organization, because their address is of no accepted domain."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import Path, paths
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.address import NULL_SENDER, domain_of
from relaysim.mail.domains import AcceptedDomainType, is_accepted
from relaysim.plan import routing
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import fixed
from relaysim.wording import listed


def ndr_leaves(scenario: Scenario) -> Iterator[Finding]:
    """NDRs go to an own sender domain that is no accepted domain, so they leave for the Internet.

    One finding for each domain. The mail of a hijacked host has forged senders and is left out.
    """
    senders: dict[str, list[Path]] = {}
    for path in paths(scenario):
        host = scenario.hosts[path.host]
        stream = host.streams[path.stream]
        forged = host.properties.internet or stream.arrivals.process == "compromise"
        if stream.sender != NULL_SENDER and not forged:
            senders.setdefault(domain_of(stream.sender), []).append(path)
    outside = {name for place in scenario.destinations.values() for name in place.domains or ()}
    for domain, affected in senders.items():
        if domain in outside or is_accepted(scenario.organization.domains, domain):
            continue
        leaving = _leaving(scenario, domain, affected)
        if not leaving:
            continue
        names = listed(dict.fromkeys(path.name for path in affected))
        hubs = list(dict.fromkeys(hop.hub for hop in leaving))
        yield Finding(
            Severity.WARNING,
            affected[0].place,
            f"NDRs about mail of {names} go to {domain}, which is no accepted domain: "
            f"{listed(hubs)} {'sends' if len(hubs) == 1 else 'send'} them to the Internet, and "
            "nothing in the organization receives them.",
            _fix(scenario, domain, affected),
        )


def _leaving(scenario: Scenario, domain: str, affected: list[Path]) -> list[routing.Hop]:
    """Return the hops by which NDRs to a domain leave the hubs that deliver the mail."""
    hubs = dict.fromkeys(
        last.hub for path in affected for route in path.routes for last in route.lasts
    )
    hops = (hop for hub in hubs for hop in routing.last_hops(scenario, hub, domain, 0))
    return [hop for hop in hops if hop.kind is routing.HopKind.REMOTE]


def _fix(scenario: Scenario, domain: str, affected: list[Path]) -> str:
    """Return the fix: the domain as an accepted one, if NDRs then stay here."""
    domains = {**scenario.organization.domains, domain: AcceptedDomainType.AUTHORITATIVE}
    organization = scenario.organization.model_copy(update={"domains": fixed(domains)})
    after = scenario.model_copy(update={"organization": organization})
    if _leaving(after, domain, affected):
        own = routing.own_domain(scenario)
        return f"Send with an address of {own}, or deliver the NDRs by a hub that keeps them."
    key = dotted(("organization", "domains", domain))
    return f'Accept the domain: {key} = "{AcceptedDomainType.AUTHORITATIVE}".'
