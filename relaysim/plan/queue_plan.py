"""The part of the plan about delivery queues: next hops, and which public IP a message takes."""

from array import array
from dataclasses import dataclass
from typing import NamedTuple

from relaysim.plan.names import QueueKind
from relaysim.plan.resource_plan import Cost

TOO_LARGE = -1
"""Instead of a queue: every send connector that serves the domain refuses the size."""


@dataclass(frozen=True, slots=True)
class ClientSession:
    """The session of a hub at a smart host that is a hub, where it is a client like any other.

    Parameters
    ----------
    connector : int
        The receive connector that answers.
    source : int
        The number of the address of the client, as in `SubmissionTarget`.
    mail : tuple of int
        By stream, the reply to MAIL FROM: index into the plan's `replies`, -1 for a success.
    rcpt : array of int
        By domain, the reply to RCPT TO.
    bypasses_size_limit : bool
        Whether the limit of the size does not hold.
    error_delay : int
        Delay of an error reply, microseconds.
    """

    connector: int
    source: int
    mail: tuple[int, ...]
    rcpt: "array[int]"
    bypasses_size_limit: bool
    error_delay: int


class ProxyPlan(NamedTuple):
    """A front end that proxies connections to the outside: its hub, and its public IP and line."""

    hub: int
    egress: int
    line: int


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A delivery queue of one hub for one next hop.

    Parameters
    ----------
    name : str
        Its display name (`relaysim.plan.names`).
    kind : QueueKind
        Where it leads.
    hub : int
        The hub that has it.
    next_hop : str
        The domain, smart hosts or hubs that it leads to; "" for mailboxes and unreachable mail.
    connections : int
        How many connections it may use; 0 for no limit.
    limited_by : str
        The path of the key in the scenario file that limits them; "" for unreachable mail.
    per_connection : int
        How many messages a connection carries; 0 for no limit.
    per_further_connection : int
        How many messages of the queue it takes for each connection beyond the first.
    rate_delay : int
        Microseconds from the start of one attempt to the start of the next; 0 for no limit.
    message_retry_interval : int
        Wait of a message that a reply deferred, microseconds; 0 for that of the hub.
    receiver, domain, egress, line : int
        Outside, the destination that answers, its domain, the public IP and the line; else -1.
    moved : bool
        Whether it is for culprits' mail that the administrator moved to another public IP.
    by_ip : bool
        Whether its public IP distinguishes it from others of the hub for the same next hop.
    proxies : tuple of ProxyPlan
        The front ends that proxy its connections, whose public IPs receivers see; empty where mail
        leaves by `egress`.
    to_hubs : tuple of int
        The hubs that it hands mail to, in turn by connection; of a relay service the hub that
        delivers what the service has accepted.
    relay : int
        The relay service that answers, index into `Plan.relays`; -1 for none.
    balancer : int
        The load balancer that chooses among these hubs; -1 for none.
    tls : bool
        Outside, whether its connections are encrypted.
    below_baseline : int
        How long the hub has been too old for the relay service at the start, microseconds; -1 if it
        is not.
    refusals : tuple of str
        For each of these hubs the reply that refuses the connection, or "".
    sessions : tuple of ClientSession or None
        For each of these hubs, if they are smart hosts, the session there; None if no connector
        answers.
    receive : tuple of Cost or None
        For each of these hubs, the core time by which its receive connector takes a message in;
        None for that of the hub, empty if it holds for all of them.
    send : Cost or None
        The core time to send a transaction by the send connector; None for that of the hub.
    """

    name: str
    kind: QueueKind
    hub: int
    next_hop: str = ""
    connections: int = 0
    limited_by: str = ""
    per_connection: int = 0
    per_further_connection: int = 1
    rate_delay: int = 0
    message_retry_interval: int = 0
    receiver: int = -1
    domain: int = -1
    egress: int = -1
    line: int = -1
    moved: bool = False
    by_ip: bool = False
    proxies: tuple[ProxyPlan, ...] = ()
    to_hubs: tuple[int, ...] = ()
    refusals: tuple[str, ...] = ()
    sessions: tuple[ClientSession | None, ...] = ()
    relay: int = -1
    balancer: int = -1
    tls: bool = True
    below_baseline: int = -1
    receive: tuple[Cost | None, ...] = ()
    send: Cost | None = None

    @property
    def reachable(self) -> bool:
        """Whether the queue has a next hop."""
        return self.kind is not QueueKind.UNREACHABLE


class IpChoice(NamedTuple):
    """A queue by one of several public IPs.

    Messages have it whose 32-bit draw is below `below`, and not below that of the one before.
    """

    queue: int
    below: int


@dataclass(frozen=True, slots=True)
class WarmUpDays:
    """The recipients that a public IP takes on each day of a warm-up; `receiver` -1 for all."""

    egress: int
    receiver: int
    volumes: tuple[int, ...]
