"""Relay services: a smart host with limits, and with a way to the receivers behind it."""

import re
from typing import Annotated, Literal, Self

from immutabledict import immutabledict
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from relaysim import units
from relaysim.mail.address import parse_domain
from relaysim.profiles.properties import RelayProperties
from relaysim.scenario.default_tables import BY_LICENCES
from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.table import (
    AddressName,
    Duration,
    Interval,
    Lasting,
    Limit,
    Many,
    Named,
    Positive,
    Share,
    Table,
)

_DAY = "rolling day"
_FIRST_DIGIT = {"defer": "4", "reject": "5"}
_FORM = re.compile(r"([45])\d\d \S")


def _amount(value: object) -> object:
    """Return a limit from 0 on: a service may allow nothing of a kind. Raises ValueError."""
    if value == BY_LICENCES:
        # Another problem says that the licences are missing.
        return 1
    return 0 if value == 0 and not isinstance(value, bool) else units.unlimited(units.count)(value)


class RelayLimit(Table):
    """A limit of a relay service."""

    counts: Literal["connections", "messages", "recipients", "external_recipients"]
    """What it counts; external recipients are in no accepted domain, and those of DSNs are none."""
    whose: Literal["account", "tenant", "ip"] = "account"
    """Whose mail it counts: that of this table, of all tables of this provider, or of one IP."""
    window: Literal["open", "fixed second", "fixed minute", "fixed hour", "rolling day"]
    """What counts together: open connections, a second, minute or hour of the clock, or a day."""
    limit: Annotated[int | None, BeforeValidator(_amount)]
    """The most that it allows; "licences" is the number that Microsoft 365 gives by `licences`."""
    over: Literal["delay", "defer", "reject"]
    """Above it: a reply in the next window, a 4xx reply, or a 5xx reply.

    After a 4xx reply the hub keeps the mail and tries again by its own clock.
    """
    counts_refused: bool = False
    """Whether mail that it refuses counts too."""
    reply: str = ""
    """The reply above it; none for a delay."""

    @field_validator("limit")
    @classmethod
    def _takes_something(cls, limit: int | None, info: ValidationInfo) -> int | None:
        """A service may allow nothing of a kind in a day, such as recipients outside."""
        if limit == 0 and info.data.get("window", _DAY) != _DAY:
            raise ValueError(f'write an integer from 1, or 0 with window = "{_DAY}"')
        return limit

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.counts == "connections") != (self.window == "open"):
            raise ValueError(
                'connections count while they are open: write window = "open" for them'
            )
        if self.over == "delay":
            if self.counts != "messages" or not self.window.startswith("fixed"):
                raise ValueError("only messages of a fixed window can be delayed")
        elif (form := _FORM.match(self.reply)) is None or form[1] != _FIRST_DIGIT[self.over]:
            digit = _FIRST_DIGIT[self.over]
            raise ValueError(f'over = "{self.over}" needs a reply that begins with {digit}xx')
        return self


class Relay(Table):
    """A relay service that hubs use as a smart host, and what it does with their mail.

    It accepts a message, then delivers it from its own public IP to the receivers. Unknown users
    and refusals there cause an NDR, which comes back as mail from outside.
    """

    name: str
    """The key of its table; no file writes it."""
    profile: str
    """The profile that its defaults come from."""
    properties: RelayProperties
    """What its profile says about the service; no file writes it."""
    names: Annotated[Many[Annotated[str, BeforeValidator(parse_domain)]], Field(min_length=1)]
    """Its names or addresses, as send connectors have them under `smart_hosts`."""
    licences: Positive | None = None
    """Paid licences of the Microsoft 365 tenant, on which its limit of recipients depends."""
    below_baseline: Duration | None = None
    """How long Exchange servers have been below the version that the service wants, at the start.

    Of Microsoft 365: from day 30 on it throttles such servers, and from day 60 on it blocks them in
    more and more minutes of each hour. Without it only versions are blocked that it never takes.
    """
    limits: Named[RelayLimit] = Field(default_factory=immutabledict)
    """Its limits, by names of your choice."""
    connect_time: TimeLaw
    """Time to set up a connection to it."""
    response_time: TimeLaw
    """Time from the end of a message to its reply."""
    connect_failure: Share
    """Probability that a connection to it fails."""
    defer: Share
    """Probability that a message gets a 4xx reply, apart from limits."""
    max_messages_per_connection: Limit
    """Messages that it takes on one connection."""
    egress: AddressName
    """The public IP that receivers see: one for the many of the service."""
    max_per_domain_outbound_connections: Limit
    """Connections that it opens to one receiving domain."""
    message_retry_interval: Interval
    """Wait of a message that a receiver deferred or that could not connect."""
    message_expiration_timeout: Lasting
    """Age at which it gives a message up and sends an NDR."""

    def domain_names(self) -> tuple[str, ...]:
        """Return its names, as destinations have domains."""
        return self.names
