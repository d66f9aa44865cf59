"""The trace: all that an engine returns. Tables of integers, times in microseconds.

A trace is the only result of a run; everything that a reader sees is computed from it. The tables,
their columns and the meaning of each integer are declared in `relaysim.trace.record`. Rows of
`messages` and `recipients` stand in the order of the draws (streams by name, messages by number,
recipients by number). The DSNs that hubs create during the run follow, and the duplicates that
hosts send, in the order in which they arise.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from hashlib import blake2b
from typing import get_args

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import Party, QueueKind, StationKind
from relaysim.trace.columns import Table


class Described(IntEnum):
    """An enumeration whose members carry their meaning as text, for the reference."""

    meaning: str

    def __new__(cls, value: int, meaning: str = "") -> "Described":
        """Create a member from its number and its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class Status(Described):
    """The final status of a recipient."""

    IN_FLIGHT = 0, "not final when the run ended"
    DELIVERED = 1, "accepted by the destination or the mailbox server, for the inbox"
    JUNKED = 2, "accepted by the destination, for the junk folder"
    BOUNCED = 3, "refused for good after a hub had accepted the message; the hub sends an NDR"
    EXPIRED = 4, "not delivered within MessageExpirationTimeout; the hub sends an NDR"
    REFUSED = 5, "refused for good at submission"
    ABANDONED = 6, "given up by the host, or by the mailbox server, after failed submissions"
    SUPPRESSED = 7, "never submitted: the address is off the list, or the stream is paused"
    DISCARDED = 8, "discarded by the mailbox server, which has another copy of the message"


class Visit(Described):
    """What a visit to a station was for, and which row its `subject` is."""

    SESSION = (
        0,
        "SMTP session; subject: the message that opened it. `enter`: requested, `start`: accepted",
    )
    RECEIVE = 1, "core time to receive the message; subject: message"
    COMMIT = (
        2,
        "commit to the queue database; subject: message. `start`: the write of its batch began",
    )
    CATEGORIZE = (
        3,
        "submission queue (`enter` to `start`) and categorizer; subject: message",
    )
    SEND = 4, "core time to send; subject: transaction"
    LINE = 5, "transfer over the Internet line; subject: transaction"
    SUBMIT = 6, "mailbox submission, which has no SMTP session; subject: message"
    SHADOW_RECEIVE = 7, "core time of the shadow server to receive its copy; subject: message"
    SHADOW_COMMIT = 8, "commit to the queue database of the shadow server; subject: message"


class Level(Described):
    """Which state changed in a row of `levels`; value 0 is the normal state."""

    QUEUE_RETRY = 0, "subject: queue. 1 while the queue is in Retry"
    HUB_DOWN = 1, "subject: hub. 1 while the hub is stopped"
    VERSION_BUCKETS = (
        2,
        "subject: hub. Back pressure by version buckets: 0 Normal, 1 Medium, 2 High",
    )
    QUEUE_DISK = (
        3,
        "subject: hub. Back pressure by the drive of the queues: 0 Normal, 1 Medium, 2 High",
    )
    OUTAGE = 4, "subject: destination. 1 while connections to the destination fail"
    HOST_RETRY = 5, "subject: host. 1 while the host waits before it connects again"
    PROVIDER = (
        6,
        "subject: index into names.provider_states. 0 good, 1 warned, 2 throttled, 3 blocked",
    )
    PAUSED = 7, "subject: stream. 1 while the administrator pauses the stream"
    LOG_DISK = 8, "subject: hub. Back pressure by the drive of the log: 0 Normal, 1 Medium, 2 High"
    SUBMISSION_QUEUE = (
        9,
        "subject: hub. Back pressure by the submission queue: 0 Normal, 1 Medium, 2 High",
    )
    MX_OUTAGE = 10, "subject: destination. How many MX hosts of a domain an event keeps unreachable"
    LINE_DOWN = 11, "subject: station. 1 while the line is down"


class Cause(Described):
    """Why an IP or a domain is on a blocklist."""

    SCRIPT = 0, "an event of the scenario"
    TRIGGER = 1, "what the operator saw of the IP or domain itself"
    WIDENING = 2, "escalation: what the operator saw of neighbours of the IP"


class Signal(Described):
    """A signal about a recipient, and what its `subject` is."""

    TRAP = 0, "spam trap of a blocklist operator; subject: operator"
    PROVIDER_TRAP = 1, "spam trap of a mailbox provider; subject: destination"
    COMPLAINT = 2, "complaint to a mailbox provider; subject: destination"
    UNKNOWN = 3, "unknown user at a mailbox provider; subject: destination"
    REPORT = 4, "complaint to a blocklist operator; subject: blocklist"


