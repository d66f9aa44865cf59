"""Offered load: the server seconds that each message of a stream needs at each stage.

Servers and limits are those of the plan (`relaysim.plan.by_name`).
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from scipy.special import bdtrc

from relaysim.analysis.held_sessions import acknowledgement, sources
from relaysim.analysis.mail_paths import DomainRoute, Path, paths
from relaysim.analysis.recipients_of_messages import recipient_counts
from relaysim.analysis.route_end import is_direct
from relaysim.analysis.route_end import receiver as receiver_of
from relaysim.mail.dialogue import HUB_BANDWIDTH
from relaysim.mail.session_time import relay_timing, timing
from relaysim.plan import routing
from relaysim.plan.by_name import PlanByName
from relaysim.plan.hand_over import hand_overs
from relaysim.plan.names import SUBMISSION, QueueKind, connector_name, queue_name
from relaysim.plan.public_ips import all_public_ips
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.relay_submission import session_limit
from relaysim.scenario.connector import ReceiveConnector, SendConnector
from relaysim.scenario.core_time import Cost
from relaysim.scenario.distribution import mean
from relaysim.scenario.hub import Hub
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.straight_hosts import messages_per_connection
from relaysim.scenario.table import SECOND
from relaysim.theory.offered_work import utilization
from relaysim.traffic.service import AT_ONCE, Service, of_costs, of_size, of_time

_ONE = re.compile(r"^(session|core|connection)s( )")


@dataclass(frozen=True)
class Part:
    """The work of one stream at a stage.

    Parameters
    ----------
    stream : str
        The full name of the stream.
    visits : float
        Mean number of visits of a message.
    service : Service
        Service time of a visit.
    work : str
        For cores "receive", "categorize" or "send"; else "".
    """

    stream: str
    visits: float
    service: Service
    work: str = ""


@dataclass
class Stage:
    """Servers with one queue, and the offered work.

    Parameters
    ----------
    name : str
        The display name of the resource.
    what : str
        The servers in a sentence: "the 20 connections of HUB01 to gmail.com".
    place : str
        The path of the key in the scenario file that limits the servers.
    servers : int
        Number of servers.
    alike : int
        Number of equal stages: one for each domain of a destination with counted domains.
    queue : QueuePlan or None
        For connections of a queue, the queue in the plan; of counted domains, the first one.
    egress : str
        For a queue of a hub with several public IPs, the IP; else "".
    warm_ups : tuple of str
        The warm-up plans that limit the mail of this IP.
    parts : list of Part
        The work of each stream.
    acknowledges : dict
        The receive connectors, as (hub, name), that hold sessions until delivery.
    """

    name: str
    what: str
    place: str
    servers: int
    alike: int = 1
    queue: QueuePlan | None = None
    egress: str = ""
    warm_ups: tuple[str, ...] = ()
    parts: list[Part] = field(default_factory=list)
    # A dict instead of a set keeps the order of paths, so output is the same on every run.
    acknowledges: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def demand(self) -> dict[str, float]:
        """Mean server seconds of a message, by stream."""
        seconds: dict[str, float] = defaultdict(float)
        for part in self.parts:
            seconds[part.stream] += part.visits * part.service.seconds
        return dict(seconds)

    def load(self, rates: Mapping[str, float]) -> float:
        """Return the utilization at these rates (messages a second by stream)."""
        return sum(
            utilization(rates.get(stream, 0.0), seconds, self.servers)
            for stream, seconds in self.demand.items()
        )


class Stages:
    """The stages of a scenario, made from the paths of its streams."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.plan = scenario, PlanByName(scenario)
        self.by_name: dict[str, Stage] = {}
        for path in paths(scenario):
            if path.reply is None and path.share:
                self._add(path)

    def _add(self, path: Path) -> None:
        """Add the work of one path of a stream at each stage."""
        stream = self.scenario.hosts[path.host].streams[path.stream]
        several = recipient_counts(stream)
        if path.relay is not None:
            self._relay_session(path, path.relay, mean(stream.size), several)
            return
        self._session(path, mean(stream.size), several)
        # Refused at RCPT TO: the session costs time, but the hub has no message.
        if not path.routes:
            return
        for hub in path.takers:
            part = 1 / len(path.takers)
            self._cpu(hub, path, part, "receive", path.connector)
            self._cpu(hub, path, part, "categorize")
            if (shadow := self.plan.shadow(hub)) is not None:
                self._cpu(shadow, path, part, "receive")
        handed: dict[tuple[str, str], float] = defaultdict(float)
        hops: dict[tuple[str, str], routing.Hop] = {}
        for route in path.routes:
            for hop, receiver, share in route.handed_over:
                handed[hop.hub, receiver] += route.share * share
                hops.setdefault((hop.hub, receiver), hop)
            for hop in route.lasts:
                self._transactions(path, route, hop, several)
        for (sender, receiver), share in handed.items():
            # The other hub receives and categorizes the message again.
            part, hop = self._per_message(path, sender, share, several), hops[sender, receiver]
            (session,) = (
                each for each in hand_overs(self.scenario, hop) if each.receiver == receiver
            )
            self._cpu(sender, path, part, "send", _sends_by(hop))
            self._cpu(receiver, path, part, "receive", session.connector)
            self._cpu(receiver, path, part, "categorize")

    def _transactions(
        self, path: Path, route: DomainRoute, hop: routing.Hop, several: Mapping[int, float]
    ) -> None:
        """Add the work of delivery: cores, mailbox server or connections, and the line."""
        count = route.domains.count
        # For one of `count` equal domains; the hubs of a transfer take turns.
        transactions = self._per_message(path, hop.hub, route.share / count, several)
        transactions /= len(route.lasts)
        if hop.kind is routing.HopKind.MAILBOX:
            self._cpu(hop.hub, path, transactions, "send")
            queue = self.plan.queue(QueueKind.MAILBOX, hop.hub)
            self._stage(
                queue.name,
                f"mailbox deliveries of {hop.hub}",
                queue.limited_by,
                queue.connections,
                path,
                transactions,
                of_time(self.scenario.mailboxes.delivery_time),
            )
        elif hop.kind is routing.HopKind.REMOTE:
            self._cpu(hop.hub, path, transactions * count, "send", hop.connector)
            queue = self.plan.queue(QueueKind.REMOTE, hop.hub, hop.next_hop, hop.egress or "")
            self._line(hop.egress or "", path, transactions * count)
            self._connections(path, route, hop, queue, transactions)

    def _per_message(
        self, path: Path, hub: str, share: float, several: Mapping[int, float]
    ) -> float:
        """Return the transactions of one hub that takes the mail, for a message of the path.

        Parameters
        ----------
        path : Path
            The path of the mail.
        hub : str
            The hub that sends the transactions.
        share : float
            The share of the recipients that they are for.
        several : mapping of int to float
            The share of messages with each number of recipients.
        """
        takers = len(path.takers)
        most = self.scenario.hubs[hub].default_destination_recipient_limit
        # The share of a route counts all messages, of which the hub takes a part.
        return _transactions(share * takers, several, most) / takers

    def _connections(
        self,
        path: Path,
        route: DomainRoute,
        hop: routing.Hop,
        queue: QueuePlan,
        transactions: float,
    ) -> None:
        direct = is_direct(route, hop)
        place = receiver_of(self.scenario, route, hop)
        receiver = self.scenario.answering.get(place or "")
        egress = (hop.egress or "") if queue.by_ip else ""
        warm_ups = tuple(
            name
            for name, plan in self.scenario.warm_up_plans.items()
            if plan.egress == egress and plan.destination in (None, place)
        )
        # A domain of no destination answers at once (`reference.ELSEWHERE`).
        response = of_time(receiver.response_time) if receiver else AT_ONCE
        # Front ends proxy the connections of one queue by several IPs.
        ips = len({other.egress for other in route.lasts if other.hub == hop.hub and other.proxy})
        per_ip = self.plan.receiver(queue).connections_per_ip
        limits = (queue.connections, per_ip * max(ips, 1))
        self._stage(
            delivery_queue(self.scenario, route, hop),
            f"connections of {hop.hub} to {route.domains if direct else hop.next_hop}",
            queue.limited_by,
            # 0 is no limit, so the smallest limit is that of the others.
            min((limit for limit in limits if limit), default=0),
            path,
            # A smart host has one queue for all the domains; direct mail has a queue for each.
            transactions if direct else transactions * route.domains.count,
            response,
            alike=route.domains.count if direct else 1,
            queue=queue,
            egress=egress,
            warm_ups=warm_ups,
        )
        if queue.rate_delay:
            self._stage(
                f"{delivery_queue(self.scenario, route, hop)} (rate)",
                f"rate of {hop.hub} to {route.domains if direct else hop.next_hop}",
                dotted(("hubs", hop.hub, "shaping", place or "", "rate")),
                1,
                path,
                transactions if direct else transactions * route.domains.count,
                Service(queue.rate_delay / SECOND, 0.0, "constant"),
                alike=route.domains.count if direct else 1,
                numbered=False,
                egress=egress,
                warm_ups=warm_ups,
            )
        self._stage(
            f"{hop.hub}.outbound",
            f"outbound connections of {hop.hub}",
            dotted(("hubs", hop.hub, "max_outbound_connections")),
            self.plan.hub(hop.hub).outbound_connections,
            path,
            transactions * route.domains.count,
            response,
        )

    def _session(self, path: Path, size: float, several: Mapping[int, float]) -> None:
        """Add the work of submission: a session from the first round trip to the commit."""
        host = self.scenario.hosts[path.host]
        recipients = sum(k * part for k, part in several.items())
        shared = host.messages_per_connection or math.inf
        held = timing(host, path.connector).mean(size, recipients, shared)
        held += sum(self._until_taken(path, hub, size) for hub in path.takers) / len(path.takers)
        if path.connector is None:
            station = self.plan.mailbox_submission(path.hub)
            self._stage(
                station.name,
                f"mailbox submissions to {path.hub}",
                station.limited_by,
                station.servers,
                path,
                1.0,
                # The session adds times of several laws, so its variation has no closed form.
                Service(held, math.nan, "mixed"),
            )
            return
        late = acknowledgement(self.scenario, path, self._until_sent(path))
        for source in sources(self.scenario, self.plan, path, path.connector):
            self._stage(
                source.name,
                source.what,
                source.place,
                source.sessions,
                path,
                1.0,
                Service(held + late, math.nan, "mixed"),
            )
            if late and source.name in self.by_name:
                self.by_name[source.name].acknowledges[path.hub, path.connector.name] = None

    def _relay_session(
        self, path: Path, name: str, size: float, several: Mapping[int, float]
    ) -> None:
        """Add the work of submission to a relay service: connection, content and its reply."""
        host, relay = self.scenario.hosts[path.host], self.scenario.relays[name]
        recipients = sum(k * part for k, part in several.items())
        shared = messages_per_connection(self.scenario, host) or math.inf
        held = relay_timing(host).mean(size, recipients, shared)
        held += of_time(relay.connect_time).seconds / shared + of_time(relay.response_time).seconds
        # The session adds times of several laws, so its variation has no closed form.
        service = Service(held, math.nan, "mixed")
        own, sessions = dotted(("hosts", path.host, "sessions")), host.sessions or 0
        what = f"sessions of {path.host}"
        self._stage(f"{path.host}.sessions", what, own, sessions, path, 1.0, service)
        allowed, place = session_limit(relay)
        what = f"sessions that {name} allows"
        self._stage(connector_name(name, SUBMISSION), what, place, allowed, path, 1.0, service)

    def _until_taken(self, path: Path, hub: str, size: float) -> float:
        """Return the time for work, commit and shadow copy of a message at a hub, seconds."""
        held = self._core_time(hub, path, "receive", path.connector).seconds
        held += _commit_time(self.scenario.hubs[hub])
        if (shadow := self.plan.shadow(hub)) is not None:
            held += size * 8 / HUB_BANDWIDTH + self._core_time(shadow, path, "receive").seconds
            held += _commit_time(self.scenario.hubs[shadow])
        return held

    def _until_sent(self, path: Path) -> float:
        """Return the core time from the commit of a message until a transaction is sent, s.

        Of routes by different send connectors the mean over the recipients.
        """
        sent = [
            (route.share, self._core_time(path.hub, path, "send", _sends_by(route.first)).seconds)
            for route in path.routes
        ]
        # Without a route all recipients are refused, and nothing is sent.
        shares = sum(share for share, _ in sent) or 1.0
        send = sum(share * seconds for share, seconds in sent) / shares
        return self._core_time(path.hub, path, "categorize").seconds + send

    def _core_time(
        self,
        name: str,
        path: Path,
        work: str,
        connector: ReceiveConnector | SendConnector | None = None,
    ) -> Service:
        """Return the core time of a message at a hub, by a connector that may have its own."""
        hub = self.scenario.hubs[name]
        costs: tuple[Cost, ...] = (hub.categorize_cost, hub.antivirus_cost)
        if work == "receive":
            costs = (hub.receive_cost,)
            if isinstance(connector, ReceiveConnector) and connector.receive_cost is not None:
                costs = (connector.receive_cost,)
        elif work == "send":
            costs = (hub.send_cost,)
            if isinstance(connector, SendConnector) and connector.send_cost is not None:
                costs = (connector.send_cost,)
        return of_costs(costs, self.scenario.hosts[path.host].streams[path.stream].size)

    def _cpu(
        self,
        name: str,
        path: Path,
        visits: float,
        work: str,
        connector: ReceiveConnector | SendConnector | None = None,
    ) -> None:
        cores, service = self.plan.cores(name), self._core_time(name, path, work, connector)
        what, place = f"cores of {name}", cores.limited_by
        self._stage(cores.name, what, place, cores.servers, path, visits, service, work)

    def _line(self, egress: str, path: Path, visits: float) -> None:
        line, station = self.plan.line(self.scenario, egress)
        if line.bandwidth:
            size = self.scenario.hosts[path.host].streams[path.stream].size
            service, what = of_size(size, line.bandwidth), f"line {line.title}"
            place, servers = station.limited_by, station.servers
            self._stage(line.name, what, place, servers, path, visits, service, numbered=False)

    def _stage(
        self,
        name: str,
        what: str,
        place: str,
        servers: int,
        path: Path,
        visits: float,
        service: Service,
        work: str = "",
        alike: int = 1,
        numbered: bool = True,
        queue: QueuePlan | None = None,
        egress: str = "",
        warm_ups: tuple[str, ...] = (),
    ) -> None:
        """Add the work of one path at a stage.

        Unlimited servers make no stage, because nothing waits. A limit of 0 sessions makes none
        either: the check `sessions_over_limit` reports it.
        """
        if not servers:
            return
        if servers == 1:
            what = _ONE.sub(r"\1\2", what)
        title = f"the {servers} {what}" if numbered else f"the {what}"
        new = Stage(name, title, place, servers, alike, queue, egress, warm_ups)
        stage = self.by_name.setdefault(name, new)
        stage.parts.append(Part(path.name, path.share * visits, service, work))


