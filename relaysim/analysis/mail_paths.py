"""Mail paths: the hub or service that takes each stream, refused recipients, and other routes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from relaysim.analysis.client_sources import answers
from relaysim.analysis.connection_shares import connection_shares
from relaysim.analysis.proxied_mail import proxied_mail
from relaysim.analysis.receiving_domains import Domains, domains_of
from relaysim.mail.address import domain_of
from relaysim.mail.reply import Reply
from relaysim.plan import initial_pressure as pressure
from relaysim.plan import routing, submission
from relaysim.plan.front_end import takers
from relaysim.plan.names import stream_name
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.distribution import mean
from relaysim.scenario.host import Host
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.stream import Stream


@dataclass(frozen=True, slots=True)
class DomainRoute:
    """The route of the recipients of a stream in some domains.

    Parameters
    ----------
    domains : Domains
        The receiving domains.
    share : float
        The recipients in these domains that take this route, as a share of all recipients of the
        stream at this submission target.
    first : Hop
        The next hop from the hub that took the mail.
    lasts : tuple of Hop
        The last hops, each with as much mail: one, or one for each source server of a send
        connector and each public IP of it.
    handed_over : tuple of (Hop, str, float)
        Each hand-over to another hub, with its share of these recipients.
    """

    domains: Domains
    share: float
    first: routing.Hop
    lasts: tuple[routing.Hop, ...]
    handed_over: tuple[tuple[routing.Hop, str, float], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Recipients in some domains that the hub refuses at RCPT TO, as a share of all."""

    domains: Domains
    share: float
    reply: Reply