class Action(Described):
    """What the administrator did about an IP or a domain, and what the `subject` is."""

    DETECTED = 0, "noticed the listing or the block; subject: -1"
    REPAIRED = 1, "removed the cause; subject: -1"
    REQUESTED = 2, "requested removal; subject: blocklist, or -1 - destination for a provider"
    PAUSED = 3, "paused a stream; subject: stream"
    RESUMED = 4, "resumed a stream; subject: stream"
    CLEANED = 5, "cleaned a mailing list; subject: stream"
    MOVED = 6, "moved a culprit to another IP; subject: stream"
    INELIGIBLE = 7, "requested mitigation in vain; subject: -1 - destination"


NO_CAUSE, PROVIDER_CAUSE = -1, -2
"""Values of `Names.causes` that are no blocklist: no reputation, and a provider state."""


@dataclass(frozen=True)
class Names:
    """What the integers of a trace stand for.

    The strings are for display (`relaysim.plan.names` makes them). The properties of
    a stream, queue, station or provider state stand in the fields beside its name, one entry
    for each name, so no name needs to be parsed. Indexes of -1 mean none.
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
    registered_domains: tuple[str, ...]
    """The registered domains of senders; none where no blocklist lists domains."""

    stream_host: tuple[int, ...]
    """Of each stream: its host, -1 for DSNs."""
    stream_title: tuple[str, ...]
    """Of each stream: its name within the host."""
    stream_registered_domain: tuple[int, ...]
    """Of each stream: the registered domain of its sender, -1 for none."""
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
    queue_by_ip: tuple[bool, ...]
    """Of each queue: whether its public IP distinguishes it from others for the same next hop."""
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

    def source(self, stream: int) -> str:
        """Return the host that sends a stream, or the hub whose DSNs it has."""
        host = self.stream_host[stream]
        return self.hosts[host] if host >= 0 else self.hubs[self.stream_hub[stream]]


@dataclass(frozen=True)
class Trace:
    """The tables of a run.

    Attributes
    ----------
    names : Names
        What the integers stand for.
    end : int
        Time at which every recipient was final, or the horizon; microseconds.
    messages, recipients, ... : Table
        The tables of `relaysim.trace.record`, in its order.
    """

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
    refusals: Table

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
        """Return a hash of the trace: the same plan and the same draws always give the same hash.

        Returns
        -------
        str
            32 hexadecimal digits: BLAKE2b over typed fields, each preceded by its name. The fields
            are `end`, each field of `names`, and each column of each table, in the declared order.

        Notes
        -----
        A field is its label, its type (`text` or `int64`), the number of its entries, and then its
        entries: an integer has eight bytes, little-endian; a text has its length in bytes as such
        an integer, and then UTF-8. Nothing depends on how Python prints a value.
        """
        digest = blake2b(digest_size=16)

        def integers(label: str, values: npt.ArrayLike) -> None:
            column = np.ascontiguousarray(values, dtype="<i8")
            digest.update(f"{label} int64 {column.size}\n".encode())
            digest.update(column.tobytes())

        def texts(label: str, values: tuple[str, ...]) -> None:
            digest.update(f"{label} text {len(values)}\n".encode())
            for value in values:
                encoded = value.encode()
                digest.update(len(encoded).to_bytes(8, "little") + encoded)

        integers("end", [self.end])
        for name in fields(Names):
            values = getattr(self.names, name.name)
            if issubclass(get_args(name.type)[0], str):  # an enumeration of texts too
                texts(f"names.{name.name}", values)
            else:
                integers(f"names.{name.name}", values)
        for table_name in self.TABLES:
            table: Table = getattr(self, table_name)
            for column in table.columns:
                integers(f"{table_name}.{column}", table[column])
        return digest.hexdigest()


def first_divergence(one: Trace, other: Trace) -> str | None:
    """Return where two traces first differ, with the rows around it; None if they are equal.

    Returns
    -------
    str or None
        The table, and for the first row that differs, the one before and the one after it, the row
        of each trace.
    """
    if one.names != other.names:
        return "the traces name different things"
    for name in Trace.TABLES:
        table: Table = getattr(one, name)
        second: Table = getattr(other, name)
        shared = min(len(table), len(second))
        differs = np.zeros(shared, dtype=bool)
        for column in table.columns:
            differs |= table[column][:shared] != second[column][:shared]
        row = int(np.argmax(differs)) if differs.any() else shared
        if row < max(len(table), len(second)):
            around = range(max(0, row - 1), row + 2)
            rows = [f"  {at}: {_row(table, at)}\n  {at}: {_row(second, at)}" for at in around]
            return "\n".join([f"{name} row {row}:", *rows])
    return None if one.end == other.end else f"the runs end at {one.end} and {other.end}"


def _row(table: Table, row: int) -> str:
    if row >= len(table):
        return "(no such row)"
    return ", ".join(f"{column}={table[column][row]}" for column in table.columns)
