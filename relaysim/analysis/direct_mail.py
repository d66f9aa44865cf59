"""Direct mail: receivers see a public IP of the design, not that of an unknown smart host."""

from collections.abc import Mapping

from relaysim.analysis.mail_paths import Path, all_paths
from relaysim.analysis.route_end import sees
from relaysim.plan import routing
from relaysim.scenario.distribution import mean
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL, SPAMTRAP_DOMAIN, SPAMTRAPS


def direct_destinations(scenario: Scenario) -> Mapping[str, frozenset[str]]:
    """Return the destinations to which each stream sends directly.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    mapping of str to frozenset of str
        By stream (`host.stream`), in the order of the file: names of destinations, and `spamtraps`
        where mail of the stream to spam traps of blocklist operators would go direct. Empty for a
        stream whose mail stays inside or goes to smart hosts with nothing behind them; what goes by
        a relay service counts, because receivers see the IP of the service.

    Notes
    -----
    Mail that a hub refuses counts as accepted, because refusals may change during a run.
    """
    destinations: dict[str, set[str]] = {
        f"{host}.{stream}": set()
        for host, described in scenario.hosts.items()
        for stream in described.streams
    }
    for path in all_paths(scenario):
        destinations[path.name] |= _of(scenario, path)
    return {name: frozenset(places) for name, places in destinations.items()}


def _of(scenario: Scenario, path: Path) -> set[str]:
    places = {
        route.domains.destination
        for route in path.routes
        for hop in route.lasts
        if hop.kind is routing.HopKind.REMOTE and sees(scenario, route, hop) is not None
    }
    # Traps are external addresses, so a stream with internal recipients only hits none.
    outside = any(route.domains.destination != INTERNAL for route in path.routes)
    return places | ({SPAMTRAPS} if outside and _traps_direct(scenario, path) else set())


def _traps_direct(scenario: Scenario, path: Path) -> bool:
    if path.relay is not None:
        return True
    link = None if path.connector is None else routing.identity(path.hub, path.connector.name)
    # The route of the mean size stands for all sizes.
    size = max(1, round(mean(scenario.hosts[path.host].streams[path.stream].size)))
    return any(
        hop.kind is routing.HopKind.REMOTE
        and (hop.domain == SPAMTRAP_DOMAIN or routing.relay_at(scenario, hop) is not None)
        for hub in path.takers
        for hop in routing.last_hops(scenario, hub, SPAMTRAP_DOMAIN, size, link)
    )
