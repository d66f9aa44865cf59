"""The front end of a server: the hubs to whose Transport service it proxies mail."""

from relaysim.mail.receive_connector import TransportRole
from relaysim.scenario.connector import ReceiveConnector
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
    site = scenario.hubs[hub].site.casefold()
    return tuple(
        sorted(
            name
            for name, server in scenario.hubs.items()
            if server.properties.front_end and server.site.casefold() == site
        )
    )
