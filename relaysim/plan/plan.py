"""The plan: a scenario in integers, all names resolved, all rules of mail applied.

The plan has all that does not depend on time, from the functions that `explain` uses too: the
receive connector that answers a host, its replies to each sender and recipient, and the next hop of
each domain from each hub. An engine adds time.

A limit of 0 means no limit. Laws are tables of integers for 32-bit draws
(`relaysim.traffic.draw.looked_up`). An index of -1 means none.
"""

from array import array
from dataclasses import dataclass
from typing import NamedTuple

from relaysim.mail.backpressure import ReplyDelay, Thresholds
from relaysim.mail.destination_concurrency import Feedback
from relaysim.mail.greylisting import GreylistRules
from relaysim.mail.reply import Wording
from relaysim.mail.session_time import Timing
from relaysim.mail.watched_drive import Drive
from relaysim.plan.names import QueueKind, StationKind
from relaysim.plan.relay_plan import RelayPlan
from relaysim.plan.reputation_plan import (
    BlocklistPlan,
    EgressPlan,
    OperationsPlan,
    OperatorPlan,
    ReputationPlan,
)
from relaysim.plan.requirement_plan import RequirementPlan, SenderPlan
from relaysim.traffic.draw import looked_up


@dataclass(frozen=True, slots=True)
class Cost:
    """Core time: (base + per_kb x KB) x a gamma factor of mean 1 (65,536 in `factors`)."""

    base: int
    per_kb: int
    factors: "array[int]"

    def of(self, size: int, bits: int) -> int:
        """Return microseconds for a message of `size` bytes and a 32-bit draw."""
        # `looked_up` is called for the top value only: this runs several times a message.
        index = bits >> 16
        factor = self.factors[index] if index < 65_535 else looked_up(self.factors, bits)
        # Shifts divide: bytes by 1,024 to KB, the factor by 65,536 to a number with mean 1.
        return (self.base + (self.per_kb * size >> 10)) * factor >> 16


@dataclass(frozen=True, slots=True)
class Station:
    """Servers with one queue.

    Parameters
    ----------
    name : str
        The display name (`relaysim.plan.names`).
    kind : StationKind
        What it is.
    servers : int
        Number of servers; 0 for no limit.
    hub, connector, line : int
        Indexes into the plan: the hub of the station, its receive connector (for sessions) and its
        line; -1 for none.
    limited_by : str
        The path of the key in the scenario file that sets the number of servers.
    """

    name: str
    kind: StationKind
    servers: int
    hub: int = -1
    connector: int = -1
    line: int = -1
    limited_by: str = ""


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """A stream; `host` is -1 for the DSNs of a hub, and `hub` -1 for all others.

    `title` is its name within the host. Priority: 0 high, 1 normal, 2 low.
    `from_domain` numbers the domain of its sender, as `from_domains` of the plan has it. Signals of
    a stream that is not `counted` change no reputation. `listing_party`, `ip_party` and
    `domain_party` are a `Party`: `ALL` where the stream shares the reputation of its IP or domain
    with all other mail, else its own kind.
    """

    number: int
    name: str
    host: int
    hub: int
    title: str
    priority: int
    sender_domain: int
    sender_is_authoritative: bool
    from_domain: int
    culprit: bool
    counted: bool
    compromised: bool
    bounce_removals: int
    listing_party: int = 0
    ip_party: int = 0
    domain_party: int = 0
    sender: SenderPlan | None = None
    """What receivers check of its sender; None for DSNs, which pass."""
    bulk: bool = False
    """Whether it is bulk mail: a share of bulk mail may go to the junk folder."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The replies of a connector to a host: to MAIL FROM by stream, to RCPT TO by domain.

    Replies are indexes into the plan's `replies`, -1 where the answer is a success.
    `relays`: no recipient is refused.
    """

    mail: dict[int, int]
    rcpt: "array[int]"
    timing: Timing
    bypasses_size_limit: bool
    relays: bool


class SubmissionTarget(NamedTuple):
    """A hub and the receive connector that answers there; -1 for none.

    `source` numbers the address that the hub sees; -1 stands for very many addresses.
    """

    hub: int
    connector: int
    source: int = -1


class Server(NamedTuple):
    """An address that a host connects to: a run of submission targets.

    It is one target, or `length` targets behind a load balancer, index into `Plan.balancers`, in
    the order of its hubs.
    """

    first: int
    length: int = 1
    balancer: int = -1


