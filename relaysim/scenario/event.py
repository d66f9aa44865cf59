"""Scripted events: what happens at a time that the user chose."""

from typing import Annotated, ClassVar

from pydantic import Field

from relaysim.scenario.table import AddressName, Duration, Table


class Stop(Table):
    """A hub stops, and comes back after `for`; what it had accepted survives."""

    hub: str
    """Which hub."""
    for_: Annotated[Duration, Field(alias="for")]
    """How long."""


class Listing(Table):
    """An IP is listed for a time: an `egress`, or whichever carries the mail `of` a host."""

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
    """No domain of a destination can be connected to for a time."""

    destination: str
    """Which destination."""
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
    """Something that happens at `at`: exactly one of the four."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("stop", "listing", "outage", "rate"),)

    at: Duration
    """When, from the start of the run."""
    stop: Stop | None = None
    """A hub stops."""
    listing: Listing | None = None
    """An IP is listed."""
    outage: Outage | None = None
    """A destination cannot be reached."""
    rate: RateChange | None = None
    """A stream sends more or less."""
