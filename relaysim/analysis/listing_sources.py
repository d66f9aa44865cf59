"""Whether a listing can happen in a scenario: the one place that decides it."""

from collections.abc import Mapping

from relaysim.analysis.direct_mail import direct_destinations
from relaysim.analysis.mail_paths import all_paths
from relaysim.analysis.route_end import beyond_relay
from relaysim.plan import routing
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.destination import Destination
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import SPAMTRAPS
from relaysim.scenario.stream import Stream


def listing_possible(scenario: Scenario) -> bool:
    """Return whether a blocklist or a mailbox provider can act against an IP or a domain.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    bool
        True if an event lists an IP, if a blocklist operator can have evidence for its trigger or
        lists foreign neighbours, or if some mail goes to a provider that keeps reputations. Mail
        to a smart host is no evidence: the receivers behind it do not see the IP. Where all mail
        goes to smart hosts, a list counts only if one of them uses it. A smart host that keeps
        reputations is a provider.

    Notes
    -----
    The answer is about what can happen, however unlikely it is: with a listing the replications
    come in two kinds, and Student's interval for the mean of latency quantiles or of listed hours
    misses the true mean far more often than one time in twenty. A provider that keeps reputations
    counts volume as well as signals, so it can act on any mail.
    """
    direct = direct_destinations(scenario)
    reached = _reached(scenario)
    scripted = {event.listing.blocklist for event in scenario.events if event.listing is not None}
    effective = [
        blocklist
        for blocklist in scenario.blocklists.values()
        if any(direct.values()) or any(_uses(destination, blocklist) for destination in reached)
    ]
    return any(
        blocklist.name in scripted or _can_act(blocklist, scenario, direct)
        for blocklist in effective
    ) or any(destination.reputation is not None for destination in reached)


def _reached(scenario: Scenario) -> list[Destination]:
    """Return the destinations that answer hubs or relay services: receivers, and smart hosts."""
    names = {
        beyond_relay(scenario, route, hop)
        for path in all_paths(scenario)
        for route in path.routes
        for hop in route.lasts
        if hop.kind is routing.HopKind.REMOTE
    }
    return [destination for name, destination in scenario.destinations.items() if name in names]


def _uses(destination: Destination, blocklist: Blocklist) -> bool:
    """Return whether a domain uses a list; `refuses_on` has its name, or its profile."""
    shares = destination.refuses_on
    return shares.get(blocklist.name, shares.get(blocklist.profile, 0.0)) > 0.0


def _can_act(operator: Blocklist, scenario: Scenario, direct: Mapping[str, frozenset[str]]) -> bool:
    """Return whether an operator can list an IP, by evidence or because of neighbours."""
    # Other customers of the provider can get the block or AS listed without any mail of this
    # design.
    if operator.widening in ("allocation_count", "asn_score") and operator.neighbour_rate:
        return True
    if operator.trigger == "none":
        return False
    streams = {
        f"{host}.{name}": stream
        for host, described in scenario.hosts.items()
        for name, stream in described.streams.items()
    }
    # A complaint or a report of a compromise needs a recipient that sees the IP; traps make none.
    seen = [stream for name, stream in streams.items() if direct[name] - {SPAMTRAPS}]
    if operator.trigger == "compromise":
        return any(isinstance(stream.arrivals, Compromise) for stream in seen)
    traps = bool(operator.trap_share) and any(
        _traps(stream) > 0.0 and SPAMTRAPS in direct[name] for name, stream in streams.items()
    )
    reports = operator.trigger == "scored_ratio" and bool(operator.report_share)
    return traps or (reports and any(_complaints(stream) > 0.0 for stream in seen))


def _traps(stream: Stream) -> float:
    return stream.trap_rate if stream.mailing_list is None else stream.mailing_list.trap_share


def _complaints(stream: Stream) -> float:
    listing = stream.mailing_list
    return stream.complaint_rate if listing is None else listing.complaint_rate


def listed_things(scenario: Scenario) -> str:
    """Return what the blocklists of a scenario list: "public IP", or that and the sender domain."""
    domains = any(blocklist.lists == "domain" for blocklist in scenario.blocklists.values())
    return "public IP or sender domain" if domains else "public IP"
