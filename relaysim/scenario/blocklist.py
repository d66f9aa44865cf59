"""Blocklists: how an operator lists an IP, for how long, and which neighbours with it."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from relaysim.scenario.law import TimeLaw
from relaysim.scenario.table import Duration, Lasting, Limit, Positive, Rate, Share, Table

Trigger = Literal["count", "scored_ratio", "hazard", "compromise", "none"]
Widening = Literal["none", "vicinity", "escalate", "allocation_count", "asn_score"]
Factor = Annotated[float, Field(ge=1.0, le=100.0)]


def _seldom(rate: Fraction) -> Fraction:
    if rate * 86_400 > 1000:
        raise ValueError("must be at most 1000/d: that lists each address four times a day")
    return rate


NeighbourRate = Annotated[Rate, AfterValidator(_seldom)]
"""How many of 256 foreign addresses get listed."""


class Blocklist(Table):
    """A blocklist operator; `relaysim.mail.blocklists` says what each parameter means.

    A parameter is None where the operator has none; `max_requests` is None for "unlimited" too.
    """

    name: str
    profile: str
    trigger: Trigger
    trap_share: Share | None = None
    trap_delay: TimeLaw | None = None
    window: Lasting | None = None
    threshold: Annotated[float, Field(gt=0.0, le=1e6)] | None = None
    relist_factor: Share | None = None
    memory: Lasting | None = None
    threshold_ratio: Share | None = None
    visibility: Share | None = None
    report_share: Share | None = None
    hazard_rate: Rate | None = None
    hazard_hits: Positive | None = None
    compromise_time: TimeLaw | None = None
    lifetime: Lasting | None = None
    growth: Factor | None = None
    max_lifetime: Lasting | None = None
    short_lifetime: Lasting | None = None
    build_interval: Duration | None = None
    mirror_delay: Duration | None = None
    delisting_time: TimeLaw | None = None
    max_requests: Limit = None
    widening: Widening = "none"
    vicinity_listings: Positive | None = None
    vicinity_prefix: Annotated[int, Field(ge=8, le=128)] | None = None
    vicinity_probability: Share | None = None
    escalate_after: Duration | None = None
    escalate_rate: Rate | None = None
    neighbour_rate: NeighbourRate | None = None
    asn_addresses: Positive | None = None


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
        "count": ("trap_delay", "window", "relist_factor"),
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
