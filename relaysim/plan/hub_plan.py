"""The part of the plan about hubs: receive connectors, costs, retries and back pressure."""

from dataclasses import dataclass

from relaysim.mail.backpressure import ReplyDelay, Thresholds
from relaysim.mail.delivery_slots import DeliverySlots
from relaysim.mail.destination_concurrency import Feedback
from relaysim.mail.reply import Wording
from relaysim.mail.watched_drive import Drive
from relaysim.plan.resource_plan import Cost


@dataclass(frozen=True, slots=True)
class ConnectorPlan:
    """A receive connector; None is no limit, as in the rules that take these numbers.

    `title` is its name within the hub. A connector of a front end `proxies_to` the hubs that may
    take its mail; any other one has none, and its hub takes the mail. Mail with a mailbox among its
    first recipients goes to the hubs `proxies_to_mailboxes`; empty where those are the same.
    `receive` is its own core time to take a message in; None for that of the hub.
    At a relay service it stands for the service: `relay` indexes `Plan.relays` and `receiver` what
    answers; else both are -1.
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
    receive: Cost | None
    wording: Wording
    proxies_to: tuple[int, ...] = ()
    proxies_to_mailboxes: tuple[int, ...] = ()
    relay: int = -1
    receiver: int = -1


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
    """The queue manager of Postfix: retry clock, concurrency to a next hop, queue, processes.

    Parameters
    ----------
    recipient_limit : int
        The most recipients of a transaction.
    slots : DeliverySlots
        How a message with few recipients may go before one with many.
    """

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
    recipient_limit: int
    slots: DeliverySlots


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
