"""The trace: all that an engine returns. Plain tables of integers, times in microseconds.

A trace is the only thing that a run leaves behind; whatever a reader sees is computed from it.
Absent times and references are -1. Rows of `messages` and `recipients` stand in the order of the
draws (streams by name, messages by number, recipients by recipient); DSNs made during the run
follow.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import Party, QueueKind, StationKind

Column = npt.NDArray[np.int64]


class Status(IntEnum):
    """How a recipient ended."""

    IN_FLIGHT = 0
    DELIVERED = 1
    JUNKED = 2
    BOUNCED = 3
    EXPIRED = 4
    REFUSED = 5
    ABANDONED = 6
    SUPPRESSED = 7
    """Never submitted: its address is off the list, or its stream is paused."""


class Visit(IntEnum):
    """What a visit to a station was for, and whose row its `subject` is."""

    SESSION = 0
    """A connection of a host to a receive connector; subject: the message that opened it.
    `enter` the connection was asked for, `start` it was accepted, `end` it closed."""
    RECEIVE = 1
    """Core time to take the message in; subject: message."""
    COMMIT = 2
    """Commit to the queue database; subject: message. `start`: the write of the batch began."""
    CATEGORIZE = 3
    """In the submission queue (enter to start) and the categorizer; subject: message."""
    SEND = 4
    """Core time to send; subject: transaction."""
    LINE = 5
    """Transfer over the Internet line; subject: transaction."""
    SUBMIT = 6
    """Mailbox submission in place of a session; subject: message."""


class Level(IntEnum):
    """What a row of `levels` is about; `value` 0 is the normal state."""

    QUEUE_RETRY = 0
    """Subject: queue. 1 while the queue is in Retry."""
    HUB_DOWN = 1
    """Subject: hub. 1 while the hub is stopped."""
    VERSION_BUCKETS = 2
    """Subject: hub. Back pressure: 0 Normal, 1 Medium, 2 High."""
    QUEUE_DISK = 3
    """Subject: hub. Back pressure: 0 Normal, 1 Medium, 2 High."""
    OUTAGE = 4
    """Subject: destination. 1 while it cannot be connected to."""
    HOST_RETRY = 5
    """Subject: host. 1 while the host waits before it connects again."""
    PROVIDER = 6
    """Subject: index into `provider_states`; the value is a `mail.provider_state.State`."""
    PAUSED = 7
    """Subject: stream. 1 while the administrator keeps it from sending."""
    LOG_DISK = 8
    """Subject: hub. Back pressure by the drive of the log: 0 Normal, 1 Medium, 2 High."""


class Cause(IntEnum):
    """Why an IP is on a list."""

    SCRIPT = 0
    TRIGGER = 1
    """By what the operator saw of it."""
    WIDENING = 2
    """By what the operator saw of its neighbours."""


class Seen(IntEnum):
    """A signal: what somebody saw of a recipient, and whom the `subject` names."""

    TRAP = 0
    """Operator."""
    PROVIDER_TRAP = 1
    """Destination."""
    COMPLAINT = 2
    """Destination."""
    UNKNOWN = 3
    """Destination."""
    REPORT = 4
    """Blocklist."""


class Action(IntEnum):
    """What the administrator does about an IP, and whom the `subject` names."""

    DETECTED = 0
    """Nobody: -1."""
    REPAIRED = 1
    """Nobody: -1."""
    REQUESTED = 2
    """Blocklist, or for a mailbox provider -1 - destination."""
    PAUSED = 3
    """Stream, as in the three that follow."""
    RESUMED = 4
    CLEANED = 5
    MOVED = 6


MESSAGES = (
    "stream",  # index into names.streams
    "number",  # number within the stream, from 0
    "created",
    "size",  # bytes
    "first_recipient",  # row of its first recipient; the recipients of a message are consecutive
    "recipients",  # how many
    "connected",  # its session turned to it (for the first one: was accepted), at the last try
    "committed",  # the hub owns it from here on
    "acknowledged",  # the host got its final 250
    "reply",  # id of the last reply at submission, see names.replies
    "connector",  # index into names.connectors, -1 for mailbox submission and DSNs
    "hub",  # the hub that accepted it, index into names.hubs
    "tries",  # attempts at submission
    "parent",  # DSNs: the recipient that caused it
)
RECIPIENTS = (
    "message",  # row
    "domain",  # index into names.domains
    "transaction",  # the last transaction that it travelled in, a row
    "end",  # when it became final
    "status",
    "reply",  # id of the reply that decided its final status
)
TRANSACTIONS = (
    "message",
    "first_recipient",  # the recipient by which it ranks
    "recipients",  # how many, at the start
    "hub",
    "queue",  # index into names.queues
    "parent",  # the transaction of an earlier hub that handed it over
    "queued",  # when it entered the delivery queue
)
ATTEMPTS = (
    "transaction",
    "attempt",  # from 0
    "queue",
    "egress",  # index into names.egress, -1 for mailbox delivery and transfers between hubs
    "enter",  # ready to be sent: queued, or due again after a retry
    "start",  # a connection took it; -1: none did before its end, or that of the run
    "end",  # the verdict, the failure to connect, a stop of the hub; without a start: expiry
    "reply",
    "opened",  # 1 if this attempt opened its connection
    "recipients",  # how many it carried
)
VISITS = (
    "station",  # index into names.stations
    "visit",  # what for, see Visit
    "subject",  # row of a message or of a transaction
    "attempt",  # 0; for SEND and LINE the attempt of the transaction
    "enter",
    "start",  # -1: not before a stop of the hub, at `end`, or the end of the run
    "end",
)
LEVELS = ("level", "subject", "time", "value")
LISTINGS = (
    "egress",
    "blocklist",
    "start",  # published
    "end",  # withdrawn; -1: not before the end of the run
    "cause",  # see Cause
    "against",  # 0 all mail of the IP, 1 that of innocent streams, 2 that of culprits
)
SIGNALS = ("signal", "recipient", "egress", "time", "subject")
LOOKUPS = (
    "egress",
    "domain",
    "time",  # the domain asks its lists about the IP
    "until",  # it believes the answer up to here, exclusive
    "listed",  # 1 if the IP is on one of them
    "against",  # as for listings: about whose mail it asks
)
ACTIONS = ("action", "egress", "time", "subject")

REFUSALS = (
    "message",
    "hub",  # -1: no hub has the address
    "connector",  # -1: none answers, the hub is down, or mailbox submission
    "time",
    "reply",
    "recipients",  # of the message, that this attempt was for
)
"""Attempts at submission that a hub did not take, one row for each address that was tried."""


NO_CAUSE, PROVIDER_CAUSE = -1, -2


@dataclass(frozen=True)
class Names:
    """What the integers of a trace stand for.

    The strings are for display (`relaysim.plan.names` makes them). What a program wants to know of
    a stream, queue, station or provider state stands in the fields beside its name, one entry
    for each name, and no name is taken apart. Indexes of -1 mean none.
    """

    hosts: tuple[str, ...]
    streams: tuple[str, ...]
    """`host.stream`, and `HUB.dsn` for the DSNs of a hub."""
    hubs: tuple[str, ...]
    connectors: tuple[str, ...]
    """`HUB/connector`."""
    queues: tuple[str, ...]
    """`HUB->next hop`, `HUB.mailbox`, `HUB.unreachable`."""
    egress: tuple[str, ...]
    blocklists: tuple[str, ...]
    destinations: tuple[str, ...]
    domains: tuple[str, ...]
    destination: tuple[int, ...]
    """Of each domain: its destination."""
    stations: tuple[str, ...]
    """`HUB.cpu`, `HUB.commit`, `HUB.mailboxsubmission`, `LINE.line`, `HUB/connector`."""
    capacity: tuple[int, ...]
    """Of each station: its servers, 0 for no limit."""
    queue_capacity: tuple[int, ...]
    """Of each queue: the connections that it may use, 0 for no limit."""
    replies: tuple[str, ...]
    causes: tuple[int, ...]
    """Of each reply: the blocklist that it cites, `PROVIDER_CAUSE` for a provider state, or -1."""
    provider_states: tuple[str, ...]
    """`DESTINATION EGRESS SENDER-DOMAIN`, and `/innocents` or `/culprits` if judged apart."""
    operators: tuple[str, ...]
    """The owners of spam traps."""

    stream_host: tuple[int, ...]
    """Of each stream: its host, -1 for DSNs."""
    stream_hub: tuple[int, ...]
    """Of each stream: the hub whose DSNs it has, -1 for any other stream."""
    hub_title: tuple[str, ...]
    """Of each hub: its name in the scenario, also where it serves culprits alone."""
    connector_hub: tuple[int, ...]
    """Of each receive connector: its hub."""
    queue_kind: tuple[QueueKind, ...]
    queue_hub: tuple[int, ...]
    queue_next_hop: tuple[str, ...]
    """Of each queue: domain, smart hosts or hubs; "" for mailboxes and unreachable mail."""
    queue_domain: tuple[int, ...]
    """Of each queue: the domain that answers, -1 within the organization."""
    queue_egress: tuple[int, ...]
    """Of each queue: the public IP, -1 within the organization."""
    queue_moved: tuple[bool, ...]
    """Of each queue: whether it is for culprits' mail that was moved to another public IP."""
    station_kind: tuple[StationKind, ...]
    station_hub: tuple[int, ...]
    """Of each station: its hub, -1 for a line."""
    station_title: tuple[str, ...]
    """Of a line: its name in the scenario, or its public IP; of sessions: the receive connector."""
    provider_state_destination: tuple[int, ...]
    provider_state_egress: tuple[int, ...]
    provider_state_sender: tuple[str, ...]
    """Of each provider state: the sender's domain."""
    provider_state_party: tuple[Party, ...]