def _sends_by(hop: routing.Hop) -> SendConnector | None:
    """Return the send connector by which a hop sends; None from hub to hub of the organization."""
    return hop.connector if hop.kind is routing.HopKind.REMOTE or hop.as_client else None


def _commit_time(hub: Hub) -> float:
    """Return the time of a commit of a lone message, seconds."""
    return (hub.queue_database_batch_timeout + hub.commit_write) / SECOND


def delivery_queue(scenario: Scenario, route: DomainRoute, hop: routing.Hop) -> str:
    """Return the display name of the queue of a remote hop, or of all counted domains."""
    name = route.domains.destination
    model = scenario.destinations.get(name)
    counted = model is not None and model.domain_count is not None
    next_hop = name if counted and is_direct(route, hop) else hop.next_hop
    several = len(all_public_ips(scenario, hop.hub)) > 1
    return queue_name(QueueKind.REMOTE, hop.hub, next_hop, (hop.egress or "") * several)


@keep_latest
def stages(scenario: Scenario) -> tuple[Stage, ...]:
    """Return all stages that have a limit of servers, in the order of the mail path.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    tuple of Stage
        The latest ones are kept; they must not be changed.
    """
    return tuple(Stages(scenario).by_name.values())


def _transactions(share: float, several: Mapping[int, float], most: int | None) -> float:
    """Return the mean number of transactions of a message for one place.

    Parameters
    ----------
    share : float
        The place's share of all recipients.
    several : mapping of int to float
        The share of messages with each number of recipients.
    most : int or None
        The most recipients of a transaction.
    """
    # One less the probability that none of k recipients is in the place.
    result = sum(part * (1 - (1 - share) ** k) for k, part in several.items())
    if most is not None:
        # A transaction more with each `most` recipients there: the tails of a binomial law.
        for k, part in several.items():
            result += part * sum(float(bdtrc(full, k, share)) for full in range(most, k, most))
    return result
