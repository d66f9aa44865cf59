"""Hosts: the machines that submit mail."""

from typing import Annotated, Any, Literal

from immutabledict import immutabledict
from pydantic import BeforeValidator, Discriminator, Field, Tag

from relaysim.profiles.properties import HostProperties
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import (
    Address,
    Bandwidth,
    Duration,
    Interval,
    Lasting,
    Limit,
    Named,
    Table,
    TimeLimit,
)


class Retry(Table):
    """A host that retries: at intervals, until it gives up."""

    retry_every: Interval
    """Time between two tries."""
    give_up_after: TimeLimit
    """Age at which the host drops the message; "unlimited" tries until the end of the run."""


def _word_or_table(value: Any) -> str:
    return "retry" if isinstance(value, dict | Retry) else "drop"


def _drop(value: Any) -> Any:
    if value != "drop":
        raise ValueError('write "drop", or {retry_every = "5 min", give_up_after = "1 d"}')
    return value


OnFailure = Annotated[
    Annotated[Literal["drop"], BeforeValidator(_drop), Tag("drop")]
    | Annotated[Retry, Tag("retry")],
    Discriminator(_word_or_table),
]
"""What a host does with mail that it cannot submit: "drop", or a table that says when to retry."""


class Host(Table):
    """A host: its address, its submission server, its sessions, and its reaction to failures.

    Defaults come from its `kind`. `sessions` and `messages_per_connection` may be "unlimited".
    `account` makes the host authenticate; its port is then 587 unless set, and so it is at a relay
    service.
    """

    kind: str
    """What it is; decides the defaults."""
    properties: HostProperties
    """What its profile says about such machines; no file writes it."""
    address: Address
    """The address that it connects from."""
    server: str
    """Where it submits: a name of `[dns]`, `[load_balancers]` or `[relays]`, or an address.

    Of a relay service the name of its table or one of its `names`.
    """
    port: Annotated[int, Field(ge=1, le=65535)]
    """The port that it connects to."""
    account: str | None = None
    """The account that it logs in with; without one it is anonymous.

    It has no effect at a relay service.
    """
    sessions: Limit
    """SMTP sessions at a time."""
    messages_per_connection: Limit
    """Messages before it closes a session."""
    on_failure: OnFailure
    """What it does with mail that it cannot submit."""
    data_done_timeout: Lasting | None = None
    """How long it waits for the reply to the end of DATA; without one it waits for ever."""
    round_trip: Duration
    """Round-trip time between it and the hub or relay service."""
    pipelining: bool = False
    """Whether it sends MAIL FROM and all RCPT TO at once (RFC 2920); applications mostly do not."""
    bandwidth: Bandwidth
    """Of each session."""
    streams: Named[Stream] = Field(default_factory=immutabledict)
    """The kinds of mail that it sends, by name."""
