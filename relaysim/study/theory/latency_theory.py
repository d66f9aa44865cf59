"""The mean latency of a stream: the sum of the theory of each station on its path.

The mean of a sum is the sum of the means. That each station may be looked at alone, as if it were
the first, is Jackson's and Burke's theorem (`theory.stations_in_a_row`): `network` says where it
holds.
"""

from relaysim.analysis.mail_paths import DomainRoute, Path, receiver
from relaysim.mail.priority_queuing import parse_priority
from relaysim.plan import routing
from relaysim.plan.names import QueueKind, StationKind, queue_name, station_name
from relaysim.scenario.distribution import mean
from relaysim.scenario.table import SECOND
from relaysim.study.theory.delivery_theory import disturbed, wait_by_priority
from relaysim.study.theory.resource_theory import answers
from relaysim.study.theory.session_theory import dialog, trips_vary
from relaysim.study.theory.theory_answer import Answer
from relaysim.study.theory.theory_network import Network
from relaysim.traffic.service import mixture
from relaysim.wording import listed


class Journey:
    """The way of the recipients of a stream: what is known of it, and what is not.

    `formulas` are those of the waits on the way, `unknown` the resources that have none.
    """

    def __init__(self, network: Network, path: Path) -> None:
        self.network, self.path = network, path
        self.formulas: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.against = [*network.overloaded, *network.against([path.name])]
        if trips_vary(network, path):
            self.against.append("dialogs are longer for some recipients than for others")

    def latency(self) -> float:
        """Mean seconds from creation to the final 250."""
        seconds = dialog(self.network, self.path) + self._core(self.path.hub, "receive")
        seconds += self._commit() + self._core(self.path.hub, "categorize")
        delivered = sum(route.share for route in self.path.routes)
        return seconds + sum(
            route.share / delivered * self._route_of(route) for route in self.path.routes
        )

    def delivery(self) -> float:
        """Mean seconds in delivery queues, of a stream that goes nowhere else."""
        delivered = sum(route.share for route in self.path.routes)
        return sum(route.share / delivered * self._connection(route) for route in self.path.routes)

    def answer(self, seconds: float) -> Answer:
        """Return these seconds as an answer, if theory holds for the whole path."""
        against = list(self.against)
        if self.unknown:
            against.append(f"no formula for the wait at {listed(self.unknown)}")
        if against:
            return Answer.none(against)
        return Answer(" + ".join(self.formulas) or "nothing waits", seconds)

    def _wait(self, answer: Answer | None, resource: str) -> float:
        """Return the wait at a resource; 0 where the mail does not pass it."""
        if answer is None:
            return 0.0
        if answer.reasons:
            self.unknown[resource] = None
            return 0.0
        self.formulas[answer.formula] = None
        return answer.theory

    def _at(self, resource: str) -> float:
        return self._wait(answers(self.network, resource).get("wait_mean"), resource)

    def _core(self, hub: str, kind: str) -> float:
        parts = self.network.cores(hub).get(kind, [])
        own = self.network.work(part for part in parts if part.stream == self.path.name)
        return self._at(self.network.cores_of(hub)) + mixture(own).seconds if own else 0.0

    def _commit(self) -> float:
        hub = self.network.scenario.hubs[self.path.hub]
        return self._at(station_name(StationKind.COMMIT, hub.name)) + hub.commit_write / SECOND

    def _route_of(self, route: DomainRoute) -> float:
        scenario, hop = self.network.scenario, route.first
        seconds = self._core(hop.hub, "send")
        if hop.kind is routing.HopKind.MAILBOX:
            if scenario.hubs[hop.hub].max_concurrent_mailbox_deliveries is not None:
                seconds += self._at(queue_name(QueueKind.MAILBOX, hop.hub))
            return seconds + mean(scenario.mailboxes.delivery_time) / SECOND
        if hop.kind is not routing.HopKind.REMOTE:
            self.unknown[queue_name(QueueKind.REMOTE, hop.hub, hop.next_hop)] = None
            return seconds
        name = receiver(scenario, route, hop)
        seconds += self._connection(route)
        line, bandwidth = self.network.line_of(hop.egress)
        if bandwidth is not None:
            size = mean(self.network.streams[self.path.name].size)
            seconds += self._at(line) + size * 8 / bandwidth
        if name is None:  # no destination has the domain: it answers at once
            return seconds
        destination = scenario.destinations[name]
        return seconds + (mean(destination.connect_time) + mean(destination.response_time)) / SECOND

    def _connection(self, route: DomainRoute) -> float:
        """Return the wait for a connection; without a limit each transaction opens one at once."""
        network = self.network
        queue = next(
            name for name, entries in network.queues.items() if self._joins(entries, route)
        )
        if not network.connections(route.first):
            if any(disturbed(network, queue)):
                self.unknown[queue] = None
            return 0.0
        priority = parse_priority(network.streams[self.path.name].priority)
        return self._wait(wait_by_priority(network, queue).get(priority), queue)

    def _joins(
        self, entries: list[tuple[Path, DomainRoute, routing.Hop]], route: DomainRoute
    ) -> bool:
        return any(path is self.path and other is route for path, other, _ in entries)


def latency(network: Network, name: str) -> Answer:
    """Return the mean latency of a stream, seconds."""
    path = _only(network, name)
    if path is None:
        return Answer.none([_SEVERAL])
    journey = Journey(network, path)
    return journey.answer(journey.latency())


def wait_of_priority(network: Network, name: str) -> Answer | None:
    """Return the mean wait of a stream in delivery queues with priorities; None without."""
    path = _only(network, name)
    if path is None or any(route.first.kind is not routing.HopKind.REMOTE for route in path.routes):
        return None
    hub = network.scenario.hubs[path.hub]
    if not hub.priority_queuing_enabled or not network.limited(path.hub):
        return None
    journey = Journey(network, path)
    return journey.answer(journey.delivery())


_SEVERAL = "no mail gets in, or by several ways"


def _only(network: Network, name: str) -> Path | None:
    """Return the only path of a stream; None if it has several, or no route."""
    paths = [path for path in network.paths if path.name == name]
    return paths[0] if len(paths) == 1 and paths[0].routes else None
