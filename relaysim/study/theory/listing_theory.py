"""The theory of listed time: random hits, each with a listing of a lifetime (M/D/oo).

What holds mail up for seconds on its way plays no part beside listings of days (assumption). When a
list is built plays none either: what is published for the time up to the next build is whether
there was a hit in the lifetime before this one, which is as likely at every moment.
"""

from collections.abc import Iterator

from relaysim.plan import routing
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL
from relaysim.scenario.table import SECOND
from relaysim.study.theory import poisson_streams as streams
from relaysim.study.theory.theory_answer import Answer
from relaysim.study.theory.theory_network import Network
from relaysim.theory.listing_formulas import poisson_listed_share
from relaysim.traffic.spam_traps import operator_shares, trap_share

TRAP = "spamtrap.example"
"""A domain that no scenario has, as that of spam traps."""


def listed_time(network: Network, name: str) -> Answer:
    """Return the seconds of the window in which an IP is on the list."""
    scenario = network.scenario
    blocklist = scenario.blocklists[name]
    rates = _hits(network, blocklist)
    against = [*_operator(scenario, blocklist), *_mail(network, rates), *network.overloaded]
    if not rates:
        against.append("no mail goes to its spam traps")
    if against or blocklist.lifetime is None:
        return Answer.none(against)
    share = poisson_listed_share(sum(rates.values()), blocklist.lifetime / SECOND)
    return Answer("M/D/oo", share * (scenario.run.duration - scenario.run.warm_up) / SECOND)


def _hits(network: Network, blocklist: Blocklist) -> dict[str, float]:
    """Return the hits a second of the spam traps of the operator, by stream."""
    share = operator_shares(network.scenario).get(blocklist.properties.operator, 0.0)
    rates = {
        name: network.rates[name]
        * sum(part for place, part in stream.to.items() if place != INTERNAL)
        * trap_share(stream)
        * share
        for name, stream in network.streams.items()
    }
    return {name: rate for name, rate in rates.items() if rate}


def _operator(scenario: Scenario, blocklist: Blocklist) -> Iterator[str]:
    """Yield the reasons why one hit does not list for exactly one lifetime."""
    if blocklist.trigger != "count":
        yield f"the list goes by {blocklist.trigger.replace('_', ' ')}, not by a count of hits"
    elif blocklist.threshold is not None and blocklist.threshold >= 2:
        yield "one hit does not list"
    if blocklist.lifetime is None:
        yield "a listing does not end by itself"
    elif blocklist.lifetime > scenario.run.warm_up:
        yield "the warm-up is shorter than a listing"
    if blocklist.growth not in (None, 1.0):
        yield "relapses are listed for longer"
    if blocklist.widening != "none":
        yield "neighbours are listed too"
    operations = scenario.operations
    asks = operations.delisting != "never" and blocklist.delisting_time is not None
    if scenario.coupling.reaction and (asks or operations.on_listing != "nothing"):
        yield "the administrator reacts to listings"
    if any(event.rate is None for event in scenario.events):
        yield streams.SCRIPTED


def _mail(network: Network, rates: dict[str, float]) -> Iterator[str]:
    """Yield the reasons why the hits of streams are not Poisson."""
    scenario = network.scenario
    for name in rates:
        stream = network.streams[name]
        yield from streams.arrivals(scenario, name, stream)
        if stream.mailing_list is not None:
            yield "a mailing list hits the same traps each time"
        if stream.recipients != 1:
            yield "a message may hit several traps"
        paths = [path for path in network.paths if path.name == name]
        if sum(path.share for path in paths) < 1 or any(path.refused for path in paths):
            yield "some mail does not get in"
        for path in paths:
            host = scenario.hosts[path.host]
            for reason in streams.entry(scenario, host, stream, path):
                if reason in streams.LOSSES:
                    yield reason
            hop = routing.next_hop(scenario, path.hub, TRAP, 1)
            if hop.kind not in (routing.HopKind.REMOTE, routing.HopKind.TRANSFER):
                yield "mail to spam traps has no route"
