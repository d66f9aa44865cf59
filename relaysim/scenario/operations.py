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
    """How the administrator notices a listing and reacts. Defaults stand in `defaults`.

    He looks at the lists `monitor_every` so often, or hears of it `ndr_time` after the first
    non-delivery report that the listing costs an innocent stream, whichever is first. Then he does
    what `on_listing` says, which takes `repair_time`: nothing, pause the culprits until the IP is
    clean, clean their lists of the share `cleaning` of the traps, or move them to the egress
    `move_to`. He asks the lists to remove the IP when `delisting` says. Times are office hours.

    `back_off`: what waits when a provider throttles: all mail from that IP to it ("source"), that
    of the stream that met it ("stream"), or none but the message itself.
    """

    monitor_every: Annotated[TimeLimit, AfterValidator(_not_all_the_time)]
    """How often the administrator looks at the lists; "unlimited" is never."""
    on_listing: OnListing
    """What he does about a listing."""
    move_to: AddressName | None = None
    """The egress that "move_culprit" moves the culprits to."""
    repair_time: TimeLaw
    """Office hours that it takes."""
    ndr_time: TimeLaw
    """Time until an innocent sender's non-delivery report reaches him."""
    back_off: BackOff
    """What waits when a provider throttles."""
    delisting: Delisting
    """When he asks the lists for removal."""
    cleaning: Share
    """Share of the traps that a cleaned list loses."""


class Coupling(Table):
    """Switches of the ways by which one stream harms another, to tell their parts in it.

    `listing` of the IP, its `widening` to neighbours, the reputation of the IP (`provider_ip`) and
    of the sender domain (`provider_domain`) at large providers, the sender's own `back_off`,
    `contention` in the hub, and the administrator's `reaction`.
    """

    listing: bool = True
    """The IP is on a blocklist."""
    widening: bool = True
    """So are its neighbours."""
    provider_ip: bool = True
    """A provider thinks ill of the IP."""
    provider_domain: bool = True
    """And of the sender domain."""
    back_off: bool = True
    """The hub waits with all mail to a provider."""
    contention: bool = True
    """Queues, cores and lines are busy."""
    reaction: bool = True
    """What the administrator does."""
