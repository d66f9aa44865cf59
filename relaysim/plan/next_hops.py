"""Routes: from each hub, the delivery queue of each domain."""

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from relaysim.mail.domains import is_authoritative
from relaysim.plan import routing
from relaysim.plan.client_session import client_session
from relaysim.plan.front_end import outbound_proxies
from relaysim.plan.hand_over import HandOver, hand_overs
from relaysim.plan.names import QueueKind, queue_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.public_ips import all_public_ips, public_ips
from relaysim.plan.queue_plan import TOO_LARGE, IpChoice, ProxyPlan, QueuePlan
from relaysim.plan.relay_services import below_baseline, inbound_hubs
from relaysim.plan.resource_plan import Cost, own_cost
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import SECOND

INTRA_ORGANIZATION = 20
"""Messages a connection between two hubs carries (IntraOrgConnectorSmtpMaxMessagesPerConnection;
20 is confirmed from 2013 on)."""

_Key = tuple[QueueKind, int, str]
"""Kind, hub and next hop of a queue."""


class Routes:
    """The delivery queues of a scenario, and which of them a message joins.

    `tables` has for each (hub, receive connector) and size band a queue for each domain. The
    receive connector is -1 unless a send connector is linked to one. `bands` has the largest size
    of each band but the last.
    """

    def __init__(self, scenario: Scenario, numbers: Numbering, replies: dict[str, int]) -> None:
        self.scenario, self.numbers, self.replies = scenario, numbers, replies
        self.queues: list[QueuePlan] = []
        self._number: dict[_Key, int] = {}
        self._hops: dict[tuple[int, str, int, int], routing.Hop] = {}
        senders = scenario.send_connectors.values()
        self.linked = any(sender.linked_receive_connector for sender in senders)
        sizes = {s.max_message_size for s in senders if s.max_message_size is not None}
        self.bands = tuple(sorted(sizes))
        self.tables: dict[tuple[int, int], tuple[array[int], ...]] = {}
        # Only a linked send connector makes a route depend on the receive connector: one table is
        # enough.
        connectors = [-1, *range(len(numbers.connectors))] if self.linked else [-1]
        self._base: dict[int, int] = {}
        self._by_ip: dict[tuple[int, str], int] = {}
        # A copy: `_queue_for` adds the domains of smart hosts, to which no message is addressed.
        domains = tuple(zip(numbers.domains, numbers.first_alike, strict=True))
        for hub in range(len(numbers.hubs)):
            for connector in connectors:
                self.tables[hub, connector] = tuple(
                    array("q", [self._queue_for(hub, *pair, size, connector) for pair in domains])
                    # One size stands for a band, because all sizes of a band meet the same limits.
                    for size in (*self.bands, self.bands[-1] + 1 if self.bands else 0)
                )
        self.ip_choices = dict(self._ip_choices())

    def _ip_choices(self) -> Iterator[tuple[tuple[int, int], tuple[IpChoice, ...]]]:
        """Yield the choices of queues of hubs that have several public IPs."""
        scenario, senders = self.scenario, self.numbers.from_domains
        for base, queue in enumerate(tuple(self.queues)):
            name = self.numbers.hubs[queue.hub]
            # -1: within the organization. A relay service has one IP. A front end has its own.
            if queue.egress < 0 or name in scenario.relays or queue.proxies:
                continue
            usual = public_ips(scenario, name)
            if len(usual) > 1:
                yield (base, -1), self._members(base, usual)
            for sender in scenario.hubs[name].egress_by_sender_domain:
                # A domain that no stream has needs no queues.
                if sender in senders:
                    weights = public_ips(scenario, name, sender)
                    yield (base, senders.index(sender)), self._members(base, weights)

    def _members(self, base: int, weights: Mapping[str, int]) -> tuple[IpChoice, ...]:
        ends, total = accumulate(weights.values()), sum(weights.values())
        return tuple(
            IpChoice(self._queue_by_ip(base, address), (end << 32) // total)
            for address, end in zip(weights, ends, strict=True)
        )

    def _queue_by_ip(self, base: int, address: str, moved: bool = False) -> int:
        """Return the number of a queue like another one by a public IP, which is made once."""
        queue = self.queues[base]
        if self.numbers.egress[queue.egress] == address:
            return base
        if (base, address) not in self._by_ip:
            self._by_ip[base, address] = len(self.queues)
            self._base[len(self.queues)] = base
            hub = self.numbers.hubs[queue.hub]
            self.queues.append(
                replace(
                    queue,
                    name=queue_name(queue.kind, hub, queue.next_hop, address),
                    egress=self.numbers.egress.index(address),
                    line=self.numbers.line_of(self.scenario, address),
                    moved=moved,
                    by_ip=True,
                    # Mail that the administrator moves leaves by that IP alone.
                    proxies=(),
                )
            )
        return self._by_ip[base, address]

    def _queue_for(self, hub: int, domain: str, first: str, size: int, connector: int) -> int:
        """Return the queue that a message for a domain joins at a hub, or `TOO_LARGE`.

        The way to the first domain that is like it is the way to the domain.
        """
        if self.numbers.hubs[hub] in self.scenario.relays:
            return self._behind_relay(hub, first, domain, connector)
        hop = routing.for_domain(self._next_hop(hub, first, size, connector), domain)
        match hop.kind:
            case routing.HopKind.TOO_LARGE:
                return TOO_LARGE
            case routing.HopKind.UNREACHABLE:
                kind, next_hop = QueueKind.UNREACHABLE, ""
            case routing.HopKind.MAILBOX:
                kind, next_hop = QueueKind.MAILBOX, ""
            case routing.HopKind.TRANSFER:
                kind, next_hop = QueueKind.TRANSFER, hop.next_hop
            case routing.HopKind.REMOTE:
                kind, next_hop = QueueKind.REMOTE, hop.next_hop
        # Domains behind the same smart hosts share one queue, as in Exchange.
        return self._numbered((kind, hub, next_hop), lambda key: self._queue(*key, hop))

    def _numbered(self, key: _Key, made: Callable[[_Key], QueuePlan]) -> int:
        """Return the number of a queue, which is made once."""
        if key not in self._number:
            self._number[key] = len(self.queues)
            self.queues.append(made(key))
        return self._number[key]

    def _behind_relay(self, hub: int, first: str, domain: str, connector: int) -> int:
        """Return the queue of a relay service: to a domain outside, or to the hubs that take mail.

        An NDR goes to the organization through the same hubs as mail from outside, and so does
        mail of hosts that submit to the service. Other mail for own mailboxes comes to a service by
        a linked send connector alone: the service delivers it, or the hub would send it to the
        service again. It also does where there is no hub.
        """
        if is_authoritative(self.scenario.organization.domains, first):
            relays, inbound = self.scenario.relays, ",".join(inbound_hubs(self.scenario))
            linked = connector >= 0 and self.numbers.connectors[connector][0] not in relays
            if linked or not inbound:
                return self._numbered((QueueKind.MAILBOX, hub, ""), self._to_mailboxes)
            return self._numbered((QueueKind.TRANSFER, hub, inbound), self._to_organization)
        return self._numbered((QueueKind.REMOTE, hub, domain), self._to_receiver)

    def _to_organization(self, key: _Key) -> QueuePlan:
        """Return the queue of a relay service for mail to the organization."""
        kind, hub, next_hop = key
        relay = self.numbers.hubs[hub]
        hubs = [self.numbers.hubs.index(name) for name in inbound_hubs(self.scenario)]
        return QueuePlan(
            *(queue_name(kind, relay, next_hop), kind, hub, next_hop, 0, dotted(("relays", relay))),
            to_hubs=tuple(hubs),
            refusals=("",) * len(hubs),
        )

    def _to_mailboxes(self, key: _Key) -> QueuePlan:
        """Return the queue of a relay service for own mailboxes."""
        kind, hub, next_hop = key
        relay = self.numbers.hubs[hub]
        return QueuePlan(queue_name(kind, relay), kind, hub, next_hop, 0, dotted(("relays", relay)))

    def _to_receiver(self, key: _Key) -> QueuePlan:
        """Return the queue of a relay service for a domain outside."""
        kind, hub, next_hop = key
        relay = self.scenario.relays[self.numbers.hubs[hub]]
        path = dotted(("relays", relay.name, "max_per_domain_outbound_connections"))
        limit = relay.max_per_domain_outbound_connections or 0
        domain = self.numbers.domain(next_hop)
        receiver = self.numbers.receiver_of[domain]
        model = self.scenario.destinations.get(self.numbers.destinations[receiver])
        return QueuePlan(
            *(queue_name(kind, relay.name, next_hop), kind, hub, next_hop, limit, path),
            per_connection=(model.max_messages_per_connection or 0) if model is not None else 0,
            receiver=receiver,
            domain=domain,
            egress=self.numbers.egress.index(relay.egress),
            line=self.numbers.line_of(self.scenario, relay.egress),
        )

    def _next_hop(self, hub: int, domain: str, size: int, connector: int) -> routing.Hop:
        """Return the next hop of a domain."""
        key = hub, domain, size, connector
        known = self._hops.get(key)
        if known is None:
            linked = None
            if connector >= 0:
                linked = routing.identity(*self.numbers.connectors[connector])
            name = self.numbers.hubs[hub]
            known = self._hops[key] = routing.next_hop(self.scenario, name, domain, size, linked)
        return known

    def _queue(self, kind: QueueKind, hub: int, next_hop: str, hop: routing.Hop) -> QueuePlan:
        """Return a queue with its limits and, outside, with what answers at the other end."""
        numbers, scenario = self.numbers, self.scenario
        settings = scenario.hubs[numbers.hubs[hub]]
        name = queue_name(kind, settings.name, next_hop)
        if kind is QueueKind.MAILBOX:
            limit = settings.max_concurrent_mailbox_deliveries
            key = dotted(("hubs", settings.name, "max_concurrent_mailbox_deliveries"))
            return QueuePlan(name, kind, hub, next_hop, limit or 0, key)
        if kind is QueueKind.UNREACHABLE:
            return QueuePlan(name, kind, hub, next_hop)
        connections = settings.max_per_domain_outbound_connections or 0
        key = dotted(("hubs", settings.name, "max_per_domain_outbound_connections"))
        if kind is QueueKind.TRANSFER:
            queue = QueuePlan(
                *(name, kind, hub, next_hop, connections, key),
                to_hubs=tuple(numbers.hubs.index(receiver) for receiver in hop.to_hubs),
            )
            return self._smart(queue, hop) if hop.as_client else self._organization(queue, hop)
        assert hop.connector is not None
        assert hop.egress is not None
        proxies = outbound_proxies(scenario, settings.name, hop.connector)
        several = len(all_public_ips(scenario, settings.name)) > 1 and not proxies
        if several:
            name = queue_name(kind, settings.name, next_hop, hop.egress)
        domain = numbers.domain(hop.domain)
        receiver = numbers.receiver_of[domain]
        title = numbers.destinations[receiver]
        destination = scenario.answering.get(title)
        relay = numbers.relays.index(title) if title in scenario.relays else -1
        shaping = settings.shaping.get(title)
        rate_delay = retry_interval = 0
        limits = [hop.connector.smtp_max_messages_per_connection]
        if shaping is not None:
            limits.append(shaping.messages_per_connection)
            retry_interval = shaping.message_retry_interval or 0
            rate_delay = round(SECOND / shaping.rate) if shaping.rate else 0
            if shaping.connection_limit is not None:
                connections = shaping.connection_limit
                key = dotted(("hubs", settings.name, "shaping", title, "connection_limit"))
        if destination is not None:
            limits.append(destination.max_messages_per_connection)
        return QueuePlan(
            *(name, kind, hub, next_hop, connections, key),
            per_connection=min((limit for limit in limits if limit is not None), default=0),
            per_further_connection=settings.smtp_connector_queue_message_count_threshold_for_concurrent_connections,
            rate_delay=rate_delay,
            message_retry_interval=retry_interval,
            receiver=receiver,
            domain=domain,
            egress=numbers.egress.index(hop.egress),
            line=numbers.line_of(scenario, hop.egress),
            by_ip=several,
            proxies=tuple(
                ProxyPlan(
                    numbers.hubs.index(server),
                    numbers.egress.index(ip),
                    numbers.line_of(scenario, ip),
                )
                for server, ip in proxies
            ),
            to_hubs=() if relay < 0 else (numbers.hubs.index(title),),
            refusals=() if relay < 0 else ("",),
            relay=relay,
            tls=not hop.connector.ignore_starttls,
            below_baseline=-1 if relay < 0 else below_baseline(scenario.relays[title], settings),
            send=own_cost(hop.connector.send_cost),
        )

    def _organization(self, queue: QueuePlan, hop: routing.Hop) -> QueuePlan:
        """Return a queue to the source servers of a send connector."""
        hands = hand_overs(self.scenario, hop)
        replies = [hand.reply for hand in hands]
        return replace(
            queue,
            receive=_receive_costs(hands),
            per_connection=INTRA_ORGANIZATION,
            refusals=tuple("" if reply.is_success else str(reply) for reply in replies),
        )

    def _smart(self, queue: QueuePlan, hop: routing.Hop) -> QueuePlan:
        """Return a queue to smart hosts that are hubs, where this hub is a client."""
        assert hop.connector is not None
        hub, hands = self.scenario.hubs[hop.hub], hand_overs(self.scenario, hop)
        name = hop.balancer
        return replace(
            queue,
            balancer=-1 if name is None else self.numbers.balancers.index(name),
            per_connection=hop.connector.smtp_max_messages_per_connection or 0,
            per_further_connection=hub.smtp_connector_queue_message_count_threshold_for_concurrent_connections,
            refusals=tuple("" if hand.connector else str(hand.reply) for hand in hands),
            receive=_receive_costs(hands),
            send=own_cost(hop.connector.send_cost),
            sessions=tuple(
                client_session(self.scenario, self.numbers, hand, self.replies) for hand in hands
            ),
        )

    def moved(self, address: str) -> dict[int, int]:
        """Add for each queue that leaves by another public IP one that leaves by this one.

        Parameters
        ----------
        address : str
            The public IP that culprits' mail is moved to.

        Returns
        -------
        dict
            By queue the one by this IP.
        """
        to = {}
        egress = self.numbers.egress.index(address)
        # A copy, because queues are added; they follow, so no number changes.
        for number, queue in enumerate(tuple(self.queues)):
            # -1 is a queue that stays inside. The IP of a relay service is not the company's.
            of_relay = self.numbers.hubs[queue.hub] in self.scenario.relays
            if queue.egress not in (-1, egress) and not of_relay:
                base = self._base.get(number, number)
                to[number] = self._queue_by_ip(base, address, moved=True)
        return to


def _receive_costs(hands: tuple[HandOver, ...]) -> tuple[Cost | None, ...]:
    """Return the core times of the receive connectors that answer; empty if none has its own."""
    costs = [hand.connector.receive_cost if hand.connector else None for hand in hands]
    return tuple(map(own_cost, costs)) if any(costs) else ()
