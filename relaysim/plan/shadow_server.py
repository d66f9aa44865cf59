"""The shadow server of a hub: the server of the same site that gets copies of its messages."""

from relaysim.scenario.model import Scenario


def shadow_server(scenario: Scenario, hub: str) -> str | None:
    """Return the name of the shadow server of a hub; None if the site has no other server.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        Name of a hub.

    Notes
    -----
    Exchange chooses a server of the same database availability group or site (Microsoft, shadow
    redundancy). Which one is not documented: here it is the next one by name (assumption).
    """
    site = scenario.hubs[hub].site.casefold()
    servers = sorted(
        name
        for name, server in scenario.hubs.items()
        if server.shadow_redundancy_enabled and server.site.casefold() == site
    )
    if hub not in servers or len(servers) == 1:
        return None
    return servers[(servers.index(hub) + 1) % len(servers)]
