"""Hub Transport servers: addresses, cores, costs, queues. Keys have Exchange's parameter names."""

from collections.abc import Mapping
from typing import Annotated, Self

from immutabledict import immutabledict
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from relaysim.mail.address import parse_domain
from relaysim.mail.destination_concurrency import Feedback, parse_feedback
from relaysim.profiles.properties import MtaProperties
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.core_time import CoreTime
from relaysim.scenario.pool import EgressName
from relaysim.scenario.problem import dotted
from relaysim.scenario.shaping import Shaping
from relaysim.scenario.table import (
    DEFAULT_SITE,
    Address,
    Duration,
    Interval,
    Keyed,
    Lasting,
    Limit,
    Many,
    Named,
    Positive,
    Table,
    TimeLimit,
)
from relaysim.scenario.watched_resources import BackPressure
from relaysim.units import HOUR, format_duration

_Retries = Annotated[int, Field(ge=0, le=15)] | None
_Slots = Annotated[int, Field(ge=0, le=1_000_000)]
_Feedback = Annotated[Feedback, BeforeValidator(parse_feedback)]
_EXCHANGE = (
    "message_retry_interval",
    "queue_glitch_retry_count",
    "queue_glitch_retry_interval",
    "transient_failure_retry_count",
    "transient_failure_retry_interval",
    "outbound_connection_failure_retry_interval",
    "mailbox_delivery_queue_retry_interval",
)
_POSTFIX = (
    "minimal_backoff_time",
    "maximal_backoff_time",
    "queue_run_delay",
    "initial_destination_concurrency",
    "destination_concurrency_positive_feedback",
    "destination_concurrency_negative_feedback",
    "smtp_connection_reuse_time_limit",
    "smtp_connection_cache_time_limit",
    "qmgr_message_active_limit",
    "in_flow_delay",
    "process_start_time",
    "max_idle",
    "default_destination_recipient_limit",
    "default_delivery_slot_cost",
    "default_delivery_slot_discount",
    "default_delivery_slot_loan",
    "default_minimum_delivery_slots",
)


def _up_to_an_hour(timeout: int) -> int:
    # Five minutes is what RFC 5321 asks for the greeting; an hour is an assumption.
    if not 0 < timeout <= HOUR:
        raise ValueError("must be above 0 s and at most 1 h")
    return timeout


