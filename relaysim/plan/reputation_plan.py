"""The part of the plan about reputation: providers, blocklists, operators and operations."""

from array import array
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReputationPlan:
    """The rules of a mailbox provider (`mail.provider_state`); shares in parts per million.

    Junk shares and `widening` are thresholds for a 32-bit draw; rates are messages an hour.
    """

    complaint_limit: int
    unknown_limit: int
    trap_limit: int
    decay: int
    domain_weight: int
    least_inboxed: int
    warn_junk: int
    throttle_junk: int
    throttle_rate: int
    cold_rate: int
    cold_growth: int
    idle_after: int
    persistence: int
    persistence_time: int
    recovery_time: int
    block_time: int
    mitigation_time: "array[int] | None"
    mitigation_limit: int
    mitigation_good_days: int
    widening: int
    throttled: str
    cold: str
    blocked: str


@dataclass(frozen=True, slots=True)
class BlocklistPlan:
    """The rules of a blocklist; shares and factors are parts per million or thousandths.

    `tolerated_rate` is in hits for 1e9 messages. 0 means that the operator has no such rule; -1
    means no limit of requests. `hazard` draws the hits x microseconds until a human operator lists
    an IP. A list that `lists_domains` has registered domains in the place of IPs.
    """

    name: str
    operator: int
    lists_domains: bool
    trigger: str
    window: int
    threshold: int
    relist_factor: int
    memory: int
    tolerated_rate: int
    tolerated_deviations: int
    threshold_ratio: int
    visibility: int
    hazard: "array[int] | None"
    compromise_time: "array[int] | None"
    listing_time: "array[int] | None"
    lifetime: int
    growth: int
    max_lifetime: int
    short_lifetime: int
    alternation: "array[int] | None"
    build_interval: int
    mirror_delay: int
    delisting_time: "array[int] | None"
    max_requests: int
    widening: str
    vicinity_listings: int
    vicinity_prefix: int
    vicinity_probability: int
    escalate_after: int
    escalate_time: "array[int] | None"
    neighbour_time: "array[int] | None"
    asn_addresses: int

    @property
    def counts_volume(self) -> bool:
        """Whether the operator decides by the mail that an IP sends."""
        return self.trigger in ("scored_ratio", "compromise") or self.tolerated_rate > 0


@dataclass(frozen=True, slots=True)
class OperatorPlan:
    """An owner of spam traps: the delay until a hit is recorded, and the lists that get hits."""

    name: str
    trap_delay: "array[int]"
    blocklists: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EgressPlan:
    """A public IP; an allocation is (network, prefix length), with an ASN of 0 for none.

    `age` is in days. A `known` IP has sent the mail of this scenario for a long time. `network` is
    the number of the first IP in the same /24, or /64 of IPv6.
    """

    name: str
    address: int
    bits: int
    allocation: tuple[int, int]
    asn: int
    age: int
    known: bool
    network: int
    ptr: bool = True


@dataclass(frozen=True, slots=True)
class RegisteredDomainPlan:
    """A registered domain of senders; a `known` one has sent its mail for a long time."""

    name: str
    known: bool


@dataclass(frozen=True, slots=True)
class OperationsPlan:
    """The rules of the administrator; `offset` is the start of the run within the week."""

    monitor_every: int
    on_listing: str
    repair_time: "array[int]"
    ndr_time: "array[int]"
    back_off: str
    delisting: str
    cleaning: int
    offset: int
    reacts: bool
