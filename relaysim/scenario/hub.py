"""Hub Transport servers: addresses, cores, costs, queues. Keys bear Exchange's parameter names."""

from typing import Annotated, Literal

from immutabledict import immutabledict
from pydantic import BeforeValidator, Field

from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.table import (
    Address,
    AddressName,
    Duration,
    Limit,
    Many,
    Named,
    Positive,
    Size,
    Table,
)

Mta = Literal["exchange-2007", "exchange-2010", "none"]


class Cost(Table):
    """Core time of one piece of work: base + per_kb x size, gamma-spread with cv."""

    base: Duration
    per_kb: Duration
    cv: Annotated[float, Field(ge=0.0, le=20.0)]


def _as_table(value: object) -> object:
    return {"base": value, "per_kb": "0 s", "cv": 0.0} if isinstance(value, str) else value


CoreTime = Annotated[Cost, BeforeValidator(_as_table)]
"""A cost: a constant ("5 ms"), or a table {base, per_kb, cv}."""


class BackPressure(Table):
    """The resources watched; a resource without a size is not watched.

    `version_bucket_size`: bytes of uncommitted mail (in DATA or in commit) that fill one version
    bucket. `queue_drive_size` and `queue_drive_used`: the drive of the queue database, and what
    else lies on it. All three are assumptions of the person who writes them: Exchange documents
    thresholds, not what a message costs.
    """

    version_bucket_size: Size | None = None
    queue_drive_size: Size | None = None
    queue_drive_used: Size = 0
    resource_monitoring_interval: Duration = 2_000_000


class Hub(Table):
    """A Hub Transport server (or another MTA), with the parameters of `Set-TransportServer`.

    Defaults come from its `mta` profile. Times in microseconds; None is "unlimited".
    """

    name: str
    mta: Mta
    cores: Positive
    addresses: Annotated[Many[Address], Field(min_length=1)]
    egress: AddressName
    receive_connectors: Named[ReceiveConnector] = Field(default_factory=immutabledict)
    specific_binding_hides_wildcard: bool

    receive_cost: CoreTime
    categorize_cost: CoreTime
    antivirus_cost: CoreTime
    send_cost: CoreTime

    queue_database_batch_size: Positive
    queue_database_batch_timeout: Duration
    commit_write: Duration

    max_connection_rate_per_minute: Limit
    max_outbound_connections: Limit
    max_per_domain_outbound_connections: Limit
    max_concurrent_mailbox_deliveries: Limit
    max_concurrent_mailbox_submissions: Limit
    reject_time: Duration
    skip_5xx_greeting: bool

    message_retry_interval: Duration
    queue_glitch_retry_count: Annotated[int, Field(ge=0, le=15)]
    queue_glitch_retry_interval: Duration
    transient_failure_retry_count: Annotated[int, Field(ge=0, le=15)]
    transient_failure_retry_interval: Duration
    outbound_connection_failure_retry_interval: Duration
    message_expiration_timeout: Duration
    delay_notification_timeout: Duration

    priority_queuing_enabled: bool
    max_per_domain_high_priority_connections: Limit
    max_per_domain_normal_priority_connections: Limit
    max_per_domain_low_priority_connections: Limit

    back_pressure: BackPressure = BackPressure()
