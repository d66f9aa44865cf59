"""Routing: the rules of `relaysim.mail` applied to the tables of a scenario.

Pure functions, without clock and chance; the rules themselves are those of `relaysim.mail`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from relaysim.mail import receive_verdict as rules
from relaysim.mail.address import IpAddress, domain_of, parse_ip
from relaysim.mail.connector_selection import Selection, select
from relaysim.mail.domains import AcceptedDomainType, is_authoritative
from relaysim.mail.reply import Reply
from relaysim.mail.rights import Right
from relaysim.mail.send_connector import is_source, smart_host_domain
from relaysim.mail.send_connector import next_hop as queue_name
from relaysim.mail.send_routing import Route, Unrouted, select_send_connector
from relaysim.mail.session_access import identify, logs_in, session_rights
from relaysim.scenario.connector import ReceiveConnector, SendConnector
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Target:
    """An address and port that a host connects to; `hub` is None where no hub has the address."""

    hub: str | None
    address: IpAddress
    port: int


def by_mailbox_server(host: Host) -> bool:
    """Return whether the mailbox server submits for the host, without a receive connector."""
    return host.properties.mailbox_submission


def submission_hubs(scenario: Scenario) -> tuple[str, ...]:
    """Return the hubs to which the mailbox server submits in turn.

    The hubs of `submission_server_override_list`; without it every hub of the site, by name.
    """
    named = scenario.mailboxes.submission_server_override_list
    # A hub that the list has twice gets one turn; an empty list means the whole site.
    return tuple(dict.fromkeys(named)) or tuple(sorted(scenario.hubs))


def targets(scenario: Scenario, host: Host) -> tuple[Target, ...]:
    """Return the submission targets of a host, in order: the addresses of its `server`.

    The n-th connection starts at target n modulo their number and fails over to the next. For
    mailbox users it is the first address of each hub that the mailbox server submits to.
    """
    if by_mailbox_server(host):
        hubs = submission_hubs(scenario)
        return tuple(Target(hub, scenario.hubs[hub].addresses[0], host.port) for hub in hubs)
    owner = {address: name for name, hub in scenario.hubs.items() for address in hub.addresses}
    # A server may be written as an address instead of a name in [dns].
    addresses = scenario.dns.get(host.server) or (parse_ip(host.server),)
    return tuple(Target(owner.get(address), address, host.port) for address in addresses)


def listen(
    scenario: Scenario, host: Host, target: Target, hides_wildcard: bool | None = None
) -> Selection[ReceiveConnector]:
    """Return the receive connector that answers the host at the target.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    target : Target
        The submission target.
    hides_wildcard : bool, optional
        Instead of `specific_binding_hides_wildcard` of the hub.

    Returns
    -------
    Selection of ReceiveConnector
        The connector, if one answers, and the reason why each other connector does not.
    """
    if target.hub is None:
        return Selection(None, ())
    hub = scenario.hubs[target.hub]
    hides = hub.specific_binding_hides_wildcard if hides_wildcard is None else hides_wildcard
    connectors = hub.receive_connectors.values()
    return select(connectors, target.address, target.port, host.address, hides)


def greeting(target: Target, connector: ReceiveConnector | None) -> Reply:
    """Return the first reply to a connection of an idle hub.

    Parameters
    ----------
    target : Target
        The submission target.
    connector : ReceiveConnector or None
        The receive connector that answers.

    Returns
    -------
    Reply
        220, or the reply that refuses the connection.
    """
    return rules.connect(connector, hub_is_up=target.hub is not None)


@dataclass(frozen=True, slots=True)
class Session:
    """The principal and the rights of a session.

    Parameters
    ----------
    principal : str
        The account or well-known principal.
    rights : frozenset of Right
        The rights at the connector.
    login : Reply or None
        The reply to AUTH; None without an account, or where the connector offers no login.
    """

    principal: str
    rights: frozenset[Right]
    login: Reply | None = None


def session(scenario: Scenario, host: Host, connector: ReceiveConnector) -> Session:
    """Return the session of the host at the connector.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    connector : ReceiveConnector
        The receive connector.

    Returns
    -------
    Session
        The principal, its rights and the reply to AUTH.
    """
    return _session(host.account, connector)


# The grants of a connector do not change, and a compilation needs thousands of verdicts.
@lru_cache(maxsize=256)
def _session(account: str | None, connector: ReceiveConnector) -> Session:
    if account is None or not logs_in(connector, account):
        principal = identify(connector)
        return Session(principal, session_rights(connector, principal))
    principal = identify(connector, authenticated=True)
    rights = session_rights(connector, principal, account)
    return Session(principal, rights, rules.authenticate(connector))


def mail_verdict(scenario: Scenario, host: Host, connector: ReceiveConnector, sender: str) -> Reply:
    """Return the reply to MAIL FROM, or the reply to AUTH if the login fails.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    connector : ReceiveConnector
        The receive connector.
    sender : str
        The address in MAIL FROM.

    Returns
    -------
    Reply
        The reply.

    Notes
    -----
    The own address of an account is the account itself if it is an address, else its name in an
    authoritative domain (assumption: a scenario has no address book).
    """
    own_session = session(scenario, host, connector)
    # After a failed AUTH a client does not send MAIL FROM.
    if own_session.login is not None and not own_session.login.is_success:
        return own_session.login
    return rules.mail_from(
        own_session.principal,
        own_session.rights,
        domain_of(sender),
        scenario.organization.domains,
        own_session.login is not None and _is_own(scenario, host.account or "", sender),
    )


def _is_own(scenario: Scenario, account: str, sender: str) -> bool:
    if "@" in account:
        return account.casefold() == sender.casefold()
    name, _, domain = sender.rpartition("@")
    same = name.casefold() == account.rpartition("\\")[2].casefold()
    return same and is_authoritative(scenario.organization.domains, domain)


def size_verdict(scenario: Scenario, host: Host, connector: ReceiveConnector, size: int) -> Reply:
    """Return the reply to MAIL FROM with SIZE=.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    connector : ReceiveConnector
        The receive connector.
    size : int
        The announced size, bytes.

    Returns
    -------
    Reply
        The reply.
    """
    rights = session(scenario, host, connector).rights
    return rules.message_size(rights, size, connector.max_message_size)


def rcpt_verdict(scenario: Scenario, host: Host, connector: ReceiveConnector, domain: str) -> Reply:
    """Return the reply to RCPT TO.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host.
    connector : ReceiveConnector
        The receive connector.
    domain : str
        The domain of the recipient, lower case.

    Returns
    -------
    Reply
        The reply.
    """
    rights = session(scenario, host, connector).rights
    return rules.rcpt_to(rights, domain, scenario.organization.domains)


def count_verdict(connector: ReceiveConnector, accepted: int) -> Reply:
    """Return the reply to one more RCPT TO after `accepted` recipients of the message."""
    return rules.recipient_limit(connector.max_recipients_per_message, accepted)


class HopKind(StrEnum):
    """The kind of the next hop of a transaction."""

    MAILBOX = "mailbox"
    """To the mailbox delivery queue."""
    REMOTE = "remote"
    """To a delivery queue that leaves by the public IP of this hub."""
    TRANSFER = "transfer"
    """To another hub, which is a source server of the send connector."""
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
        The hub that has the queue.
    next_hop : str
        The name of the queue: a domain, a list of smart hosts, or for a transfer the source
        servers; "" for other kinds.
    egress : str or None
        The public IP of a remote hop.
    connector : SendConnector or None
        The send connector.
    route : Route or None
        The send connector, and the reasons against the others; None for mailboxes.
    domain : str
        The domain that answers at a remote hop: of the recipients, or the smart host.
    """

    kind: HopKind
    hub: str
    next_hop: str = ""
    egress: str | None = None
    connector: SendConnector | None = None
    route: Route[SendConnector] | None = None
    domain: str = ""


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
        return Hop(HopKind.MAILBOX, hub)
    if connector is None:
        too_large = route.unrouted is Unrouted.TOO_LARGE
        return Hop(HopKind.TOO_LARGE if too_large else HopKind.UNREACHABLE, hub, route=route)
    if is_source(connector, hub):
        return Hop(
            HopKind.REMOTE,
            hub,
            queue_name(connector, domain),
            scenario.hubs[hub].egress,
            connector,
            route,
            answering_domain(connector, domain),
        )
    sources = ",".join(connector.source_transport_servers)
    return Hop(HopKind.TRANSFER, hub, sources, connector=connector, route=route)


