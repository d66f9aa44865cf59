"""Display names, made from fields.

This is the only place where the names of streams, connectors, stations, queues and provider
states are put together. No code parses such a name: the plan (`relaysim.plan.plan`) and a
trace (`relaysim.trace.tables.Names`) carry the fields.
"""

from enum import IntEnum, StrEnum

CULPRITS = " (culprits)"
"""Follows the name of a hub or a line that serves culprits alone."""


SUBMISSION = "submission"
"""What stands for a receive connector at a relay service that hosts submit to."""


class StationKind(StrEnum):
    """The kind of a station."""

    CORES = "cores"
    """The cores of a hub."""
    COMMIT = "commit"
    """The queue database of a hub, which writes one batch at a time."""
    MAILBOX_SUBMISSION = "mailbox submission"
    """The concurrent submissions of the mailbox server to a hub."""
    LINE = "line"
    """An Internet line."""
    CONNECTOR = "connector"
    """The sessions of a receive connector."""


class QueueKind(StrEnum):
    """The kind of a delivery queue."""

    MAILBOX = "mailbox"
    """To the mailboxes."""
    REMOTE = "remote"
    """To an external next hop: a domain or smart hosts."""
    TRANSFER = "transfer"
    """To other hubs: the source servers of a send connector."""
    UNREACHABLE = "unreachable"
    """Nowhere: no send connector serves the domain."""
    SUBMISSION = "submission"
    """To the categorizer: the submission queue of a hub, which the plan does not list."""


class Party(IntEnum):
    """The mail that counts for a reputation."""

    ALL = 0
    INNOCENTS = 1
    CULPRITS = 2


_STATION = {
    StationKind.CORES: "cpu",
    StationKind.COMMIT: "commit",
    StationKind.MAILBOX_SUBMISSION: "mailboxsubmission",
}
_QUEUE = {
    QueueKind.MAILBOX: "mailbox",
    QueueKind.UNREACHABLE: "unreachable",
    QueueKind.SUBMISSION: "submission",
}
_PARTY = {Party.ALL: "", Party.INNOCENTS: "/innocents", Party.CULPRITS: "/culprits"}


def stream_name(host: str, stream: str) -> str:
    """Return the full name of a stream: `crm.invoices`."""
    return f"{host}.{stream}"


def dsn_name(hub: str) -> str:
    """Return the name of the stream of a hub's delivery status notifications: `HUB01.dsn`."""
    return f"{hub}.dsn"


def connector_name(hub: str, connector: str) -> str:
    """Return the name of a receive connector and its sessions: `HUB01/externalrelay`."""
    return f"{hub}/{connector}"


def line_name(line: str) -> str:
    """Return the name of a line, or of a public IP's own line: `main.line`."""
    return f"{line}.line"


def station_name(kind: StationKind, hub: str) -> str:
    """Return the name of a hub's station of one of the first three kinds: `HUB01.cpu`."""
    return f"{hub}.{_STATION[kind]}"


def queue_name(kind: QueueKind, hub: str, next_hop: str = "", egress: str = "") -> str:
    """Return the name of a queue: `HUB01->gmail.com`, `HUB01.mailbox`, `HUB01.submission`.

    Parameters
    ----------
    kind : QueueKind
        Where the queue leads.
    hub : str
        The hub that has the queue.
    next_hop : str
        The domain, the smart hosts or the hubs; "" for the other kinds.
    egress : str
        The public IP, where it distinguishes the queue from others for the same next hop.
    """
    if kind in _QUEUE:
        return f"{hub}.{_QUEUE[kind]}"
    return f"{hub}->{leads_to(next_hop, egress)}"


def leads_to(next_hop: str, egress: str = "") -> str:
    """Return what a queue outside is for: `gmail.com`, `gmail.com by 203.0.113.25` of several."""
    return f"{next_hop} by {egress}" if egress else next_hop


def provider_state_name(destination: str, egress: str, sender: str, party: Party) -> str:
    """Return the name of what a provider has a state of: `gmail 203.0.113.25 acme.example`.

    Parameters
    ----------
    destination, egress, sender : str
        The mailbox provider, the public IP and the sender's domain.
    party : Party
        Whose mail it is, where culprits are judged by themselves.
    """
    return f"{destination} {egress} {sender_name(sender, party)}"


def sender_name(sender: str, party: Party) -> str:
    """Return a sender's domain; with its party, where culprits are judged by themselves."""
    return f"{sender}{_PARTY[party]}"