@dataclass(frozen=True, slots=True)
class BalancerPlan:
    """A load balancer: the numbers of its hubs, ascending, and how it chooses."""

    hubs: tuple[int, ...]
    least_connections: bool
    health_check_interval: int


@dataclass(frozen=True, slots=True)
class HostPlan:
    """A host, its submission targets, and the addresses of its server, in order.

    `account` numbers its account (-1: none). It is `outside` if it comes by the Internet line of
    the hub.
    """

    name: str
    submission_targets: tuple[SubmissionTarget, ...]
    servers: tuple[Server, ...]
    verdicts: dict[int, Verdicts]
    by_mailbox_server: bool
    outside: bool
    account: int
    sessions: int
    messages_per_connection: int
    retry_every: int
    give_up_after: int
    round_trip: int
    bandwidth: int


@dataclass(frozen=True, slots=True)
class ConnectorPlan:
    """A receive connector; None is no limit, as in the rules that take these numbers.

    `title` is its name within the hub. A connector of a front end `proxies_to` the hubs that may
    take its mail; any other one has none, and its hub takes the mail.
    """

    name: str
    hub: int
    title: str
    station: int
    max_inbound_connection: int | None
    max_inbound_connection_per_source: int | None
    max_inbound_connection_percentage_per_source: int
    message_rate_limit: int | None
    message_rate_per: int
    max_message_size: int | None
    max_recipients_per_message: int
    max_acknowledgement_delay: int
    wording: Wording
    proxies_to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryClock:
    """The retry times of a queue in Retry: arguments of `mail.retry_clock.queue_retry_delay`.

    Those of a queue to the mailbox server are always `mailbox_delivery_queue_retry_interval` apart.
    """

    queue_glitch_retry_count: int
    queue_glitch_retry_interval: int
    transient_failure_retry_count: int
    transient_failure_retry_interval: int
    outbound_connection_failure_retry_interval: int
    mailbox_delivery_queue_retry_interval: int


@dataclass(frozen=True, slots=True)
class QueueManagerPlan:
    """The queue manager of Postfix: retry clock, concurrency to a next hop, queue, processes."""

    minimal_backoff_time: int
    maximal_backoff_time: int
    queue_run_delay: int
    initial_destination_concurrency: int
    positive_feedback: Feedback
    negative_feedback: Feedback
    connection_reuse_time: int
    connection_cache_time: int
    active_limit: int
    in_flow_delay: int
    process_start_time: int
    max_idle: int


@dataclass(frozen=True, slots=True)
class PressurePlan:
    """The monitored resources of a hub; 0 for a size that was not given.

    Without `submission_queue_watched` the thresholds of the submission queue have no effect.
    """

    version_bucket_size: int
    drives: tuple[Drive, ...]
    resource_monitoring_interval: int
    used_version_buckets: Thresholds
    version_buckets_history_depth: int
    submission_queue_watched: bool
    submission_queue_length: Thresholds
    submission_queue_history_depth: int
    reply_delay: ReplyDelay
    delays_first: bool


@dataclass(frozen=True, slots=True)
class HubPlan:
    """A hub.

    `title` is its name in the scenario; the `name` of a hub for culprits alone is another. A relay
    service is a hub without costs, whose stations are -1: what it has accepted, it delivers.
    `line` is that of its public IP. `shadow` is the hub that gets a copy of its messages; -1 for
    none. `message_retry_factor` is in thousandths. With a `queue_manager`, as in Postfix, the
    `message_retry_interval` is 0 and has no effect.
    """

    name: str
    title: str
    cores: int
    sends_first: bool
    cpu_station: int
    commit_station: int
    submission_station: int
    egress: int
    line: int
    dsn_stream: int
    receive: Cost
    categorize: Cost
    antivirus: Cost
    send: Cost
    batch_size: int
    batch_timeout: int
    commit_write: int
    connection_rate: int
    mailbox_submissions: int
    outbound_connections: int
    connect_timeout: int
    reject_time: int
    skip_5xx_greeting: bool
    shadow: int
    message_retry_interval: int
    message_retry_factor: int
    message_retry_longest: int
    retry: RetryClock
    queue_manager: QueueManagerPlan | None
    message_expiration_timeout: int
    delay_notification_timeout: int
    priority_quotas: tuple[int, int, int] | None
    pressure: PressurePlan


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
    to_hubs: tuple[int, ...] = ()
    refusals: tuple[str, ...] = ()
    sessions: tuple[ClientSession | None, ...] = ()
    relay: int = -1
    balancer: int = -1
    tls: bool = True
    below_baseline: int = -1

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


