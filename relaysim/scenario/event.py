"""Scripted events: changes at times that the user sets."""

from typing import Annotated, ClassVar

from pydantic import Field

from relaysim.scenario.table import AddressName, Duration, Moment, Share, Table


class Stop(Table):
    """A hub stops, and starts again after `for`; its queues survive."""

    hub: str
    """Which hub."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


class Listing(Table):
    """An IP is listed for a time: an `egress`, or the one that sends the mail `of` a host."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("of", "egress"),)

    of: str | None = None
    """The host whose mail leaves by the IP."""
    egress: AddressName | None = None
    """The IP, instead of `of`."""
    blocklist: str
    """Which list."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long, unless the list removes the IP on request before."""
    fixed: bool = False
    """Whether the listing lasts its time in spite of requests for removal."""


class Outage(Table):
    """No connection to any domain of a destination succeeds for a time."""

    destination: str
    """Which destination."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


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
    """An IP is listed."""
    outage: Outage | None = None
    """A destination cannot be reached."""
    resolver_fault: ResolverFault | None = None
    """Receivers take every IP for listed."""
    rate: RateChange | None = None
    """A stream sends more or less."""
