"""The paths of mail: where each stream gets in, what is refused, and where the rest goes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from relaysim.mail.reply import Reply
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import routing
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.destination import Destination
from relaysim.scenario.distribution import mean
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.reference import INTERNAL
from relaysim.scenario.stream import Stream


@dataclass(frozen=True, slots=True)
class Domains:
    """`count` receiving domains of a destination that are treated alike; `name` is one of them."""

    destination: str
    name: str
    count: int

    def __str__(self) -> str:
        return self.name if self.count == 1 else f"{self.destination} ({self.count:,} domains)"


@dataclass(frozen=True, slots=True)
class DomainRoute:
    """The recipients of a stream in some domains: their share of all, and the hops they take.

    `first` is the hop from the hub that took the mail; `lasts` are the last ones, one unless the
    source servers of a send connector take it in turn.
    """

    domains: Domains
    share: float
    first: routing.Hop
    lasts: tuple[routing.Hop, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The recipients of a stream in some domains that RCPT TO refuses, and their share of all."""

    domains: Domains
    share: float
    reply: Reply


@dataclass(frozen=True, slots=True)
class Path:
    """How a share of a stream's messages gets in.

    `connector` is None where none answers, and for the mailbox server, which needs none. `reply`
    says why no mail of the stream gets in here; it is None where mail does.
    """

    host: str
    stream: str
    share: float
    target: routing.Target
    connector: ReceiveConnector | None
    reply: Reply | None
    routes: tuple[DomainRoute, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def name(self) -> str:
        """The stream's full name, `host.stream`."""
        return f"{self.host}.{self.stream}"

    @property
    def place(self) -> str:
        """The stream's path in the scenario file."""
        return dotted(("hosts", self.host, "streams", self.stream))

    @property
    def hub(self) -> str:
        """The hub that takes the mail. Only where one does."""
        return self.target.hub or ""


def domains_of(scenario: Scenario, destination: str) -> tuple[Domains, ...]:
    """The receiving domains; counted ones are alike but for their number, so one stands for all."""
    if destination == INTERNAL:
        return (Domains(INTERNAL, routing.own_domain(scenario), 1),)
    return _receiving(scenario.destinations[destination])


@lru_cache(maxsize=64)  # a million counted domains take a second to name
def _receiving(destination: Destination) -> tuple[Domains, ...]:
    names = destination.domain_names()
    if destination.domains is None:
        return (Domains(destination.name, names[0], len(names)),)
    return tuple(Domains(destination.name, name, 1) for name in names)


def receiver(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> str | None:
    """Return the destination that answers at a remote hop.

    Parameters
    ----------
    scenario
        The design.
    way, hop
        The recipients, and a last hop of theirs.

    Returns
    -------
    str or None
        The recipients' destination, or that of the smart host in between; None where no
        destination has the domain, as with a relay domain of the organization.
    """
    if hop.domain != route.domains.name:
        return _owner(hop.domain, tuple(scenario.destinations.values()))
    return route.domains.destination if route.domains.destination in scenario.destinations else None


@lru_cache(maxsize=256)  # each way of each stream asks for the same few smart hosts
def _owner(domain: str, destinations: tuple[Destination, ...]) -> str | None:
    """The destination that has a domain by name; counted domains have no smart hosts."""
    for each in destinations:
        if each.domains is not None and domain in each.domains:
            return each.name
    return None


def is_direct(route: DomainRoute, hop: routing.Hop) -> bool:
    """Return whether a remote hop leads to the recipients' domains, and not to a smart host."""
    return hop.domain == route.domains.name


def answers(scenario: Scenario, host: Host) -> tuple[ReceiveConnector | None, ...]:
    """For each target of the host the connector that answers it; the mailbox server needs none."""
    if routing.by_mailbox_server(host):
        return (None,) * len(routing.targets(scenario, host))
    return tuple(
        routing.listen(scenario, host, each).connector for each in routing.targets(scenario, host)
    )


def clients(scenario: Scenario, hub: str, connector: ReceiveConnector) -> list[str]:
    """The hosts whose sessions the connector answers."""
    return [
        name
        for name, host in scenario.hosts.items()
        if not routing.by_mailbox_server(host)
        for target, answer in zip(
            routing.targets(scenario, host), answers(scenario, host), strict=True
        )
        if target.hub == hub and answer is connector
    ]


_latest: dict[bool, tuple[Scenario, tuple[Path, ...]]] = {}
"""The scenario that was asked about last, and its paths: each of forty checks asks again."""


def paths(scenario: Scenario, *, refused: bool = False) -> Iterator[Path]:
    """All paths of all streams. A connection that nobody answers goes on to the next address.

    So does a submission of the mailbox server to a hub that is short of resources. Back pressure
    counts as it is at the start. With `refused` the paths have the ways of all recipients, also of
    those that the hub refuses.
    """
    known = _latest.get(refused)
    if known is None or known[0] is not scenario:
        known = _latest[refused] = scenario, tuple(_paths(scenario, refused))
    return iter(known[1])


def _paths(scenario: Scenario, refused: bool) -> Iterator[Path]:
    followed = _all_routes if refused else _followed
    for name, host in scenario.hosts.items():
        targets, connectors = routing.targets(scenario, host), _greeted(scenario, host)
        mailbox = routing.by_mailbox_server(host)
        for short, stream in host.streams.items():
            pressed = [_pressed(scenario, host, stream, target) for target in targets]
            shares = _shares(
                [
                    short_of is None if mailbox else connector is not None
                    for connector, short_of in zip(connectors, pressed, strict=True)
                ]
            )
            for target, connector, short_of, share in zip(
                targets, connectors, pressed, shares, strict=True
            ):
                path = Path(name, short, share, target, connector, short_of)
                if refused and target.hub is not None and connector is None and not mailbox:
                    yield followed(scenario, host, stream, path)
                elif connector is not None:
                    reply = routing.mail_verdict(scenario, host, connector, stream.sender)
                    path = path if reply.is_success else replace(path, reply=reply)
                    yield followed(scenario, host, stream, path)
                elif mailbox and (refused or short_of is None):
                    yield followed(scenario, host, stream, path)
                elif share and mailbox:
                    yield path
                elif share:
                    yield replace(path, reply=_unanswered(scenario, target))


def _greeted(scenario: Scenario, host: Host) -> tuple[ReceiveConnector | None, ...]:
    """For each target of the host the connector that greets it; none under too much pressure."""
    return tuple(
        None if _hub_greeting(scenario, target) else connector
        for target, connector in zip(
            routing.targets(scenario, host), answers(scenario, host), strict=True
        )
    )


def _hub_greeting(scenario: Scenario, target: routing.Target) -> Reply | None:
    return None if target.hub is None else pressure.greeting(scenario.hubs[target.hub])


def _unanswered(scenario: Scenario, target: routing.Target) -> Reply:
    return _hub_greeting(scenario, target) or routing.greeting(target, None)


def _pressed(
    scenario: Scenario, host: Host, stream: Stream, target: routing.Target
) -> Reply | None:
    if target.hub is None:
        return None
    return pressure.mail_from(scenario, scenario.hubs[target.hub], host, stream.sender)


def _shares(taken: list[bool]) -> list[float]:
    """The share of connections that ends at each target: they start at each in turn.

    Where no target answers, each fails its own share.
    """
    count = len(taken)
    if not any(taken):
        return [1 / count] * count
    ends = [
        next(place for k in range(count) if taken[place := (n + k) % count]) for n in range(count)
    ]
    return [ends.count(number) / count for number in range(count)]


def _followed(scenario: Scenario, host: Host, stream: Stream, path: Path) -> Path:
    """The path with what becomes of each recipient."""
    if path.reply is not None:
        return path
    connector, link = path.connector, None
    routes, refused = [], []
    for domains, share in _recipients(scenario, stream):
        if connector is not None:
            link = routing.identity(path.hub, connector.name)
            reply = routing.rcpt_verdict(scenario, host, connector, domains.name)
            if not reply.is_success:
                refused.append(Refused(domains, share, reply))
                continue
        routes.append(_route_of(scenario, path.hub, stream, domains, share, link))
    return replace(path, routes=tuple(routes), refused=tuple(refused))


def _all_routes(scenario: Scenario, host: Host, stream: Stream, path: Path) -> Path:
    """The path with the ways of all recipients, whatever the hub replies."""
    if path.connector is None:
        return _followed(scenario, host, stream, replace(path, reply=None))
    link = routing.identity(path.hub, path.connector.name)
    return replace(
        path,
        routes=tuple(
            _route_of(scenario, path.hub, stream, domains, share, link)
            for domains, share in _recipients(scenario, stream)
        ),
    )


def _route_of(
    scenario: Scenario, hub: str, stream: Stream, domains: Domains, share: float, link: str | None
) -> DomainRoute:
    """The way of some recipients from the hub that took the mail."""
    size = max(1, round(mean(stream.size)))
    first = routing.next_hop(scenario, hub, domains.name, size, link)
    return DomainRoute(
        domains, share, first, routing.last_hops(scenario, hub, domains.name, size, link)
    )


def _recipients(scenario: Scenario, stream: Stream) -> Iterator[tuple[Domains, float]]:
    """The domains that a stream writes to, each with its share of recipients."""
    for destination, part in stream.to.items():
        if part:
            found = domains_of(scenario, destination)
            yield from ((each, part / len(found)) for each in found)


def connector_place(hub: str, connector: str) -> str:
    """The path of a receive connector in the scenario file."""
    return dotted(("hubs", hub, "receive_connectors", connector))
