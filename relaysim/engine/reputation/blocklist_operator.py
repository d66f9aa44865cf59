"""Blocklist operators: the evidence against an IP, the times of its listings, and their length."""

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from relaysim.engine.context import Context
from relaysim.engine.kernel import EGRESS, STATE, Event
from relaysim.engine.reputation.ip_history import IpHistory
from relaysim.engine.reputation.ip_volume import IpVolumes
from relaysim.engine.reputation.listings import OPERATOR, PARTIES, Listings
from relaysim.mail.listing_lifetime import FOR_EVER, lifetime
from relaysim.mail.listing_trigger import exceeds, is_scored, relist_threshold, score
from relaysim.plan.reputation_plan import BlocklistPlan
from relaysim.trace.tables import Cause
from relaysim.traffic.draw import Decision, draw32, looked_up
from relaysim.units import DAY, HOUR, MINUTE

_CULPRITS = 2
"""The party of the culprits, see `listings.PARTIES`."""


class Escalation(Protocol):
    """The escalation of the listings of an operator to neighbours, see `listing_escalation`.

    Operator and escalation refer to each other: the operator reports hits and listings of an IP,
    and the escalation decides which IPs are published.
    """

    published: dict[int, Cause]

    def hit(self, history: IpHistory) -> None:
        """Note a spam trap hit."""

    def listed(self, history: IpHistory, cause: Cause) -> None:
        """Note that an IP got on the blocklist."""

    def dropped(self, history: IpHistory) -> None:
        """Note that an IP got off the blocklist."""


