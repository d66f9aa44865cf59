"""Scripted events: what happens at a time that the user chose."""

from typing import Annotated, ClassVar

from pydantic import Field

from relaysim.scenario.table import AddressName, Duration, Table


class Stop(Table):
    """A hub stops, and comes back after `for`; what it had accepted survives."""

    hub: str
    for_: Annotated[Duration, Field(alias="for")]


class Listing(Table):
    """An IP is listed for a time: an `egress`, or whichever carries the mail `of` a host."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("of", "egress"),)

    of: str | None = None
    egress: AddressName | None = None
    blocklist: str
    for_: Annotated[Duration, Field(alias="for")]


class Outage(Table):
    """No domain of a destination can be connected to for a time."""

    destination: str
    for_: Annotated[Duration, Field(alias="for")]


class RateChange(Table):
    """The rate of a stream (`host.stream`) is multiplied by `factor` for a time."""

    stream: str
    factor: Annotated[float, Field(ge=0.0, le=1000.0)]
    for_: Annotated[Duration, Field(alias="for")]


class Event(Table):
    """Something that happens at `at`: exactly one of the four."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("stop", "listing", "outage", "rate"),)

    at: Duration
    stop: Stop | None = None
    listing: Listing | None = None
    outage: Outage | None = None
    rate: RateChange | None = None
