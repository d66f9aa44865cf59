"""Widening: how a listing spreads to IPs that did nothing.

A list without widening shows who is listed. With `vicinity` and `escalate` others join them; with
`allocation_count` and `asn_score` what is listed is a whole allocation, by the number of listed IPs
in it, or a whole ASN, by its hits, foreign neighbours included.
"""

from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.kernel import EGRESS, STATE
from relaysim.engine.reputation.listings import OPERATOR, PARTIES
from relaysim.mail.escalation import allocation_threshold, asn_is_listed
from relaysim.plan.reputation_plan import EgressPlan
from relaysim.trace.tables import Cause
from relaysim.traffic.draw import Decision

if TYPE_CHECKING:
    from relaysim.engine.reputation.list_operator import Blocklist, Book


class Widening:
    """None: a listed IP is shown, and nobody else.

    `shown` are the IPs that the next build has, each with its cause.
    """

    def __init__(self, blocklist: "Blocklist") -> None:
        self.blocklist = blocklist
        self.egress: tuple[EgressPlan, ...] = blocklist.world.plan.egress
        self.shown: dict[int, Cause] = {}

    def hit(self, book: "Book") -> None:
        """A trap of the operator was hit."""

    def listed(self, book: "Book", cause: Cause) -> None:
        """An IP has got on the list."""
        self.show(book.who, cause)

    def dropped(self, book: "Book") -> None:
        """An IP has got off the list."""
        self.hide(book.who)

    def show(self, who: int, cause: Cause) -> None:
        """Publish an IP, once."""
        if who not in self.shown:
            self.shown[who] = cause
            self.blocklist.build(who)

    def hide(self, who: int) -> None:
        """Withdraw an IP."""
        if self.shown.pop(who, None) is not None:
            self.blocklist.build(who)

    def others(self, who: int, bits: int) -> list[int]:
        """The other IPs of the organization that share the first `bits` with this one."""
        egress, party = divmod(who, PARTIES)
        mine = self.egress[egress]
        if bits > mine.bits:
            return []
        return [
            number * PARTIES + party
            for number, other in enumerate(self.egress)
            if number != egress
            and other.bits == mine.bits
            and other.address >> (other.bits - bits) == mine.address >> (mine.bits - bits)
        ]

    def allocated(self, who: int) -> list[int]:
        """The IPs of the organization in the same allocation, this one included."""
        egress, party = divmod(who, PARTIES)
        return [
            number * PARTIES + party
            for number, other in enumerate(self.egress)
            if number == egress or other.allocation == self.egress[egress].allocation
        ]


class Vicinity(Widening):
    """Who is listed again and again takes some of the IPs next to it along."""

    def listed(self, book: "Book", cause: Cause) -> None:
        """At the m-th listing each neighbour is listed with some probability."""
        super().listed(book, cause)
        plan = self.blocklist.plan
        if cause is not Cause.TRIGGER or book.nth < plan.vicinity_listings:
            return
        for who in self.others(book.who, plan.vicinity_prefix):
            other = self.blocklist.book(who)
            joins = self.blocklist.happens(
                plan.vicinity_probability, Decision.LIST_VICINITY, book.who
            )
            if joins and not other.listed:
                other.last = self.blocklist.clock.tick
                self.blocklist.list(other, Cause.WIDENING)


class Escalation(Widening):
    """A listing that is ignored spreads to the allocation, until it ends."""

    def __init__(self, blocklist: "Blocklist") -> None:
        super().__init__(blocklist)
        self.ignored: set[int] = set()

    def listed(self, book: "Book", cause: Cause) -> None:
        """The clock of the operator's patience starts."""
        super().listed(book, cause)
        blocklist, turn = self.blocklist, book.turn
        plan = blocklist.plan
        if plan.escalate_time is None:
            return
        patience = plan.escalate_after + blocklist.drawn(
            plan.escalate_time, Decision.LIST_ESCALATE, book.who
        )
        blocklist.later(
            blocklist.clock.tick + patience,
            book.who,
            lambda _: self._escalate(book) if book.turn == turn else None,
        )

    def _escalate(self, book: "Book") -> None:
        self.ignored.add(book.who)
        for who in self.allocated(book.who):
            self.show(who, Cause.WIDENING)

    def dropped(self, book: "Book") -> None:
        """Who is not listed for itself goes free, unless another listing took the allocation."""
        self.ignored.discard(book.who)
        for who in self.allocated(book.who):
            taken = not self.ignored.isdisjoint(self.allocated(who))
            if not taken and not self.blocklist.book(who).listed:
                self.hide(who)


