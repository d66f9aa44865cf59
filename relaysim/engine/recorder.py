"""The recorder: the tables that the engine writes during a run. They become the trace."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from relaysim.engine.replies import Replies
from relaysim.plan.names import Party, provider_state_name
from relaysim.plan.plan import Plan
from relaysim.plan.resource_plan import Station
from relaysim.trace import record
from relaysim.trace.columns import Table
from relaysim.trace.record import Rows, Values, column_names, specs
from relaysim.trace.tables import Level, Names, Trace
from relaysim.traffic.draw import Decision, mix
from relaysim.traffic.workload import Draws


class Recorder:
    """The record of a run.

    Attributes
    ----------
    messages, recipients : record.Messages, record.Recipients
        Column by column; the rows of the draws stand from the beginning, DSNs are added.
    transactions, attempts, ... : Rows
        All other tables, row by row. `attempt` and `visit` append a row to the two longest.
    key : array of uint64
        For each recipient the key of its draws; DSNs included.
    signal : array of uint8
        For each recipient the signals that were drawn for it; 0 for a DSN.
    original : array of int
        For each recipient after the drawn ones that of the original message; itself for a DSN.
    copies : dict of int to list of int
        By recipient of an original message: those of its duplicates, in order.
    replies : Replies
        Numbers of reply texts.
    provider_states : list of (int, int, int, Party)
        Destination, egress, sender domain and party of each provider state, as they arise.
    open : int
        Number of recipients that are not final. The run ends when it is 0.
    """

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        counts = np.diff(draws.first_recipient)
        stream_of = np.array([plan.stream_index[name] for name in draws.streams], dtype=np.int64)
        self.messages = record.Messages(
            **_columns(
                record.Messages,
                len(draws.created),
                stream=stream_of[draws.stream],
                number=draws.number,
                created=draws.created,
                size=draws.size,
                first_recipient=draws.first_recipient[:-1],
                recipients=counts,
            )
        )
        self.recipients = record.Recipients(
            **_columns(
                record.Recipients,
                len(draws.key),
                message=np.repeat(np.arange(len(draws.created)), counts),
                domain=draws.domain,
            )
        )
        self.key = array("Q", np.ascontiguousarray(draws.key, dtype=np.uint64).tobytes())
        self.signal = array("B", np.ascontiguousarray(draws.signal, dtype=np.uint8).tobytes())
        self.drawn = self.open = len(draws.key)
        self.original = array("q")
        self.copies: dict[int, list[int]] = {}

        self.transactions = Rows(record.Transactions)
        self.attempts = Rows(record.Attempts)
        self.visits = Rows(record.Visits)
        self.levels = Rows(record.Levels)
        self.listings = Rows(record.Listings)
        self.signals = Rows(record.Signals)
        self.lookups = Rows(record.Lookups)
        self.actions = Rows(record.Actions)
        self.refusals = Rows(record.Refusals)
        self.attempt = self.attempts.flat.extend
        self.visit = self.visits.flat.extend
        self.replies = Replies()
        self.provider_states: list[tuple[int, int, int, Party]] = []

    def level(self, level: Level, subject: int, time: int, value: int) -> None:
        """Record a change of a state."""
        self.levels.flat.extend((level, subject, time, value))

    def refusal(
        self, message: int, hub: int, connector: int, time: int, reply: int, recipients: int = 0
    ) -> None:
        """Record an attempt at submission that failed.

        Parameters
        ----------
        message, hub, connector, time, reply : int
            As in the table `refusals`.
        recipients : int
            How many recipients were refused; 0 stands for all that are not final.
        """
        count = recipients or self.messages.recipients[message] - self.final_recipients(message)
        self.refusals.flat.extend((message, hub, connector, time, reply, count))

    def final_recipients(self, message: int) -> int:
        """Return the number of recipients of a message that are final."""
        messages, status = self.messages, self.recipients.status
        first = messages.first_recipient[message]
        if messages.recipients[message] == 1:
            return 1 if status[first] else 0
        last = first + messages.recipients[message]
        return sum(1 for recipient in range(first, last) if status[recipient])

    def set_final(self, recipient: int, status: int, time: int, reply: int) -> None:
        """Set the final status of a recipient, once.

        Parameters
        ----------
        recipient : int
            Row.
        status : int
            A `Status` other than `IN_FLIGHT`.
        time : int
            Microseconds.
        reply : int
            Number of the reply that decided it; -1 for none.
        """
        recipients = self.recipients
        recipients.status[recipient] = status
        recipients.end[recipient] = time
        recipients.reply[recipient] = reply
        self.open -= 1

    def new_dsn(
        self,
        stream: int,
        number: int,
        now: int,
        size: int,
        hub: int,
        domain: int,
        key: int,
        parent: int,
    ) -> int:
        """Add a DSN: a message with one recipient.

        Parameters
        ----------
        stream, number, size, hub, parent : int
            As in the table `messages`.
        now : int
            Time of its creation, microseconds.
        domain : int
            Domain of its recipient, the sender of the original message.
        key : int
            Key of the draws of its recipient.

        Returns
        -------
        int
            Row of the message.
        """
        messages, recipients = self.messages, self.recipients
        message, recipient = len(messages.stream), len(recipients.message)
        _append(
            record.Messages,
            messages,
            stream=stream,
            number=number,
            created=now,
            size=size,
            first_recipient=recipient,
            recipients=1,
            connected=now,
            hub=hub,
            parent=parent,
        )
        _append(record.Recipients, recipients, message=message, domain=domain)
        self.key.append(key)
        self.signal.append(0)
        self.original.append(recipient)
        self.open += 1
        return message

    def new_duplicate(self, message: int, taken: Sequence[int]) -> int:
        """Add a duplicate: a message that its host sends once more.

        The address is the same, so the signals are: who complains about the one complains about
        the other (assumption). All other draws are new.

        Parameters
        ----------
        message : int
            Row of the message that the host has sent.
        taken : sequence of int
            Its recipients that go on.

        Returns
        -------
        int
            Row of the duplicate.
        """
        messages, recipients = self.messages, self.recipients
        duplicate, first = len(messages.stream), len(recipients.message)
        parent = messages.parent[message]
        _append(
            record.Messages,
            messages,
            stream=messages.stream[message],
            number=messages.number[message],
            created=messages.created[message],
            size=messages.size[message],
            first_recipient=first,
            recipients=len(taken),
            parent=parent if parent >= 0 else messages.first_recipient[message],
        )
        for row, recipient in enumerate(taken, first):
            domain, original = recipients.domain[recipient], self.original_of(recipient)
            _append(record.Recipients, recipients, message=duplicate, domain=domain)
            self.key.append(mix(self.key[recipient], Decision.DUPLICATE))
            self.signal.append(self.signal[recipient])
            self.original.append(original)
            self.copies.setdefault(original, []).append(row)
        self.open += len(taken)
        return duplicate

    def original_of(self, recipient: int) -> int:
        """Return the recipient of the original message, if this one is of a duplicate."""
        return recipient if recipient < self.drawn else self.original[recipient - self.drawn]

    def copies_of(self, recipient: int) -> list[int]:
        """Return all recipients with the address of one, of the original and its duplicates."""
        original = self.original_of(recipient)
        return [original, *self.copies.get(original, ())]

    def trace(self, end: int) -> Trace:
        """Return the record as a trace of a run that ended at `end` microseconds."""
        return Trace(
            names=completed(names(self.plan), self.plan, self.replies, self.provider_states),
            end=end,
            messages=_table(record.Messages, self.messages),
            recipients=_table(record.Recipients, self.recipients),
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


def names(plan: Plan) -> Names:
    """Return what the integers of a trace stand for, as far as the plan says it."""
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
        replies=(),
        causes=(),
        provider_states=(),
        operators=tuple(operator.name for operator in plan.operators),
        registered_domains=tuple(domain.name for domain in plan.registered_domains),
        stream_host=tuple(stream.host for stream in plan.streams),
        stream_title=tuple(stream.title for stream in plan.streams),
        stream_registered_domain=tuple(stream.registered_domain for stream in plan.streams),
        stream_hub=tuple(stream.hub for stream in plan.streams),
        hub_title=tuple(hub.title for hub in plan.hubs),
        connector_hub=tuple(connector.hub for connector in plan.connectors),
        queue_kind=tuple(queue.kind for queue in plan.queues),
        queue_hub=tuple(queue.hub for queue in plan.queues),
        queue_next_hop=tuple(queue.next_hop for queue in plan.queues),
        queue_domain=tuple(queue.domain for queue in plan.queues),
        queue_egress=tuple(queue.egress for queue in plan.queues),
        queue_by_ip=tuple(queue.by_ip for queue in plan.queues),
        station_kind=tuple(station.kind for station in plan.stations),
        station_hub=tuple(station.hub for station in plan.stations),
        station_title=tuple(_station_title(plan, station) for station in plan.stations),
        provider_state_destination=(),
        provider_state_egress=(),
        provider_state_sender=(),
        provider_state_party=(),
    )


def completed(
    of_plan: Names,
    plan: Plan,
    replies: Replies,
    provider_states: Sequence[tuple[int, int, int, Party]],
) -> Names:
    """Return the names of a trace: those of the plan, and of what arose in the run.

    Parameters
    ----------
    of_plan : Names
        The names of the plan, see `names`.
    plan : Plan
        The plan of the run.
    replies : Replies
        The replies that arose.
    provider_states : sequence of (int, int, int, Party)
        As `Recorder.provider_states`.
    """
    return replace(
        of_plan,
        replies=tuple(replies.texts()),
        causes=tuple(replies.causes),
        provider_states=tuple(
            provider_state_name(
                plan.receivers[receiver].name,
                plan.egress[egress].name,
                plan.from_domains[domain],
                party,
            )
            for receiver, egress, domain, party in provider_states
        ),
        provider_state_destination=tuple(entry[0] for entry in provider_states),
        provider_state_egress=tuple(entry[1] for entry in provider_states),
        provider_state_sender=tuple(plan.from_domains[entry[2]] for entry in provider_states),
        provider_state_party=tuple(entry[3] for entry in provider_states),
    )


def _station_title(plan: Plan, station: Station) -> str:
    """Return the name of a line in the scenario, or of a receive connector within its hub."""
    if station.line >= 0:
        return plan.lines[station.line].title
    return plan.connectors[station.connector].title if station.connector >= 0 else ""


def _columns(table: type, length: int, **given: object) -> dict[str, Values]:
    """Return an array for each column: the values given, or the declared default in every row."""
    columns = {}
    for name, spec in specs(table):
        if name in given:
            values = np.ascontiguousarray(given[name], dtype=np.int64)
            columns[name] = array("q", values.tobytes())
        else:
            assert spec.default is not None, f"{table.__name__}.{name} has no default"
            columns[name] = array("q", [spec.default]) * length
    return columns


def _append(table: type, columns: object, **given: int) -> None:
    """Append a row: the given values, else the declared defaults."""
    for name, default in _defaults(table):
        value = given.get(name, default)
        assert value is not None, f"{table.__name__}.{name} has no default"
        getattr(columns, name).append(value)


@cache
def _defaults(table: type) -> tuple[tuple[str, int | None], ...]:
    return tuple((name, spec.default) for name, spec in specs(table))


def _table(table: type, columns: object) -> Table:
    names: Sequence[str] = column_names(table)
    arrays = {name: getattr(columns, name) for name in names}
    return Table(
        tuple(names),
        {
            name: np.frombuffer(values, dtype=np.int64) if values else np.empty(0, np.int64)
            for name, values in arrays.items()
        },
    )
