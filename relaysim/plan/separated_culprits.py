"""The plan in which culprits and innocents share no hub, queue or line.

The switch of the coupling by contention means this. Every hub and line has a twin for the hosts of
culprits alone, with connectors, queues and stations of its own. The public IPs stay the same, so
reputations are shared as before.
"""

from array import array
from dataclasses import replace

from relaysim.plan.host_plan import HostPlan, Verdicts
from relaysim.plan.names import (
    CULPRITS,
    StationKind,
    connector_name,
    dsn_name,
    line_name,
    queue_name,
    station_name,
)
from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import TOO_LARGE, ClientSession, QueuePlan
from relaysim.plan.relay_plan import twin_relays
from relaysim.plan.resource_plan import Station
from relaysim.plan.stream_plan import StreamPlan


def separate_culprits(plan: Plan) -> Plan:
    """Return the plan with a twin of every hub and line for the hosts of culprits.

    Parameters
    ----------
    plan : Plan
        A plan in which no host has streams of culprits and of others (`scenario` forbids it).

    Returns
    -------
    Plan
        The twins follow the originals, so every number of the given plan stays.
    """
    # DSN streams have host -1, and none is a culprit, so -1 is never in this set.
    guilty = {stream.host for stream in plan.streams if stream.culprit}
    hubs, connectors, lines = len(plan.hubs), len(plan.connectors), len(plan.lines)
    queues, stations, streams = len(plan.queues), len(plan.stations), len(plan.streams)
    relays, balancers = len(plan.relays), len(plan.balancers)

    dsn = tuple(
        replace(
            plan.streams[hub.dsn_stream],
            number=streams + number,
            name=dsn_name(hub.name + CULPRITS),
            hub=hubs + number,
        )
        for number, hub in enumerate(plan.hubs)
    )
    twins = tuple(
        replace(
            hub,
            name=hub.name + CULPRITS,
            cpu_station=_next(hub.cpu_station, stations),
            commit_station=_next(hub.commit_station, stations),
            submission_station=_next(hub.submission_station, stations),
            dsn_stream=streams + number,
            line=_next(hub.line, lines),
            shadow=_next(hub.shadow, hubs),
        )
        for number, hub in enumerate(plan.hubs)
    )
    return replace(
        plan,
        streams=tuple(_signed_by_twins(stream, hubs) for stream in plan.streams) + dsn,
        stream_index=plan.stream_index
        | {stream.name: streams + number for number, stream in enumerate(dsn)},
        hosts=tuple(
            _moved(host, hubs, connectors, balancers) if number in guilty else host
            for number, host in enumerate(plan.hosts)
        ),
        balancers=plan.balancers
        + tuple(
            replace(balancer, hubs=tuple(hub + hubs for hub in balancer.hubs))
            for balancer in plan.balancers
        ),
        hubs=plan.hubs + twins,
        connectors=plan.connectors
        + tuple(
            replace(
                connector,
                name=connector_name(twins[connector.hub].name, connector.title),
                hub=connector.hub + hubs,
                station=connector.station + stations,
                proxies_to=tuple(hub + hubs for hub in connector.proxies_to),
                proxies_to_mailboxes=tuple(hub + hubs for hub in connector.proxies_to_mailboxes),
                relay=_next(connector.relay, relays),
            )
            for connector in plan.connectors
        ),
        queues=plan.queues
        + tuple(
            replace(
                queue,
                # Receiver, domain and egress stay: providers and blocklists see one public IP, as
                # before.
                name=_queue_name(plan, queue),
                hub=queue.hub + hubs,
                line=_next(queue.line, lines),
                relay=_next(queue.relay, relays),
                balancer=_next(queue.balancer, balancers),
                to_hubs=tuple(hub + hubs for hub in queue.to_hubs),
                proxies=tuple(
                    proxy._replace(hub=proxy.hub + hubs, line=proxy.line + lines)
                    for proxy in queue.proxies
                ),
                sessions=tuple(_at_twin(session, hubs, connectors) for session in queue.sessions),
            )
            for queue in plan.queues
        ),
        relays=plan.relays + twin_relays(plan.relays),
        lines=plan.lines
        + tuple(
            replace(line, name=line_name(line.title + CULPRITS), station=line.station + stations)
            for line in plan.lines
        ),
        stations=plan.stations
        + tuple(
            replace(
                station,
                name=_station_name(plan, station),
                hub=_next(station.hub, hubs),
                connector=_next(station.connector, connectors),
                line=_next(station.line, lines),
            )
            for station in plan.stations
        ),
        routes=plan.routes
        | {
            (hub + hubs, connector + connectors if connector >= 0 else -1): tuple(
                array("q", [route if route == TOO_LARGE else route + queues for route in band])
                for band in bands
            )
            for (hub, connector), bands in plan.routes.items()
        },
        ip_choices=plan.ip_choices
        | {
            (queue + queues, sender): tuple(
                choice._replace(queue=choice.queue + queues) for choice in choices
            )
            for (queue, sender), choices in plan.ip_choices.items()
        },
        moved=plan.moved | {route + queues: to + queues for route, to in plan.moved.items()},
        # An outage of receivers or a listing is outside the hubs, so it already holds for both.
        script=plan.script
        + tuple(
            replace(event, subject=event.subject + {"stop": hubs, "line outage": lines}[event.what])
            for event in plan.script
            if event.what in ("stop", "line outage")
        ),
    )


def _signed_by_twins(stream: StreamPlan, hubs: int) -> StreamPlan:
    """Return the stream with the twins of the hubs that sign its mail, which sign it too."""
    if stream.sender is None:
        return stream
    signers = stream.sender.signers
    both = signers + tuple(hub + hubs for hub in signers)
    return replace(stream, sender=replace(stream.sender, signers=both))


def _at_twin(session: ClientSession | None, hubs: int, connectors: int) -> ClientSession | None:
    """Return the session of a twin; the DSNs of twins are streams of their own."""
    if session is None:
        return None
    mail = session.mail + session.mail[-hubs:]
    return replace(session, connector=session.connector + connectors, mail=mail)


def _next(number: int, count: int) -> int:
    """Return the number of the twin of one of `count` things; -1 is none."""
    return number + count if number >= 0 else -1


def _queue_name(plan: Plan, queue: QueuePlan) -> str:
    """Return the name of the twin of a queue."""
    address = plan.egress[queue.egress].name if queue.by_ip else ""
    return queue_name(queue.kind, plan.hubs[queue.hub].name + CULPRITS, queue.next_hop, address)


def _station_name(plan: Plan, station: Station) -> str:
    """Return the name of the twin of a station."""
    if station.kind is StationKind.LINE:
        return line_name(plan.lines[station.line].title + CULPRITS)
    hub = plan.hubs[station.hub].name + CULPRITS
    if station.kind is StationKind.CONNECTOR:
        return connector_name(hub, plan.connectors[station.connector].title)
    return station_name(station.kind, hub)


def _moved(host: HostPlan, hubs: int, connectors: int, balancers: int) -> HostPlan:
    """Return a host of culprits, which connects to the twins."""
    verdicts: dict[int, Verdicts] = {
        (connector + connectors if connector >= 0 else connector): verdict
        for connector, verdict in host.verdicts.items()
    }
    submission_targets = tuple(
        target._replace(hub=_next(target.hub, hubs), connector=_next(target.connector, connectors))
        for target in host.submission_targets
    )
    servers = tuple(
        server._replace(balancer=_next(server.balancer, balancers)) for server in host.servers
    )
    return replace(host, submission_targets=submission_targets, servers=servers, verdicts=verdicts)
