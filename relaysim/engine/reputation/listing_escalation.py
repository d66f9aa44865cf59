"""Escalation: a listing that widens to neighbours of the IP.

Without escalation an operator publishes the listed IPs. `vicinity` and `escalate` add neighbours of
a listed IP. With `allocation_count` and `asn_score` a whole allocation is listed by the number of
listed IPs in it, or a whole ASN by its hits; neighbours of other owners count too.
"""

from collections import deque

from relaysim.engine.kernel import EGRESS, STATE, Event
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.ip_history import IpHistory
from relaysim.engine.reputation.listings import OPERATOR, PARTIES
from relaysim.mail.escalation import allocation_threshold, asn_is_listed
from relaysim.trace.tables import Cause
from relaysim.traffic.draw import Decision


class NoEscalation:
    """A listed IP is published, and no other IP.

    Attributes
    ----------
    published : dict of int to Cause
        The IPs in the next build, see `listings.PARTIES`.
    """

    def __init__(self, operator: BlocklistOperator) -> None:
        self.operator = operator
        self.egress = operator.scenario_plan.egress
        self.published: dict[int, Cause] = {}

    def hit(self, history: IpHistory) -> None:
        """Note a spam trap hit."""

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Publish an IP that got on the blocklist."""
        self.show(history.ip, cause)

    def dropped(self, history: IpHistory) -> None:
        """Withdraw an IP that got off the blocklist."""
        self.hide(history.ip)

    def show(self, ip: int, cause: Cause) -> None:
        """Publish an IP, once."""
        if ip not in self.published:
            self.published[ip] = cause
            self.operator.build(ip)

    def hide(self, ip: int) -> None:
        """Withdraw an IP."""
        if self.published.pop(ip, None) is not None:
            self.operator.build(ip)

    def neighbours(self, ip: int, bits: int) -> list[int]:
        """Return the other IPs of the organization that share the first `bits` with an IP."""
        number, party = divmod(ip, PARTIES)
        egress = self.egress[number]
        if bits > egress.bits:
            return []
        return [
            other_number * PARTIES + party
            for other_number, other in enumerate(self.egress)
            if other_number != number
            and other.bits == egress.bits
            and other.address >> (other.bits - bits) == egress.address >> (egress.bits - bits)
        ]

    def allocated(self, ip: int) -> list[int]:
        """Return the IPs of the organization in the allocation of an IP, that IP included."""
        number, party = divmod(ip, PARTIES)
        return [
            other_number * PARTIES + party
            for other_number, other in enumerate(self.egress)
            if other_number == number or other.allocation == self.egress[number].allocation
        ]


class Vicinity(NoEscalation):
    """Repeated listings of an IP lead to listings of some of the IPs next to it."""

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Publish an IP; from its m-th listing on list each neighbour with some probability."""
        super().listed(history, cause)
        operator, plan = self.operator, self.operator.plan
        if cause is not Cause.TRIGGER or history.listings_in_memory < plan.vicinity_listings:
            return
        for ip in self.neighbours(history.ip, plan.vicinity_prefix):
            neighbour = operator.history(ip)
            joins = operator.drawn_below(
                plan.vicinity_probability, Decision.LIST_VICINITY, history.ip
            )
            if joins and not neighbour.listed:
                neighbour.last = operator.loop.tick
                operator.list(neighbour, Cause.WIDENING)


