"""Notes on what a scenario has and nothing uses."""

from collections.abc import Iterable, Iterator

from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.paths import paths
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted


def unused(scenario: Scenario) -> Iterator[Finding]:
    """Tables that nothing of the scenario leads to."""
    ways = [way for path in paths(scenario) for way in path.ways]
    carriers = {hop.connector.name for way in ways for hop in way.lasts if hop.connector}
    used: dict[str, Iterable[str | None]] = {
        "dns": {host.server for host in scenario.hosts.values()},
        "send_connectors": carriers,
        "egress": {hub.egress for hub in scenario.hubs.values()} | {scenario.operations.move_to},
        "lines": {egress.line for egress in scenario.egress.values() if egress.line},
        "destinations": {
            destination
            for host in scenario.hosts.values()
            for stream in host.streams.values()
            for destination in stream.to
        },
    }
    for name, blocklist in scenario.blocklists.items():
        if not _is_used(scenario, blocklist):
            yield Finding(
                Severity.NOTE,
                dotted(("blocklists", name)),
                "No destination acts on it: who gets on this list does not notice.",
                "Take it out, or write it in refuses_on of a destination.",
            )
    for table, names in used.items():
        for name in getattr(scenario, table):
            if name not in names:
                yield Finding(
                    Severity.NOTE,
                    dotted((table, name)),
                    "No mail of this scenario uses it.",
                    "Take it out, or use it.",
                )


def _is_used(scenario: Scenario, blocklist: Blocklist) -> bool:
    return any(
        destination.refuses_on.get(name)
        for destination in scenario.destinations.values()
        for name in (blocklist.name, blocklist.profile)
    )
