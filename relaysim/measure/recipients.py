"""The recipients of a trace: one array for each property that the metrics need."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from relaysim.measure.binding_resource import HELD, held
from relaysim.measure.measured_window import Window
from relaysim.measure.unreached_recipients import unreached
from relaysim.measure.wait_parts import PARTS, Members, RecipientRoutes, sent, waits
from relaysim.plan.names import QueueKind, stream_name
from relaysim.plan.public_ips import all_public_ips
from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream
from relaysim.trace.columns import Column, ShortColumn, Small, Table
from relaysim.trace.duplicates import original_of, standing
from relaysim.trace.tables import Status, Trace

Mask = npt.NDArray[np.bool_]
DSN = "dsn"
"""The class of NDRs and delay notices."""


def streams(scenario: Scenario) -> dict[str, Stream]:
    """Return the streams of a scenario by full name, `host.stream`."""
    return {
        stream_name(host, name): stream
        for host, described in scenario.hosts.items()
        for name, stream in described.streams.items()
    }


class Cells(NamedTuple):
    """The parts of the recipients that no scope divides: with the same stream, place, hub and IP.

    Whatever adds up over recipients is counted once for each cell, and then for the cells of each
    subject.
    """

    of: Small
    """The cell of each recipient."""
    rows: Column
    """A recipient of each cell."""

    @classmethod
    def among(cls, recipients: "Recipients") -> Self:
        """Return the cells of some recipients."""
        cell, cells = np.zeros(len(recipients), np.int64), 1
        for value in (
            recipients.stream,
            recipients.destination,
            recipients.hub,
            recipients.egress,
            recipients.dsn.astype(np.int64),
        ):
            # One more, for -1.
            width = int(value.max(initial=-1)) + 2
            cell = cell * width + value + 1
            known = np.flatnonzero(np.bincount(cell, minlength=cells * width))
            number = np.zeros(cells * width, np.int64)
            number[known] = np.arange(len(known))
            cell, cells = number[cell], len(known)
        rows = np.zeros(cells, np.int64)
        rows[cell] = np.arange(len(cell))
        return cls(_small(cell), rows)


@dataclass(frozen=True)
class Recipients:
    """Arrays with one entry for each recipient; times in microseconds, absent references -1.

    `stream`, `destination`, `hub` and `egress` are indexes into the names of the trace. `hub` is
    the last hub of the recipient; `egress` the IP of its last attempt or, before an attempt, of its
    hub. `attempts` and `first_attempt` count in its last queue. `deadline` is -1 for a DSN.
    `in_window` is whether it was created in the window; a DSN counts with the recipient that caused
    it. `copy` is whether another copy of the message counts for its address: of an original and its
    duplicates the first one that arrives does (`trace.duplicates.standing`). `judged` is whether it
    was created at least its deadline before the end of the run, so that the run shows whether it
    was on time, however it ended; a DSN, which has no deadline, is always judged. `unreached` are
    recipients that will never be delivered, though their mailbox exists. `latency` is -1 unless
    delivered or junked, `end` is the end of the run for a recipient in flight. `waits` are the
    parts of `measure.wait_parts` and of `measure.binding_resource`.
    """

    stream: Small
    number: Small
    recipient: Small
    destination: Small
    hub: Small
    egress: Small
    attempts: Small
    first_attempt: Column
    created: Column
    end: Column
    status: Small
    latency: Column
    deadline: Column
    accepted: Mask
    dsn: Mask
    in_window: Mask
    copy: Mask
    judged: Mask
    unreached: Mask
    waits: Table

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario) -> Self:
        """Return the recipients of a trace of a scenario, in the order of the trace."""
        # First what needs much memory for a while.
        routes = RecipientRoutes.of(trace)
        parts = _shortened(waits(trace, routes))
        parts |= _shortened(held(trace, routes))
        in_order = routes.attempts.members
        del routes
        attempts, first_attempt, egress = _last_attempts(trace, in_order)
        del in_order
        message, status = (_small(trace.recipients[name]) for name in ("message", "status"))
        in_window = _in_window(trace, scenario, message)
        created = trace.messages["created"][message]
        end = trace.recipients["end"].copy()
        end[end < 0] = trace.end
        known = streams(scenario)
        deadline = [known[name].deadline if name in known else -1 for name in trace.names.streams]
        stream = _small(trace.messages["stream"])[message]
        dsn = (np.array(trace.names.stream_host, np.int64) < 0)[stream]
        hub = _small(_hub(trace))
        by = np.where(egress >= 0, egress, _small(_egress_of_hub(trace, scenario, hub)))
        del egress
        refused = (status == Status.REFUSED) | (status == Status.ABANDONED)
        through = (status == Status.DELIVERED) | (status == Status.JUNKED)
        due = np.array(deadline, np.int64)[stream]
        return cls(
            stream=stream,
            number=_small(trace.messages["number"])[message],
            recipient=_within(trace, message)[original_of(trace)],
            destination=np.array(trace.names.destination, np.int32)[trace.recipients["domain"]],
            hub=hub,
            egress=by,
            attempts=attempts,
            first_attempt=first_attempt,
            created=created,
            end=end,
            status=status,
            latency=np.where(through, end - created, -1),
            deadline=due,
            accepted=(trace.messages["committed"][message] >= 0) & ~refused,
            dsn=dsn,
            in_window=in_window,
            copy=standing(trace) != np.arange(len(message)),
            # By the end that the scenario sets: a run that is over earlier has nothing in flight.
            # A DSN has -1, so it is always judged.
            judged=created + due <= scenario.run.horizon,
            unreached=unreached(trace, stream, created, status),
            waits=Table((*PARTS, *HELD), parts),
        )

    @cached_property
    def cells(self) -> Cells:
        """The cells of the recipients."""
        return Cells.among(self)

    @property
    def counted(self) -> Mask:
        """Which count: created in the window, one for each address of a message."""
        return self.in_window & ~self.copy

    @property
    def doubled(self) -> Mask:
        """Which were created in the window, and arrived where another copy had arrived before."""
        return self.in_window & self.copy & (self.latency >= 0)

    @property
    def on_time(self) -> Mask:
        """Which were delivered or junked within their deadline."""
        return (self.latency >= 0) & (self.latency <= self.deadline)

    def __len__(self) -> int:
        return len(self.stream)

    def where(self, chosen: Mask | Column) -> Self:
        """Return some of the recipients, chosen by a mask or by their rows."""
        if chosen.dtype == bool and chosen.all():
            return self
        rows = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64)
        taken = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "waits"}
        parts = {name: ShortColumn.of(*self.waits.at(rows, name)) for name in self.waits.columns}
        return type(self)(**taken, waits=Table(self.waits.columns, parts))


def _shortened(parts: dict[str, Column]) -> dict[str, ShortColumn]:
    """Return columns in 32 bits; each gives its memory back before the next one is copied."""
    return {name: ShortColumn.of(parts.pop(name)) for name in tuple(parts)}


def _small(column: Column) -> Small:
    return column.astype(np.int32)


def _in_window(trace: Trace, scenario: Scenario, message: Small) -> Mask:
    """Return which recipients were created in the window."""
    parent = _small(trace.messages["parent"])
    caused = parent >= 0
    # A DSN counts with the message that caused it, a duplicate has the creation of its original.
    cause = np.arange(len(parent), dtype=np.int32)
    cause[caused] = message[parent[caused]]
    return Window.of(scenario).holds(trace.messages["created"][cause])[message]


def _within(trace: Trace, message: Small) -> Small:
    """Return the number of each recipient within its message, from 0."""
    first = _small(trace.messages["first_recipient"])
    return np.arange(len(message), dtype=np.int32) - first[message]


def _hub(trace: Trace) -> Column:
    """Return the last hub of each recipient.

    It is the hub of its last transaction, else the hub that accepted or refused the message.
    """
    transaction, messages, names = trace.recipients["transaction"], trace.messages, trace.names
    # One more, for the connector -1.
    refused_by = np.array([*names.connector_hub, -1], np.int64)[messages["connector"]]
    hub = np.where(messages["hub"] >= 0, messages["hub"], refused_by)[trace.recipients["message"]]
    sent = transaction >= 0
    hub[sent] = trace.transactions["hub"][transaction[sent]]
    return hub


def _last_attempts(trace: Trace, in_order: Small) -> tuple[Small, Column, Small]:
    """Return attempts of each recipient in its last queue: number, first start, last egress.

    `in_order` are the rows of `attempts` in the order of transactions and numbers.
    """
    order = in_order.astype(np.int64)
    (start,) = trace.attempts.at(order, "start")
    # An attempt that never got a connection does not count.
    order, start = order[start >= 0], start[start >= 0]
    transaction, egress = trace.attempts.at(order, "transaction", "egress")
    tried = Members.in_order(np.arange(len(order)), transaction, len(trace.transactions))
    del order, transaction
    recipient, last = sent(trace)
    recipient, last = recipient[tried.count[last] > 0], last[tried.count[last] > 0]
    attempts = np.zeros(len(trace.recipients), np.int32)
    first_attempt = np.full(len(trace.recipients), -1)
    last_egress = np.full(len(trace.recipients), -1, np.int32)
    attempts[recipient] = tried.count[last]
    first_attempt[recipient] = start[tried.first[last]]
    last_egress[recipient] = egress[tried.first[last] + tried.count[last] - 1]
    # A recipient that became final before others of its transaction has none of their attempts.
    end = np.where(trace.recipients["end"] >= 0, trace.recipients["end"], trace.end)[recipient]
    early = np.flatnonzero(start[tried.first[last] + tried.count[last] - 1] > end)
    row, attempt = tried.join(last[early])
    counts = np.flatnonzero(start[attempt] <= end[early][row])
    row, attempt, recipient = row[counts], attempt[counts], recipient[early]
    attempts[recipient] = np.bincount(row, minlength=len(recipient))
    first_attempt[recipient] = last_egress[recipient] = -1
    # The last of several assignments stays: the first attempt, backwards, and the last egress.
    first_attempt[recipient[row[::-1]]] = start[attempt[::-1]]
    last_egress[recipient[row]] = egress[attempt]
    return attempts, first_attempt, last_egress


def _egress_of_hub(trace: Trace, scenario: Scenario, hub: Small) -> Column:
    """Return the egress of the hub of each recipient in a queue that leads outside; else -1."""
    names, transaction = trace.names, trace.recipients["transaction"]
    index = {name: i for i, name in enumerate(names.egress)}
    # Of several public IPs that of most mail.
    ips = (
        scenario.relays[title].egress
        if title in scenario.relays
        else all_public_ips(scenario, title)[0]
        for title in names.hub_title
    )
    of_hub = np.array([index.get(ip, -1) for ip in ips], np.int64)
    known = set(names.hubs)
    # Outside, or to several hubs in turn, which have no name of one.
    outward = np.array(
        [
            kind is QueueKind.REMOTE or (kind is QueueKind.TRANSFER and next_hop not in known)
            for kind, next_hop in zip(names.queue_kind, names.queue_next_hop, strict=True)
        ],
        bool,
    )
    egress = np.full(len(transaction), -1, np.int64)
    sent = np.flatnonzero(transaction >= 0)
    out = sent[outward[trace.transactions["queue"][transaction[sent]]]]
    egress[out] = of_hub[hub[out]]
    # A queue that leads outside has one public IP, whatever others its hub has.
    of_queue = np.array(names.queue_egress, np.int64)[trace.transactions["queue"][transaction[out]]]
    egress[out] = np.where(of_queue >= 0, of_queue, egress[out])
    return egress