@dataclass(frozen=True, slots=True)
class Path:
    """A submission target of a stream, and the reply or the routes of its mail there.

    Parameters
    ----------
    host, stream : str
        The host, and the name of the stream within the host.
    share : float
        The messages that come to this target and these takers, as a share of all messages of the
        stream.
    target : Target
        The submission target.
    connector : ReceiveConnector or None
        The receive connector that answers; None where none answers, for the mailbox server, and
        at a relay service.
    takers : tuple of str
        The hubs that take the mail, each as much: the hub of the target, or behind a front end
        those that it proxies to; none for a relay service.
    reply : Reply or None
        The reply that refuses all mail of the stream here; None where the hub accepts mail.
    routes : tuple of DomainRoute
        The routes of the recipients that the hub accepts.
    refused : tuple of Refused
        The recipients that the hub refuses.
    """

    host: str
    stream: str
    share: float
    target: submission.Target
    connector: ReceiveConnector | None
    takers: tuple[str, ...]
    reply: Reply | None
    routes: tuple[DomainRoute, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def name(self) -> str:
        """The full name of the stream, `host.stream`."""
        return stream_name(self.host, self.stream)

    @property
    def place(self) -> str:
        """The path of the stream in the scenario file."""
        return dotted(("hosts", self.host, "streams", self.stream))

    @property
    def hub(self) -> str:
        """The hub of the target, which answers; "" where no hub has the address."""
        return self.target.hub or ""

    @property
    def relay(self) -> str | None:
        """The relay service that the host submits to straight; None for a hub."""
        return self.target.relay


@keep_latest
def paths(scenario: Scenario) -> tuple[Path, ...]:
    """Return all paths of all streams.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    tuple of Path
        In the order of hosts, streams and submission targets.

    Notes
    -----
    A connection without an answer fails over to the next address, as does a submission of the
    mailbox server to a hub under back pressure. Back pressure is that of the start of the run.
    """
    return tuple(_paths(scenario, refused=False))


@keep_latest
def all_paths(scenario: Scenario) -> tuple[Path, ...]:
    """Return all paths of all streams, with the routes of recipients that the hub refuses too.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    tuple of Path
        As `paths` returns them.
    """
    return tuple(_paths(scenario, refused=True))


def _paths(scenario: Scenario, refused: bool) -> Iterator[Path]:
    for name, host in scenario.hosts.items():
        targets, connectors = submission.targets(scenario, host), _greeted(scenario, host)
        if targets[0].relay is not None:
            yield from _to_relay(scenario, host, name, targets[0])
            continue
        mailbox = submission.by_mailbox_server(host)
        for short, stream in host.streams.items():
            pressed = [_pressed(scenario, host, stream, target) for target in targets]
            shares = connection_shares(
                [len(server) for server in submission.servers(scenario, host)],
                [
                    # A mailbox server retries another hub at MAIL FROM; other hosts stay with the
                    # connector that greeted.
                    short_of is None if mailbox else connector is not None
                    for connector, short_of in zip(connectors, pressed, strict=True)
                ],
            )
            for target, connector, short_of, share in zip(
                targets, connectors, pressed, shares, strict=True
            ):
                takes = takers(scenario, target.hub or "", connector)
                path = Path(name, short, share, target, connector, takes, short_of)
                # `all_paths` follows mail past a refused greeting too.
                if refused and target.hub is not None and connector is None and not mailbox:
                    yield from _followed(scenario, host, stream, path, refused)
                elif connector is not None:
                    reply = submission.mail_verdict(
                        scenario, path.hub, host, connector, stream.sender
                    )
                    path = path if reply.is_success else replace(path, reply=reply)
                    yield from _followed(scenario, host, stream, path, refused)
                # The mailbox server needs no receive connector, so None here is no refusal.
                elif mailbox and (refused or short_of is None):
                    yield from _followed(scenario, host, stream, path, refused)
                elif share and mailbox:
                    yield path
                elif share:
                    yield replace(path, reply=_unanswered(scenario, target))


def _to_relay(
    scenario: Scenario, host: Host, name: str, target: submission.Target
) -> Iterator[Path]:
    """Yield the paths of a host that submits straight to a relay service, which takes all mail."""
    hop = routing.to_relay(scenario, target.relay or "")
    for short, stream in host.streams.items():
        routes = tuple(
            DomainRoute(domains, share, hop, (hop,), ())
            for domains, share in _recipients(scenario, stream)
        )
        yield Path(name, short, 1.0, target, None, (), None, routes)


def _greeted(scenario: Scenario, host: Host) -> tuple[ReceiveConnector | None, ...]:
    """Return the connector that greets the host at each target; None under back pressure."""
    return tuple(
        None if _hub_greeting(scenario, target) else connector
        for target, connector in zip(
            submission.targets(scenario, host), answers(scenario, host), strict=True
        )
    )


def _hub_greeting(scenario: Scenario, target: submission.Target) -> Reply | None:
    return None if target.hub is None else pressure.greeting(scenario.hubs[target.hub])


def _unanswered(scenario: Scenario, target: submission.Target) -> Reply:
    return _hub_greeting(scenario, target) or submission.greeting(target, None)


def _pressed(
    scenario: Scenario, host: Host, stream: Stream, target: submission.Target
) -> Reply | None:
    if target.hub is None:
        return None
    return pressure.mail_from(scenario, scenario.hubs[target.hub], host, stream.sender)


def _followed(
    scenario: Scenario, host: Host, stream: Stream, path: Path, past_refusals: bool
) -> Iterator[Path]:
    """Yield the path with the route of each recipient, or the reply that refuses it.

    Past refusals all recipients have a route, whatever the hub replies. Mail that front ends proxy
    to different sites by its recipients makes a path for each of them.
    """
    connector, link = path.connector, None
    if path.reply is not None and not past_refusals:
        yield path
        return
    if connector is None:
        path = replace(path, reply=None)
    else:
        link = routing.identity(path.hub, connector.name)
    everyone = list(_recipients(scenario, stream))
    for part, hubs, recipients in proxied_mail(scenario, stream, path.hub, connector, everyone):
        path_there = replace(path, share=path.share * part, takers=hubs)
        routes: list[DomainRoute] = []
        refused: list[Refused] = []
        for domains, share in recipients:
            if connector is not None and not past_refusals:
                reply = submission.rcpt_verdict(scenario, path.hub, host, connector, domains.name)
                if not reply.is_success:
                    refused.append(Refused(domains, share, reply))
                    continue
            routes += _routes_of(scenario, path_there, stream, domains, share, link)
        yield replace(path_there, routes=tuple(routes), refused=tuple(refused))


def _routes_of(
    scenario: Scenario, path: Path, stream: Stream, domains: Domains, share: float, link: str | None
) -> Iterator[DomainRoute]:
    """Return the routes of some recipients, one from each hub that takes the mail."""
    # The route of the mean size stands for all sizes; `route_too_small` checks the tail.
    size, sender = max(1, round(mean(stream.size))), domain_of(stream.sender)
    for hub in path.takers:
        first = routing.next_hop(scenario, hub, domains.name, size, link)
        yield DomainRoute(
            domains,
            share / len(path.takers),
            first,
            routing.last_hops(scenario, hub, domains.name, size, link, sender),
            tuple(routing.handed_over(scenario, first, domains.name, size, link)),
        )


def _recipients(scenario: Scenario, stream: Stream) -> Iterator[tuple[Domains, float]]:
    """Return the domains that a stream writes to, each with its share of recipients."""
    for destination, part in stream.to.items():
        if part:
            receiving = domains_of(scenario, destination)
            # A stream draws a domain of a destination evenly.
            yield from ((domains, part / len(receiving)) for domains in receiving)


def connector_place(hub: str, connector: str) -> str:
    """Return the path of a receive connector in the scenario file."""
    return dotted(("hubs", hub, "receive_connectors", connector))
