"""The destinations that answer the mail of each hub."""

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.route_end import receiver
from relaysim.scenario.destination import Destination
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario


def answering_destinations(scenario: Scenario) -> tuple[tuple[Hub, Destination], ...]:
    """Return each hub with each destination that answers its mail, in the order of the paths.

    Relay services are left out: their settings are not the company's.
    """
    pairs = {
        (hop.hub, receiver(scenario, route, hop)): None
        for path in paths(scenario)
        if path.reply is None and path.share
        for route in path.routes
        for hop in route.lasts
    }
    return tuple(
        (scenario.hubs[hub], scenario.destinations[name])
        for hub, name in pairs
        if hub in scenario.hubs and name is not None and name in scenario.destinations
    )