class Hub(Table):
    """A Hub Transport server (or another MTA), with the parameters of `Set-TransportServer`.

    Defaults come from its `mta` profile. Times in microseconds; None is "unlimited".
    """

    name: str
    """The key of its table; no file writes it."""
    mta: str
    """The profile that its defaults come from."""
    properties: MtaProperties
    """What its profile says about the software; no file writes it."""
    cores: Positive
    """Processor cores that work on mail."""
    addresses: Annotated[Many[Address], Field(min_length=1)]
    """Its own IP addresses, which receive connectors bind to."""
    egress: EgressName
    """The public IP that its mail leaves by, a key of `[egress]`; or a pool of them, `[pools]`."""
    egress_by_sender_domain: Keyed[Annotated[str, BeforeValidator(parse_domain)], EgressName] = (
        Field(default_factory=immutabledict)
    )
    """The public IP or pool of mail with a sender of a domain; other mail has `egress`.

    Postfix: `sender_dependent_default_transport_maps`. An Exchange mailbox server cannot choose.
    """
    receive_connectors: Named[ReceiveConnector] = Field(default_factory=immutabledict)
    """Its receive connectors by name."""
    site: Annotated[str, Field(min_length=1)] = DEFAULT_SITE
    """Its Active Directory site; the default is that of a new forest."""
    shadow_redundancy_enabled: bool = False
    """Whether another such server of the site gets a copy of each message before the 250."""
    specific_binding_hides_wildcard: bool = False
    """Whether an address with its own connector refuses clients that this connector does not list,
    instead of leaving them to one that is bound to all addresses."""

    receive_cost: CoreTime
    """Core time to take a message in, unless the receive connector has its own."""
    categorize_cost: CoreTime
    """Core time of the categorizer for a message."""
    antivirus_cost: CoreTime
    """Core time of a scanner for a message, on top of categorizing."""
    send_cost: CoreTime
    """Core time to send a transaction, unless the send connector has its own."""

    queue_database_batch_size: Positive
    """Messages waiting for a commit that close a batch."""
    queue_database_batch_timeout: Duration
    """Time from the first message of a batch until it closes."""
    commit_write: Duration
    """Time to write a batch."""

    max_connection_rate_per_minute: Limit = None
    """Connections that it takes in a minute; the next one waits."""
    max_outbound_connections: Limit
    """Connections that it opens to all domains together."""
    max_per_domain_outbound_connections: Limit
    """Connections that it opens to one domain."""
    shaping: Named[Shaping] = Field(default_factory=immutabledict)
    """Its limits for the mail to a destination or relay service, by the name of that."""
    smtp_connector_queue_message_count_threshold_for_concurrent_connections: Positive = 1
    """Messages in a queue for each connection to the outside beyond the first."""
    max_concurrent_mailbox_deliveries: Limit
    """Deliveries to mailboxes at a time."""
    max_concurrent_mailbox_submissions: Limit
    """Submissions from mailboxes at a time."""
    smtp_connect_timeout: Annotated[Duration, AfterValidator(_up_to_an_hour)]
    """Time that it waits for the answer of an MX host before it tries the next one."""
    reject_time: Duration
    """How long a refusal by a receiver takes, once connected."""
    skip_5xx_greeting: bool
    """Whether a 5xx greeting puts the queue into Retry; if not, its mail bounces."""

    message_retry_interval: Interval | None = None
    """Wait of a message that a 4xx reply deferred."""
    message_retry_factor: Annotated[float, Field(ge=1.0, le=10.0)] = 1.0
    """Factor from one such wait to the next, for servers that back off; Exchange has 1."""
    message_retry_longest: Interval | None = None
    """The longest of these waits; without it they grow until the message expires."""
    queue_glitch_retry_count: _Retries = None
    """First retries of a queue that cannot connect."""
    queue_glitch_retry_interval: Interval | None = None
    """Wait before each of those."""
    transient_failure_retry_count: _Retries = None
    """Retries of the queue after those."""
    transient_failure_retry_interval: Interval | None = None
    """Wait before each of them."""
    outbound_connection_failure_retry_interval: Interval | None = None
    """Wait of the queue from then on."""
    mailbox_delivery_queue_retry_interval: Interval | None = None
    """Wait of a queue to the mailbox server that cannot deliver."""
    minimal_backoff_time: Interval | None = None
    """Postfix: the shortest wait of a message that was deferred."""
    maximal_backoff_time: Interval | None = None
    """Postfix: the longest one; between the two a message waits for as long as it is old."""
    queue_run_delay: Interval | None = None
    """Postfix: time from one scan for deferred messages that are due to the next."""
    initial_destination_concurrency: Positive | None = None
    """Postfix: deliveries to a next hop at a time, at first."""
    destination_concurrency_positive_feedback: _Feedback | None = None
    """Postfix: how much a delivery adds to them; N is the number of now."""
    destination_concurrency_negative_feedback: _Feedback | None = None
    """Postfix: how much a failed connection takes away."""
    smtp_connection_reuse_time_limit: Interval | None = None
    """Postfix: how long a connection takes further messages."""
    smtp_connection_cache_time_limit: Duration | None = None
    """Postfix: how long a connection stays open that no message uses."""
    qmgr_message_active_limit: Positive | None = None
    """Postfix: messages that it may send at a time; the others wait in the order of arrival."""
    in_flow_delay: Duration | None = None
    """Postfix: delay of each message that comes in while as many are active."""
    process_start_time: Duration | None = None
    """Postfix: time until a new delivery process has started; they start one after another."""
    max_idle: Lasting | None = None
    """Postfix: how long a delivery process waits for work until it ends."""
    default_destination_recipient_limit: Annotated[int, Field(ge=2)] | None = None
    """Postfix: the most recipients of a transaction; with 1 it has a queue for each recipient,
    which is not modelled."""
    default_delivery_slot_cost: _Slots | None = None
    """Postfix: transactions of a message with many recipients for each one that may go before it;
    0 or 1: none may."""
    default_delivery_slot_discount: Annotated[int, Field(ge=0, le=100)] | None = None
    """Postfix: per cent of those transactions that may follow instead."""
    default_delivery_slot_loan: _Slots | None = None
    """Postfix: number of slots that may follow instead."""
    default_minimum_delivery_slots: _Slots | None = None
    """Postfix: slots that a message must have in the end, so that another one may go before it."""
    message_expiration_timeout: Lasting
    """Age at which a message expires and its sender gets an NDR."""
    delay_notification_timeout: TimeLimit
    """Age at which the sender gets a delay notice; "unlimited" sends none."""

    priority_queuing_enabled: bool = False
    """Whether connections are shared out by priority."""
    max_per_domain_high_priority_connections: Limit = None
    """Of the connections to a domain, how many high priority may have."""
    max_per_domain_normal_priority_connections: Limit = None
    """Of the connections to a domain, how many normal priority may have."""
    max_per_domain_low_priority_connections: Limit = None
    """Of the connections to a domain, how many low priority may have."""

    back_pressure: BackPressure
    """Resources that make it refuse mail when they run short."""

    @field_validator("maximal_backoff_time")
    @classmethod
    def _is_the_longest(cls, longest: int | None, info: ValidationInfo) -> int | None:
        if longest is not None and longest < (info.data.get("minimal_backoff_time") or 0):
            raise ValueError("must not be below minimal_backoff_time")
        return longest

    @field_validator("message_retry_longest")
    @classmethod
    def _is_no_shorter(cls, longest: int | None, info: ValidationInfo) -> int | None:
        shaping: Mapping[str, Shaping] = info.data.get("shaping", {})
        intervals = {
            "message_retry_interval": info.data.get("message_retry_interval"),
            **{
                f"{dotted(('shaping', name))}.message_retry_interval": each.message_retry_interval
                for name, each in shaping.items()
            },
        }
        for key, interval in intervals.items():
            if longest is not None and longest < (interval or 0):
                raise ValueError(f"must not be below {key} ({format_duration(interval or 0)})")
        return longest

    @model_validator(mode="after")
    def _has_one_queue_manager(self) -> Self:
        clocks = [
            [key for key in keys if getattr(self, key) is not None]
            for keys in (_EXCHANGE, _POSTFIX)
        ]
        if clocks not in ([list(_EXCHANGE), []], [[], list(_POSTFIX)]):
            raise ValueError(
                f"a hub needs the retry clock of Exchange ({', '.join(_EXCHANGE)}) or the queue "
                f"manager of Postfix ({', '.join(_POSTFIX)})"
            )
        return self
