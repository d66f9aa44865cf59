"""Scripted events: changes at times that the user sets."""

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from relaysim.mail.address import parse_ip
from relaysim.scenario.sender_domain import DomainName
from relaysim.scenario.table import AddressName, Duration, Moment, Positive, Share, Table


class Stop(Table):
    """A hub stops, and starts again after `for`; its queues survive."""

    hub: str
    """Which hub."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


class Listing(Table):
    """An IP or a domain is listed for a time.

    The IP is an `egress`, or the one that sends the mail `of` a host. A list of domains has a
    `domain`, or those of the mail `of` a host.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("of", "egress", "domain"),)

    of: str | None = None
    """The host whose mail leaves by the IP, or has the sender domain."""
    egress: AddressName | None = None
    """The IP, instead of `of`."""
    domain: DomainName | None = None
    """The sender domain, instead of `of`, of a list of domains: its registered domain is listed."""
    blocklist: str
    """Which list."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long, unless the list removes the IP on request before."""
    fixed: bool = False
    """Whether the listing lasts its time in spite of requests for removal."""


def _spelled(line: object) -> object:
    """Return the name of a line; a public IP in its canonical spelling."""
    try:
        return str(parse_ip(line))
    except ValueError:
        return line


class Outage(Table):
    """No connection to a destination, or by an Internet line, succeeds for a time.

    The destination `internal` is the mailbox server: deliveries to it fail, and users send nothing.
    With `mx_hosts`, so many MX hosts of each domain do not answer: connections wait for their
    time-out and try the next host. A line that is down cuts connections, and nothing answers.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("destination", "line"),)

    destination: str | None = None
    """Which destination; `internal` is the mailbox server."""
    line: Annotated[str, BeforeValidator(_spelled)] | None = None
    """Which line: a key of `[lines]`, or the public IP that has a line of its own."""
    mx_hosts: Positive | None = None
    """How many of its MX hosts do not answer; without it connections fail at once."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""

    @model_validator(mode="after")
    def _has_hosts(self) -> Self:
        if self.mx_hosts is not None and self.line is not None:
            raise ValueError("only a destination has MX hosts: leave mx_hosts out")
        if self.mx_hosts is not None and self.destination == "internal":
            raise ValueError("the mailbox server has no MX hosts: leave mx_hosts out")
        return self


class ResolverFault(Table):
    """The blocklists of a share of the domains of a destination list every IP for a time.

    It is the fault of the receiver, such as an open resolver: a blocklist answers its queries with
    127.255.255.254, and the receiver takes that for a listing. Domains that use no list have none.
    """

    destination: str
    """Which destination."""
    share: Share = 1.0
    """Share of its domains."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


class RateChange(Table):
    """The rate of a stream (`host.stream`) is multiplied by `factor` for a time."""

    stream: str
    """Which stream, as `host.stream`."""
    factor: Annotated[float, Field(ge=0.0, le=1000.0)]
    """What its rate is multiplied by."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


class Event(Table):
    """An event at the time `at`: exactly one of the five kinds."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("stop", "listing", "outage", "resolver_fault", "rate"),
    )

    at: Moment
    """When: after the start of the run, or at a time or date, such as "Tuesday 10:00"."""
    stop: Stop | None = None
    """A hub stops."""
    listing: Listing | None = None
    """An IP or a domain is listed."""
    outage: Outage | None = None
    """A destination, the mailbox server or a line cannot be reached."""
    resolver_fault: ResolverFault | None = None
    """Receivers take every IP for listed."""
    rate: RateChange | None = None
    """A stream sends more or less."""
