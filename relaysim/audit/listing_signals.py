"""Checks of the signals (traps, unknown users, complaints) of culprits and innocent mail."""

from collections.abc import Iterator

from relaysim.analysis.direct_mail import direct_destinations
from relaysim.analysis.ip_history import innocent_mail_a_day, innocent_mail_of_domains
from relaysim.analysis.message_rates import campaign, messages
from relaysim.analysis.sharing import ips, open_paths
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.address import NULL_SENDER, domain_of
from relaysim.mail.listing_trigger import hits_needed
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan.reputation_compiler import ppb, thousandths
from relaysim.scenario.arrivals import Campaign, Compromise
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.campaigns import longest_gap
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.reference import INTERNAL, SPAMTRAPS
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import DAY
from relaysim.theory.listing_formulas import count_listing
from relaysim.units import format_duration
from relaysim.wording import listed, share, two_digits

_LISTABLE = 0.01
"""Probability of a listing below which a blocklist is not named."""


def trap_hits(scenario: Scenario) -> Iterator[Finding]:
    """The probability that the mail of a culprit gets the IP on lists that count trap hits.

    Traps behind a smart host do not see the IP.
    """
    direct = direct_destinations(scenario)
    for name, host, short, stream in _streams(scenario):
        if not is_culprit(host, stream) or SPAMTRAPS not in direct[f"{name}.{short}"]:
            continue
        count, traps = _reached(scenario, name, short), _trap_share(stream)
        hits, usual = count * traps, _usual_mail(scenario, f"{name}.{short}")
        of_domain = innocent_mail_of_domains(scenario)
        usual_of_domain = of_domain.get(registered_domain(domain_of(stream.sender)), 0.0)
        chances = {}
        for blocklist in scenario.blocklists.values():
            domains = blocklist.lists == "domain"
            before = usual_of_domain if domains else usual
            chance = _chance(blocklist, count, traps, before)
            if chance >= _LISTABLE and not (domains and stream.sender == NULL_SENDER):
                chances[blocklist.name] = chance
        if not chances:
            continue
        likely = sorted(chances, key=lambda blocklist: -chances[blocklist])
        yield Finding(
            Severity.INFO,
            dotted(("hosts", name, "streams", short)),
            f"{_what(name, short, stream)} hits about {two_digits(hits)} spam traps among "
            f"{count:,} addresses. Probability that {_listed_things(scenario, likely)} is listed: "
            + listed((f"{blocklist} ({share(chances[blocklist])})" for blocklist in likely), 8)
            + "."
            + _outlasting(scenario, stream, likely),
            "Clean the list: send to people who subscribed and opened a message lately."
            if stream.mailing_list
            else "Let only hosts relay that need it.",
        )


def _listed_things(scenario: Scenario, names: list[str]) -> str:
    kinds = {scenario.blocklists[name].lists for name in names}
    both = "its IP, or its registered domain on lists of domains,"
    return (
        {"ip": "its IP", "domain": "its registered domain"}[kinds.pop()]
        if len(kinds) == 1
        else both
    )


def _what(host: str, short: str, stream: Stream) -> str:
    once = ""
    if isinstance(stream.arrivals, Campaign):
        once = "The largest campaign of " if stream.arrivals.growth else "One campaign of "
    return f"{once}{host}.{short}"


def _outlasting(scenario: Scenario, stream: Stream, likely: list[str]) -> str:
    """Return the sentence about listings that last until the next campaign; "" for none."""
    arrivals = stream.arrivals
    if not isinstance(arrivals, Campaign) or arrivals.every is None or not stream.mailing_list:
        return ""
    gap = longest_gap(arrivals.every)
    lasting = [
        f"{blocklist} ({format_duration(lifetime)})"
        for blocklist in likely
        if (lifetime := scenario.blocklists[blocklist].lifetime) and lifetime >= gap
    ]
    if not lasting:
        return ""
    return (
        f" A listing by {listed(lasting)} lasts until the next campaign, which hits the same "
        "traps: unless the list is cleaned, the listing never ends."
    )


def _streams(scenario: Scenario) -> Iterator[tuple[str, Host, str, Stream]]:
    for name, host in scenario.hosts.items():
        for short, stream in host.streams.items():
            yield name, host, short, stream


