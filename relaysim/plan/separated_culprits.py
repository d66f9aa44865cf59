"""Apart: the plan in which culprits and innocents share no hub, queue or line.

It is what the switch of the coupling by contention means. Every hub and line has a twin for the
hosts of the culprits alone, with all that hangs on it; the public IPs stay the same, so what is
thought of them is shared as before.
"""

from array import array
from dataclasses import replace

from relaysim.plan.plan import TOO_LARGE, HostPlan, Plan, Scripted, Verdicts

SUFFIX = " (culprits)"
"""What the twins are called."""


def separate_culprits(plan: Plan) -> Plan:
    """Twins for the culprits, who have hosts of their own: no scenario without loads."""
    guilty = {stream.host for stream in plan.streams if stream.culprit}
    hubs, connectors, lines = len(plan.hubs), len(plan.connectors), len(plan.lines)
    queues, stations, streams = len(plan.queues), len(plan.stations), len(plan.streams)

    dsn = tuple(
        replace(
            plan.streams[hub.dsn_stream],
            number=streams + number,
            name=f"{hub.name}{SUFFIX}.dsn",
        )
        for number, hub in enumerate(plan.hubs)
    )
    twins = tuple(
        replace(
            hub,
            name=hub.name + SUFFIX,
            cpu_station=hub.cpu_station + stations,
            commit_station=hub.commit_station + stations,
            submission_station=hub.submission_station + stations,
            dsn_stream=streams + number,
        )
        for number, hub in enumerate(plan.hubs)
    )
    return replace(
        plan,
        streams=plan.streams + dsn,
        stream_index=plan.stream_index
        | {stream.name: streams + number for number, stream in enumerate(dsn)},
        hosts=tuple(
            _moved(host, hubs, connectors) if number in guilty else host
            for number, host in enumerate(plan.hosts)
        ),
        hubs=plan.hubs + twins,
        connectors=plan.connectors
        + tuple(
            replace(
                each,
                name=_named(each.name),
                hub=each.hub + hubs,
                station=each.station + stations,
            )
            for each in plan.connectors
        ),
        queues=plan.queues
        + tuple(
            replace(
                each,
                name=_named(each.name),
                hub=each.hub + hubs,
                line=each.line + lines if each.line >= 0 else -1,
                to_hubs=tuple(hub + hubs for hub in each.to_hubs),
            )
            for each in plan.queues
        ),
        lines=plan.lines
        + tuple(
            replace(each, name=_named(each.name), station=each.station + stations)
            for each in plan.lines
        ),
        stations=plan.stations
        + tuple(replace(each, name=_named(each.name)) for each in plan.stations),
        routes=plan.routes
        | {
            (hub + hubs, connector + connectors if connector >= 0 else -1): tuple(
                array("q", [route if route == TOO_LARGE else route + queues for route in band])
                for band in bands
            )
            for (hub, connector), bands in plan.routes.items()
        },
        moved=plan.moved | {route + queues: to + queues for route, to in plan.moved.items()},
        script=plan.script
        + tuple(_again(event, hubs) for event in plan.script if event.what == "stop"),
    )


def _named(name: str) -> str:
    """The twin of a thing that belongs to a hub, or of a line."""
    if name.endswith(".line"):
        return f"{name.removesuffix('.line')}{SUFFIX}.line"
    for mark in ("->", "/", "."):
        head, found, tail = name.partition(mark)
        if found:
            return f"{head}{SUFFIX}{mark}{tail}"
    return name + SUFFIX


def _again(event: Scripted, hubs: int) -> Scripted:
    """A hub that stops takes its twin along."""
    return replace(event, subject=event.subject + hubs)


def _moved(host: HostPlan, hubs: int, connectors: int) -> HostPlan:
    verdicts: dict[int, Verdicts] = {
        (connector + connectors if connector >= 0 else connector): verdict
        for connector, verdict in host.verdicts.items()
    }
    submission_targets = tuple(
        (
            hub + hubs if hub >= 0 else hub,
            connector + connectors if connector >= 0 else connector,
        )
        for hub, connector in host.submission_targets
    )
    return replace(host, submission_targets=submission_targets, verdicts=verdicts)