class BlocklistOperator:
    """The operator of one blocklist.

    Draws have the operator's own key and are counted by its own events with each IP: what happens
    to one IP changes no draw for another. A listing is published and withdrawn at the next build of
    the list. It lasts from the last hit on, so an IP that keeps hitting stays listed.

    Attributes
    ----------
    usual : sequence of int
        By IP, without the party: innocent mail on each day before the run.
    histories : dict of int to IpHistory
        By IP.
    events : dict of int to int
        Draws so far, by IP; -1 counts those that are about no IP.
    handles : dict of int to int
        Published listings by IP, see `Listings.publish`.
    hidden : set of int
        Listed IPs that are in a spell off the list, see `alternation` of a blocklist.
    scripted : dict of int to list of callable
        By IP: what withdraws the scripted listings that a request may end.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        key: int,
        listings: Listings,
        volumes: IpVolumes,
        usual: Sequence[int],
        escalation: Callable[["BlocklistOperator"], Escalation],
    ) -> None:
        self.loop, _, _, self.scenario_plan = context
        self.number, self.key, self.listings = number, key, listings
        self.volumes, self.usual = volumes, usual
        self.plan: BlocklistPlan = context.plan.blocklists[number]
        self.window = self.plan.window or FOR_EVER  # 0: no window
        self.histories: dict[int, IpHistory] = {}
        self.events: dict[int, int] = {}
        self.handles: dict[int, int] = {}
        self.hidden: set[int] = set()
        self.scripted: dict[int, list[Callable[[], None]]] = {}
        self.escalation = escalation(self)

    def history(self, ip: int) -> IpHistory:
        """Return the history of an IP; a new one is empty."""
        history = self.histories.get(ip)
        if history is None:
            history = self.histories[ip] = IpHistory(ip)
        return history

    def drawn(self, table: "array[int]", decision: Decision, ip: int = -1) -> int:
        """Return the next value of a law for an IP; -1: about no IP in particular."""
        return looked_up(table, self._bits(decision, ip))

    def drawn_below(self, threshold: int, decision: Decision, ip: int) -> bool:
        """Return whether the next 32-bit draw for an IP is below a threshold."""
        return self._bits(decision, ip) < threshold

    def _bits(self, decision: Decision, ip: int) -> int:
        event = self.events[ip] = self.events.get(ip, 0) + 1
        return draw32(self.key, decision, event)

    def schedule(self, tick: int, ip: int, callback: Callable[[Event], None]) -> None:
        """Schedule a callback about an IP."""
        event = self.loop.at(tick, STATE, EGRESS | ip // PARTIES, OPERATOR | self.number)
        event.callbacks.append(callback)

    # What the operator sees.

    def trap_hit(self, ip: int, domain: int) -> None:
        """Note that mail reached a spam trap of the operator.

        Parameters
        ----------
        ip, domain : int
            The public IP and the registered domain of the sender; -1 for mail without a sender.
        """
        number = domain if self.plan.lists_domains else ip
        if number >= 0:
            self.hit(number)

    def hit(self, ip: int) -> None:
        """Note that mail of an IP reached a spam trap of the operator."""
        if self.plan.trigger in ("compromise", "none"):
            return
        history = self.history(ip)
        history.hits.append(self.loop.tick)
        self._judge(history)
        self.escalation.hit(history)

    def report(self, ip: int) -> None:
        """Note that a user reported mail of an IP."""
        history = self.history(ip)
        history.reports.append(self.loop.tick)
        self._judge(history)

    def _judge(self, history: IpHistory) -> None:
        """Decide whether an IP is listed, after a hit or a report."""
        now = self.loop.tick
        for times in (history.hits, history.reports):
            while times and times[0] < now - self.window:
                times.popleft()
        # Hits that the mail of the IP explains neither list it nor prolong a listing.
        if self.plan.tolerated_rate and not self._exceeds_tolerance(history):
            return
        history.last = now
        if history.listed:
            return
        if self.plan.trigger == "hazard":
            self._watch(history)
        elif not history.watched and (history.removed or self._triggered(history)):
            if self.plan.listing_time is None:
                self.list(history, Cause.TRIGGER)
            else:
                self._list_later(history, self.plan.listing_time)

    def _list_later(self, history: IpHistory, times: "array[int]") -> None:
        """Schedule the listing of an IP whose hits meet the trigger."""
        history.watched = True
        due = self.loop.tick + self.drawn(times, Decision.LIST_TIME, history.ip)

        def listed(_: Event) -> None:
            history.watched = False
            if not history.listed:  # else a listing of a neighbour has listed it meanwhile
                history.last = self.loop.tick
                self.list(history, Cause.TRIGGER)

        self.schedule(due, history.ip, listed)

    def _exceeds_tolerance(self, history: IpHistory) -> bool:
        plan, now = self.plan, self.loop.tick
        egress, party = divmod(history.ip, PARTIES)
        before = 0 if party == _CULPRITS else max(0, plan.window - now)
        return exceeds(
            len(history.hits),
            self.volumes.within(history.ip, now, self.window),
            self.usual[egress] * before // DAY,
            plan.tolerated_rate,
            plan.tolerated_deviations,
        )

    def _triggered(self, history: IpHistory) -> bool:
        plan, now = self.plan, self.loop.tick
        if plan.trigger == "count":
            threshold = plan.threshold // 1000  # thousandths, as for a score
            if self._count_in_memory(history.listings) > 0:
                threshold = relist_threshold(threshold, plan.relist_factor)
            return len(history.hits) >= threshold
        return is_scored(
            score([now - time for time in history.reports], [now - time for time in history.hits]),
            len(history.reports) + len(history.hits),
            self.volumes.within(history.ip, now, self.window),
            plan.threshold,
            plan.threshold_ratio,
            plan.visibility,
        )

    def _count_in_memory(self, times: deque[int]) -> int:
        while times and times[0] < self.loop.tick - self.plan.memory:
            times.popleft()
        return len(times)

    def _watch(self, history: IpHistory) -> None:
        """Schedule the hourly look of a human operator, as long as there are hits."""
        if history.watched or self.plan.hazard is None:
            return
        if history.limit < 0:
            history.limit = self.drawn(self.plan.hazard, Decision.LIST_HAZARD, history.ip)
        history.watched = True
        self.schedule(self.loop.tick + HOUR, history.ip, lambda _: self._look(history))

    def _look(self, history: IpHistory) -> None:
        history.watched = False
        while history.hits and history.hits[0] < self.loop.tick - self.window:
            history.hits.popleft()
        if history.listed or not history.hits:
            return
        history.looked += len(history.hits) * HOUR
        if history.looked >= history.limit:
            history.looked, history.limit = 0, -1
            self.list(history, Cause.TRIGGER)
        else:
            self._watch(history)

    def compromised(self, ip: int) -> None:
        """Note a message of a compromised host, which the operator detects after some time."""
        table = self.plan.compromise_time if self.plan.trigger == "compromise" else None
        if table is None:
            return
        history = self.history(ip)
        history.last = self.loop.tick
        if history.listed or history.watched:
            return
        if history.removed:
            self.list(history, Cause.TRIGGER)
            return
        history.watched = True
        detected = self.loop.tick + self.drawn(table, Decision.LIST_COMPROMISE, ip)
        self.schedule(detected, ip, lambda _: self._detect(history))

    def _detect(self, history: IpHistory) -> None:
        """List a compromised host if it sent mail within the last hour (assumption)."""
        history.watched = False
        if not history.listed and self.loop.tick - history.last <= HOUR:
            history.last = self.loop.tick
            self.list(history, Cause.TRIGGER)

    # What the operator does.

    def list(self, history: IpHistory, cause: Cause) -> None:
        """Put an IP on the blocklist."""
        history.listings.append(self.loop.tick)
        history.listings_in_memory = self._count_in_memory(history.listings)
        history.listed, history.removed = True, False
        self.escalation.listed(history, cause)
        if self.plan.alternation is not None:
            self._alternate(history, self.plan.alternation)
        if self.plan.lifetime:  # 0: until removal on request
            self._drop_or_reschedule(history)

    def _alternate(self, history: IpHistory, spells: "array[int]") -> None:
        """Schedule the end of a spell of a listed IP on or off the list, of a minute or more."""
        period = history.period
        spell = max(MINUTE, self.drawn(spells, Decision.LIST_ALTERNATION, history.ip))

        def switch(_: Event) -> None:
            if history.period == period:  # else the listing has ended meanwhile
                self.hidden ^= {history.ip}
                self.build(history.ip)
                self._alternate(history, spells)

        self.schedule(self.loop.tick + spell, history.ip, switch)

    def _lifetime(self, history: IpHistory) -> int:
        plan = self.plan
        if plan.short_lifetime and len(history.reports) + len(history.hits) == 2:
            return plan.short_lifetime
        longest = plan.max_lifetime or None
        return lifetime(plan.lifetime, plan.growth, longest, history.listings_in_memory)

    def _drop_or_reschedule(self, history: IpHistory) -> None:
        """Take an IP off if its listing is over; else look again when it will be.

        A hit in the meantime prolongs the listing, and a removal makes the scheduled event void.
        """
        due, period = history.last + self._lifetime(history), history.period
        if due <= self.loop.tick:
            self.drop(history)
            return

        def look_again(_: Event) -> None:
            if history.period == period:
                self._drop_or_reschedule(history)

        self.schedule(due, history.ip, look_again)

    def drop(self, history: IpHistory) -> None:
        """Take an IP off the blocklist."""
        history.listed = history.asked = False
        history.period += 1
        self.hidden.discard(history.ip)
        self.escalation.dropped(history)

    def request(self, ip: int, repaired: bool) -> bool:
        """Request the removal of an IP.

        Parameters
        ----------
        ip : int
            The IP.
        repaired : bool
            Whether the cause has been removed. A human operator refuses a request before that.

        Returns
        -------
        bool
            Whether the operator will act on the request.
        """
        plan = self.plan
        listed = ip in self.scripted or (ip in self.histories and self.histories[ip].listed)
        if plan.delisting_time is None or not listed:
            return False
        history = self.history(ip)
        if history.asked:
            return False
        if plan.trigger == "hazard" and not repaired:
            return False
        # max_requests below 0: no limit
        if 0 <= plan.max_requests <= self._count_in_memory(history.requests):
            return False
        history.requests.append(self.loop.tick)
        history.asked = True
        period = history.period
        done = self.loop.tick + self.drawn(plan.delisting_time, Decision.LIST_REQUEST, ip)

        def remove(_: Event) -> None:
            if history.period == period:  # else the listing ended by itself
                self._remove_on_request(history)

        self.schedule(done, ip, remove)
        return True

    def _remove_on_request(self, history: IpHistory) -> None:
        if history.listed:
            self.drop(history)
        history.asked, history.removed = False, True
        withdrawals = self.scripted.pop(history.ip, [])
        if withdrawals:

            def withdraw(_: Event) -> None:
                for withdrawal in withdrawals:
                    withdrawal()

            self.schedule(self._next_build(), history.ip, withdraw)

    def forget_request(self, ip: int) -> None:
        """Cancel a request for an IP whose last scripted listing ended by itself."""
        history = self.history(ip)
        if not history.listed:
            history.asked = False
            history.period += 1

    def _next_build(self) -> int:
        interval, now = self.plan.build_interval, self.loop.tick
        return -(-now // interval) * interval if interval else now  # 0: built at once

    def build(self, ip: int) -> None:
        """Publish or withdraw an IP at the next build, by the state of that time."""
        self.schedule(self._next_build(), ip, lambda _: self._build(ip))

    def _build(self, ip: int) -> None:
        cause = None if ip in self.hidden else self.escalation.published.get(ip)
        if cause is None and ip in self.handles:
            self.listings.withdraw(self.handles.pop(ip))
        elif cause is not None and ip not in self.handles:
            self.handles[ip] = self.listings.publish(ip, self.number, cause)