class Allocation(Widening):
    """The whole allocation is listed while enough IPs of it are.

    `foreign` has when the listings of the neighbours end who belong to others, by allocation. A
    block smaller than a /26, or of IPv6, is taken to be the organization's alone (assumption).
    """

    def __init__(self, blocklist: "Blocklist") -> None:
        super().__init__(blocklist)
        self.foreign: dict[tuple[int, int], deque[int]] = {}
        for number, egress in enumerate(self.egress):
            bits = egress.bits - egress.allocation[1]
            if egress.allocation not in self.foreign:
                self.foreign[egress.allocation] = deque()
                if egress.bits == 32 and bits > 6:
                    own = sum(each.allocation == egress.allocation for each in self.egress)
                    self._wait(number, (1 << bits) - own)

    def _wait(self, egress: int, addresses: int) -> None:
        """For the next neighbour to be listed."""
        blocklist = self.blocklist
        table = blocklist.plan.neighbour_time
        if table is None:
            return
        gap = max(1, blocklist.drawn(table, Decision.LIST_NEIGHBOUR) * 256 // addresses)
        moment = blocklist.clock.at(
            blocklist.clock.tick + gap, STATE, EGRESS | egress, OPERATOR | blocklist.number
        )

        def listed(_: object) -> None:
            now = blocklist.clock.tick
            self.foreign[self.egress[egress].allocation].append(now + blocklist.plan.lifetime)
            self._recount_all(egress)
            blocklist.later(
                now + blocklist.plan.lifetime,
                egress * PARTIES,
                lambda _: self._recount_all(egress),
            )
            self._wait(egress, addresses)

        moment.callbacks.append(listed)

    def _recount_all(self, egress: int) -> None:
        for party in self.blocklist.world.plan.parties:
            self._recount(egress * PARTIES + party)

    def listed(self, book: "Book", cause: Cause) -> None:
        """One more IP of the allocation is listed."""
        self._recount(book.who)

    def dropped(self, book: "Book") -> None:
        """One less."""
        self._recount(book.who)

    def _recount(self, who: int) -> None:
        blocklist = self.blocklist
        allocation = self.egress[who // PARTIES].allocation
        members = self.allocated(who)
        foreign = self.foreign[allocation]
        while foreign and foreign[0] <= blocklist.clock.tick:
            foreign.popleft()
        own = [each for each in members if blocklist.book(each).listed]
        bits = self.egress[who // PARTIES].bits
        # The published table is about IPv4; an IPv6 block counts by what is left of 32 bits.
        prefix = max(0, allocation[1] - (bits - 32))
        if len(own) + len(foreign) >= allocation_threshold(prefix):
            for each in members:
                self.show(each, Cause.TRIGGER if each in own else Cause.WIDENING)
        else:
            for each in members:
                self.hide(each)


class Asn(Widening):
    """The whole ASN is listed by its score: hits within the window, those of strangers included."""

    def __init__(self, blocklist: "Blocklist") -> None:
        super().__init__(blocklist)
        self.impacts: dict[tuple[int, int], deque[int]] = {}
        for asn in sorted({egress.asn for egress in self.egress if egress.asn}):
            for party in blocklist.world.plan.parties:
                self.impacts[asn, party] = deque()
            self._wait(asn)

    def _wait(self, asn: int) -> None:
        blocklist = self.blocklist
        table, addresses = blocklist.plan.neighbour_time, blocklist.plan.asn_addresses
        if table is None:
            return
        gap = max(1, blocklist.drawn(table, Decision.LIST_NEIGHBOUR) * 256 // addresses)
        moment = blocklist.clock.at(
            blocklist.clock.tick + gap, STATE, EGRESS, OPERATOR | blocklist.number
        )

        def happens(_: object) -> None:
            for party in blocklist.world.plan.parties:
                self._impact(asn, party)
            self._wait(asn)

        moment.callbacks.append(happens)

    def hit(self, book: "Book") -> None:
        """An impact on the ASN."""
        egress, party = divmod(book.who, PARTIES)
        if self.egress[egress].asn:
            self._impact(self.egress[egress].asn, party)

    def _impact(self, asn: int, party: int) -> None:
        blocklist = self.blocklist
        self.impacts[asn, party].append(blocklist.clock.tick)
        self._rescore(asn, party)
        gone = blocklist.clock.tick + blocklist.window + 1
        moment = blocklist.clock.at(gone, STATE, EGRESS, OPERATOR | blocklist.number)
        moment.callbacks.append(lambda _: self._rescore(asn, party))

    def _rescore(self, asn: int, party: int) -> None:
        blocklist, impacts = self.blocklist, self.impacts[asn, party]
        while impacts and impacts[0] < blocklist.clock.tick - blocklist.window:
            impacts.popleft()
        listed = asn_is_listed(len(impacts), blocklist.plan.asn_addresses)
        for number, egress in enumerate(self.egress):
            if egress.asn == asn:
                who = number * PARTIES + party
                if listed:
                    own = blocklist.book(who).hits
                    self.show(who, Cause.TRIGGER if own else Cause.WIDENING)
                else:
                    self.hide(who)

    def listed(self, book: "Book", cause: Cause) -> None:
        """What an IP did by itself shows in the score alone."""

    def dropped(self, book: "Book") -> None:
        """The same."""


_KINDS: dict[str, type[Widening]] = {
    "none": Widening,
    "vicinity": Vicinity,
    "escalate": Escalation,
    "allocation_count": Allocation,
    "asn_score": Asn,
}


def widening(blocklist: "Blocklist") -> Widening:
    """How a list widens."""
    return _KINDS[blocklist.plan.widening](blocklist)
