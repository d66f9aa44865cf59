"""Resources: stations and queues with their display names, their utilization and queue length."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relaysim.measure.measured_window import HOUR, MINUTE, SECOND, Window
from relaysim.plan.compiler import compile_plan
from relaysim.plan.names import QueueKind, StationKind, leads_to, queue_name
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.occupancy import Occupancy, Place, rows_of, stations
from relaysim.trace.step_function import StepFunction, time_present
from relaysim.trace.tables import Names, Trace, Visit

SUBMISSION_THRESHOLD = 100
"""`Submission Queue Length`: Microsoft's counter pages want it at or below 100."""
DELIVERY_THRESHOLD = 250
"""`Active Mailbox Delivery` and `Active Remote Delivery Queue Length`: below 250 at all times."""


IN_VAIN = 0.05
"""The share of entries that wait and are never served above which a mean of 0 s is no answer (our
choice)."""
BUSIEST = {"utilization_busiest_hour": HOUR, "utilization_busiest_5_min": 5 * MINUTE}
"""Utilizations of the busiest part of the window, and how long that part is."""


@dataclass(frozen=True)
class Resource:
    """An occupancy, Microsoft's threshold for its queue (if any), and whether it has servers."""

    occupancy: Occupancy
    threshold: int | None = None
    has_servers: bool = True

    @property
    def name(self) -> str:
        """The display name."""
        return self.occupancy.name

    @cached_property
    def waiting(self) -> StepFunction:
        """The number that waits, over time."""
        return self.occupancy.waiting()

    def measured(self, window: Window) -> dict[str, float]:
        """Return the metrics of the resource over a window.

        Utilizations are NaN for unlimited servers and left out for a queue without servers;
        `minutes_above` is left out for a queue without a threshold.
        """
        use, length = self.occupancy, window.length
        values = {}
        if self.has_servers:
            busy = float(window.overlap(use.begin, use.end).sum())
            values["utilization"] = busy / (use.capacity * length) if use.capacity else np.nan
            values |= busiest(use, window)
        queue_mean = float(window.overlap(use.enter, use.until).sum()) / length
        wait_mean = mean_wait(use, window)
        # Last, as it takes much memory.
        waiting = self.waiting.between(window.start, window.end)
        values["queue_mean"] = queue_mean
        values["queue_max"] = float(waiting.largest())
        values["wait_mean"] = wait_mean
        if self.threshold is not None:
            above = waiting.time_where(waiting.values > self.threshold)
            values["minutes_above"] = above / MINUTE
        return values


def mean_wait(use: Occupancy, window: Window) -> float:
    """Return the mean wait of the entries of the window that were served.

    Parameters
    ----------
    use
        A station or queue.
    window
        Entries that came in it count.

    Returns
    -------
    float
        Seconds. NaN where no entry was served. NaN too where no entry that had to wait was served,
        and these are more than `IN_VAIN` of all entries: entries that found a free server
        have no information about a queue that never moved.
    """
    came = window.holds(use.enter)
    waits, served = (use.until - use.enter)[came], use.served[came]
    if not served.any():
        return np.nan
    in_vain = np.count_nonzero(~served & (waits > 0))
    # Entries that were served waited 0 s, the others in vain: 0 s would hide their wait.
    if in_vain > IN_VAIN * len(waits) and not waits[served].any():
        return np.nan
    return float(waits[served].mean()) / SECOND


def busiest(use: Occupancy, window: Window) -> dict[str, float]:
    """Return the utilizations in the busiest whole bins of the window, by name (`BUSIEST`).

    Parameters
    ----------
    use
        A station or queue.
    window
        Bins count from its start; one that is shorter than a bin is a bin.

    Returns
    -------
    dict of str to float
        Shares of the servers, NaN where they are unlimited.
    """
    if not use.capacity:
        return dict.fromkeys(BUSIEST, np.nan)
    lengths = [min(length, window.length) for length in BUSIEST.values()]
    # Whole bins only: the end is an edge, if it falls on one.
    edges = [np.arange(window.start, window.end + 1, length) for length in lengths]
    busy = time_present(use.begin, use.end, np.concatenate(edges))
    by_length = np.split(busy, np.cumsum([len(part) for part in edges])[:-1])
    return {
        name: float(np.diff(part).max()) / (use.capacity * length)
        for name, length, part in zip(BUSIEST, lengths, by_length, strict=True)
    }


