"""The recorder: what the model writes to while it runs. It becomes the trace."""

from array import array

import numpy as np

from relaysim.plan.names import Party, provider_state_name
from relaysim.plan.plan import Plan, Station
from relaysim.trace.tables import (
    ACTIONS,
    ATTEMPTS,
    LEVELS,
    LISTINGS,
    LOOKUPS,
    MESSAGES,
    NO_CAUSE,
    RECIPIENTS,
    REFUSALS,
    SIGNALS,
    TRANSACTIONS,
    VISITS,
    Level,
    Names,
    Rows,
    Status,
    Table,
    Trace,
)
from relaysim.traffic.workload import Draws

_PARENT, _QUEUE = TRANSACTIONS.index("parent"), TRANSACTIONS.index("queue")


class Recorder:
    """Columns of messages and recipients, known from the draws on, and tables that grow.

    `open` counts the recipients without a final status. A column is a flat array of 64-bit
    integers: eight bytes an entry, where a list would take forty.
    """

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        n, c = len(draws.created), len(draws.key)
        counts = np.diff(draws.first_recipient)
        stream_of = np.array([plan.stream_index[name] for name in draws.streams], dtype=np.int64)

        def column(values: object) -> "array[int]":
            return array("q", np.ascontiguousarray(values, dtype=np.int64).tobytes())

        def filled(length: int, value: int) -> "array[int]":
            return array("q", [value]) * length

        self.stream = column(stream_of[draws.stream])
        self.number = column(draws.number)
        self.created = column(draws.created)
        self.size = column(draws.size)
        self.first_recipient = column(draws.first_recipient[:-1])
        self.recipients = column(counts)
        self.connected = filled(n, -1)
        self.committed = filled(n, -1)
        self.acknowledged = filled(n, -1)
        self.reply = filled(n, -1)
        self.connector = filled(n, -1)
        self.hub = filled(n, -1)
        self.tries = filled(n, 0)
        self.parent = filled(n, -1)

        self.message = column(np.repeat(np.arange(n), counts))
        self.domain = column(draws.domain)
        self.transaction = filled(c, -1)
        self.end = filled(c, -1)
        self.status = filled(c, int(Status.IN_FLIGHT))
        self.recipient_reply = filled(c, -1)
        self.key = array("Q", np.ascontiguousarray(draws.key, dtype=np.uint64).tobytes())
        self.signal = array("B", np.ascontiguousarray(draws.signal, dtype=np.uint8).tobytes())
        self.open = c

        self.carries = array("q")
        self.leader = array("q")
        self.priority = array("b")
        self.tried = array("q")
        self.hop = array("q")
        self.ready = array("q")
        self.expires = array("q")
        self.settled = array("b")

        self.transactions = Rows(TRANSACTIONS)
        self.attempts = Rows(ATTEMPTS)
        self.visits = Rows(VISITS)
        self.levels = Rows(LEVELS)
        self.listings = Rows(LISTINGS)
        self.signals = Rows(SIGNALS)
        self.lookups = Rows(LOOKUPS)
        self.actions = Rows(ACTIONS)
        self.refusals = Rows(REFUSALS)
        self.attempt = self.attempts.flat.extend
        self.visit = self.visits.flat.extend
        self.replies: dict[tuple[str, int], int] = {}
        self.codes: list[int] = []
        self.causes: list[int] = []
        self.provider_states: list[tuple[int, int, int, Party]] = []
        # Destination, public IP, sender's domain and party of each account.

    def reply_id(self, text: str, cause: int = NO_CAUSE) -> int:
        """The number that stands for a reply in this trace, given for a cause."""
        number = self.replies.get((text, cause))
        if number is None:
            number = self.replies[text, cause] = len(self.codes)
            self.codes.append(int(text[:3]))
            self.causes.append(cause)
        return number

    def code(self, reply: int) -> int:
        """The three digits of a reply."""
        return self.codes[reply]

    def final_recipients(self, message: int) -> int:
        """How many recipients of a message have became final."""
        if self.recipients[message] == 1:
            return 1 if self.status[self.first_recipient[message]] else 0
        first = self.first_recipient[message]
        return sum(
            1
            for recipient in range(first, first + self.recipients[message])
            if self.status[recipient]
        )

    def level(self, level: Level, subject: int, time: int, value: int) -> None:
        """A state changes."""
        self.levels.flat.extend((level, subject, time, value))

    def refusal(
        self, message: int, hub: int, connector: int, time: int, reply: int, recipients: int = 0
    ) -> None:
        """Record an attempt at submission that was not taken; without a number for all recipients
        that are left."""
        left = recipients or self.recipients[message] - self.final_recipients(message)
        self.refusals.flat.extend((message, hub, connector, time, reply, left))

    def open_transaction(
        self, recipients: list[int], hub: int, queue: int, parent: int, now: int, expires: int
    ) -> int:
        """Recipients of one message with the same next hop go on as one. Returns its row."""
        row = len(self.carries)
        first = recipients[0]
        message = self.message[first]
        self.transactions.flat.extend((message, first, len(recipients), hub, queue, parent, now))
        self.carries.append(message)
        self.leader.append(first)
        self.priority.append(self.plan.streams[self.stream[message]].priority)
        self.tried.append(0)
        self.hop.append(self.hops(parent))
        self.ready.append(now)
        self.expires.append(expires)
        self.settled.append(0)
        transaction = self.transaction
        for recipient in recipients:
            transaction[recipient] = row
        return row

    def hops(self, handed: int) -> int:
        """Return how many hubs had a message before the hub that takes it now.

        Parameters
        ----------
        handed : int
            Row of the transaction that another hub handed over; -1 for a message that a host
            submitted.

        Returns
        -------
        int
            0 for the first hub.
        """
        return self.hop[handed] + 1 if handed >= 0 else 0

    def members(self, transaction: int) -> list[int]:
        """The recipients that a transaction still carries."""
        message = self.carries[transaction]
        first = self.first_recipient[message]
        return [
            recipient
            for recipient in range(first, first + self.recipients[message])
            if self.transaction[recipient] == transaction and not self.status[recipient]
        ]

    def came_from(self, transaction: int) -> int:
        """The transaction of another hub that handed it over, or -1."""
        return self.transactions.flat[transaction * len(TRANSACTIONS) + _PARENT]

    def queue_of(self, transaction: int) -> int:
        """The delivery queue of a transaction."""
        return self.transactions.flat[transaction * len(TRANSACTIONS) + _QUEUE]

    def carried(self, transaction: int) -> int:
        """How many recipients a transaction still carries."""
        if self.recipients[self.carries[transaction]] == 1:
            return 1
        return len(self.members(transaction))

    def fated(self, recipient: int, status: int, time: int, reply: int) -> None:
        """A recipient becomes final: once, and for good."""
        self.status[recipient] = status
        self.end[recipient] = time
        self.recipient_reply[recipient] = reply
        self.open -= 1

    def notice(
        self,
        stream: int,
        number: int,
        now: int,
        size: int,
        hub: int,
        domain: int,
        key: int,
        of: int,
    ) -> int:
        """A DSN is made: a message of its own, with one recipient. Returns its row."""
        row, recipient = len(self.stream), len(self.message)
        for values, value in (
            (self.stream, stream),
            (self.number, number),
            (self.created, now),
            (self.size, size),
            (self.first_recipient, recipient),
            (self.recipients, 1),
            (self.connected, now),
            (self.committed, -1),
            (self.acknowledged, -1),
            (self.reply, -1),
            (self.connector, -1),
            (self.hub, hub),
            (self.tries, 0),
            (self.parent, of),
            (self.message, row),
            (self.domain, domain),
            (self.transaction, -1),
            (self.end, -1),
            (self.status, int(Status.IN_FLIGHT)),
            (self.recipient_reply, -1),
            (self.key, key),
            (self.signal, 0),
        ):
            values.append(value)
        self.open += 1
        return row

    def trace(self, end: int) -> Trace:
        """What has been written, as a trace."""
        messages = (
            self.stream,
            self.number,
            self.created,
            self.size,
            self.first_recipient,
            self.recipients,
            self.connected,
            self.committed,
            self.acknowledged,
            self.reply,
            self.connector,
            self.hub,
            self.tries,
            self.parent,
        )
        recipients = (
            self.message,
            self.domain,
            self.transaction,
            self.end,
            self.status,
            self.recipient_reply,
        )
        return Trace(
            names=self._names(),
            end=end,
            messages=_table(MESSAGES, messages),
            recipients=_table(RECIPIENTS, recipients),
            transactions=self.transactions.table(),
            attempts=self.attempts.table(),
            visits=self.visits.table(),
            levels=self.levels.table(),
            listings=self.listings.table(),
            signals=self.signals.table(),
            lookups=self.lookups.table(),
            actions=self.actions.table(),
            refusals=self.refusals.table(),
        )

    def _names(self) -> Names:
        plan = self.plan
        return Names(
            hosts=tuple(host.name for host in plan.hosts),
            streams=tuple(stream.name for stream in plan.streams),
            hubs=tuple(hub.name for hub in plan.hubs),
            connectors=tuple(connector.name for connector in plan.connectors),
            queues=tuple(queue.name for queue in plan.queues),
            egress=tuple(egress.name for egress in plan.egress),
            blocklists=tuple(blocklist.name for blocklist in plan.blocklists),
            destinations=tuple(receiver.name for receiver in plan.receivers),
            domains=plan.domains,
            destination=plan.receiver_of,
            stations=tuple(station.name for station in plan.stations),
            capacity=tuple(station.servers for station in plan.stations),
            queue_capacity=tuple(queue.connections for queue in plan.queues),
            replies=tuple(text for text, _ in self.replies),
            causes=tuple(self.causes),
            provider_states=tuple(
                provider_state_name(
                    plan.receivers[receiver].name,
                    plan.egress[egress].name,
                    plan.from_domains[domain],
                    party,
                )
                for receiver, egress, domain, party in self.provider_states
            ),
            operators=tuple(operator.name for operator in plan.operators),
            stream_host=tuple(stream.host for stream in plan.streams),
            stream_hub=tuple(stream.hub for stream in plan.streams),
            hub_title=tuple(hub.title for hub in plan.hubs),
            connector_hub=tuple(connector.hub for connector in plan.connectors),
            queue_kind=tuple(queue.kind for queue in plan.queues),
            queue_hub=tuple(queue.hub for queue in plan.queues),
            queue_next_hop=tuple(queue.next_hop for queue in plan.queues),
            queue_domain=tuple(queue.domain for queue in plan.queues),
            queue_egress=tuple(queue.egress for queue in plan.queues),
            queue_moved=tuple(queue.moved for queue in plan.queues),
            station_kind=tuple(station.kind for station in plan.stations),
            station_hub=tuple(station.hub for station in plan.stations),
            station_title=tuple(_station_title(plan, station) for station in plan.stations),
            provider_state_destination=tuple(account[0] for account in self.provider_states),
            provider_state_egress=tuple(account[1] for account in self.provider_states),
            provider_state_sender=tuple(
                plan.from_domains[account[2]] for account in self.provider_states
            ),
            provider_state_party=tuple(account[3] for account in self.provider_states),
        )


def _station_title(plan: Plan, station: Station) -> str:
    """Return the name of a line in the scenario, or of a receive connector within its hub."""
    if station.line >= 0:
        return plan.lines[station.line].title
    return plan.connectors[station.connector].title if station.connector >= 0 else ""


def _table(columns: tuple[str, ...], arrays: tuple["array[int]", ...]) -> Table:
    return Table(
        columns,
        {
            name: np.frombuffer(values, dtype=np.int64) if values else np.empty(0, np.int64)
            for name, values in zip(columns, arrays, strict=True)
        },
    )
