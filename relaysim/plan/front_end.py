"""The front end of a server: the hubs that it proxies mail to, and the mail that it sends."""

from array import array
from collections.abc import Iterable
from itertools import islice

from relaysim.mail.domains import is_authoritative
from relaysim.mail.receive_connector import FIRST_RECIPIENTS, TransportRole
from relaysim.plan.numbering import Numbering
from relaysim.plan.public_ips import public_ips
from relaysim.scenario.connector import ReceiveConnector, SendConnector
from relaysim.scenario.model import Scenario


def takers(
    scenario: Scenario, hub: str, connector: ReceiveConnector | None, to_mailbox: bool = False
) -> tuple[str, ...]:
    """Return the hubs that may take a message of a session.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that answers the session.
    connector : ReceiveConnector or None
        The receive connector that answers; None for the mailbox server.
    to_mailbox : bool
        Whether one of the first recipients has a mailbox in the organization.

    Returns
    -------
    tuple of str
        The hub itself; for a connector of the front end hubs that have a front end, by name: those
        of its site, or for a mailbox those of the site of the mailboxes.

    Notes
    -----
    The front end of Exchange 2013 and later has no queue. It chooses a Transport service before it
    has the content: for mail without mailbox recipients a server of the own site at random, else
    one of the delivery group of the mailboxes, by the first 20 recipients (Microsoft, mail
    routing). All mailboxes are in the site of the mailbox server. If that site has no server with a
    front end, the own site takes the mail (assumption).
    """
    if connector is None or connector.transport_role is TransportRole.HUB_TRANSPORT:
        return (hub,)
    site, near = scenario.hubs[hub].site, scenario.mailboxes.site
    of_mailboxes = front_ends(scenario, near) if to_mailbox and near is not None else ()
    return of_mailboxes or front_ends(scenario, site)


def reads_mailbox(scenario: Scenario, domains: Iterable[str]) -> bool:
    """Return whether a message goes to the site of the mailboxes.

    Parameters
    ----------
    scenario : Scenario
        The design.
    domains : iterable of str
        The domain of each recipient that the front end accepts, in order, lower case.
    """
    accepted = scenario.organization.domains
    return any(is_authoritative(accepted, domain) for domain in islice(domains, FIRST_RECIPIENTS))


def mailbox_domains(scenario: Scenario, numbers: Numbering) -> "array[int]":
    """Return of each domain 1 if its mailboxes are in the organization, else 0."""
    accepted = scenario.organization.domains
    known = {name: is_authoritative(accepted, name) for name in dict.fromkeys(numbers.first_alike)}
    return array("q", [known[name] for name in numbers.first_alike])


def front_ends(scenario: Scenario, site: str) -> tuple[str, ...]:
    """Return the hubs of a site that have a front end, by name."""
    return tuple(
        sorted(
            name
            for name, server in scenario.hubs.items()
            if server.properties.front_end and server.site.casefold() == site.casefold()
        )
    )


def outbound_proxies(
    scenario: Scenario, hub: str, connector: SendConnector
) -> tuple[tuple[str, str], ...]:
    """Return the front ends that proxy the mail of a hub by a send connector.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that has the queue, a source server of the connector.
    connector : SendConnector
        The send connector.

    Returns
    -------
    tuple of (str, str)
        The hub of each front end with the public IP that receivers see. Empty where the mail leaves
        by the public IP of the hub in any case.

    Notes
    -----
    With FrontendProxyEnabled the Transport service sends to the port 717 of a front end of its
    site, and receivers see the public IP of the server of that front end. Nothing else changes
    (Microsoft, Set-SendConnector and mail flow). The manual has no rule for the choice among the
    front ends: one at random, among them that of the hub itself (assumption).
    """
    if not connector.frontend_proxy_enabled:
        return ()
    proxies = tuple(
        (name, ip)
        for name in front_ends(scenario, scenario.hubs[hub].site)
        for ip, weight in public_ips(scenario, name).items()
        for _ in range(weight)
    )
    return proxies if {ip for _, ip in proxies} != {*public_ips(scenario, hub)} else ()
