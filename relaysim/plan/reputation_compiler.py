"""Compile the part of the plan about reputation."""

from array import array
from fractions import Fraction
from ipaddress import ip_address

from relaysim.mail import remote_reply as remote
from relaysim.mail.greylisting import GreylistRules
from relaysim.mail.provider_state import decay_factor
from relaysim.mail.registered_domain import registered_domain
from relaysim.plan.numbering import Numbering
from relaysim.plan.reputation_plan import (
    BlocklistPlan,
    EgressPlan,
    OperationsPlan,
    OperatorPlan,
    RegisteredDomainPlan,
    ReputationPlan,
)
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.destination import Destination
from relaysim.scenario.distribution import Constant, Exponential, Lognormal, TimeLaw
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import DAY, HOUR, MINUTE, SECOND
from relaysim.traffic.sample import quantile_table

COMPLAINT_DELAY = Lognormal[int](distribution="lognormal", median=2 * HOUR, sigma=1.5)
"""From delivery to complaint. Published is only that most come soon (assumption)."""
FEEDBACK_DELAY = Exponential[int](distribution="exponential", mean=10 * MINUTE)
"""From a signal to the counters of the provider (assumption)."""
NETWORK, NETWORK_6 = 24, 64
"""Prefix lengths of the network by which receivers that greylist know a client (postgrey)."""
WARM = 30 * DAY
"""An IP or a domain of this age has already sent the mail of its scenario (assumption)."""


def threshold(probability: float) -> int:
    """Return a probability as a threshold for a 32-bit draw."""
    # A fraction is exact, so the threshold is the same on every machine.
    return round(Fraction(probability) * (1 << 32))


def _ppm(share: float) -> int:
    return round(share * 1_000_000)


def ppb(rate: float) -> int:
    """Return a rate in units of 1e-9."""
    return round(rate * 1_000_000_000)


def thousandths(number: float) -> int:
    """Return a number in thousandths."""
    return round(number * 1000)


def _table(law: TimeLaw | None) -> "array[int] | None":
    return None if law is None else quantile_table(law)


def _mean(rate: Fraction | None, factor: int = 1) -> "array[int] | None":
    """Return a table of exponential gaps of a rate, in microseconds x `factor`."""
    if not rate:
        return None
    mean = max(1, round(factor * SECOND / rate))
    return quantile_table(Exponential[int](distribution="exponential", mean=mean))


def reputation(destination: Destination) -> ReputationPlan | None:
    """Return the rules of a destination that keeps reputations; None for others."""
    of, replies = destination.reputation, destination.properties.replies
    if of is None:
        return None
    return ReputationPlan(
        complaint_limit=_ppm(of.complaint_limit),
        unknown_limit=_ppm(of.unknown_limit),
        trap_limit=of.trap_limit,
        decay=decay_factor(of.half_life),
        domain_weight=_ppm(of.domain_weight),
        least_inboxed=of.least_inboxed,
        warn_junk=threshold(of.warn_junk),
        throttle_junk=threshold(of.throttle_junk),
        # The scenario has messages a second, the plan messages an hour: integers need the larger
        # unit.
        throttle_rate=round(of.throttle_rate * 3600),
        cold_rate=round(of.cold_rate * 3600),
        cold_growth=round(of.cold_growth * 1000),
        idle_after=of.idle_after,
        persistence=round((of.persistence or 0.0) * 1000),
        persistence_time=of.persistence_time or 0,
        recovery_time=of.recovery_time,
        block_time=of.block_time,
        mitigation_time=_table(of.mitigation_time),
        mitigation_limit=_ppm(of.mitigation_complaint_limit or 0.0),
        mitigation_good_days=of.mitigation_good_days or 0,
        widening=threshold(of.widening),
        throttled=str(remote.throttled(replies)),
        cold=str(remote.cold(replies)),
        blocked=str(remote.blocked(replies)),
    )


def greylist_rules(destination: Destination) -> GreylistRules | None:
    """Return the rules of the domains of a destination that greylist; None if none does."""
    of = destination.greylisting
    if of is None or not of.share:
        return None
    return GreylistRules(of.delay, of.retry_window, of.max_age, of.auto_whitelist_clients or 0)


def blocklists(scenario: Scenario, numbers: Numbering) -> tuple[BlocklistPlan, ...]:
    """Return the blocklists, in the order of names."""
    widens = scenario.coupling.widening
    return tuple(
        _blocklist(scenario.blocklists[name], numbers, widens)
        for name in sorted(scenario.blocklists)
    )


