"""Destinations: classes of receiving domains, and the blocklists that some of them use."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from relaysim.mail.address import parse_domain
from relaysim.scenario.law import TimeLaw
from relaysim.scenario.table import Duration, Limit, Many, Named, Share, Table

RefusalStage = Literal["greeting", "mail", "rcpt", "data"]
RefusalAction = Literal["reject", "defer", "score"]


class Destination(Table):
    """Receiving domains that behave alike, named (`domains`) or counted (`domain_count`).

    `refuses_on` gives, for each blocklist (or blocklist profile), the probability that a domain
    uses it; the domain then acts at `refusal_stage` with `refusal_action`. `connect_failure` is the
    probability that an attempt to connect fails, `defer` that an accepted connection defers a
    message with a 4xx reply.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("domains", "domain_count"),)

    name: str
    profile: str
    domains: (
        Annotated[Many[Annotated[str, BeforeValidator(parse_domain)]], Field(min_length=1)] | None
    ) = None
    domain_count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    connect_time: TimeLaw
    response_time: TimeLaw
    connect_failure: Share
    defer: Share
    max_connections_per_ip: Limit
    max_messages_per_connection: Limit
    refuses_on: Named[Share]
    refusal_stage: RefusalStage
    refusal_action: RefusalAction

    def domain_names(self) -> tuple[str, ...]:
        """The receiving domains; counted ones are named after the destination."""
        if self.domains is not None:
            return self.domains
        width = len(str(self.domain_count))
        return tuple(
            f"{self.name}-{n:0{width}d}.example" for n in range(1, (self.domain_count or 0) + 1)
        )


class Blocklist(Table):
    """A blocklist operator; `relaysim.mail.blocklists` says what each parameter means.

    The parameters are read and kept; only scripted listings act in this release. `max_requests` is
    None for "unlimited", another parameter is None where the operator has none.
    """

    name: str
    profile: str
    trigger: Literal["count", "scored_ratio", "hazard", "compromise"]
    trap_share: Share | None = None
    window: Duration | None = None
    threshold: Annotated[float, Field(gt=0.0)] | None = None
    threshold_ratio: Share | None = None
    relist_factor: Share | None = None
    lifetime: Duration | None = None
    growth: Annotated[float, Field(ge=1.0, le=100.0)] | None = None
    max_lifetime: Duration | None = None
    build_interval: Duration | None = None
    mirror_delay: Duration | None = None
    delisting_time: TimeLaw | None = None
    max_requests: Limit = None
    widening: Literal["none", "vicinity", "escalate", "allocation_count", "asn_score"] = "none"


class Operations(Table):
    """How the administrator notices a listing and reacts. Inert in this release."""

    monitor_every: Duration = 6 * 3600 * 1_000_000
    on_listing: Literal["nothing", "pause_culprit", "clean_list", "move_culprit"] = "nothing"
    move_to: str | None = None
    repair_time: TimeLaw | None = None
    back_off: Literal["source", "stream"] = "source"


class Coupling(Table):
    """Switches of the channels by which one stream harms another. Inert in this release."""

    listing: bool = True
    widening: bool = True
    provider_ip: bool = True
    provider_domain: bool = True
    back_off: bool = True
    contention: bool = True
    reaction: bool = True
