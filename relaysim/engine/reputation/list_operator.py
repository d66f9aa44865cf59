"""Blocklist operators: what they see of an IP, when they list it, and for how long."""

from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.kernel import EGRESS, STATE, Moment
from relaysim.engine.reputation.listings import OPERATOR, PARTIES
from relaysim.engine.reputation.neighbours import Widening, widening
from relaysim.engine.reputation.scripted_listings import ScriptedListing
from relaysim.engine.world import World
from relaysim.mail.listing_lifetime import FOR_EVER, lifetime
from relaysim.mail.listing_trigger import is_scored, relist_threshold, score
from relaysim.plan.reputation_plan import BlocklistPlan
from relaysim.trace.tables import Cause
from relaysim.traffic.draw import Decision, draw32, looked_up

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

HOUR = 3_600_000_000


class Book:
    """What an operator has written down about an IP.

    `hits` and `reports` are times within the window, `listings` within the operator's memory, and
    `requests` too. `turn` counts the listings that are over, so that what was scheduled for one of
    them can tell, `nth` which one within memory the last one was. `looked` and `limit` are hits x
    microseconds that a human operator has looked at, and after how many he lists. `removed`: off
    the list on request, so the next hit relists; `asked`: a request is under way.
    """

    __slots__ = (
        "asked",
        "hits",
        "last",
        "limit",
        "listed",
        "listings",
        "looked",
        "nth",
        "removed",
        "reports",
        "requests",
        "turn",
        "watched",
        "who",
    )

    def __init__(self, who: int) -> None:
        self.who = who
        self.hits: deque[int] = deque()
        self.reports: deque[int] = deque()
        self.listings: deque[int] = deque()
        self.requests: deque[int] = deque()
        self.listed = self.removed = self.watched = self.asked = False
        self.last = self.turn = self.nth = self.looked = 0
        self.limit = -1


