"""The record: the tables that a run writes, declared once.

Each table is a class, each column one field of it. The recorder creates its arrays from these
declarations, the trace has its tables from them, and docs/reference/trace.md is printed from them.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np

from relaysim.trace.columns import Table
from relaysim.trace.tables import Action, Cause, Described, Level, Signal, Status, Visit

Values: TypeAlias = "array[int]"
"""64-bit integers: eight bytes an entry, where a list takes forty."""


@dataclass(frozen=True)
class Kind:
    """What the integers of a column are: a text for the reference, a unit, an enumeration.

    `bits` is what an engine may keep an entry in; a reader gets 64 bits in any case.
    """

    text: str
    unit: str = ""
    members: type[Described] | None = None
    bits: int = 32


TIME = Kind("time since the start of the run", "µs", bits=64)
SIZE = Kind("size", "bytes", bits=64)
COUNT = Kind("count")
FLAG = Kind("1 or 0", bits=8)
PARTY = Kind("party", bits=8)
REPLY = Kind("index into `names.replies`")


FEW = {"streams", "hubs", "connectors", "egress", "stations"}
"""What a run of the compiled engine has at most 32,768 of, which it checks; for 16 bits."""


def row_of(table: str) -> Kind:
    """Return the kind of a column that holds row numbers of a table."""
    return Kind(f"row of `{table}`")


def index_into(names: str) -> Kind:
    """Return the kind of a column that holds numbers of a field of `Names`."""
    return Kind(f"index into `names.{names}`", bits=16 if names in FEW else 32)


def one_of(members: type[Described]) -> Kind:
    """Return the kind of a column that holds members of an enumeration."""
    return Kind(f"`{members.__name__}`", members=members, bits=8)


@dataclass(frozen=True)
class Spec:
    """The declaration of a column.

    Attributes
    ----------
    kind : Kind
        What its integers are.
    meaning : str
        What the column says of a row.
    default : int or None
        Value of a new row; None if every row is written with a value.
    sentinels : tuple of (int, str)
        Values that are none of the kind, each with its meaning.
    short : int
        The bits in which an engine may keep most entries, and the others apart; 0 if it keeps all
        entries in the bits of the kind. Rows of such a column do not change.
    since : str
        The column of times from which a short column of times may count; "" for any other.
    """

    kind: Kind
    meaning: str
    default: int | None = None
    sentinels: tuple[tuple[int, str], ...] = ()
    short: int = 0
    since: str = ""

    @property
    def is_short(self) -> bool:
        """Whether an engine may keep some entries apart."""
        return self.short > 0

    @property
    def kept_bits(self) -> int:
        """The bits of an entry that is not kept apart."""
        return self.short or self.kind.bits


def column(
    kind: Kind,
    meaning: str,
    *sentinels: tuple[int, str],
    default: int | None = None,
    short: int = 0,
    since: str = "",
) -> Any:
    """Declare a column, see `Spec`."""
    return field(metadata={"spec": Spec(kind, meaning, default, sentinels, short, since)})


@dataclass(slots=True)
class Messages:
    """One row per message, DSNs and duplicates included.

    The recipients of a message have consecutive rows. A duplicate has the number and the creation
    of the original message, but only the recipients that a hub accepted before.
    """

    stream: Values = column(index_into("streams"), "stream that created the message")
    number: Values = column(COUNT, "number within the stream, from 0")
    created: Values = column(TIME, "creation")
    size: Values = column(SIZE, "size")
    first_recipient: Values = column(row_of("recipients"), "its first recipient")
    recipients: Values = column(COUNT, "number of its recipients")
    connected: Values = column(
        TIME,
        "its session turned to it at the last attempt; for the first message of a session: the hub "
        "accepted the connection; for a DSN: its creation",
        (-1, "no session did"),
        default=-1,
    )
    committed: Values = column(
        TIME,
        "committed to the queue database of the first hub, which owns the message from here on",
        (-1, "not committed"),
        default=-1,
    )
    acknowledged: Values = column(
        TIME,
        "the host received the final 250",
        (-1, "no final 250: not accepted, cut off, or a DSN"),
        default=-1,
    )
    reply: Values = column(
        REPLY, "last reply at submission", (-1, "no reply so far, or a DSN"), default=-1
    )
    connector: Values = column(
        index_into("connectors"),
        "receive connector of the last attempt",
        (-1, "mailbox submission, a DSN, or no attempt"),
        default=-1,
    )
    hub: Values = column(
        index_into("hubs"), "hub that committed the message first", (-1, "none did"), default=-1
    )
    attempts: Values = column(COUNT, "attempts at submission", default=0)
    parent: Values = column(
        row_of("recipients"),
        "for a DSN: the recipient that caused it; for a duplicate, which has the stream of a host: "
        "the first recipient of the original message",
        (-1, "neither a DSN nor a duplicate"),
        default=-1,
    )


@dataclass(slots=True)
class Recipients:
    """One row per recipient: one message for one address."""

    message: Values = column(row_of("messages"), "its message")
    domain: Values = column(index_into("domains"), "domain of the address")
    transaction: Values = column(
        row_of("transactions"),
        "the last transaction that carried it",
        (-1, "no hub has queued it"),
        default=-1,
    )
    end: Values = column(TIME, "it became final", (-1, "not before the end of the run"), default=-1)
    status: Values = column(one_of(Status), "its final status", default=int(Status.IN_FLIGHT))
    reply: Values = column(
        REPLY,
        "reply that decided its final status",
        (-1, "not final, or suppressed"),
        default=-1,
    )


@dataclass(slots=True)
class Transactions:
    """One row per transaction: the recipients of a message with the same next hop."""

    message: Values = column(row_of("messages"), "its message")
    first_recipient: Values = column(
        row_of("recipients"), "its first recipient, which orders it among simultaneous events"
    )
    recipients: Values = column(COUNT, "number of its recipients when it was queued", short=8)
    hub: Values = column(index_into("hubs"), "hub that sends it")
    queue: Values = column(index_into("queues"), "delivery queue")
    parent: Values = column(
        row_of("transactions"),
        "transaction by which another hub handed the message over",
        (-1, "the hub accepted the message from a host"),
    )
    queued: Values = column(TIME, "it entered the delivery queue")


@dataclass(slots=True)
class Attempts:
    """One row per attempt to deliver a transaction, and per wait that ended without one."""

    transaction: Values = column(row_of("transactions"), "its transaction")
    attempt: Values = column(COUNT, "number of the attempt, from 0", short=16)
    queue: Values = column(index_into("queues"), "delivery queue")
    egress: Values = column(
        index_into("egress"),
        "public IP of the connection",
        (-1, "delivery to a mailbox, or transfer to another hub"),
    )
    enter: Values = column(TIME, "ready to be sent: queued, or due again after a retry")
    start: Values = column(
        TIME,
        "a connection took it",
        (-1, "none did: the transaction expired at `end`, or the run ended"),
        short=32,
        since="enter",
    )
    end: Values = column(
        TIME,
        "reply to the transaction, failure of the connection, or stop of the hub; expiry if no "
        "connection took it",
        (-1, "not before the end of the run"),
        short=32,
        since="start",
    )
    reply: Values = column(REPLY, "reply that ended it", (-1, "none"))
    opened: Values = column(FLAG, "the attempt opened its connection")
    recipients: Values = column(COUNT, "number of recipients that it carried", short=8)


@dataclass(slots=True)
class Visits:
    """One row per visit to a station: a session, a use of a core, a commit, a transfer.

    "Visit" is the word of queueing theory for one passage through one station of a network.
    """

    station: Values = column(index_into("stations"), "the station")
    visit: Values = column(one_of(Visit), "what the visit was for")
    subject: Values = column(Kind("row number"), "what visited, see `Visit`")
    attempt: Values = column(
        COUNT, "for SEND and LINE: attempt of the transaction; else 0", short=8
    )
    enter: Values = column(TIME, "it arrived")
    start: Values = column(
        TIME,
        "service began",
        (-1, "not before a stop of the hub at `end`, or the end of the run"),
        short=32,
        since="enter",
    )
    end: Values = column(
        TIME, "service ended", (-1, "not before the end of the run"), short=32, since="start"
    )


@dataclass(slots=True)
class Levels:
    """One row per change of a state."""

    level: Values = column(one_of(Level), "which state")
    subject: Values = column(Kind("number"), "of what, see `Level`")
    time: Values = column(TIME, "of the change")
    value: Values = column(
        Kind("value"), "the state from here on, see `Level`", (0, "the normal state")
    )


@dataclass(slots=True)
class Listings:
    """One row per listing of an IP or of a registered domain on a blocklist, as published."""

    egress: Values = column(index_into("egress"), "the IP", (-1, "a list of domains"))
    sender_domain: Values = column(
        index_into("registered_domains"), "the registered domain", (-1, "a list of IPs")
    )
    blocklist: Values = column(index_into("blocklists"), "the blocklist")
    start: Values = column(TIME, "published")
    end: Values = column(TIME, "withdrawn", (-1, "not before the end of the run"))
    cause: Values = column(one_of(Cause), "why")
    against: Values = column(
        PARTY,
        "whose mail is meant: 1 innocent streams, 2 culprits",
        (0, "all mail"),
    )


@dataclass(slots=True)
class Signals:
    """One row per signal that an operator or a provider received."""

    signal: Values = column(one_of(Signal), "which signal")
    recipient: Values = column(row_of("recipients"), "the recipient")
    egress: Values = column(index_into("egress"), "IP that delivered to the recipient")
    time: Values = column(TIME, "of receipt")
    subject: Values = column(Kind("number"), "who received it, see `Signal`")


@dataclass(slots=True)
class Lookups:
    """One row per DNSBL query of a receiving domain; answers from its cache leave no row."""

    egress: Values = column(index_into("egress"), "the IP", (-1, "a query for a domain"))
    sender_domain: Values = column(
        index_into("registered_domains"), "the registered domain", (-1, "a query for an IP")
    )
    domain: Values = column(index_into("domains"), "the receiving domain")
    time: Values = column(TIME, "of the query")
    until: Values = column(TIME, "end of the time to live of the answer, exclusive")
    listed: Values = column(FLAG, "it is on at least one blocklist of the domain")
    against: Values = column(
        PARTY, "as in `listings`: whose mail the query is about", (0, "all mail")
    )


@dataclass(slots=True)
class Actions:
    """One row per action of the administrator."""

    action: Values = column(one_of(Action), "what was done")
    egress: Values = column(index_into("egress"), "about which IP", (-1, "none in particular"))
    sender_domain: Values = column(
        index_into("registered_domains"), "about which registered domain", (-1, "none")
    )
    time: Values = column(TIME, "when")
    subject: Values = column(Kind("number"), "to what, see `Action`", (-1, "nothing"))


@dataclass(slots=True)
class Refusals:
    """One row per failed attempt at submission and per address that was tried."""

    message: Values = column(row_of("messages"), "its message")
    hub: Values = column(index_into("hubs"), "the hub", (-1, "no hub has the address"))
    connector: Values = column(
        index_into("connectors"),
        "the receive connector",
        (-1, "none matches, the hub is down, or mailbox submission"),
    )
    time: Values = column(TIME, "of the reply")
    reply: Values = column(REPLY, "the reply")
    recipients: Values = column(COUNT, "recipients of the message that were refused")


TABLES: dict[str, type] = {
    "messages": Messages,
    "recipients": Recipients,
    "transactions": Transactions,
    "attempts": Attempts,
    "visits": Visits,
    "levels": Levels,
    "listings": Listings,
    "signals": Signals,
    "lookups": Lookups,
    "actions": Actions,
    "refusals": Refusals,
}
"""The tables of a trace by name, in the order in which they are hashed and compared."""


def specs(table: type) -> Iterator[tuple[str, Spec]]:
    """Yield name and declaration of each column of a table, in order."""
    for entry in fields(table):
        yield entry.name, entry.metadata["spec"]


def column_names(table: type) -> tuple[str, ...]:
    """Return the names of the columns of a table, in order."""
    return tuple(name for name, _ in specs(table))


class Rows:
    """A growing table of integers: rows of fixed width in one flat array."""

    __slots__ = ("columns", "flat")

    def __init__(self, table: type) -> None:
        self.columns = column_names(table)
        self.flat = array("q")

    def table(self) -> Table:
        """Return the rows as columns. They share the memory of the array: it cannot grow again."""
        flat = np.frombuffer(self.flat, dtype=np.int64) if self.flat else np.empty(0, np.int64)
        block = flat.reshape(-1, len(self.columns))
        return Table(self.columns, {name: block[:, i] for i, name in enumerate(self.columns)})