@dataclass(frozen=True, slots=True)
class ReceiverPlan:
    """The replies of a destination. Probabilities are thresholds for a 32-bit draw.

    `greylist` has the rules of its domains that greylist, which are among the draws, and
    `greylisted` their reply.
    """

    name: str
    connect_time: "array[int]"
    response_time: "array[int]"
    connect_failure: int
    mx_hosts: int
    unreachable_mx_hosts: int
    defer: int
    connections_per_ip: int
    per_connection: int
    junk_share: int
    dnsbl_ttl: int
    dnsbl_negative_ttl: int
    deferral: str
    unknown_user: str
    greylist: GreylistRules | None
    greylisted: str
    reputation: ReputationPlan | None
    requires: tuple[RequirementPlan, ...] = ()
    bulk_from: int = 0
    """Recipients in 24 h from which on a domain is a bulk sender."""
    bulk_junk: int = 0
    """Share of bulk mail in the junk folder, a threshold for a 32-bit draw."""


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line; 0 bit/s: unlimited. `title` is its name in the scenario, or the public IP."""

    name: str
    title: str
    bandwidth: int
    station: int


@dataclass(frozen=True, slots=True)
class Scripted:
    """An event of the script: `what` happens to `subject` at `at` and ends at `until`.

    A listing that is `fixed` stays in spite of requests for removal. `share` is the share of the
    domains with a resolver fault, a threshold for a 32-bit draw. `count` are the MX
    hosts that do not answer.
    """

    at: int
    until: int
    what: str
    subject: int
    blocklist: int = -1
    fixed: bool = False
    share: int = 0
    count: int = 0


MAILBOXES = 0
"""The number of the own mailboxes among the receivers."""
TOO_LARGE = -1
"""Instead of a queue: every send connector that serves the domain refuses the size."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All input of an engine about a scenario, in the order of names."""

    name: str
    duration: int
    horizon: int
    streams: tuple[StreamPlan, ...]
    stream_index: dict[str, int]
    hosts: tuple[HostPlan, ...]
    balancers: tuple[BalancerPlan, ...]
    hubs: tuple[HubPlan, ...]
    connectors: tuple[ConnectorPlan, ...]
    queues: tuple[QueuePlan, ...]
    receivers: tuple[ReceiverPlan, ...]
    domains: tuple[str, ...]
    receiver_of: tuple[int, ...]
    external: "array[int]"
    """Of each domain: whether it is no accepted domain of the organization."""
    relays: tuple[RelayPlan, ...]
    lines: tuple[LinePlan, ...]
    egress: tuple[EgressPlan, ...]
    from_domains: tuple[str, ...]
    blocklists: tuple[BlocklistPlan, ...]
    operators: tuple[OperatorPlan, ...]
    operations: OperationsPlan
    parties: tuple[int, ...]
    """The parties with a separate entry for an IP on lists: see `engine.reputation.listings`."""
    complaint_delay: "array[int]"
    feedback_delay: "array[int]"
    refusals: dict[tuple[int, int, int], str]
    """By (receiver, blocklist, action): the reply of a domain; `{ip}` is the egress."""
    ip_choices: dict[tuple[int, int], tuple[IpChoice, ...]]
    """By queue and sender domain, -1 for any other: the queues by each public IP of its hub."""
    warm_ups: tuple[WarmUpDays, ...]
    moved: dict[int, int]
    """By queue: the queue for the mail of culprits after they have been moved."""
    replies: tuple[str, ...]
    """The replies to which verdicts refer, by index."""
    linked: bool
    """Whether a send connector is linked to a receive connector, so that routes depend on it."""
    routes: dict[tuple[int, int], tuple["array[int]", ...]]
    """By (hub, connector or -1): for each size band an array with the queue of each domain."""
    bands: tuple[int, ...]
    """The largest size of each band but the last, bytes, ascending."""
    stations: tuple[Station, ...]
    script: tuple[Scripted, ...]
    mailbox_time: "array[int]"
    unauthenticated: bool = False
    """Whether some mail may lack something that a receiver requires."""
