"""Routes: from each hub, the delivery queue of each domain."""

from array import array
from dataclasses import replace

from relaysim.plan import routing
from relaysim.plan.client_session import client_session
from relaysim.plan.hand_over import hand_overs
from relaysim.plan.names import QueueKind, queue_name
from relaysim.plan.numbering import Numbering
from relaysim.plan.plan import TOO_LARGE, QueuePlan
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted

INTRA_ORGANIZATION = 20
"""Messages a connection between two hubs carries (IntraOrgConnectorSmtpMaxMessagesPerConnection;
20 is confirmed from 2013 on)."""


class Routes:
    """The delivery queues of a scenario, and which of them a message joins.

    `tables` has for each (hub, receive connector) and size band a queue for each domain. The
    receive connector is -1 unless a send connector is linked to one. `bands` has the largest size
    of each band but the last.
    """

    def __init__(self, scenario: Scenario, numbers: Numbering, replies: dict[str, int]) -> None:
        self.scenario, self.numbers, self.replies = scenario, numbers, replies
        self.queues: list[QueuePlan] = []
        self._number: dict[tuple[QueueKind, int, str], int] = {}
        self._hops: dict[tuple[int, str, int, int], routing.Hop] = {}
        senders = scenario.send_connectors.values()
        self.linked = any(sender.linked_receive_connector for sender in senders)
        sizes = {s.max_message_size for s in senders if s.max_message_size is not None}
        self.bands = tuple(sorted(sizes))
        self.tables: dict[tuple[int, int], tuple[array[int], ...]] = {}
        # Only a linked send connector makes a route depend on the receive connector: one table is
        # enough.
        connectors = [-1, *range(len(numbers.connectors))] if self.linked else [-1]
        # A copy: `_queue_for` adds the domains of smart hosts, to which no message is addressed.
        domains = tuple(zip(numbers.domains, numbers.first_alike, strict=True))
        for hub in range(len(numbers.hubs)):
            for connector in connectors:
                self.tables[hub, connector] = tuple(
                    array("q", [self._queue_for(hub, *pair, size, connector) for pair in domains])
                    # One size stands for a band, because all sizes of a band meet the same limits.
                    for size in (*self.bands, self.bands[-1] + 1 if self.bands else 0)
                )

    def _queue_for(self, hub: int, domain: str, first: str, size: int, connector: int) -> int:
        """Return the queue that a message for a domain joins at a hub, or `TOO_LARGE`.

        The way to the first domain that is like it is the way to the domain.
        """
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
        key = kind, hub, next_hop
        if key not in self._number:
            self._number[key] = len(self.queues)
            self.queues.append(self._queue(*key, hop))
        return self._number[key]

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
        domain = numbers.domain(hop.domain)
        receiver = numbers.receiver_of[domain]
        destination = scenario.destinations.get(numbers.destinations[receiver])
        limits = [hop.connector.smtp_max_messages_per_connection]
        if destination is not None:
            limits.append(destination.max_messages_per_connection)
        return QueuePlan(
            *(name, kind, hub, next_hop, connections, key),
            per_connection=min((limit for limit in limits if limit is not None), default=0),
            per_further_connection=settings.smtp_connector_queue_message_count_threshold_for_concurrent_connections,
            receiver=receiver,
            domain=domain,
            egress=numbers.egress.index(hop.egress),
            line=numbers.line_of(scenario, hop.egress),
        )

    def _organization(self, queue: QueuePlan, hop: routing.Hop) -> QueuePlan:
        """Return a queue to the source servers of a send connector."""
        replies = [session.reply for session in hand_overs(self.scenario, hop)]
        return replace(
            queue,
            per_connection=INTRA_ORGANIZATION,
            refusals=tuple("" if reply.is_success else str(reply) for reply in replies),
        )

    def _smart(self, queue: QueuePlan, hop: routing.Hop) -> QueuePlan:
        """Return a queue to smart hosts that are hubs, where this hub is a client."""
        assert hop.connector is not None
        hub, hands = self.scenario.hubs[hop.hub], hand_overs(self.scenario, hop)
        return replace(
            queue,
            per_connection=hop.connector.smtp_max_messages_per_connection or 0,
            per_further_connection=hub.smtp_connector_queue_message_count_threshold_for_concurrent_connections,
            refusals=tuple("" if hand.connector else str(hand.reply) for hand in hands),
            sessions=tuple(
                client_session(self.scenario, self.numbers, hand, self.replies) for hand in hands
            ),
        )

    def moved(self, egress: int, line: int) -> dict[int, int]:
        """Add for each queue that leaves by another public IP one that leaves by this one.

        Parameters
        ----------
        egress, line : int
            The public IP that culprits' mail is moved to, and its line.

        Returns
        -------
        dict
            By queue the added one.
        """
        added = {}
        address = self.numbers.egress[egress]
        # A copy, because the loop appends; the new queues follow, so no number changes.
        for number, queue in enumerate(tuple(self.queues)):
            # -1 is a queue that stays inside.
            if queue.egress not in (-1, egress):
                added[number] = len(self.queues)
                hub = self.numbers.hubs[queue.hub]
                name = queue_name(queue.kind, hub, queue.next_hop, address)
                self.queues.append(replace(queue, name=name, egress=egress, line=line, moved=True))
        return added
