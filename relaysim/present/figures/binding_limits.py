"""Limits that bind: the resources of a design that were short in a replication.

A limit binds if at least one in ten arrivals in the window of the run waited longer for it than the
mean service takes. This is a convention: no rule says when a resource is short. Four connections
with exponential service times bind from 71 % utilization on.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from relaysim.analysis.client_sources import answers
from relaysim.analysis.held_sessions import allowed_sessions
from relaysim.measure.measured_window import SECOND, Window
from relaysim.measure.resource_metrics import Resource, resources
from relaysim.plan.names import QueueKind, StationKind
from relaysim.plan.relay_submission import session_limit
from relaysim.present.figures.mail_flows import (
    DESTINATION,
    HOST,
    HUB,
    IP,
    MAILBOX,
    SUBMISSION,
    Stop,
)
from relaysim.present.text.number_format import number
from relaysim.scenario.host import Host
from relaysim.scenario.model import Scenario
from relaysim.scenario.straight_hosts import relay_at
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column, Kept
from relaysim.trace.step_function import StateDurations, StepFunction
from relaysim.trace.tables import Level, Trace
from relaysim.units import format_bandwidth

LEAST = 0.1
"""Share of the entries that wait longer than the mean service where a limit binds."""
RULE = "a limit binds (one in ten waits longer than the mean service), or the IP is listed"


class Limit(NamedTuple):
    """A limit that binds: its stop, the text at the stop, and its name in a sentence.

    The name is in two parts, such as "cores" and "HUB01", so that several can be named together; ""
    for a limit that only the text at its stop names.
    """

    stop: Stop
    text: str
    kind: str
    whose: str


def limits(trace: Trace, scenario: Scenario) -> list[Limit]:
    """Return all limits that bind in a trace: those of hosts, then of hubs, lines and queues."""
    window = Window.of(scenario)
    result = list(_sessions(trace, scenario, window))
    for resource in resources(trace, scenario):
        result += _of(resource, trace, scenario, window)
    return result


def _sessions(trace: Trace, scenario: Scenario, window: Window) -> Iterator[Limit]:
    """Yield the hosts whose messages wait for one of their sessions.

    Messages that a host had to retry are left out, as they waited for its retry interval.
    """
    rows = trace.messages
    host_of = np.array(trace.names.stream_host, np.int64)[rows["stream"]]
    for name, host in scenario.hosts.items():
        most = _allowed(scenario, host)
        chosen = host_of == trace.names.hosts.index(name)
        chosen &= window.holds(rows["created"]) & (rows["connected"] >= 0) & (rows["attempts"] == 1)
        # Without the end of its session the service time is not known.
        chosen &= rows["acknowledged"] >= 0
        created, connected = rows["created"][chosen], rows["connected"][chosen]
        if most is None or not _binds(
            connected - created, rows["acknowledged"][chosen] - connected
        ):
            continue
        waiting = StepFunction.of(created, connected).largest()
        text = f"{_many(most, 'session')}, up to {waiting:,} wait"
        yield Limit(Stop(HOST, name), text, "sessions", name)


def _allowed(scenario: Scenario, host: Host) -> int | None:
    """Return the sessions that a host may have, by its own limit and those of its servers."""
    if host.properties.mailbox_submission:
        return None
    known = [host.sessions]
    relay = relay_at(scenario, host)
    if relay is not None:
        known.append(session_limit(scenario.relays[relay])[0] or None)
    if not host.properties.internet:
        known += [
            allowed_sessions(answer) for answer in answers(scenario, host) if answer is not None
        ]
    return min((answer for answer in known if answer is not None), default=None)


def _of(resource: Resource, trace: Trace, scenario: Scenario, window: Window) -> Iterator[Limit]:
    use = resource.occupancy
    came = window.holds(use.enter)
    if not came.any():
        return
    waits = (use.until - use.enter)[came]
    served = use.end - use.begin
    waiting = f"up to {use.waiting().between(window.start, window.end).largest():,} wait"
    if resource.occupancy.place.kind in (QueueKind.REMOTE, QueueKind.TRANSFER):
        yield from _queue(resource, trace, came, waits, waiting)
        return
    if not _binds(waits, served):
        return
    place = resource.occupancy.place
    owner = place.title if place.hub < 0 else trace.names.hubs[place.hub]
    match place.kind:
        case StationKind.CORES:
            text = f"{_many(use.capacity, 'core')}, {waiting}"
            yield Limit(Stop(HUB, owner), text, "cores", owner)
        case QueueKind.MAILBOX:
            text = f"{use.capacity} at a time, {waiting}"
            yield Limit(Stop(MAILBOX, owner), text, "mailbox deliveries", owner)
        case StationKind.MAILBOX_SUBMISSION:
            text = f"{use.capacity} at a time, {waiting}"
            yield Limit(Stop(SUBMISSION, owner), text, "mailbox submissions", owner)
        case StationKind.LINE:
            yield from _line(scenario, owner, waiting)


def _line(scenario: Scenario, line: str, waiting: str) -> Iterator[Limit]:
    """Yield the limit of a line, at each public IP that uses it."""
    for ip, egress in scenario.egress.items():
        if (egress.line or ip) == line:
            bandwidth = scenario.lines[line].bandwidth if egress.line else egress.bandwidth
            what = f"line of {format_bandwidth(bandwidth)}" if bandwidth else "line"
            yield Limit(Stop(IP, ip), f"{what}, {waiting}", "the line", line)


def _queue(
    resource: Resource, trace: Trace, came: Mask, waits: Column, waiting: str
) -> Iterator[Limit]:
    """Yield the limit of a delivery queue: its connections are short, or it is in Retry."""
    use = resource.occupancy
    rows = use.rows[came]
    queue = trace.attempts["queue"][rows]
    spells = StateDurations.of(trace, Level.QUEUE_RETRY)
    retry = spells.until(queue, use.until[came]) - spells.until(queue, use.enter[came])
    stop = _leads_to(trace, rows)
    hub, hop = trace.names.hubs[use.place.hub], use.place.title
    from_ = f"{hub}: " * (len(trace.names.hubs) > 1)
    served = use.end - use.begin
    # The wait in Retry is not due to the number of connections.
    # Without a limit of connections mail waits for the receiver.
    short = use.capacity > 0 and _binds(waits - retry, served)
    if short:
        item = " a domain" * (not resource.has_servers)
        text = f"{from_}{_many(use.capacity, 'connection')}{item}, {waiting}"
        yield Limit(stop, text, "connections", hop)
    if _binds(retry, served):
        lasted = spells.until(queue[:1], np.array([trace.end]))[0] / SECOND
        length = f" for {number(float(lasted), 's')}" * resource.has_servers
        yield Limit(stop, f"{from_}in Retry{length}{f', {waiting}' * (not short)}", "", "")


def _leads_to(trace: Trace, rows: Kept) -> Stop:
    """Return the destination of some attempts, or the public IP if they have several."""
    first = trace.transactions["first_recipient"][trace.attempts["transaction"][rows]]
    names = trace.names
    # The first recipient of a transaction stands for all of them.
    places = np.unique(np.array(names.destination)[trace.recipients["domain"][first]])
    if len(places) == 1:
        return Stop(DESTINATION, names.destinations[places[0]])
    egress = int(trace.attempts["egress"][rows[0]])
    if egress >= 0:
        return Stop(IP, names.egress[egress])
    return Stop(HUB, names.hubs[names.queue_hub[trace.attempts["queue"][rows[0]]]])


def _binds(waits: Column, served: Column) -> bool:
    """Return whether at least a share of `LEAST` waited longer than the mean service takes."""
    if not len(waits) or not len(served):
        return False
    return bool((waits > served.mean()).mean() >= LEAST)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
