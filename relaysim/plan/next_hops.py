"""Ways: from each hub, the delivery queue of each domain."""

from array import array
from dataclasses import replace

from relaysim.plan import routing
from relaysim.plan.hand_over import hand_overs
from relaysim.plan.numbering import Numbering
from relaysim.plan.plan import TOO_LARGE, QueuePlan
from relaysim.scenario.model import Scenario

INTRA_ORGANIZATION = 20
"""Messages a connection between two hubs carries (IntraOrgConnectorSmtpMaxMessagesPerConnection;
20 is confirmed from 2013 on)."""


class Routes:
    """The queues that mail may go to, and for each hub, domain and size which one.

    `tables` has for each (hub, receive connector) and size band a queue for each domain. The
    receive connector is -1 unless a send connector is linked to one.
    """

    def __init__(self, scenario: Scenario, numbers: Numbering) -> None:
        self.scenario, self.numbers = scenario, numbers
        self.queues: list[QueuePlan] = []
        self._number: dict[str, int] = {}
        senders = scenario.send_connectors.values()
        self.linked = any(each.linked_receive_connector for each in senders)
        sizes = {each.max_message_size for each in senders if each.max_message_size is not None}
        self.bands = tuple(sorted(sizes))
        self.tables: dict[tuple[int, int], tuple[array[int], ...]] = {}
        connectors = [-1, *range(len(numbers.connectors))] if self.linked else [-1]
        domains = tuple(numbers.domains)
        for hub in range(len(numbers.hubs)):
            for connector in connectors:
                self.tables[hub, connector] = tuple(
                    array("q", [self._route_of(hub, domain, size, connector) for domain in domains])
                    for size in (*self.bands, self.bands[-1] + 1 if self.bands else 0)
                )

    def _route_of(self, hub: int, domain: str, size: int, connector: int) -> int:
        """The queue that a message for a domain joins at a hub."""
        scenario, numbers = self.scenario, self.numbers
        name = numbers.hubs[hub]
        linked = None if connector < 0 else "\\".join(numbers.connectors[connector])
        hop = routing.next_hop(scenario, name, domain, size, linked)
        model = scenario.hubs[name]
        match hop.kind:
            case routing.HopKind.TOO_LARGE:
                return TOO_LARGE
            case routing.HopKind.UNREACHABLE:
                return self._queue(f"{name}.unreachable", hub, reachable=False)
            case routing.HopKind.MAILBOX:
                limit = model.max_concurrent_mailbox_deliveries or 0
                return self._queue(f"{name}.mailbox", hub, connections=limit)
            case routing.HopKind.TRANSFER:
                assert hop.connector is not None
                sources = hop.connector.source_transport_servers
                title = f"{name}->{','.join(sources)}"
                if title in self._number:
                    return self._number[title]
                answers = [each.reply for each in hand_overs(scenario, hop)]
                return self._queue(
                    title,
                    hub,
                    connections=model.max_per_domain_outbound_connections or 0,
                    per_connection=INTRA_ORGANIZATION,
                    to_hubs=tuple(numbers.hubs.index(each) for each in sources),
                    refusals=tuple("" if each.is_success else str(each) for each in answers),
                )
            case routing.HopKind.REMOTE:
                return self._remote(hub, hop)

    def _remote(self, hub: int, hop: routing.Hop) -> int:
        numbers, scenario = self.numbers, self.scenario
        name = numbers.hubs[hub]
        model = scenario.hubs[name]
        assert hop.connector is not None
        assert hop.egress is not None
        domain = numbers.domain(hop.domain)
        receiver = numbers.receiver_of[domain]
        destination = scenario.destinations.get(numbers.destinations[receiver])
        limits = [hop.connector.smtp_max_messages_per_connection]
        if destination is not None:
            limits.append(destination.max_messages_per_connection)
        return self._queue(
            f"{name}->{hop.next_hop}",
            hub,
            connections=model.max_per_domain_outbound_connections or 0,
            per_connection=min((limit for limit in limits if limit is not None), default=0),
            receiver=receiver,
            domain=domain,
            egress=numbers.egress.index(hop.egress),
            line=numbers.line_of(scenario, hop.egress),
        )

    def _queue(
        self,
        name: str,
        hub: int,
        *,
        connections: int = 0,
        per_connection: int = 0,
        reachable: bool = True,
        receiver: int = -1,
        domain: int = -1,
        egress: int = -1,
        line: int = -1,
        to_hubs: tuple[int, ...] = (),
        refusals: tuple[str, ...] = (),
    ) -> int:
        if name not in self._number:
            self._number[name] = len(self.queues)
            self.queues.append(
                QueuePlan(
                    name,
                    hub,
                    connections,
                    per_connection,
                    reachable,
                    receiver,
                    domain,
                    egress,
                    line,
                    to_hubs,
                    refusals,
                )
            )
        return self._number[name]

    def moved(self, egress: int, line: int) -> dict[int, int]:
        """For each queue that leaves by another public IP one that leaves by this one."""
        found = {}
        for number, queue in enumerate(tuple(self.queues)):
            if queue.egress not in (-1, egress):
                found[number] = len(self.queues)
                name = f"{queue.name} by {self.numbers.egress[egress]}"
                self.queues.append(replace(queue, name=name, egress=egress, line=line))
        return found

    def seen_from(self, targets: set[tuple[int, int]], domains: set[int]) -> set[tuple[int, int]]:
        """Return which public IP brings mail for some domains to which receiver.

        Parameters
        ----------
        targets
            A hub and a receive connector, or -1, by which the mail comes in.
        domains
            The domains of its recipients.

        Returns
        -------
        set of tuple
            Public IP and receiver; behind a smart host only the smart host sees the IP.
        """
        found: set[tuple[int, int]] = set()
        for hub, connector in targets:
            for band in range(len(self.bands) + 1):
                for domain in domains:
                    queues = self._last(hub, connector if self.linked else -1, band, domain)
                    found |= {(queue.egress, queue.receiver) for queue in queues}
        return found

    def egress_of(self, targets: set[tuple[int, int]], domains: set[int]) -> list[int]:
        """The public IPs by which mail for some domains leaves that comes in at these targets.

        A target is a hub and a receive connector, or -1.
        """
        return sorted({egress for egress, _ in self.seen_from(targets, domains)})

    def _last(self, hub: int, connector: int, band: int, domain: int) -> list[QueuePlan]:
        """The last queues of one domain and size band; none leads back to a hub that handed on."""
        route = self.tables[hub, connector][band][domain]
        if route == TOO_LARGE:
            return []
        queue = self.queues[route]
        if queue.egress >= 0:
            return [queue]
        onward = (self._last(each, connector, band, domain) for each in queue.to_hubs)
        return [last for queues in onward for last in queues]
