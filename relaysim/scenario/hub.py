"""Hub Transport servers: addresses, cores, costs, queues. Keys have Exchange's parameter names."""

from typing import Annotated

from immutabledict import immutabledict
from pydantic import BeforeValidator, Field

from relaysim.profiles.properties import MtaProperties
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.table import (
    Address,
    AddressName,
    Duration,
    Interval,
    Lasting,
    Limit,
    Many,
    Named,
    Positive,
    Table,
    TimeLimit,
)
from relaysim.scenario.watched_resources import BackPressure


class Cost(Table):
    """Core time of one piece of work: base + per_kb x size, gamma-spread with cv."""

    base: Duration
    """Core time of each piece of work."""
    per_kb: Duration
    """Core time for each KB of the message."""
    cv: Annotated[float, Field(ge=0.0, le=20.0)]
    """Standard deviation over mean of the gamma spread; 0 is no spread."""


def _as_table(value: object) -> object:
    return {"base": value, "per_kb": "0 s", "cv": 0.0} if isinstance(value, str) else value


CoreTime = Annotated[Cost, BeforeValidator(_as_table)]
"""A cost: a constant ("5 ms"), or a table {base, per_kb, cv}."""


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
    egress: AddressName
    """The public IP that its mail leaves by: a key of `[egress]`."""
    receive_connectors: Named[ReceiveConnector] = Field(default_factory=immutabledict)
    """Its receive connectors by name."""
    site: Annotated[str, Field(min_length=1)] = "Default-First-Site-Name"
    """Its Active Directory site; the default is that of a new forest."""
    shadow_redundancy_enabled: bool
    """Whether another such server of the site gets a copy of each message before the 250."""
    specific_binding_hides_wildcard: bool
    """Whether an address with its own connector refuses clients that this connector does not list,
    instead of leaving them to one that is bound to all addresses."""

    receive_cost: CoreTime
    """Core time to take a message in."""
    categorize_cost: CoreTime
    """Core time of the categorizer for a message."""
    antivirus_cost: CoreTime
    """Core time of a scanner for a message, on top of categorizing."""
    send_cost: CoreTime
    """Core time to send a transaction."""

    queue_database_batch_size: Positive
    """Messages waiting for a commit that close a batch."""
    queue_database_batch_timeout: Duration
    """Time from the first message of a batch until it closes."""
    commit_write: Duration
    """Time to write a batch."""

    max_connection_rate_per_minute: Limit
    """Connections that it takes in a minute; the next one waits."""
    max_outbound_connections: Limit
    """Connections that it opens to all domains together."""
    max_per_domain_outbound_connections: Limit
    """Connections that it opens to one domain."""
    smtp_connector_queue_message_count_threshold_for_concurrent_connections: Positive
    """Messages in a queue for each connection to the outside beyond the first."""
    max_concurrent_mailbox_deliveries: Limit
    """Deliveries to mailboxes at a time."""
    max_concurrent_mailbox_submissions: Limit
    """Submissions from mailboxes at a time."""
    reject_time: Duration
    """How long a refusal by a receiver takes, once connected."""
    skip_5xx_greeting: bool
    """Whether a 5xx greeting puts the queue into Retry; if not, its mail bounces."""

    message_retry_interval: Interval
    """Wait of a message that a 4xx reply deferred."""
    queue_glitch_retry_count: Annotated[int, Field(ge=0, le=15)]
    """First retries of a queue that cannot connect."""
    queue_glitch_retry_interval: Interval
    """Wait before each of those."""
    transient_failure_retry_count: Annotated[int, Field(ge=0, le=15)]
    """Retries of the queue after those."""
    transient_failure_retry_interval: Interval
    """Wait before each of them."""
    outbound_connection_failure_retry_interval: Interval
    """Wait of the queue from then on."""
    message_expiration_timeout: Lasting
    """Age at which a message expires and its sender gets an NDR."""
    delay_notification_timeout: TimeLimit
    """Age at which the sender gets a delay notice; "unlimited" sends none."""

    priority_queuing_enabled: bool
    """Whether connections are shared out by priority."""
    max_per_domain_high_priority_connections: Limit
    """Of the connections to a domain, how many high priority may have."""
    max_per_domain_normal_priority_connections: Limit
    """Of the connections to a domain, how many normal priority may have."""
    max_per_domain_low_priority_connections: Limit
    """Of the connections to a domain, how many low priority may have."""

    back_pressure: BackPressure
    """Resources that make it refuse mail when they run short."""
