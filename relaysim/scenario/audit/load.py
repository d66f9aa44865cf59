"""The load that streams offer to each stage: seconds of a server for each message."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from relaysim.scenario import route
from relaysim.scenario.arrivals import Replay
from relaysim.scenario.audit.answering import allowed_sessions
from relaysim.scenario.audit.paths import Path, Way, paths
from relaysim.scenario.hub import Cost
from relaysim.scenario.law import mean
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import SECOND
from relaysim.theory.load import utilization

_KB = 1024
_SETUP_TRIPS = 6  # TCP and greeting, EHLO, STARTTLS with its handshake, EHLO again
_MESSAGE_TRIPS = 4  # MAIL FROM, RCPT TO, DATA, end of data


@dataclass
class Stage:
    """A stage with `servers` alike, and what a message of each stream asks of one (seconds).

    `what` names them for people, `place` is the path in the scenario file that limits them.
    """

    name: str
    what: str
    place: str
    servers: int
    demand: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def load(self, rates: Mapping[str, float]) -> float:
        """The load of each server at these rates (messages a second by stream)."""
        return sum(
            utilization(rates.get(stream, 0.0), seconds, self.servers)
            for stream, seconds in self.demand.items()
        )


class Stages:
    """The stages of a scenario, each made when the first stream needs it."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.found: dict[str, Stage] = {}
        for path in paths(scenario):
            if path.reply is None and path.share:
                self._add(path)

    def _add(self, path: Path) -> None:
        """Add what one path of a stream asks of the stages that it comes by."""
        host = self.scenario.hosts[path.host]
        stream = host.streams[path.stream]
        size = mean(stream.size)
        several = _recipient_counts(stream)
        self._session(path, size)
        if not path.ways:
            return
        hub = self.scenario.hubs[path.hub]
        work = _seconds(hub.receive_cost, size) + self._categorize(path.hub, size)
        self._cpu(path.hub, path, work)
        handed: dict[str, float] = defaultdict(float)
        for way in path.ways:
            for hop in way.lasts:
                if way.first.kind is route.HopKind.TRANSFER:
                    handed[hop.hub] += way.share / len(way.lasts)
                self._transactions(path, way, hop, size, several)
        for there, share in handed.items():
            part = _transactions(share, several)
            self._cpu(path.hub, path, part * _seconds(hub.send_cost, size))
            self._cpu(there, path, part * self._categorize(there, size))

    def _transactions(
        self, path: Path, way: Way, hop: route.Hop, size: float, several: Mapping[int, float]
    ) -> None:
        """What delivery asks: cores, mailbox server or connections, and the line."""
        count = way.domains.count
        each = _transactions(way.share / count, several) / len(way.lasts)
        hub = self.scenario.hubs[hop.hub]
        if hop.kind is route.HopKind.MAILBOX:
            self._cpu(hop.hub, path, each * _seconds(hub.send_cost, size))
            self._stage(
                f"{hop.hub}.mailbox",
                f"mailbox deliveries of {hop.hub}",
                ("hubs", hop.hub, "max_concurrent_mailbox_deliveries"),
                hub.max_concurrent_mailbox_deliveries,
                path,
                each * mean(self.scenario.mailboxes.delivery_time) / SECOND,
            )
        elif hop.kind is route.HopKind.REMOTE:
            self._cpu(hop.hub, path, each * count * _seconds(hub.send_cost, size))
            self._line(hop.egress or "", path, each * count * size * 8)
            self._connections(path, way, hop, each)

    def _connections(self, path: Path, way: Way, hop: route.Hop, each: float) -> None:
        hub = self.scenario.hubs[hop.hub]
        destination = self.scenario.destinations[way.domains.destination]
        response = mean(destination.response_time) / SECOND
        direct = hop.next_hop == way.domains.name
        limits = [hub.max_per_domain_outbound_connections]
        if direct:
            limits.append(destination.max_connections_per_ip)
        self._stage(
            f"{hop.hub}->{hop.next_hop}",
            f"connections of {hop.hub} to {way.domains if direct else hop.next_hop}",
            ("hubs", hop.hub, "max_per_domain_outbound_connections"),
            min((limit for limit in limits if limit is not None), default=None),
            path,
            (each if direct else each * way.domains.count) * response,
        )
        self._stage(
            f"{hop.hub}.outbound",
            f"outbound connections of {hop.hub}",
            ("hubs", hop.hub, "max_outbound_connections"),
            hub.max_outbound_connections,
            path,
            each * way.domains.count * response,
        )

    def _session(self, path: Path, size: float) -> None:
        """What submission asks: a session from the first round trip to the commit."""
        host, hub = self.scenario.hosts[path.host], self.scenario.hubs[path.hub]
        trips = _MESSAGE_TRIPS + _SETUP_TRIPS / (host.messages_per_connection or 1 << 30)
        held = trips * host.round_trip / SECOND
        held += size * 8 / host.bandwidth if host.bandwidth else 0.0
        held += _seconds(hub.receive_cost, size)
        held += (hub.queue_database_batch_timeout + hub.commit_write) / SECOND
        if path.connector is None:
            self._stage(
                f"{path.hub}.mailboxsubmission",
                f"mailbox submissions to {path.hub}",
                ("hubs", path.hub, "max_concurrent_mailbox_submissions"),
                hub.max_concurrent_mailbox_submissions,
                path,
                held,
            )
            return
        limits = [host.sessions]
        if host.kind != "internet":
            limits.append(allowed_sessions(path.connector))
        self._stage(
            f"{path.host}.sessions",
            f"sessions of {path.host}",
            ("hosts", path.host, "sessions"),
            min((limit for limit in limits if limit is not None), default=None),
            path,
            held,
        )

    def _categorize(self, name: str, size: float) -> float:
        hub = self.scenario.hubs[name]
        return _seconds(hub.categorize_cost, size) + _seconds(hub.antivirus_cost, size)

    def _cpu(self, name: str, path: Path, seconds: float) -> None:
        cores = self.scenario.hubs[name].cores
        place = ("hubs", name, "cores")
        self._stage(f"{name}.cpu", f"cores of {name}", place, cores, path, seconds)

    def _line(self, name: str, path: Path, bits: float) -> None:
        egress = self.scenario.egress[name]
        if egress.line is None:
            line, place, bandwidth = name, ("egress", name, "bandwidth"), egress.bandwidth
        else:
            line, place = egress.line, ("lines", egress.line, "bandwidth")
            bandwidth = self.scenario.lines[line].bandwidth
        if bandwidth is not None:
            self._stage(f"{line}.line", f"line {line}", place, 1, path, bits / bandwidth)

    def _stage(
        self,
        name: str,
        what: str,
        place: tuple[str, ...],
        servers: int | None,
        path: Path,
        seconds: float,
    ) -> None:
        """Add the seconds of a server that a message on this path asks.

        Unlimited servers are no stage; nor are none at all, which `sessions_over_limit` reports.
        """
        if not servers:
            return
        number = "" if name.endswith(".line") else f"{servers} "
        stage = self.found.setdefault(
            name, Stage(name, f"the {number}{what}", dotted(place), servers)
        )
        stage.demand[path.name] += path.share * seconds


def stages(scenario: Scenario) -> tuple[Stage, ...]:
    """All stages that can be short of servers, in the order in which mail comes to them."""
    return tuple(Stages(scenario).found.values())


def _seconds(cost: Cost, size: float) -> float:
    return (cost.base + cost.per_kb * size / _KB) / SECOND


def _recipient_counts(stream: Stream) -> dict[int, float]:
    """The share of messages with each number of recipients."""
    law = stream.recipients
    if isinstance(stream.arrivals, Replay):
        recorded = read(stream.arrivals.file).recipients
        if recorded is not None:
            values, counts = np.unique(recorded, return_counts=True)
            return {int(k): float(n) / len(recorded) for k, n in zip(values, counts, strict=True)}
    if isinstance(law, int):
        return {law: 1.0}
    weights = {k: k**-law.s for k in range(1, law.max + 1)}
    return {k: weight / sum(weights.values()) for k, weight in weights.items()}


def _transactions(share: float, several: Mapping[int, float]) -> float:
    """The share of messages with a recipient in a place that gets this share of recipients."""
    return sum(part * (1 - (1 - share) ** k) for k, part in several.items())