def resources(trace: Trace, scenario: Scenario) -> Iterator[Resource]:
    """Yield all resources of a trace: stations in the order of the trace, then delivery queues.

    The submission queue has the messages that wait for a core to be categorized. The queues of a
    destination with counted domains are one resource, `HUB->destination`: there may be thousands,
    and Microsoft's threshold is for the sum of the remote queues of a hub.
    """
    for station in stations(trace):
        place, rows = station.place, station.rows
        yield Resource(station)
        del station  # Before the next one has its memory.
        if place.kind is StationKind.CORES:
            (visit,) = trace.visits.at(rows.astype(np.int64), "visit")
            rows = rows[visit == Visit.CATEGORIZE]
            queue = submission_queue(trace.names, place.hub)
            yield Resource(
                Occupancy.of(trace, trace.visits, rows, queue),
                SUBMISSION_THRESHOLD,
                has_servers=False,
            )
    groups, of = queue_groups(trace, scenario)
    # Several queues together have no common number of connections, so no utilization.
    alone = np.bincount(of, minlength=len(groups)) == 1
    for group, rows in enumerate(rows_of(of[trace.attempts["queue"]], len(groups))):
        yield Resource(
            Occupancy.of(trace, trace.attempts, rows, groups[group]),
            DELIVERY_THRESHOLD,
            has_servers=bool(alone[group]),
        )


def submission_queue(names: Names, hub: int) -> Place:
    """Return the submission queue of a hub."""
    name = queue_name(QueueKind.SUBMISSION, names.hubs[hub])
    return Place(name, QueueKind.SUBMISSION, hub, "", 0)


def queue_groups(trace: Trace, scenario: Scenario) -> tuple[tuple[Place, ...], Column]:
    """Return the resources that delivery queues belong to, and the index of each queue's."""
    counted, names = _counted_domains(scenario), trace.names
    groups: dict[str, Place] = {}
    group_of = np.zeros(len(names.queues), np.int64)
    numbers: dict[str, int] = {}
    # Thousands of queues lead to the domains of a few destinations: a name is made once for all.
    known: dict[tuple[QueueKind, int, str, str], int] = {}
    for number, (kind, hub, next_hop) in enumerate(
        zip(names.queue_kind, names.queue_hub, names.queue_next_hop, strict=True)
    ):
        next_hop = counted.get(next_hop, next_hop)
        ip = names.egress[names.queue_egress[number]] if names.queue_by_ip[number] else ""
        key = kind, hub, next_hop, ip
        if key not in known:
            name = queue_name(kind, names.hubs[hub], next_hop, ip)
            known[key] = numbers.setdefault(name, len(numbers))
            title = leads_to(next_hop, ip)
            groups.setdefault(name, Place(name, kind, hub, title, names.queue_capacity[number]))
        group_of[number] = known[key]
    return tuple(groups.values()), group_of


@dataclass(frozen=True)
class QueueResource:
    """The queue behind the name of a resource.

    Parameters
    ----------
    kind : QueueKind
        The kind of next hop.
    hub : str
        The hub of the queue.
    leads_to : str
        The next hop, or the destination with counted domains; "" within the hub.
    """

    kind: QueueKind
    hub: str
    leads_to: str


def queue_resources(scenario: Scenario) -> dict[str, QueueResource]:
    """Return the queues of a design by the names that they have among the resources."""
    plan, counted = compile_plan(scenario), _counted_domains(scenario)
    queues = {
        queue_name(QueueKind.SUBMISSION, hub.name): QueueResource(
            QueueKind.SUBMISSION, hub.name, ""
        )
        for hub in plan.hubs
        # A relay service has no cores, and so no submission queue.
        if hub.cpu_station >= 0
    }
    for queue in plan.queues:
        next_hop = counted.get(queue.next_hop, queue.next_hop)
        ip = plan.egress[queue.egress].name if queue.by_ip else ""
        hub = plan.hubs[queue.hub].name
        name = queue_name(queue.kind, hub, next_hop, ip)
        queues[name] = QueueResource(queue.kind, hub, leads_to(next_hop, ip))
    return queues


@keep_latest
def _counted_domains(scenario: Scenario) -> dict[str, str]:
    """Return the domains that have no name of their own, each with its destination."""
    return {
        domain: name
        for name, destination in scenario.destinations.items()
        if destination.domain_count is not None
        for domain in destination.domain_names()
    }
