"""The way of the mail through the hubs, and where on it a Poisson stream stops being one.

What leaves an M/M/c queue is Poisson again (Burke), and so is what a random delay holds up that
does not depend on other mail. What leaves any other queue is not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from relaysim.analysis.mail_paths import DomainRoute, Path, paths
from relaysim.analysis.message_rates import messages
from relaysim.analysis.offered_load import Part, delivery_queue, stages
from relaysim.measure.resource_metrics import queue_resources
from relaysim.plan import routing
from relaysim.plan.by_name import PlanByName
from relaysim.plan.names import QueueKind, StationKind, line_name
from relaysim.scenario.culprit import culprits
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import SECOND
from relaysim.study.theory import poisson_streams as streams
from relaysim.study.theory.queue_formulas import Work, is_exponential
from relaysim.traffic.service import mixture

Step = Literal["receive", "commit", "categorize", "deliver"]
"""What a hub does with a message, one after the other."""


FROM_HUBS = "mail comes from another hub over its connections"
APART = "culprits have hubs, queues and lines of their own (contention = false)"
HELD_BY_CORES = "a connection is held while its mail waits for a core"


class Network:
    """Streams, rates and stages of a scenario, as the audit sees them.

    `rates` are messages a second by stream, `paths` those by which mail gets in, `turned_down`
    those by which it does not.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.plan = scenario, PlanByName(scenario)
        self.stages = {stage.name: stage for stage in stages(scenario)}
        self.streams: dict[str, Stream] = {
            f"{host}.{name}": stream
            for host, described in scenario.hosts.items()
            for name, stream in described.streams.items()
        }
        seconds = scenario.run.duration / SECOND
        self.rates = {
            f"{host}.{name}": messages(scenario, host, name) / seconds
            for host, described in scenario.hosts.items()
            for name in described.streams
        }
        all_paths = [path for path in paths(scenario) if path.share]
        self.paths = [path for path in all_paths if path.reply is None]
        self.turned_down = [path for path in all_paths if path.reply is not None]

    def place(self, resource: str) -> tuple[StationKind | QueueKind, str, str]:
        """Return what a resource is, its hub, and its receive connector or next hop."""
        return self._places[resource]

    @cached_property
    def _places(self) -> dict[str, tuple[StationKind | QueueKind, str, str]]:
        plan = self.plan.plan
        places: dict[str, tuple[StationKind | QueueKind, str, str]] = {
            name: (queue.kind, queue.hub, queue.leads_to)
            for name, queue in queue_resources(self.scenario).items()
        }
        for station in plan.stations:
            hub = plan.hubs[station.hub].name if station.hub >= 0 else ""
            title = plan.connectors[station.connector].title if station.connector >= 0 else ""
            places[station.name] = station.kind, hub, title
        return places

    def cores_of(self, hub: str) -> str:
        """Return the name of the cores of a hub."""
        return self.plan.cores(hub).name

    # Streams.

    @cached_property
    def _reasons(self) -> dict[str, list[str]]:
        result: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            host, stream = self.scenario.hosts[path.host], self.streams[path.name]
            result[path.name] += streams.arrivals(self.scenario, path.name, stream)
            result[path.name] += streams.losses(self.scenario, path.name, stream)
            result[path.name] += streams.entry(self.scenario, host, stream, path)
            if any(route.first.kind not in _ROUTED for route in path.routes):
                result[path.name].append("some mail has no route")
            hops = [hop for route in path.routes for hop in (route.first, *route.lasts)]
            if any(streams.too_large(stream, hop.connector) for hop in hops):
                result[path.name].append(streams.TOO_LARGE)
        return result

    @cached_property
    def apart(self) -> bool:
        """Whether culprits and other mail have hubs, queues and lines of their own."""
        return not self.scenario.coupling.contention and bool(culprits(self.scenario))

    @cached_property
    def overloaded(self) -> list[str]:
        """The stages that are asked for all that they can do, or more: nothing settles."""
        return [
            f"{stage.name} is asked for more than it can do"
            for stage in self.stages.values()
            if stage.load(self.rates) >= 1
        ]

    def against(self, names: Iterable[str]) -> list[str]:
        """Why the mail of some streams is not Poisson, or not all of it gets through at once."""
        return [reason for name in sorted(names) for reason in self._reasons[name]]

    def work(self, parts: Iterable[Part]) -> list[Work]:
        """How often each part comes, and what it takes; what takes no time is left out."""
        return [
            Work(rate, part.service)
            for part in parts
            if part.service.seconds and (rate := self.rates[part.stream] * part.visits)
        ]

    def next_hops(self, name: str) -> int:
        """To how many delivery queues the recipients of a message may go."""
        return max(
            sum(route.domains.count if _direct(route) else 1 for route in path.routes)
            for path in self.paths
            if path.name == name
        )

    # Hubs.

    def parts(self, stage: str) -> list[Part]:
        """All that comes to a stage; nothing where no mail does."""
        return self.stages[stage].parts if stage in self.stages else []

    def cores(self, hub: str) -> dict[str, list[Part]]:
        """The parts of each kind of work of the cores of a hub that take any time."""
        kinds: dict[str, list[Part]] = defaultdict(list)
        for part in self.parts(self.cores_of(hub)):
            if part.service.seconds:
                kinds[part.work].append(part)
        return kinds

    def arriving(self, hub: str, step: Step) -> Iterator[str]:
        """Why what comes to a step of a hub is not Poisson, even if what hosts send is."""
        settings, kinds = self.scenario.hubs[hub], self.cores(hub)
        if hub in self.handed_to:
            yield FROM_HUBS
        if step != "receive" and "receive" in kinds:
            yield from self.leaving(hub)
        if step in ("categorize", "deliver"):
            yield from _released(settings)
        if step == "deliver" and "categorize" in kinds:
            yield from self.leaving(hub)

    def leaving(self, hub: str) -> Iterator[str]:
        """Why what leaves the cores of a hub is not Poisson."""
        kinds = self.cores(hub)
        work = self.work(part for parts in kinds.values() for part in parts)
        if len(kinds) > 1:
            yield "a message comes to the cores more than once"
        elif work and not is_exponential(mixture(work)):
            yield "mail that leaves the cores is not Poisson"

    def sends(self, hub: str) -> bool:
        """Whether a hub needs core time to send."""
        return "send" in self.cores(hub)

    def sending(self, hub: str) -> Iterator[str]:
        """Why what the connections of a hub send is not Poisson."""
        yield from self.arriving(hub, "deliver")
        if self.limited(hub) or self.plan.hub(hub).outbound_connections:
            yield "a limited number of connections brings the mail"

    @cached_property
    def handed_to(self) -> set[str]:
        """The hubs that other hubs hand mail to."""
        return {
            hop.hub
            for path in self.paths
            for route in path.routes
            if route.first.kind is routing.HopKind.TRANSFER
            for hop in route.lasts
        }

    # Queues and lines.

    def connections(self, hop: routing.Hop) -> int:
        """Return how many connections the queue of a remote hop may use; 0 for no limit."""
        return self.plan.queue(QueueKind.REMOTE, hop.hub, hop.next_hop).connections

    def limited(self, hub: str) -> bool:
        """Return whether the queues of a hub that lead outside have a limit of connections."""
        return any(queue.connections for queue in self.plan.queues(QueueKind.REMOTE, hub))

    @cached_property
    def queues(self) -> dict[str, list[tuple[Path, DomainRoute, routing.Hop]]]:
        """What comes to each delivery queue that leads outside."""
        result: dict[str, list[tuple[Path, DomainRoute, routing.Hop]]] = defaultdict(list)
        for path in self.paths:
            for route in path.routes:
                for hop in route.lasts:
                    if hop.kind is routing.HopKind.REMOTE:
                        result[delivery_queue(self.scenario, route, hop)].append((path, route, hop))
        return result

    def line_of(self, egress: str | None) -> tuple[str, int | None]:
        """The line of a public IP as a resource, and its bandwidth."""
        described = self.scenario.egress[egress or ""]
        if described.line is None:
            return line_name(egress or ""), described.bandwidth
        return line_name(described.line), self.scenario.lines[described.line].bandwidth

    def hubs_of_line(self, line: str) -> set[str]:
        """The hubs that send over a line."""
        return {
            hop.hub
            for entries in self.queues.values()
            for _, _, hop in entries
            if self.line_of(hop.egress)[0] == line
        }


_ROUTED = (routing.HopKind.MAILBOX, routing.HopKind.REMOTE, routing.HopKind.TRANSFER)


def batch_size(hub: Hub) -> int:
    """Messages in a batch of the queue database at most: without a timeout none waits for more."""
    return hub.queue_database_batch_size if hub.queue_database_batch_timeout else 1


def _released(hub: Hub) -> Iterator[str]:
    if batch_size(hub) > 1:
        yield "the queue database lets mail on in batches"
    elif hub.commit_write:
        yield "the queue database lets mail on one write after another"


def _direct(route: DomainRoute) -> bool:
    return all(hop.next_hop == route.domains.name for hop in route.lasts)
