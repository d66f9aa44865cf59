"""A hub as the client: the sessions in which it hands mail to other hubs."""

from relaysim.explanation.expected_dialogue import Letter, expected_hub_dialogue
from relaysim.explanation.outcome import outcome_at
from relaysim.explanation.session import Attempt
from relaysim.mail.address import IpAddress, domain_of, parse_ip
from relaysim.mail.rights import EXCHANGE_SERVERS
from relaysim.mail.session_access import Grant, grants, session_rights
from relaysim.mail.spelling import unknown
from relaysim.plan import routing, submission
from relaysim.plan.hand_over import (
    PORT,
    TRANSPORT_PORT,
    hand_over,
    hand_overs,
    lowest_address,
    transport_port,
)
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.defaults import host_defaults
from relaysim.profiles.kind import Kind
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario


def hub_client(scenario: Scenario, hub: str, server: str | None, port: int | None) -> Host:
    """Return a hub as a host with its lowest address.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub.
    server : str or None
        The server to connect to; None for the source servers of the send connector.
    port : int or None
        The port; None for that at which the other hub takes mail from hubs.

    Returns
    -------
    Host
        The hub as a client.

    Raises
    ------
    ValueError
        For any other port than 25 and 2525.
    """
    if port not in (None, PORT, TRANSPORT_PORT):
        raise ValueError(
            f"{hub} is a hub, and hubs hand mail over at port {PORT}, or {TRANSPORT_PORT} behind a "
            f"front end, not at {port}"
        )
    address = str(lowest_address(scenario.hubs[hub]))
    client = plain_client(address, server or address, PORT)
    # "" lets the routes of the recipients decide to which hub it connects.
    return client if server else client.model_copy(update={"server": ""})


def plain_client(address: str, server: str, port: int) -> Host:
    """Return a client without limits and delays."""
    kind = BUILT_IN.profile(Kind.HOST, "none")
    table = {"kind": kind.name, "address": address, "server": server, "port": port}
    return Host.model_validate(host_defaults(kind) | table | {"properties": kind.properties})


def smart_targets(
    scenario: Scenario, hub: str, client: Host, letter: Letter
) -> tuple[submission.Target, ...]:
    """Return the smart hosts that are hubs, if all recipients leave by them.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that sends.
    client : Host
        The hub as a host, from `hub_client`; with a `server` there is no result.
    letter : Letter
        The message.

    Returns
    -------
    tuple of Target
        Where the hub is a client like any other.
    """
    domains = [domain_of(recipient) for recipient in letter.recipients]
    hops = [routing.next_hop(scenario, hub, domain, letter.size or 0) for domain in domains]
    if client.server or not all(hop.as_client for hop in hops):
        return ()
    targets = (
        submission.Target(receiver, address, PORT, hop.balancer)
        for hop in hops
        for receiver, address in zip(hop.to_hubs, hop.addresses, strict=True)
    )
    return tuple(dict.fromkeys(targets))


def hub_attempts(scenario: Scenario, hub: str, client: Host, letter: Letter) -> tuple[Attempt, ...]:
    """Return the sessions in which a hub hands a message to other hubs.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that sends.
    client : Host
        The hub as a host, from `hub_client`. Without a `server` the hub connects to the source
        servers of the send connectors that serve the recipients.
    letter : Letter
        The message.

    Returns
    -------
    tuple of Attempt
        One session for each address.

    Raises
    ------
    ValueError
        If the server is the hub itself, or no server is given and the hub hands this mail to no
        other hub.
    """
    owner = {address: name for name, model in scenario.hubs.items() for address in model.addresses}
    addresses = _addresses(scenario, hub, client.server, letter)
    if any(owner.get(address) == hub for address in addresses):
        raise ValueError(f"{client.server} is {hub} itself: name another hub")
    return tuple(
        _attempt(scenario, hub, client, _target(scenario, owner.get(address), address), letter)
        for address in addresses
    )


def _target(scenario: Scenario, hub: str | None, address: IpAddress) -> submission.Target:
    port = PORT if hub is None else transport_port(scenario.hubs[hub])
    return submission.Target(hub, address, port)


def _addresses(scenario: Scenario, hub: str, server: str, letter: Letter) -> tuple[IpAddress, ...]:
    """Return the addresses to which the hub connects."""
    if server in scenario.hubs:
        # Hubs connect to the first address of each other.
        return scenario.hubs[server].addresses[:1]
    if server in scenario.dns:
        return tuple(scenario.dns[server])
    if server:
        try:
            return (parse_ip(server),)
        except ValueError:
            known = [*scenario.hubs, *scenario.dns]
            raise unknown(server, "a hub, an address or a name in [dns]", known) from None
    domains = [domain_of(recipient) for recipient in letter.recipients]
    hops = [routing.next_hop(scenario, hub, domain, letter.size or 0) for domain in domains]
    sessions = [session for hop in hops for session in hand_overs(scenario, hop)]
    if not sessions:
        raise ValueError(
            f"{hub} hands no mail for {', '.join(letter.recipients)} to another hub: name "
            "the other hub (--server)"
        )
    return tuple(dict.fromkeys(session.address for session in sessions))


def _attempt(
    scenario: Scenario, hub: str, client: Host, target: submission.Target, letter: Letter
) -> Attempt:
    if target.hub is None:
        refused = submission.greeting(target, None)
        outcomes = tuple(
            outcome_at(scenario, None, recipient, letter, None, refused)
            for recipient in letter.recipients
        )
        return Attempt(target, None, None, None, (), (), outcomes)
    hand = hand_over(scenario, hub, target.hub, target.address)
    expected = expected_hub_dialogue(scenario, client, hand, letter)
    session, given, other = None, tuple[Grant, ...](), None
    if hand.selection is not None:
        hides = scenario.hubs[target.hub].specific_binding_hides_wildcard
        other = submission.listen(scenario, client, target, not hides)
    if hand.connector is not None and hand.reply.is_success:
        rights = session_rights(hand.connector, EXCHANGE_SERVERS)
        session = submission.Session(EXCHANGE_SERVERS, rights, hand.reply)
        given = tuple(grant for grant in grants(hand.connector) if grant.user == EXCHANGE_SERVERS)
    outcomes = tuple(
        outcome_at(scenario, target.hub, recipient, letter, None, answer)
        for recipient, answer in zip(letter.recipients, expected.replies, strict=True)
    )
    return Attempt(target, hand.selection, other, session, given, expected.lines, outcomes)
