"""Which streams are bulk mail, and which hubs and public IPs their mail passes."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import DomainRoute, Path, is_direct, paths
from relaysim.plan import routing
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.model import Scenario
from relaysim.wording import listed


def parted(scenario: Scenario) -> tuple[list[Path], list[Path]]:
    """The paths that mail gets in by: of bulk streams, and of innocent ones.

    A break-in is in neither: no administrator gives it a hub or an IP of its own.
    """
    parts: tuple[list[Path], list[Path]] = ([], [])
    for path in open_paths(scenario):
        host = scenario.hosts[path.host]
        stream = host.streams[path.stream]
        if not isinstance(stream.arrivals, Compromise):
            parts[not is_culprit(host, stream)].append(path)
    return parts


def open_paths(scenario: Scenario) -> list[Path]:
    """The paths that mail gets in by."""
    return [path for path in paths(scenario) if path.share and path.routes]


def hubs_of(path: Path) -> set[str]:
    """The hubs that mail of the path goes through."""
    return {path.hub} | {hop.hub for route in path.routes for hop in route.lasts}


def outside(path: Path) -> Iterator[tuple[DomainRoute, routing.Hop]]:
    """Return the routes that lead outside, each with its last hops."""
    for route in path.routes:
        yield from ((route, hop) for hop in route.lasts if hop.kind is routing.HopKind.REMOTE)


def ips(path: Path) -> set[str]:
    """The public IPs that receivers see mail of the path come from.

    What goes to a smart host reaches its receivers from the IP of the smart host.
    """
    return {hop.egress for route, hop in outside(path) if hop.egress and is_direct(route, hop)}


def own_ips(path: Path) -> set[str]:
    """The public IPs that mail of the path leaves by, to smart hosts too."""
    return {hop.egress for _, hop in outside(path) if hop.egress}


def names(found: list[Path]) -> str:
    """The streams of the paths, as a list in words."""
    return listed(dict.fromkeys(path.name for path in found))
