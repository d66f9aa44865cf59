"""Routing: the next hop of a transaction.

Pure functions, without clock and chance: the rules of `relaysim.mail` for the tables of a scenario.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from math import lcm

from relaysim.mail.address import IpAddress
from relaysim.mail.domains import AcceptedDomainType, is_authoritative
from relaysim.mail.send_connector import is_source, smart_host_domain
from relaysim.mail.send_connector import next_hop as queue_name
from relaysim.mail.send_routing import Route, Unrouted, select_send_connector
from relaysim.plan.front_end import outbound_proxies
from relaysim.plan.public_ips import public_ips
from relaysim.scenario.connector import SendConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.smart_hubs import smart_balancer, smart_hubs


class HopKind(StrEnum):
    """The kind of the next hop of a transaction."""

    MAILBOX = "mailbox"
    """To the mailbox delivery queue."""
    REMOTE = "remote"
    """To a delivery queue that leaves by the public IP of this hub."""
    TRANSFER = "transfer"
    """To other hubs: source servers of the send connector, smart hosts, or hubs in the site of the
    mailboxes."""
    UNREACHABLE = "unreachable"
    """To the Unreachable queue, until the message expires."""
    TOO_LARGE = "too large"
    """Nowhere: an NDR, because all matching send connectors are too small."""


@dataclass(frozen=True, slots=True)
class Hop:
    """The next hop of a transaction.

    Parameters
    ----------
    kind : HopKind
        The kind.
    hub : str
        The hub that has the queue; the relay service to which a host submits straight.
    next_hop : str
        The name of the queue: a domain, a list of smart hosts, or for a transfer the source
        servers; "" for other kinds.
    egress : str or None
        The public IP of a remote hop; of a pool the first one, before `by_public_ip`. None where
        a host submits straight to a relay service.
    connector : SendConnector or None
        The send connector.
    route : Route or None
        The send connector, and the reasons against the others; None for mailboxes.
    domain : str
        The domain that answers at a remote hop: of the recipients, or the smart host. For a smart
        host that is a hub the domain of the recipients.
    to_hubs : tuple of str
        The hubs that a transfer leads to, in turn.
    addresses : tuple of IpAddress
        Of smart hosts that are hubs, the address of each; else empty.
    balancer : str or None
        The load balancer that the smart host is, which chooses among these hubs.
    proxy : str or None
        The hub whose front end proxies the mail of a remote hop; None where none does.
    """

    kind: HopKind
    hub: str
    next_hop: str = ""
    egress: str | None = None
    connector: SendConnector | None = None
    route: Route[SendConnector] | None = None
    domain: str = ""
    to_hubs: tuple[str, ...] = ()
    addresses: tuple[IpAddress, ...] = ()
    balancer: str | None = None
    proxy: str | None = None

    @property
    def as_client(self) -> bool:
        """Whether the other hub takes the mail as that of any client: it is a smart host."""
        return bool(self.addresses)


def next_hop(
    scenario: Scenario, hub: str, domain: str, size: int, receive_connector: str | None = None
) -> Hop:
    r"""Return the next hop of a transaction.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that has the transaction.
    domain : str
        The domain of the recipients, lower case.
    size : int
        Size of the message, bytes.
    receive_connector : str, optional
        The connector (`HUB\name`) of the submission, for send connectors linked to it. A transfer
        to another hub keeps it.

    Returns
    -------
    Hop
        The next hop.
    """
    connectors = scenario.send_connectors.values()
    route = select_send_connector(connectors, domain, size, hub, receive_connector)
    connector = route.connector
    linked = connector is not None and connector.linked_receive_connector is not None
    # A linked send connector takes all mail of its receive connector, even for own mailboxes.
    if not linked and is_authoritative(scenario.organization.domains, domain):
        near = mailbox_hubs(scenario)
        if hub in near:
            return Hop(HopKind.MAILBOX, hub)
        return Hop(HopKind.TRANSFER, hub, ",".join(near), to_hubs=near)
    if connector is None:
        too_large = route.unrouted is Unrouted.TOO_LARGE
        return Hop(HopKind.TOO_LARGE if too_large else HopKind.UNREACHABLE, hub, route=route)
    hubs = smart_hubs(scenario, connector) if is_source(connector, hub) else ()
    if hubs:
        return Hop(
            HopKind.TRANSFER,
            hub,
            f"{queue_name(connector, domain)} (smart host)",
            connector=connector,
            route=route,
            domain=domain,
            to_hubs=tuple(name for name, _ in hubs),
            addresses=tuple(address for _, address in hubs),
            balancer=smart_balancer(scenario, connector),
        )
    if is_source(connector, hub):
        return Hop(
            HopKind.REMOTE,
            hub,
            queue_name(connector, domain),
            next(iter(public_ips(scenario, hub))),
            connector,
            route,
            answering_domain(connector, domain),
        )
    sources = connector.source_transport_servers
    return Hop(
        HopKind.TRANSFER,
        hub,
        ",".join(sources),
        connector=connector,
        route=route,
        to_hubs=sources,
    )


def mailbox_hubs(scenario: Scenario) -> tuple[str, ...]:
    """Return the hubs that deliver to mailboxes, by name: those in the site of the mailbox server.

    A relay such as Postfix, which is in no site, does so only where no other hub is.

    Notes
    -----
    A hub of another site hands mail for a mailbox to a hub of the mailbox's site (Microsoft, mail
    routing: delivery groups).
    """
    site = scenario.mailboxes.site
    near = sorted(
        name
        for name, hub in scenario.hubs.items()
        if site is None or hub.site.casefold() == site.casefold()
    )
    members = [name for name in near if scenario.hubs[name].properties.active_directory]
    return tuple(members or near)


def for_domain(hop: Hop, domain: str) -> Hop:
    """Return the next hop of a domain, by that of a domain that is like it.

    Parameters
    ----------
    hop : Hop
        The next hop of a domain that the same patterns match.
    domain : str
        The domain.

    Returns
    -------
    Hop
        The same hop to this domain. The reasons in its route name the other domain.
    """
    if hop.as_client:
        return replace(hop, domain=domain)
    if hop.kind is not HopKind.REMOTE or hop.connector is None:
        return hop
    queue, answers = queue_name(hop.connector, domain), answering_domain(hop.connector, domain)
    return replace(hop, next_hop=queue, domain=answers)


def answering_domain(connector: SendConnector, domain: str) -> str:
    """Return the domain that answers for a domain: the domain itself, or the first smart host."""
    # All smart hosts of a connector answer alike; the first one stands for them.
    return domain if connector.dns_routing_enabled else smart_host_domain(connector.smart_hosts[0])


def relay_at(scenario: Scenario, hop: Hop) -> str | None:
    """Return the name of the relay service that answers at a remote hop; None if none does."""
    if hop.kind is not HopKind.REMOTE:
        return None
    return next((name for name, of in scenario.relays.items() if hop.domain in of.names), None)


def to_relay(scenario: Scenario, relay: str) -> Hop:
    """Return the hop of mail that a host submits straight to a relay service: no hub has it."""
    name = scenario.relays[relay].names[0]
    return Hop(HopKind.REMOTE, relay, name, domain=name)


def smart_hosts_in_use(scenario: Scenario) -> tuple[str, ...]:
    """Return the smart hosts of enabled send connectors outside that have nothing modelled behind.

    They are spelled as the file writes them; those of relay services are left out.
    """
    connectors = scenario.send_connectors.values()
    served = {name for relay in scenario.relays.values() for name in relay.names}
    names = [
        name
        for connector in connectors
        if connector.enabled and not smart_hubs(scenario, connector)
        for name in connector.smart_hosts
        if smart_host_domain(name) not in served
    ]
    return tuple(dict.fromkeys(names))


def last_hops(
    scenario: Scenario,
    hub: str,
    domain: str,
    size: int,
    receive_connector: str | None = None,
    sender: str | None = None,
) -> tuple[Hop, ...]:
    """Return the last hops of a transaction: `next_hop`, or after a transfer one of each source.

    Parameters
    ----------
    scenario, hub, domain, size, receive_connector
        As for `next_hop`.
    sender : str or None
        The domain of the sender, lower case, which may decide the public IP.

    Returns
    -------
    tuple of Hop
        One hop, or one for each hub that a transfer leads to, used in turn (confirmed: Microsoft on
        load balancing within a site). Each carries as much mail: a hop of more weight stands there
        several times.
    """
    hop = next_hop(scenario, hub, domain, size, receive_connector)
    if hop.kind is not HopKind.TRANSFER:
        return by_public_ip(scenario, hop, sender)
    link = link_after(hop, receive_connector)
    parts = [last_hops(scenario, name, domain, size, link, sender) for name in hop.to_hubs]
    most = lcm(*map(len, parts))
    return tuple(last for part in parts for _ in range(most // len(part)) for last in part)


def by_public_ip(scenario: Scenario, hop: Hop, sender: str | None) -> tuple[Hop, ...]:
    """Return a hop once for each public IP that its mail leaves by, as often as its weight.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hop : Hop
        A hop of any kind; only a remote one has a public IP.
    sender : str or None
        The domain of the sender, lower case.
    """
    if hop.kind is not HopKind.REMOTE:
        return (hop,)
    assert hop.connector is not None
    proxies = outbound_proxies(scenario, hop.hub, hop.connector)
    if proxies:
        return tuple(replace(hop, egress=address, proxy=name) for name, address in proxies)
    weights = public_ips(scenario, hop.hub, sender)
    return tuple(
        replace(hop, egress=address) for address, weight in weights.items() for _ in range(weight)
    )


def link_after(hop: Hop, receive_connector: str | None) -> str | None:
    """Return the connector of the submission for linked send connectors after a hop.

    Behind a smart host no send connector is linked to it (assumption).
    """
    return None if hop.as_client else receive_connector


def handed_over(
    scenario: Scenario, hop: Hop, domain: str, size: int, receive_connector: str | None = None
) -> Iterator[tuple[Hop, str, float]]:
    """Return each hand-over of a hop and of the hops behind it.

    Parameters
    ----------
    scenario, domain, size, receive_connector
        As for `next_hop`.
    hop : Hop
        The first hop, of any kind.

    Returns
    -------
    iterator of (Hop, str, float)
        The hop, the hub that receives, and the share of the mail.
    """
    link = link_after(hop, receive_connector)
    for receiver in hop.to_hubs:
        share = 1 / len(hop.to_hubs)
        yield hop, receiver, share
        behind = next_hop(scenario, receiver, domain, size, link)
        for later, other, part in handed_over(scenario, behind, domain, size, link):
            yield later, other, share * part


def identity(hub: str, connector: str) -> str:
    r"""Return the identity of a receive connector: `HUB01\externalrelay`."""
    return f"{hub}\\{connector}"


def own_domain(scenario: Scenario) -> str:
    """Return the domain of the mailboxes: the first Authoritative one, or else the first."""
    accepted = scenario.organization.domains
    authoritative = [
        name for name, kind in accepted.items() if kind is AcceptedDomainType.AUTHORITATIVE
    ]
    return (authoritative or list(accepted))[0].removeprefix("*.")