class Rows:
    """A growing table of integers: rows of fixed width in one flat array."""

    __slots__ = ("columns", "flat")

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self.flat = array("q")

    def table(self) -> "Table":
        """The rows as columns, which share their memory: no row can be added any more."""
        flat = np.frombuffer(self.flat, dtype=np.int64) if self.flat else np.empty(0, np.int64)
        block = flat.reshape(-1, len(self.columns))
        return Table(self.columns, {c: block[:, i] for i, c in enumerate(self.columns)})


@dataclass(frozen=True)
class Table:
    """Columns of equal length, by name."""

    columns: tuple[str, ...]
    data: dict[str, Column] = field(repr=False)

    def __getitem__(self, name: str) -> Column:
        return self.data[name]

    def __len__(self) -> int:
        return len(self.data[self.columns[0]])


@dataclass(frozen=True)
class Trace:
    """The tables of a run. `end`: the tick when all recipients were final, or the horizon."""

    names: Names
    end: int
    messages: Table
    recipients: Table
    transactions: Table
    attempts: Table
    visits: Table
    levels: Table
    listings: Table
    signals: Table
    lookups: Table
    actions: Table
    refusals: Table = field(default_factory=lambda: Rows(REFUSALS).table())

    TABLES = (
        "messages",
        "recipients",
        "transactions",
        "attempts",
        "visits",
        "levels",
        "listings",
        "signals",
        "lookups",
        "actions",
        "refusals",
    )

    def fingerprint(self) -> str:
        """A hash of every row of every table: the same plan and draws always give the same."""
        digest = blake2b(digest_size=16)
        digest.update(repr((self.end, self.names)).encode())
        for name in self.TABLES:
            table: Table = getattr(self, name)
            for column in table.columns:
                digest.update(np.ascontiguousarray(table[column], dtype="<i8").tobytes())
        return digest.hexdigest()


def first_divergence(one: Trace, other: Trace) -> str | None:
    """Where two traces first differ, as text with both rows; None if they are the same."""
    if one.names != other.names:
        return "the traces name different things"
    for name in Trace.TABLES:
        a: Table = getattr(one, name)
        b: Table = getattr(other, name)
        shared = min(len(a), len(b))
        differs = np.zeros(shared, dtype=bool)
        for column in a.columns:
            differs |= a[column][:shared] != b[column][:shared]
        row = int(np.argmax(differs)) if differs.any() else shared
        if row < max(len(a), len(b)):
            return f"{name} row {row}:\n  {_row(a, row)}\n  {_row(b, row)}"
    return None if one.end == other.end else f"the runs end at {one.end} and {other.end}"


def _row(table: Table, row: int) -> str:
    if row >= len(table):
        return "(no such row)"
    return ", ".join(f"{column}={table[column][row]}" for column in table.columns)