def _blocklist(of: Blocklist, numbers: Numbering, widens: bool) -> BlocklistPlan:
    operator = of.properties.operator
    joins = of.widening in ("vicinity", "escalate")
    return BlocklistPlan(
        name=of.name,
        operator=numbers.operators.index(operator) if operator in numbers.operators else -1,
        lists_domains=of.lists == "domain",
        trigger=of.trigger,
        window=of.window or 0,
        threshold=round((of.threshold or 1.0) * 1000),
        relist_factor=_ppm(1.0 if of.relist_factor is None else of.relist_factor),
        memory=of.memory or 0,
        tolerated_rate=ppb(of.tolerated_rate or 0.0),
        tolerated_deviations=thousandths(of.tolerated_deviations or 0.0),
        threshold_ratio=_ppm(of.threshold_ratio or 0.0),
        visibility=_ppm(of.visibility or 0.0),
        hazard=_mean(of.hazard_rate, of.hazard_hits or 1),
        compromise_time=_table(of.compromise_time),
        listing_time=_table(of.listing_time),
        lifetime=of.lifetime or 0,
        growth=round((of.growth or 1.0) * 1000),
        max_lifetime=of.max_lifetime or 0,
        short_lifetime=of.short_lifetime or 0,
        alternation=_table(of.alternation),
        build_interval=of.build_interval or 0,
        mirror_delay=of.mirror_delay or 0,
        delisting_time=_table(of.delisting_time),
        max_requests=-1 if of.max_requests is None else of.max_requests,
        # Without this coupling an operator that lists neighbours by its own decision lists one IP
        # only.
        widening="none" if joins and not widens else of.widening,
        vicinity_listings=of.vicinity_listings or 1,
        vicinity_prefix=of.vicinity_prefix or 29,
        vicinity_probability=threshold(of.vicinity_probability or 0.0),
        escalate_after=of.escalate_after or 0,
        escalate_time=_mean(of.escalate_rate),
        neighbour_time=_mean(of.neighbour_rate) if widens else None,
        asn_addresses=of.asn_addresses or 1,
    )


def operators(scenario: Scenario, numbers: Numbering) -> tuple[OperatorPlan, ...]:
    """Return the owners of spam traps, in the order of names, each with the lists."""
    at_once: TimeLaw = Constant[int](value=0)
    result = []
    for name in numbers.operators:
        fed = [
            number
            for number, blocklist in enumerate(sorted(scenario.blocklists))
            if scenario.blocklists[blocklist].properties.operator == name
        ]
        laws = [scenario.blocklists[sorted(scenario.blocklists)[n]].trap_delay for n in fed]
        # One operator has one delay: the first of its lists, by name, that has one decides.
        law = next((law for law in laws if law is not None), at_once)
        result.append(OperatorPlan(name, quantile_table(law), tuple(fed)))
    return tuple(result)


def egress(scenario: Scenario, numbers: Numbering) -> tuple[EgressPlan, ...]:
    """Return the public IPs.

    Without the coupling by escalation each IP has a separate allocation and ASN.
    """
    plans = []
    networks: dict[tuple[int, int], int] = {}
    for number, name in enumerate(numbers.egress):
        model, address = scenario.egress[name], ip_address(name)
        # Without an allocation the IP itself is the block, and no other IP is in it.
        bits = address.max_prefixlen
        allocation: tuple[int, int] = int(address), bits
        asn = model.asn or 0
        if not scenario.coupling.widening:
            # Negative and different for each IP, so no two share an ASN.
            asn = -1 - number
        elif model.allocation is not None:
            allocation = int(model.allocation.network_address), model.allocation.prefixlen
        days, known = model.age // DAY, model.age >= WARM
        prefix = NETWORK if address.version == 4 else NETWORK_6
        part = address.version, int(address) >> bits - prefix
        network = networks.setdefault(part, number)
        plans.append(
            EgressPlan(name, int(address), bits, allocation, asn, days, known, network, model.ptr)
        )
    return tuple(plans)


def new_domains(scenario: Scenario) -> frozenset[str]:
    """Return the registered domains that are new: one of their tables says so."""
    return frozenset(
        registered_domain(name)
        for name, table in scenario.sender_domains.items()
        if table.age is not None and table.age < WARM
    )


def registered_domains(scenario: Scenario, numbers: Numbering) -> tuple[RegisteredDomainPlan, ...]:
    """Return the registered domains of senders; none where no blocklist lists domains."""
    new = new_domains(scenario)
    return tuple(RegisteredDomainPlan(name, name not in new) for name in numbers.registered_domains)


def operations(scenario: Scenario) -> OperationsPlan:
    """Return the rules of the administrator; without its coupling, back-off is per stream."""
    model, coupling, start = scenario.operations, scenario.coupling, scenario.run.start
    back_off = model.back_off
    if back_off == "source" and not coupling.back_off:
        back_off = "stream"
    # Office hours count from Monday 00:00.
    clock = (start.hour * 60 + start.minute) * MINUTE + start.second * SECOND
    return OperationsPlan(
        monitor_every=model.monitor_every or 0,
        on_listing=model.on_listing,
        repair_time=quantile_table(model.repair_time),
        ndr_time=quantile_table(model.ndr_time),
        back_off=back_off,
        delisting=model.delisting,
        cleaning=threshold(model.cleaning),
        offset=start.weekday() * DAY + clock + start.microsecond,
        reacts=coupling.reaction and bool(scenario.blocklists or scenario.destinations),
    )
