"""Flows: recipients of one replication on each route through a design, and their losses.

A recipient passes stops from left to right: its host, the load balancer if there is one, the
receive connector (or the mailbox server in its place), the hub that accepted it, the hub that sent
it if it is another one, the public IP, and its destination.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.measure.recipients import Recipients
from relaysim.measure.wait_parts import is_mailbox
from relaysim.plan.compiler import compile_plan
from relaysim.plan.submission import by_mailbox_server
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.tables import Status, Trace

HOST, BALANCER = "host", "balancer"
CONNECTOR, SUBMISSION, HUB = "connector", "submission", "hub"
SENDING_HUB, IP, MAILBOX, DESTINATION = "sending hub", "ip", "mailbox", "destination"
"""Kinds of stop. A sending hub is one that another hub handed the mail to."""
STAGES = (
    *((HOST,), (BALANCER,), (CONNECTOR, SUBMISSION)),
    *((HUB,), (SENDING_HUB,), (IP, MAILBOX), (DESTINATION,)),
)
"""The stops from left to right."""
_THROUGH = (Status.DELIVERED, Status.JUNKED)


class Stop(NamedTuple):
    """A place that mail passes: its kind, and its name in the scenario.

    The name of a connector is `HUB/connector`; submission and mailbox delivery have the name of
    their hub.
    """

    kind: str
    name: str


class Flow(NamedTuple):
    """Recipients that went from one stop to the next, those of culprits separately."""

    start: Stop
    end: Stop
    culprit: bool
    recipients: int


class Lost(NamedTuple):
    """Recipients that ended at a stop without delivery, by their final status."""

    at: Stop
    status: str
    recipients: int


class Flows(NamedTuple):
    """All flows and losses of a replication: recipients of the window, without DSNs."""

    flows: list[Flow]
    losses: list[Lost]

    def stops(self) -> list[Stop]:
        """Return all stops, in the order of their first recipient."""
        met = [stop for flow in self.flows for stop in flow[:2]]
        return list(dict.fromkeys([*met, *(lost.at for lost in self.losses)]))

    def through(self, stop: Stop) -> int:
        """Return the recipients at a stop; for a host, the recipients that it had to send."""
        came = sum(flow.recipients for flow in self.flows if flow.end == stop)
        left = sum(flow.recipients for flow in self.flows if flow.start == stop)
        # Nothing comes to a host: what leaves it or is lost there is its mail.
        return came or left + sum(lost.recipients for lost in self.losses if lost.at == stop)


def flows(trace: Trace, scenario: Scenario) -> Flows:
    """Return the flows of a trace."""
    recipients = Recipients.of(trace, scenario)
    rows = np.flatnonzero(recipients.counted & ~recipients.dsn)
    stops: dict[Stop, int] = {}
    passed = _stages(trace, scenario, recipients, rows, stops)
    known = list(stops)
    guilty = np.array([name in culprits(scenario) for name in trace.names.streams], bool)
    culprit = guilty[recipients.stream[rows]].astype(np.int64)
    results = []
    last = passed[0]
    for stage in passed[1:]:
        on = stage >= 0
        results += [
            Flow(known[start], known[end], bool(guilt), count)
            for start, end, guilt, count in _counted(last[on], stage[on], culprit[on])
        ]
        # -1 is a stage that the recipient does not pass, so its last stop stays.
        last = np.where(on, stage, last)
    status = recipients.status[rows]
    lost = ~np.isin(status, _THROUGH)
    losses = [
        Lost(known[at], Status(how).name.lower(), count)
        for at, how, count in _counted(last[lost], status[lost])
    ]
    return Flows(results, losses)


def _counted(*columns: npt.NDArray[np.integer[Any]]) -> list[tuple[int, ...]]:
    """Return each row of values that occurs, in order, and how often."""
    shape = [int(column.max(initial=0)) + 1 for column in columns]
    # One number a row is sorted many times as fast as rows are.
    rows, counts = np.unique(np.ravel_multi_index(columns, shape), return_counts=True)
    every = (*np.unravel_index(rows, shape), counts)
    return list(zip(*(column.tolist() for column in every), strict=True))


def _stages(
    trace: Trace, scenario: Scenario, recipients: Recipients, rows: Column, stops: dict[Stop, int]
) -> list[Column]:
    """Return for each stage the stop of each recipient, an index into `stops`; -1 for none."""
    names = trace.names

    def number(kind: str, name: str) -> int:
        return stops.setdefault(Stop(kind, name), len(stops))

    def numbers(kind: str, known: tuple[str, ...], code: Column) -> Column:
        """Stops by a column of indexes into names, of those that occur."""
        result = np.full(len(code), -1, np.int64)
        for item in np.unique(code[code >= 0]):
            result[code == item] = number(kind, known[item])
        return result

    message = trace.recipients["message"][rows]
    transaction = trace.recipients["transaction"][rows]
    stream = recipients.stream[rows].astype(np.int64)
    # The source of a DSN is the hub that made it.
    host_of = tuple(names.source(number) for number in range(len(names.streams)))
    host = numbers(HOST, host_of, stream)
    accepted = recipients.accepted[rows]
    hub = np.where(accepted, trace.messages["hub"][message], -1)
    by_server = {name for name, item in scenario.hosts.items() if by_mailbox_server(item)}
    submits = np.array([name in by_server for name in host_of], bool)[stream]
    entry = numbers(CONNECTOR, names.connectors, trace.messages["connector"][message])
    submission = numbers(SUBMISSION, names.hubs, np.where(submits, hub, -1))
    sent = accepted & (transaction >= 0)
    sender = np.where(sent, recipients.hub[rows], -1)
    # One more, for those without a transaction: of a run that accepts nothing there is none at all.
    queue = np.where(sent, np.append(trace.transactions["queue"], -1)[transaction], -1)
    inside = np.append(is_mailbox(trace), False)[queue]
    ip = np.where(sent & ~inside, recipients.egress[rows], -1)
    # A recipient has one of the two, and the other is -1.
    out = np.maximum(
        numbers(MAILBOX, names.hubs, np.where(inside, sender, -1)), numbers(IP, names.egress, ip)
    )
    receiving = np.where(out >= 0, recipients.destination[rows], -1)
    balancers = _balancers(scenario)
    by = np.full(len(rows), -1, np.int64)
    answering = trace.messages["connector"][message].astype(np.int64)
    for (owner, connector), balancer in balancers.items():
        passes = (np.array(names.stream_host)[stream] == owner) & (answering == connector)
        if passes.any():
            by[passes] = number(BALANCER, balancer)
    return [
        host,
        by,
        np.maximum(entry, submission),
        numbers(HUB, names.hubs, hub),
        numbers(SENDING_HUB, names.hubs, np.where(sender == hub, -1, sender)),
        out,
        numbers(DESTINATION, names.destinations, receiving),
    ]


def _balancers(scenario: Scenario) -> dict[tuple[int, int], str]:
    """Return the load balancer by which each host reaches each receive connector, by numbers."""
    plan, titles = compile_plan(scenario), sorted(scenario.load_balancers)
    return {
        # Twins of load balancers, for the hosts of culprits, follow the others.
        (number, target.connector): titles[server.balancer % len(titles)]
        for number, host in enumerate(plan.hosts)
        for server in host.servers
        if server.balancer >= 0
        for target in host.submission_targets[server.first : server.first + server.length]
        if target.connector >= 0
    }