class IgnoredListing(NoEscalation):
    """A listing without a repair escalates to the allocation, until the listing ends.

    Attributes
    ----------
    ignored : set of int
        Listed IPs whose allocation is published because of them.
    """

    def __init__(self, operator: BlocklistOperator) -> None:
        super().__init__(operator)
        self.ignored: set[int] = set()

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Publish an IP, and schedule the escalation."""
        super().listed(history, cause)
        operator, period = self.operator, history.period
        plan = operator.plan
        if plan.escalate_time is None:
            return
        delay = plan.escalate_after + operator.drawn(
            plan.escalate_time, Decision.LIST_ESCALATE, history.ip
        )

        def escalate(_: Event) -> None:
            if history.period == period:  # else the listing has ended meanwhile
                self._escalate(history)

        operator.schedule(operator.loop.tick + delay, history.ip, escalate)

    def _escalate(self, history: IpHistory) -> None:
        self.ignored.add(history.ip)
        for ip in self.allocated(history.ip):
            self.show(ip, Cause.WIDENING)

    def dropped(self, history: IpHistory) -> None:
        """Withdraw the IPs of the allocation that neither are listed nor have another reason."""
        self.ignored.discard(history.ip)
        for ip in self.allocated(history.ip):
            escalated = not self.ignored.isdisjoint(self.allocated(ip))
            if not escalated and not self.operator.history(ip).listed:
                self.hide(ip)


class AllocationCount(NoEscalation):
    """The whole allocation is published while enough of its IPs are listed.

    A block smaller than a /26, or of IPv6, belongs to the organization alone (assumption).

    Attributes
    ----------
    foreign : dict of (int, int) to deque of int
        By allocation: the ends of listings of IPs that belong to others, microseconds.
    """

    def __init__(self, operator: BlocklistOperator) -> None:
        super().__init__(operator)
        self.foreign: dict[tuple[int, int], deque[int]] = {}
        for number, egress in enumerate(self.egress):
            bits = egress.bits - egress.allocation[1]
            if egress.allocation not in self.foreign:
                self.foreign[egress.allocation] = deque()
                if egress.bits == 32 and bits > 6:
                    neighbours = sum(other.allocation == egress.allocation for other in self.egress)
                    self._schedule_neighbour(number, (1 << bits) - neighbours)

    def _schedule_neighbour(self, egress: int, addresses: int) -> None:
        """Schedule the next listing among a number of addresses that belong to others."""
        operator = self.operator
        table = operator.plan.neighbour_time
        if table is None:
            return
        gap = max(1, operator.drawn(table, Decision.LIST_NEIGHBOUR) * 256 // addresses)

        def listed(_: Event) -> None:
            end = operator.loop.tick + operator.plan.lifetime
            self.foreign[self.egress[egress].allocation].append(end)
            self._recount_all(egress)
            operator.schedule(end, egress * PARTIES, lambda _: self._recount_all(egress))
            self._schedule_neighbour(egress, addresses)

        event = operator.loop.at(
            operator.loop.tick + gap, STATE, EGRESS | egress, OPERATOR | operator.number
        )
        event.callbacks.append(listed)

    def _recount_all(self, egress: int) -> None:
        for party in self.operator.scenario_plan.parties:
            self._recount(egress * PARTIES + party)

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Count the listed IPs of the allocation again."""
        self._recount(history.ip)

    def dropped(self, history: IpHistory) -> None:
        """Count the listed IPs of the allocation again."""
        self._recount(history.ip)

    def _recount(self, ip: int) -> None:
        operator, egress = self.operator, self.egress[ip // PARTIES]
        members = self.allocated(ip)
        foreign = self.foreign[egress.allocation]
        while foreign and foreign[0] <= operator.loop.tick:
            foreign.popleft()
        listed = [member for member in members if operator.history(member).listed]
        # The published table is about IPv4; an IPv6 block counts by what is left of 32 bits.
        prefix = max(0, egress.allocation[1] - (egress.bits - 32))
        if len(listed) + len(foreign) >= allocation_threshold(prefix):
            for member in members:
                self.show(member, Cause.TRIGGER if member in listed else Cause.WIDENING)
        else:
            for member in members:
                self.hide(member)


class AsnScore(NoEscalation):
    """The whole ASN is published by its score.

    Hits within the window, hits of other owners included.

    Attributes
    ----------
    hits : dict of (int, int) to deque of int
        By ASN and party: times of the hits, microseconds.
    """

    def __init__(self, operator: BlocklistOperator) -> None:
        super().__init__(operator)
        self.hits: dict[tuple[int, int], deque[int]] = {}
        for asn in sorted({egress.asn for egress in self.egress if egress.asn}):
            for party in operator.scenario_plan.parties:
                self.hits[asn, party] = deque()
            self._schedule_neighbour(asn)

    def _schedule_neighbour(self, asn: int) -> None:
        """Schedule the next hit of an address of the ASN that belongs to others."""
        operator = self.operator
        table, addresses = operator.plan.neighbour_time, operator.plan.asn_addresses
        if table is None:
            return
        gap = max(1, operator.drawn(table, Decision.LIST_NEIGHBOUR) * 256 // addresses)

        def hit(_: Event) -> None:
            for party in operator.scenario_plan.parties:
                self._count(asn, party)
            self._schedule_neighbour(asn)

        event = operator.loop.at(
            operator.loop.tick + gap, STATE, EGRESS, OPERATOR | operator.number
        )
        event.callbacks.append(hit)

    def hit(self, history: IpHistory) -> None:
        """Count a hit for the ASN."""
        egress, party = divmod(history.ip, PARTIES)
        if self.egress[egress].asn:  # 0: no ASN given
            self._count(self.egress[egress].asn, party)

    def _count(self, asn: int, party: int) -> None:
        operator = self.operator
        self.hits[asn, party].append(operator.loop.tick)
        self._rescore(asn, party)
        outside_window = operator.loop.tick + operator.window + 1
        event = operator.loop.at(outside_window, STATE, EGRESS, OPERATOR | operator.number)
        event.callbacks.append(lambda _: self._rescore(asn, party))

    def _rescore(self, asn: int, party: int) -> None:
        operator, hits = self.operator, self.hits[asn, party]
        while hits and hits[0] < operator.loop.tick - operator.window:
            hits.popleft()
        is_listed = asn_is_listed(len(hits), operator.plan.asn_addresses)
        for number, egress in enumerate(self.egress):
            if egress.asn == asn:
                ip = number * PARTIES + party
                if is_listed:
                    own_hits = operator.history(ip).hits
                    self.show(ip, Cause.TRIGGER if own_hits else Cause.WIDENING)
                else:
                    self.hide(ip)

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Do nothing: what an IP did by itself shows in the score alone."""

    def dropped(self, history: IpHistory) -> None:
        """Do nothing, see `listed`."""


_KINDS: dict[str, type[NoEscalation]] = {
    "none": NoEscalation,
    "vicinity": Vicinity,
    "escalate": IgnoredListing,
    "allocation_count": AllocationCount,
    "asn_score": AsnScore,
}


def escalation_of(operator: BlocklistOperator) -> NoEscalation:
    """Return how listings of an operator spread, by `widening` of the blocklist."""
    return _KINDS[operator.plan.widening](operator)
