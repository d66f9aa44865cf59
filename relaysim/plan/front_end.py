"""The front end of a server: the hubs that it proxies mail to, and the mail that it sends."""

from relaysim.mail.receive_connector import TransportRole
from relaysim.plan.public_ips import public_ips
from relaysim.scenario.connector import ReceiveConnector, SendConnector
from relaysim.scenario.model import Scenario


def takers(scenario: Scenario, hub: str, connector: ReceiveConnector | None) -> tuple[str, ...]:
    """Return the hubs that may take the mail of a session.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub that answers the session.
    connector : ReceiveConnector or None
        The receive connector that answers; None for the mailbox server.

    Returns
    -------
    tuple of str
        The hub itself; for a connector of the front end all hubs of its site that have a front
        end, by name.

    Notes
    -----
    The front end of Exchange 2013 and later has no queue. It chooses a Transport service before it
    has the content: for mail without mailbox recipients a server of the own site at random, else
    one near the mailboxes of the first 20 recipients (Microsoft, mail routing). That mailboxes are
    near to every hub of the site is an assumption.
    """
    if connector is None or connector.transport_role is TransportRole.HUB_TRANSPORT:
        return (hub,)
    return front_ends(scenario, scenario.hubs[hub].site)


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
