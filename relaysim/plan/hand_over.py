"""Hand-over between hubs: the connection, the connector that answers, and its reply.

A hub that is no source server of a send connector hands the transaction to a hub that is one. This
is an SMTP session, and receive connectors answer it as they answer any other client.
"""

from dataclasses import dataclass

from relaysim.mail import receive_verdict as rules
from relaysim.mail import reply
from relaysim.mail.address import IpAddress
from relaysim.mail.connector_selection import Selection, select
from relaysim.mail.reply import Reply, worded
from relaysim.mail.session_access import identify, session_rights
from relaysim.plan import routing
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario

PORT = 25
"""The port for mail to a hub without a front end."""
TRANSPORT_PORT = 2525
"""The port of the Transport service behind a front end (Microsoft, receive connectors of 2016)."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A session in which one hub hands mail to another.

    Parameters
    ----------
    sender, receiver : str
        Names of the hubs.
    client, address : IpAddress
        The address that the session comes from, and the one that it goes to.
    port : int
        The port that it goes to.
    selection : Selection[ReceiveConnector] or None
        The receive connector that answers; None if no connector is asked, because one of the hubs
        is no Exchange server.
    reply : Reply
        `235` if the receiver takes mail, else the error that puts the queue into Retry.
    as_client : bool
        Whether the receiver is a smart host, which answers as it answers any client; the reply is
        that to RCPT TO.
    """

    sender: str
    receiver: str
    client: IpAddress
    address: IpAddress
    port: int
    selection: Selection[ReceiveConnector] | None
    reply: Reply
    as_client: bool = False

    @property
    def connector(self) -> ReceiveConnector | None:
        """The receive connector that answers; None if none does."""
        return self.selection.connector if self.selection else None


def transport_port(hub: Hub) -> int:
    """Return the port at which a hub takes mail from other hubs."""
    return TRANSPORT_PORT if hub.properties.front_end else PORT


def lowest_address(hub: Hub) -> IpAddress:
    """Return the address from which a hub connects to others: the numerically lowest."""
    return min(hub.addresses, key=_order)


def hand_over(
    scenario: Scenario, sender: str, receiver: str, to: IpAddress | None = None
) -> HandOver:
    """Return the session in which the hub `sender` hands mail to the hub `receiver`.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    sender, receiver : str
        Names of two hubs.
    to : IpAddress or None
        The address of the receiver that the session goes to; by default the first one.

    Returns
    -------
    HandOver
        The session with its reply.

    Notes
    -----
    The session comes from the numerically lowest address of the sender (one source: Windows Server
    2008 and later choose it) and goes to the first address of the receiver (assumption). Mail
    from and to a hub without Exchange Server authentication, such as `mta = "none"`, is taken
    without (assumption).
    """
    hubs = scenario.hubs
    client, address = lowest_address(hubs[sender]), to or hubs[receiver].addresses[0]
    port = transport_port(hubs[receiver])
    if not all(hubs[hub].properties.server_authentication for hub in (sender, receiver)):
        # Only Exchange servers authenticate each other, so no receive connector decides here.
        return HandOver(sender, receiver, client, address, port, None, reply.AUTHENTICATED)
    hides = hubs[receiver].specific_binding_hides_wildcard
    connectors = hubs[receiver].receive_connectors.values()
    selection = select(connectors, address, port, client, hides)
    connector = selection.connector
    if connector is None:
        answer = reply.SERVICE_NOT_AVAILABLE
    else:
        answer = rules.authenticate_server(connector)
    return HandOver(sender, receiver, client, address, port, selection, answer)


def hand_overs(scenario: Scenario, hop: routing.Hop) -> tuple[HandOver, ...]:
    """Return the sessions by which a hop hands mail over, one for each hub that it leads to.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    hop : Hop
        A hop of any kind; only a transfer has sessions.

    Returns
    -------
    tuple of HandOver
        In the order of the hubs, which are asked in turn.
    """
    if hop.as_client:
        targets = zip(hop.to_hubs, hop.addresses, strict=True)
        return tuple(as_client(scenario, hop, *target) for target in targets)
    return tuple(hand_over(scenario, hop.hub, receiver) for receiver in hop.to_hubs)


def as_client(scenario: Scenario, hop: routing.Hop, receiver: str, address: IpAddress) -> HandOver:
    """Return the session in which a hub hands mail to its smart host, as any client does.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    hop : Hop
        The hop.
    receiver : str
        The hub that the smart host names.
    address : IpAddress
        Where the session goes to.

    Returns
    -------
    HandOver
        The session; its reply is that to RCPT TO for the domain of the hop. Behind a load balancer
        with source NAT the client has the address of the balancer.
    """
    hub, client = scenario.hubs[receiver], lowest_address(scenario.hubs[hop.hub])
    if hop.balancer is not None and scenario.load_balancers[hop.balancer].source_nat:
        client = scenario.load_balancers[hop.balancer].address
    connectors = hub.receive_connectors.values()
    hides = hub.specific_binding_hides_wildcard
    selection = select(connectors, address, PORT, client, hides)
    connector = selection.connector
    if connector is None:
        answer = reply.SERVICE_NOT_AVAILABLE
    else:
        rights = session_rights(connector, identify(connector))
        answer = rules.rcpt_to(rights, hop.domain, scenario.organization.domains)
        answer = worded(answer, hub.properties.wording)
    return HandOver(hop.hub, receiver, client, address, PORT, selection, answer, as_client=True)


def _order(address: IpAddress) -> tuple[int, int]:
    return address.version, int(address)
