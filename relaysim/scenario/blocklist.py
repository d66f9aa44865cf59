"""Blocklists of public IPs and of domains: trigger, length and escalation of a listing."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from relaysim.profiles.properties import BlocklistProperties
from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.table import Duration, Lasting, Limit, Positive, Rate, Share, Table

Trigger = Literal["count", "scored_ratio", "hazard", "compromise", "none"]
Listed = Literal["ip", "domain"]
Widening = Literal["none", "vicinity", "escalate", "allocation_count", "asn_score"]
Factor = Annotated[float, Field(ge=1.0, le=100.0)]


def _seldom(rate: Fraction) -> Fraction:
    if rate * 86_400 > 1000:
        raise ValueError("must be at most 1000/d: that lists each address four times a day")
    return rate


NeighbourRate = Annotated[Rate, AfterValidator(_seldom)]
"""How many of 256 foreign addresses get listed."""


class Blocklist(Table):
    """A blocklist: what makes its operator list an IP, for how long, and which others with it.

    A parameter is None where the operator has none; `max_requests` is None for "unlimited" too.

    Notes
    -----
    A list of domains records the registered domain of MAIL FROM in the place of the IP, by the same
    rules; it has no escalation, and the trigger "count", "hazard" or "none".

    `trigger`: "count" lists at `threshold` hits within `window`, or at `relist_factor` times that,
    rounded up, within `memory` of an earlier listing. With a `tolerated_rate` the hits must also
    exceed that rate times the mail of the window, by `tolerated_deviations` times the square root
    of the product; other hits neither list an IP nor prolong its listing. "scored_ratio" lists at a
    score of `threshold` within `window` that is also `threshold_ratio` times the mail which users
    of the list see, `visibility` times what the IP sends; `report_share` of all complaints are hits
    too. "hazard" lists at `hazard_rate` times the hits within `window` over `hazard_hits`, as
    people do. "compromise" lists a hijacked host after `compromise_time`. "none" leaves it to
    scripted events.

    A listing lasts `lifetime` from the last hit (`short_lifetime` after just two), times `growth`
    at each listing within `memory` from the third on, up to `max_lifetime`. With an `alternation`
    the IP is on and off the list by turns in that time, a minute or more each. The operator removes
    an IP `delisting_time` after a request, `max_requests` times within `memory`.

    `widening`: "vicinity" lists each other address of the /`vicinity_prefix` with
    `vicinity_probability`, at the `vicinity_listings`-th listing within `memory`. "escalate" lists
    the whole allocation at `escalate_rate`, from `escalate_after` on. "allocation_count" lists the
    allocation in place of the IP once enough of its addresses meet the trigger, "asn_score" the
    autonomous system of `asn_addresses` addresses once they have enough hits (`mail.escalation`);
    foreign addresses get listed at `neighbour_rate` for 256 addresses.
    """

    name: str
    """The key of its table; no file writes it."""
    profile: str
    """The profile that its defaults come from."""
    properties: BlocklistProperties
    """What its profile says about the zone and the operator; no file writes it."""
    lists: Listed = "ip"
    """What it lists: public IPs, or the registered domains of MAIL FROM, whatever the IP."""
    trigger: Trigger
    """How it decides to list."""
    trap_share: Share | None = None
    """Share of all spam traps that are its own."""
    trap_delay: TimeLaw | None = None
    """Time from the delivery to a trap until it is seen."""
    window: Lasting | None = None
    """How long a hit or report counts."""
    threshold: Annotated[float, Field(gt=0.0, le=1e6)] | None = None
    """Hits, or points of the score, that list."""
    tolerated_rate: Share | None = None
    """Hits for each message of the window that are put down to typing errors."""
    tolerated_deviations: Annotated[float, Field(ge=0.0, le=100.0)] | None = None
    """Standard deviations by which hits must exceed what is tolerated."""
    relist_factor: Share | None = None
    """Factor of the threshold for an IP that was listed within `memory`."""
    memory: Lasting | None = None
    """How long it remembers listings and requests."""
    threshold_ratio: Share | None = None
    """Score over reputation points that lists, beside the threshold."""
    visibility: Share | None = None
    """Share of the mail of an IP that its users ask about; each gives a reputation point."""
    report_share: Share | None = None
    """Share of complaints that are reported to it as well."""
    hazard_rate: Rate | None = None
    """Rate at which a human operator lists an IP with `hazard_hits` hits."""
    hazard_hits: Positive | None = None
    """Hits for which `hazard_rate` holds; more hits lead to an earlier listing."""
    compromise_time: TimeLaw | None = None
    """Time until a compromised host is detected."""
    listing_time: TimeLaw | None = None
    """Time from the hit that meets the trigger to the listing; without it no time."""
    lifetime: Lasting | None = None
    """Time from the last hit until the operator removes an IP; without it until a request does."""
    growth: Factor | None = None
    """Factor of the lifetime for each relisting from the third listing on."""
    max_lifetime: Lasting | None = None
    """The longest that it grows to."""
    short_lifetime: Lasting | None = None
    """The lifetime where there were just two reports or hits."""
    alternation: TimeLaw | None = None
    """Length of each spell on and off the list of a listed IP; without it the IP stays on."""
    build_interval: Duration | None = None
    """How often the list is built: a listing appears and ends at the next build, else at once."""
    mirror_delay: Duration | None = None
    """How much later a copy of the list has it."""
    delisting_time: TimeLaw | None = None
    """Time from a request to the removal; without it requests are in vain."""
    max_requests: Limit = None
    """Requests that are heeded within `memory`."""
    widening: Widening = "none"
    """How a listing reaches other addresses."""
    vicinity_listings: Positive | None = None
    """Which listing of an IP within `memory` takes its vicinity along, such as the second."""
    vicinity_prefix: Annotated[int, Field(ge=8, le=128)] | None = None
    """Prefix length of the vicinity."""
    vicinity_probability: Share | None = None
    """Probability that each other address of the vicinity is listed then."""
    escalate_after: Duration | None = None
    """How long a listing may be ignored before it widens."""
    escalate_rate: Rate | None = None
    """How soon it widens from then on."""
    neighbour_rate: NeighbourRate | None = None
    """How many of 256 addresses in foreign hands get listed, by which a network is."""
    asn_addresses: Positive | None = None
    """Addresses of the autonomous system, against which its score is taken."""


NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "count": ("trap_share", "threshold"),
        "scored_ratio": ("trap_share", "threshold", "threshold_ratio", "visibility"),
        "hazard": ("trap_share", "hazard_rate", "hazard_hits"),
        "compromise": ("compromise_time",),
        "vicinity": ("vicinity_listings", "vicinity_prefix", "vicinity_probability"),
        "escalate": ("escalate_after", "escalate_rate"),
        "allocation_count": (),
        "asn_score": ("asn_addresses",),
        "none": (),
    }
)
"""The parameters that a trigger or a widening cannot do without."""
OPTIONAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "count": (
            *("trap_delay", "window", "relist_factor", "listing_time"),
            *("tolerated_rate", "tolerated_deviations"),
        ),
        "scored_ratio": ("trap_delay", "window", "report_share", "short_lifetime"),
        "hazard": ("trap_delay", "window"),
        "compromise": (),
        "vicinity": (),
        "escalate": (),
        "allocation_count": ("neighbour_rate",),
        "asn_score": ("neighbour_rate",),
        "none": (),
    }
)
"""The others that mean something to it."""