class Blocklist:
    """One list.

    Chance is drawn by the operator's own key, counted by its own events with each IP: what one does
    changes nothing for another. A listing is published and withdrawn at the next time that the list
    is built; it lasts from the last hit on, so that who goes on hitting stays listed. `scripted`
    are, by IP, the scripted listings that a request may end.
    """

    def __init__(self, world: World, number: int, key: int) -> None:
        self.world, self.number, self.key = world, number, key
        self.clock = world.clock
        self.plan: BlocklistPlan = world.plan.blocklists[number]
        self.window = self.plan.window or FOR_EVER
        self.books: dict[int, Book] = {}
        self.events: dict[int, int] = {}
        self.published: dict[int, int] = {}
        self.scripted: dict[int, list[ScriptedListing]] = {}
        self.widening: Widening = widening(self)

    def book(self, who: int) -> Book:
        """The book of an IP."""
        found = self.books.get(who)
        if found is None:
            found = self.books[who] = Book(who)
        return found

    def drawn(self, table: "array[int]", decision: Decision, who: int = -1) -> int:
        """The next number of a law, for an IP or for nobody in particular."""
        return looked_up(table, self._bits(decision, who))

    def happens(self, threshold: int, decision: Decision, who: int) -> bool:
        """Whether something of a probability happens for an IP."""
        return self._bits(decision, who) < threshold

    def _bits(self, decision: Decision, who: int) -> int:
        event = self.events[who] = self.events.get(who, 0) + 1
        return draw32(self.key, decision, event)

    def later(self, tick: int, who: int, then: "Callable[[Moment], None]") -> None:
        """Schedule something about an IP."""
        moment = self.clock.at(tick, STATE, EGRESS | who // PARTIES, OPERATOR | self.number)
        moment.callbacks.append(then)

    # What it sees.

    def hit(self, who: int) -> None:
        """Mail of an IP reached one of the operator's spam traps."""
        if self.plan.trigger in ("compromise", "none"):
            return
        book = self.book(who)
        book.hits.append(self.clock.tick)
        self._seen(book)
        self.widening.hit(book)

    def report(self, who: int) -> None:
        """A user reported mail of an IP."""
        book = self.book(who)
        book.reports.append(self.clock.tick)
        self._seen(book)

    def _seen(self, book: Book) -> None:
        now = book.last = self.clock.tick
        for times in (book.hits, book.reports):
            while times and times[0] < now - self.window:
                times.popleft()
        if book.listed:
            return
        if self.plan.trigger == "hazard":
            self._watch(book)
        elif book.removed or self._triggered(book):
            self.list(book, Cause.TRIGGER)

    def _triggered(self, book: Book) -> bool:
        plan, now = self.plan, self.clock.tick
        if plan.trigger == "count":
            known = self._remembered(book.listings) > 0
            threshold = plan.threshold // 1000  # thousandths, as a score has them
            if known:
                threshold = relist_threshold(threshold, plan.relist_factor)
            return len(book.hits) >= threshold
        return is_scored(
            score([now - at for at in book.reports], [now - at for at in book.hits]),
            len(book.reports) + len(book.hits),
            self.world.volumes.within(book.who, now, self.window),
            plan.threshold,
            plan.threshold_ratio,
            plan.visibility,
        )

    def _remembered(self, times: deque[int]) -> int:
        while times and times[0] < self.clock.tick - self.plan.memory:
            times.popleft()
        return len(times)

    def _watch(self, book: Book) -> None:
        """A human operator looks on, hour by hour, as long as there are hits."""
        if book.watched or self.plan.hazard is None:
            return
        if book.limit < 0:
            book.limit = self.drawn(self.plan.hazard, Decision.LIST_HAZARD, book.who)
        book.watched = True
        self.later(self.clock.tick + HOUR, book.who, lambda _: self._looks(book))

    def _looks(self, book: Book) -> None:
        book.watched = False
        while book.hits and book.hits[0] < self.clock.tick - self.window:
            book.hits.popleft()
        if book.listed or not book.hits:
            return
        book.looked += len(book.hits) * HOUR
        if book.looked >= book.limit:
            book.looked, book.limit = 0, -1
            self.list(book, Cause.TRIGGER)
        else:
            self._watch(book)

    def compromised(self, who: int) -> None:
        """A hijacked host sent mail by an IP: found out after a while, and seen from then on."""
        table = self.plan.compromise_time if self.plan.trigger == "compromise" else None
        if table is None:
            return
        book = self.book(who)
        book.last = self.clock.tick
        if book.listed or book.watched:
            return
        if book.removed:
            self.list(book, Cause.TRIGGER)
            return
        book.watched = True
        found = self.clock.tick + self.drawn(table, Decision.LIST_COMPROMISE, who)
        self.later(found, who, lambda _: self._found(book))

    def _found(self, book: Book) -> None:
        """Found out, if it is still at it: it sent something within the last hour (assumption)."""
        book.watched = False
        if not book.listed and self.clock.tick - book.last <= HOUR:
            book.last = self.clock.tick
            self.list(book, Cause.TRIGGER)

    # What it does.

    def list(self, book: Book, cause: Cause) -> None:
        """Put an IP on the list."""
        book.listings.append(self.clock.tick)
        book.nth = self._remembered(book.listings)
        book.listed, book.removed = True, False
        self.widening.listed(book, cause)
        if self.plan.lifetime:
            self._expire(book)

    def _life(self, book: Book) -> int:
        plan = self.plan
        if plan.short_lifetime and len(book.reports) + len(book.hits) == 2:
            return plan.short_lifetime
        most = plan.max_lifetime or None
        return lifetime(plan.lifetime, plan.growth, most, book.nth)

    def _expire(self, book: Book) -> None:
        """Take an IP off if its time is over, or look again when it will be."""
        due, turn = book.last + self._life(book), book.turn
        if due <= self.clock.tick:
            self.drop(book)
        else:
            self.later(due, book.who, lambda _: self._expire(book) if book.turn == turn else None)

    def drop(self, book: Book) -> None:
        """Take an IP off the list."""
        book.listed = book.asked = False
        book.turn += 1
        self.widening.dropped(book)

    def request(self, who: int, repaired: bool) -> bool:
        """The administrator asks to be taken off; False if the operator does not listen.

        A human operator wants the cause gone.
        """
        plan = self.plan
        listed = who in self.scripted or (who in self.books and self.books[who].listed)
        if plan.delisting_time is None or not listed:
            return False
        book = self.book(who)
        if book.asked:
            return False
        if plan.trigger == "hazard" and not repaired:
            return False
        if 0 <= plan.max_requests <= self._remembered(book.requests):
            return False
        book.requests.append(self.clock.tick)
        book.asked = True
        turn = book.turn
        done = self.clock.tick + self.drawn(plan.delisting_time, Decision.LIST_REQUEST, who)
        self.later(done, who, lambda _: self._granted(book) if book.turn == turn else None)
        return True

    def _granted(self, book: Book) -> None:
        if book.listed:
            self.drop(book)
        book.asked, book.removed = False, True
        scripted = self.scripted.pop(book.who, [])
        if scripted:
            self.later(self._next_build(), book.who, lambda _: _withdraw(scripted))

    def forget_request(self, who: int) -> None:
        """The last scripted listing of an IP ended by itself: a request for it is of no use now."""
        book = self.book(who)
        if not book.listed:
            book.asked = False
            book.turn += 1

    def _next_build(self) -> int:
        every, now = self.plan.build_interval, self.clock.tick
        return -(-now // every) * every if every else now

    def build(self, who: int) -> None:
        """Publish or withdraw an IP at the next build, by what is to be shown then."""
        self.later(self._next_build(), who, lambda _: self._built(who))

    def _built(self, who: int) -> None:
        cause = self.widening.shown.get(who)
        if cause is None and who in self.published:
            self.world.listings.withdraw(self.published.pop(who))
        elif cause is not None and who not in self.published:
            self.published[who] = self.world.listings.publish(who, self.number, cause)


def _withdraw(listings: "list[ScriptedListing]") -> None:
    for listing in listings:
        listing.withdraw()
