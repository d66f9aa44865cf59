"""The reaction of the administrator to a listing, and switches of the kinds of harm."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.table import SECOND, AddressName, Share, Table, TimeLimit

OnListing = Literal["nothing", "pause_culprit", "clean_list", "move_culprit"]
BackOff = Literal["source", "stream", "none"]
Delisting = Literal["after_repair", "at_once", "never"]


def _not_all_the_time(every: int | None) -> int | None:
    if every is not None and every < SECOND:
        raise ValueError("must be at least 1 s")
    return every


class Operations(Table):
    """How the administrator notices a listing and reacts; defaults: `scenario.default_tables`.

    They check the lists at intervals of `monitor_every`, or notice a listing `ndr_time` after the
    first NDR that it causes for an innocent stream, whichever is first. Then they take the action
    `on_listing`, in `repair_time`: none, pause the culprits until the IP is clean, remove the share
    `cleaning` of the traps from their lists, or move them to the egress `move_to`. `delisting` is
    when they ask for removal. Times are office hours.

    `back_off` is the mail that waits when a provider throttles: all from that IP to it ("source"),
    all of the same stream ("stream"), or the message alone.
    """

    monitor_every: Annotated[TimeLimit, AfterValidator(_not_all_the_time)]
    """Interval at which the administrator checks the lists; "unlimited" is never."""
    on_listing: OnListing
    """The action after a listing."""
    move_to: AddressName | None = None
    """The egress that "move_culprit" moves the culprits to."""
    repair_time: TimeLaw
    """Office hours that it takes."""
    ndr_time: TimeLaw
    """Time until an innocent sender's NDR reaches the administrator."""
    back_off: BackOff
    """Which mail waits when a provider throttles."""
    delisting: Delisting
    """When the administrator requests removal."""
    cleaning: Share
    """Share of the traps that a cleaned list loses."""


class Coupling(Table):
    """Switches of the kinds of harm, to measure the part of each.

    `listing` of the IP, its `widening` to neighbours, the reputation of the IP (`provider_ip`) and
    of the sender domain (`provider_domain`) at large providers, the sender's own `back_off`,
    `contention` in the hub, and the administrator's `reaction`.
    """

    listing: bool = True
    """The IP is on a blocklist."""
    widening: bool = True
    """Its neighbours are listed too."""
    provider_ip: bool = True
    """The IP has a bad reputation at a provider."""
    provider_domain: bool = True
    """The sender domain has one."""
    back_off: bool = True
    """The hub waits with all mail to a provider."""
    contention: bool = True
    """Queues, cores and lines are busy."""
    reaction: bool = True
    """The administrator reacts to listings."""
