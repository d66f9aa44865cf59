"""The reputation that a mailbox provider keeps of IPs and of sender domains."""

from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from relaysim.scenario.distribution import TimeLaw
from relaysim.scenario.table import Lasting, Positive, Rate, Share, Table


def parse_reputation(value: Any) -> Any:
    """Return None for the word "none". Raises ValueError for any other word."""
    if not isinstance(value, str):
        return value
    if value != "none":
        raise ValueError('write "none", or a table')
    return None


def _hourly(rate: Fraction) -> Fraction:
    if rate == 0 or (rate * 3600).denominator != 1:
        raise ValueError('write a whole number of messages an hour, from 1, such as "600/h"')
    return rate


HourlyRate = Annotated[Rate, AfterValidator(_hourly)]
Limiting = Annotated[float, Field(ge=1e-6, le=1.0)]
"""A limit for a share; its resolution is a millionth."""


class Reputation(Table):
    """What a provider counts, and what it does: the states are good, warn, throttle and block.

    An IP's badness is complaints / inboxed over `complaint_limit` + unknown / attempted over
    `unknown_limit` + hits of the provider's own traps over `trap_limit` + a term for sudden volume.
    The counts halve in `half_life` and mean something once `least_inboxed` messages lie in the
    inbox. The same is kept of sender domains; `domain_weight` is its part of the verdict.

    `warn_junk` and `throttle_junk` are the shares that go to the junk folder, `throttle_rate` what
    a throttled IP may send. A new IP may send `cold_rate`, times `cold_growth` each day with
    traffic, and is new again `idle_after` the last. A sender that goes on above `persistence` times
    the throttle for `persistence_time` is blocked. A throttle ends after `recovery_time` of good
    conduct, a block after `block_time`, or `mitigation_time` after a request. `trap_share` is the
    share of all traps that is the provider's; `widening` the probability that a block reaches each
    other IP of the same /24. A request is in vain while a bulk sender that is blocked had a day
    with `mitigation_complaint_limit`, and until `mitigation_good_days` in a row are below it.
    """

    complaint_limit: Limiting
    """Complaints over messages in the inbox that make a badness of 1."""
    unknown_limit: Limiting
    """Unknown users over messages tried that make a badness of 1."""
    trap_limit: Positive
    """Hits of the provider's own traps that make a badness of 1."""
    half_life: Lasting
    """Time in which what was counted halves."""
    domain_weight: Share
    """Part of the sender domain in the verdict; the rest is the IP's."""
    least_inboxed: Positive
    """Messages in the inbox from which on the counts mean something."""
    warn_junk: Share
    """Share that goes to the junk folder in the state warn."""
    throttle_junk: Share
    """Share that goes to the junk folder in the state throttle."""
    throttle_rate: HourlyRate
    """What an IP may send in the state throttle."""
    cold_rate: HourlyRate
    """What a new IP may send on its first day."""
    cold_growth: Annotated[float, Field(ge=1.0, le=100.0)]
    """Factor of that for each day with traffic."""
    idle_after: Lasting
    """Time without mail after which an IP is new again."""
    persistence: Annotated[float, Field(gt=0.0, le=1000.0)] | None = None
    """Rate over `throttle_rate` that leads to a block; without it none does."""
    persistence_time: Annotated[Lasting | None, Field(validate_default=True)] = None
    """How long it takes to."""
    recovery_time: Lasting
    """Good conduct that ends a throttle."""
    block_time: Lasting
    """How long a block lasts."""
    mitigation_time: TimeLaw | None = None
    """Time from a request to the end of a block; without it requests are in vain."""
    mitigation_complaint_limit: Limiting | None = None
    """Complaints of a day over its messages in the inbox that make requests of a domain vain.

    It holds for bulk senders. They also need a DMARC record, and one-click unsubscribe in their
    bulk mail.
    """
    mitigation_good_days: Annotated[Positive | None, Field(validate_default=True)] = None
    """Days in a row below that limit after which requests count again."""
    trap_share: Share
    """Share of all spam traps that are the provider's."""
    widening: Share
    """Probability that a block reaches each other IP of the same /24."""

    @field_validator("mitigation_good_days")
    @classmethod
    def _limit_and_days(cls, days: int | None, info: ValidationInfo) -> int | None:
        if (days is None) != (info.data.get("mitigation_complaint_limit") is None):
            raise ValueError(
                "mitigation_complaint_limit and mitigation_good_days go together: write both or "
                "neither"
            )
        return days

    @field_validator("persistence_time")
    @classmethod
    def _both_or_neither(cls, length: int | None, info: ValidationInfo) -> int | None:
        if (length is None) != (info.data.get("persistence") is None):
            raise ValueError("persistence and persistence_time go together: write both or neither")
        return length