def answering_domain(connector: SendConnector, domain: str) -> str:
    """Return the domain that answers for a domain: the domain itself, or the first smart host."""
    # All smart hosts of a connector answer alike; the first one stands for them.
    return domain if connector.dns_routing_enabled else smart_host_domain(connector.smart_hosts[0])


def smart_hosts_in_use(scenario: Scenario) -> tuple[str, ...]:
    """Return the smart hosts of enabled send connectors, as the file writes them."""
    connectors = scenario.send_connectors.values()
    names = [
        name for connector in connectors if connector.enabled for name in connector.smart_hosts
    ]
    return tuple(dict.fromkeys(names))


def last_hops(
    scenario: Scenario, hub: str, domain: str, size: int, receive_connector: str | None = None
) -> tuple[Hop, ...]:
    """Return the last hops of a transaction: `next_hop`, or after a transfer one of each source.

    Parameters
    ----------
    scenario, hub, domain, size, receive_connector
        As for `next_hop`.

    Returns
    -------
    tuple of Hop
        One hop, or one for each source server of the send connector, used in turn (confirmed:
        Microsoft on load balancing within a site).
    """
    hop = next_hop(scenario, hub, domain, size, receive_connector)
    if hop.kind is not HopKind.TRANSFER or hop.connector is None:
        return (hop,)
    sources = hop.connector.source_transport_servers
    return tuple(next_hop(scenario, name, domain, size, receive_connector) for name in sources)


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