def _external(stream: Stream) -> float:
    return 1.0 - stream.to.get(INTERNAL, 0.0)


def _trap_share(stream: Stream) -> float:
    listing = stream.mailing_list
    return stream.trap_rate if listing is None else listing.trap_share


def _reached(scenario: Scenario, name: str, short: str) -> int:
    """Return the number of external addresses of one campaign, or else of the whole run."""
    stream = scenario.hosts[name].streams[short]
    burst = campaign(scenario, name, short)
    count = messages(scenario, name, short) if burst is None else burst.messages
    if stream.mailing_list is not None and stream.mailing_list.addresses is not None:
        # A trap is an address, so a list has no more traps than addresses, however much mail it
        # gets.
        count = min(count, stream.mailing_list.addresses)
    return round(count * _external(stream))


def _usual_mail(scenario: Scenario, stream: str) -> float:
    """Return the innocent mail a day on the IPs of a stream: the most of one IP."""
    usual = innocent_mail_a_day(scenario)
    own = {ip for path in open_paths(scenario) if path.name == stream for ip in ips(path)}
    return max((usual[ip] for ip in own), default=0.0)


def _chance(blocklist: Blocklist, count: int, traps: float, usual: float) -> float:
    """Return the probability of a listing by a number of recipients.

    `usual` is the innocent mail of the IP, or of the domain, on a day before. The result is 0 for
    lists that also count neighbours of the IP.
    """
    alone = blocklist.widening not in ("allocation_count", "asn_score")
    if blocklist.trigger != "count" or not alone or not count:
        return 0.0
    threshold = hits_needed(
        round(blocklist.threshold or 1),
        count,
        round(usual * (blocklist.window or 0) / DAY),
        ppb(blocklist.tolerated_rate or 0.0),
        thousandths(blocklist.tolerated_deviations or 0.0),
    )
    return count_listing(count, traps, blocklist.trap_share or 0.0, threshold)


def culprit_without_signals(scenario: Scenario) -> Iterator[Finding]:
    """A culprit has no spam traps, no unknown users and no complaints."""
    for name, host, short, stream in _streams(scenario):
        compromised = isinstance(stream.arrivals, Compromise)
        if is_culprit(host, stream) and not compromised and not any(_signals(stream)):
            yield Finding(
                Severity.INFO,
                dotted(("hosts", name, "streams", short)),
                f"{name}.{short} is a culprit without traps, unknown users or complaints: it "
                "causes no listing, and harms other mail by congestion only.",
                "Write its mailing_list, or its trap_rate, unknown_rate and complaint_rate.",
            )


def _signals(stream: Stream) -> tuple[float, float, float]:
    listing = stream.mailing_list
    if listing is None:
        return stream.trap_rate, stream.unknown_rate, stream.complaint_rate
    return listing.trap_share, listing.unknown_rate, listing.complaint_rate


def innocent_with_signals(scenario: Scenario) -> Iterator[Finding]:
    """Innocent mail hits spam traps or has more complaints than a provider allows."""
    direct = direct_destinations(scenario)
    for name, host, short, stream in _streams(scenario):
        if is_culprit(host, stream):
            continue
        seen = direct[f"{name}.{short}"]
        traps, _, complaints = _signals(stream)
        # Traps behind a smart host do not see the IP, so they count as 0.
        hits = traps * messages(scenario, name, short) * _external(stream) * (SPAMTRAPS in seen)
        over = [
            f"{place} ({share(provider.complaint_limit)})"
            for place in stream.to
            if place in seen
            and place in scenario.destinations
            and (provider := scenario.destinations[place].reputation)
            and complaints >= provider.complaint_limit
        ]
        signals = [f"hits about {two_digits(hits)} spam traps in the run"] if hits >= 1 else []
        if over:
            signals.append(
                f"has a complaint rate ({share(complaints)}) above the limit of {listed(over)}"
            )
        if signals:
            yield Finding(
                Severity.INFO,
                dotted(("hosts", name, "streams", short)),
                f"{name}.{short} counts as innocent, but {listed(signals)}: the harm that it "
                "causes is not separated from harm by other causes.",
                "Make it a culprit (culprit = true), or correct its rates.",
            )
