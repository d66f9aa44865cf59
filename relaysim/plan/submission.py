"""Submission: where the connections of a host go, and the reply to each command of a session.

Pure functions, without clock and chance: the rules of `relaysim.mail` for the tables of a scenario.
"""

from dataclasses import dataclass
from functools import lru_cache

from relaysim.mail import receive_verdict as rules
from relaysim.mail.address import IpAddress, domain_of, parse_ip
from relaysim.mail.connector_selection import Selection, select
from relaysim.mail.domains import is_authoritative
from relaysim.mail.reply import Reply, worded
from relaysim.mail.rights import Right
from relaysim.mail.session_access import identify, logs_in, session_rights
from relaysim.plan import routing
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.straight_hosts import relay_at


@dataclass(frozen=True, slots=True)
class Target:
    """An address and port that a host connects to; `hub` is None where no hub has the address.

    Behind a load balancer the address is that of the hub, and `balancer` the name of the balancer.
    Of a relay service the address is that of its public IP, `hub` None and `relay` its name.
    """

    hub: str | None
    address: IpAddress
    port: int
    balancer: str | None = None
    relay: str | None = None

    @property
    def taker(self) -> str | None:
        """What takes the mail: the hub or the relay service."""
        return self.hub or self.relay


def by_mailbox_server(host: Host) -> bool:
    """Return whether the mailbox server submits for the host, without a receive connector."""
    return host.properties.mailbox_submission


def submission_hubs(scenario: Scenario) -> tuple[str, ...]:
    """Return the hubs to which the mailbox server submits in turn.

    The hubs of `submission_server_override_list`; without it every hub of the site, by name.
    """
    named = scenario.mailboxes.submission_server_override_list
    # A hub that the list has twice gets one turn; an empty list means the whole site.
    return tuple(dict.fromkeys(named)) or routing.mailbox_hubs(scenario)


def servers(scenario: Scenario, host: Host) -> tuple[tuple[Target, ...], ...]:
    """Return the submission targets of a host by address of its `server`, in order.

    The n-th connection starts at address n modulo their number and fails over to the next. An
    address is one target, or that of a load balancer, which chooses one of several. For mailbox
    users it is the first address of each hub that the mailbox server submits to. A relay service
    is one target.
    """
    if by_mailbox_server(host):
        hubs = submission_hubs(scenario)
        return tuple((Target(hub, scenario.hubs[hub].addresses[0], host.port),) for hub in hubs)
    relay = relay_at(scenario, host)
    if relay is not None:
        address = parse_ip(scenario.relays[relay].egress)
        return ((Target(None, address, host.port, relay=relay),),)
    owner = {address: name for name, hub in scenario.hubs.items() for address in hub.addresses}
    balancers = {balancer.address: name for name, balancer in scenario.load_balancers.items()}
    if host.server in scenario.load_balancers:
        return (_behind(scenario, host.server, host.port),)
    # A server may be written as an address instead of a name in [dns].
    addresses = scenario.dns.get(host.server) or (parse_ip(host.server),)
    return tuple(
        _behind(scenario, balancers[address], host.port)
        if address in balancers
        else (Target(owner.get(address), address, host.port),)
        for address in addresses
    )


def _behind(scenario: Scenario, balancer: str, port: int) -> tuple[Target, ...]:
    """Return the targets behind a load balancer, by name of their hubs."""
    hubs = sorted(set(scenario.load_balancers[balancer].hubs))
    return tuple(Target(hub, scenario.hubs[hub].addresses[0], port, balancer) for hub in hubs)


def targets(scenario: Scenario, host: Host) -> tuple[Target, ...]:
    """Return the submission targets of a host, in order: those of each address of its `server`."""
    return tuple(target for server in servers(scenario, host) for target in server)


def source(scenario: Scenario, host: Host, target: Target) -> IpAddress:
    """Return the address that a hub sees as that of the client.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host : Host
        The host, or a hub as a host.
    target : Target
        The submission target.

    Returns
    -------
    IpAddress
        The address of the host; behind a load balancer with source NAT that of the balancer.
    """
    if target.balancer is None or not scenario.load_balancers[target.balancer].source_nat:
        return host.address
    return scenario.load_balancers[target.balancer].address


def has_many_sources(scenario: Scenario, host: Host, target: Target) -> bool:
    """Return whether the host stands for very many addresses, and the hub sees them."""
    return host.properties.internet and source(scenario, host, target) == host.address


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
    client = source(scenario, host, target)
    return select(connectors, target.address, target.port, client, hides)


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


def mail_verdict(
    scenario: Scenario, hub: str, host: Host, connector: ReceiveConnector, sender: str
) -> Reply:
    """Return the reply to MAIL FROM, or the reply to AUTH if the login fails.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub of the connector.
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
    answer = rules.mail_from(
        own_session.principal,
        own_session.rights,
        domain_of(sender),
        scenario.organization.domains,
        own_session.login is not None and _is_own(scenario, host.account or "", sender),
    )
    return worded(answer, scenario.hubs[hub].properties.wording)


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


def rcpt_verdict(
    scenario: Scenario, hub: str, host: Host, connector: ReceiveConnector, domain: str
) -> Reply:
    """Return the reply to RCPT TO.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub of the connector.
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
    answer = rules.rcpt_to(rights, domain, scenario.organization.domains)
    return worded(answer, scenario.hubs[hub].properties.wording)


def count_verdict(connector: ReceiveConnector, accepted: int) -> Reply:
    """Return the reply to one more RCPT TO after `accepted` recipients of the message."""
    return rules.recipient_limit(connector.max_recipients_per_message, accepted)
