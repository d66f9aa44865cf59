"""Delivery targets: the public IPs and the deciding domains of the mail of each stream."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from relaysim.analysis.mail_paths import Path, paths
from relaysim.analysis.receiving_domains import Domains
from relaysim.analysis.route_end import sees
from relaysim.analysis.sharing import outside
from relaysim.mail.address import domain_of
from relaysim.plan.routing import relay_at
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Names
from relaysim.traffic.workload import Draws


class Target(NamedTuple):
    """A share of the recipients of a stream that leaves by one IP to domains of one kind.

    `domains` are rows of the policies in the draws; empty if a smart host that no destination has
    decides. `sender` is the domain of the sender of the stream. `skips_greeting`: a refusal at the
    greeting puts the queue of the hub into Retry, and no mail is refused for good.
    """

    stream: str
    share: float
    egress: int
    destination: int
    domains: range
    sender: str
    skips_greeting: bool


def targets(scenario: Scenario, draws: Draws, names: Names) -> list[Target]:
    """Return the targets of all streams, by the rules of routing, not by the mail sent.

    Parameters
    ----------
    scenario : Scenario
        The design.
    draws : Draws
        The policies of the domains.
    names : Names
        The names of the trace, which number IPs and streams.
    """
    domains = {name: i for i, name in enumerate(draws.domains)}
    return [target for path in paths(scenario) for target in _of(path, scenario, domains, names)]


def _of(path: Path, scenario: Scenario, index: Mapping[str, int], names: Names) -> Iterator[Target]:
    sender = domain_of(scenario.hosts[path.host].streams[path.stream].sender)
    for way, hop in outside(path):
        relay = relay_at(scenario, hop)
        # The hubs of a relay service put its queue into Retry after a 5xx greeting.
        skips = True if relay is not None else scenario.hubs[hop.hub].skip_5xx_greeting
        answering = hop.domain if relay is None else way.domains.name
        domains = _deciding(way.domains, answering, index)
        yield Target(
            path.name,
            path.share * way.share / len(way.lasts),
            names.egress.index(sees(scenario, way, hop) or hop.egress or ""),
            # -1: a smart host that no destination has; nothing is known about its policy.
            names.destination[domains[0]] if domains else -1,
            domains,
            sender,
            skips,
        )


def _deciding(to: Domains, answering: str, index: Mapping[str, int]) -> range:
    """Return the receiving domains, or the smart host in their place."""
    first = index.get(answering)
    if first is None:
        return range(0)
    # Counted domains have consecutive numbers; a smart host is one domain.
    return range(first, first + (to.count if answering == to.name else 1))
