"""Stations and lines in the plan."""

from relaysim.plan.names import StationKind, connector_name, station_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.relay_submission import session_limit
from relaysim.plan.resource_plan import LinePlan, Station
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted


def compile_stations(scenario: Scenario, numbers: Numbering) -> tuple[Station, ...]:
    """Return the stations of hubs, lines and receive connectors.

    Their order is the order of their numbers in the plan and in every trace.
    """
    stations = []
    for number, name in enumerate(sorted(scenario.hubs)):
        hub = scenario.hubs[name]
        submissions = hub.max_concurrent_mailbox_submissions or 0
        for kind, servers, key in (
            (StationKind.CORES, hub.cores, "cores"),
            (StationKind.COMMIT, 1, "queue_database_batch_size"),
            (StationKind.MAILBOX_SUBMISSION, submissions, "max_concurrent_mailbox_submissions"),
        ):
            place = dotted(("hubs", name, key))
            title = station_name(kind, name)
            stations.append(Station(title, kind, servers, number, limited_by=place))
    for number, (name, title) in enumerate(zip(numbers.lines, numbers.line_titles, strict=True)):
        table = "lines" if title in scenario.lines else "egress"
        place = dotted((table, title, "bandwidth"))
        stations.append(Station(name, StationKind.LINE, 1, line=number, limited_by=place))
    for number, (owner, title) in enumerate(numbers.connectors):
        # None is no limit in the scenario; a station has 0 for that.
        if owner in scenario.relays:
            servers, place = session_limit(scenario.relays[owner])
        else:
            servers = scenario.hubs[owner].receive_connectors[title].max_inbound_connection or 0
            place = dotted(("hubs", owner, "receive_connectors", title, "max_inbound_connection"))
        name, owner_number = connector_name(owner, title), numbers.hubs.index(owner)
        stations.append(
            Station(name, StationKind.CONNECTOR, servers, owner_number, number, limited_by=place)
        )
    return tuple(stations)


def compile_lines(
    scenario: Scenario, numbers: Numbering, station: dict[str, int]
) -> tuple[LinePlan, ...]:
    """Return the lines."""
    lines = []
    for name, title in zip(numbers.lines, numbers.line_titles, strict=True):
        table = scenario.lines.get(title) or scenario.egress[title]
        lines.append(LinePlan(name, title, table.bandwidth or 0, station[name]))
    return tuple(lines)
