"""The paths of bulk mail and of other mail, with their hubs and public IPs."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import DomainRoute, Path, paths
from relaysim.analysis.route_end import is_direct
from relaysim.plan import routing
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.model import Scenario
from relaysim.wording import listed


def parted(scenario: Scenario) -> tuple[list[Path], list[Path]]:
    """Return the open paths of bulk streams, and the open paths of innocent streams.

    The mail of a compromise is in neither: no administrator gives it a dedicated hub or IP.
    """
    parts: tuple[list[Path], list[Path]] = ([], [])
    for path in open_paths(scenario):
        host = scenario.hosts[path.host]
        stream = host.streams[path.stream]
        if not isinstance(stream.arrivals, Compromise):
            parts[not is_culprit(host, stream)].append(path)
    return parts


def open_paths(scenario: Scenario) -> list[Path]:
    """Return the paths on which a hub or a relay service accepts mail."""
    return [path for path in paths(scenario) if path.share and path.routes]


def hubs_of(path: Path) -> set[str]:
    """Return the hubs on the path; the relay service that its host submits to straight."""
    return {path.hub, *path.takers} | {hop.hub for route in path.routes for hop in route.lasts}


def outside(path: Path) -> Iterator[tuple[DomainRoute, routing.Hop]]:
    """Yield the routes to other organizations, each with its last hops."""
    for route in path.routes:
        yield from ((route, hop) for hop in route.lasts if hop.kind is routing.HopKind.REMOTE)


def ips(path: Path) -> set[str]:
    """Return the public IPs of the path that receivers see.

    Mail to a smart host reaches receivers from the IP of the smart host, so it does not count.
    """
    return {hop.egress for route, hop in outside(path) if hop.egress and is_direct(route, hop)}


def own_ips(path: Path) -> set[str]:
    """Return the public IPs of the path, also to smart hosts."""
    return {hop.egress for _, hop in outside(path) if hop.egress}


def names(group: list[Path]) -> str:
    """Return the streams of the paths as text, such as "a.x, b.y and c.z"."""
    return listed(dict.fromkeys(path.name for path in group))
