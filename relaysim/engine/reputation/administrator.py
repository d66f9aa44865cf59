"""The administrator: detection of listings and blocks, repair of causes, requests for removal."""

from array import array
from collections.abc import Callable, Sequence

from relaysim.engine.context import Context
from relaysim.engine.kernel import EGRESS, STATE
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.listings import PARTIES, Listings, named
from relaysim.engine.reputation.mailbox_provider import Answer, Provider
from relaysim.engine.reputation.mailing_lists import MailingLists
from relaysim.mail.office_hours import office
from relaysim.trace.tables import Action
from relaysim.traffic.draw import Decision, draw32, looked_up


class Incident:
    """An IP or a domain that is listed or blocked.

    Attributes
    ----------
    detected : bool
        The administrator has noticed it.
    repaired : bool
        All repairs of the cause are done.
    ineligible : set of int
        Destinations where a request for mitigation was in vain.
    """

    __slots__ = ("detected", "ineligible", "repaired")

    def __init__(self) -> None:
        self.detected = self.repaired = False
        self.ineligible: set[int] = set()


class Administrator:
    """The process of the administrators.

    Monitoring, calls about NDRs, repairs, requests for removal.

    Draws have a key of their own and are counted by events of the administrator.

    Attributes
    ----------
    incidents : dict of int to Incident
        By index into `plan.egress`; after the IPs come the registered domains.
    events : int
        Draws so far.
    moved : bool
        The culprits have been moved to another IP.
    asks : bool
        The administrators request removal at all.

    Parameters
    ----------
    move_culprits : callable
        Called when the mail of the culprits moves to another IP.
    """

    def __init__(
        self,
        context: Context,
        key: int,
        listings: Listings,
        operators: Sequence[BlocklistOperator],
        providers: Sequence[Provider | None],
        mailing_lists: MailingLists,
        move_culprits: Callable[[], None],
    ) -> None:
        self.loop, self.record, _, self.scenario_plan = context
        self.key, self.plan = key, context.plan.operations
        self.listings, self.operators, self.providers = listings, operators, providers
        self.mailing_lists, self.move_culprits = mailing_lists, move_culprits
        self.events = 0
        self.incidents: dict[int, Incident] = {}
        self.moved = False
        repairs = self.plan.on_listing != "nothing"
        self.asks = self.plan.delisting == "at_once" or (
            repairs and self.plan.delisting == "after_repair"
        )
        if self.plan.reacts and self.plan.monitor_every:  # 0: no monitoring
            first = self.plan.monitor_every * self._bits(Decision.ADMIN_MONITOR) >> 32
            self._schedule(first, 0, self._monitor)

    def _bits(self, decision: Decision) -> int:
        self.events += 1
        return draw32(self.key, decision, self.events)

    def _drawn(self, table: "array[int]", decision: Decision) -> int:
        return looked_up(table, self._bits(decision))

    def _schedule(self, tick: int, egress: int, callback: Callable[[], None]) -> None:
        # 1 << 31: after all signals, operators and providers of the same time.
        event = self.loop.at(tick, STATE, EGRESS | egress, 1 << 31)
        event.callbacks.append(lambda _: callback())

    def _after_office_time(self, work: int) -> int:
        """Return when a span of office time from now on is over; microseconds."""
        offset = self.plan.offset
        return office(self.loop.tick + offset, work) - offset

    def _record_action(self, action: Action, egress: int, subject: int = -1) -> None:
        about = named(self.scenario_plan, egress) if egress >= 0 else (-1, -1)
        self.record.actions.flat.extend((action, *about, self.loop.tick, subject))

    # Noticing.

    def _monitor(self) -> None:
        plan = self.scenario_plan
        for egress in range(len(plan.egress) + len(plan.registered_domains)):
            incident = self.incidents.get(egress)
            if not self._has_listing_or_block(egress):
                if incident is not None and incident.detected and incident.repaired:
                    del self.incidents[egress]
                    self._resume()
            elif incident is None or not incident.detected:
                self._detect(egress)
            elif incident.repaired and self.asks:
                self._request_removal(egress)
        self._schedule(self.loop.tick + self.plan.monitor_every, 0, self._monitor)

    def _blocklists(self, egress: int) -> list[int]:
        """Return the blocklists that an IP is on, as any party, ascending."""
        return sorted(
            {
                blocklist
                for party in range(PARTIES)
                for blocklist in self.listings.of(egress * PARTIES + party)
            }
        )

    def _blocking_providers(self, egress: int) -> list[int]:
        """Return the destinations that block an IP, ascending."""
        return [
            number
            for number, provider in enumerate(self.providers)
            if provider is not None and provider.blocks(egress)
        ]

    def _has_listing_or_block(self, egress: int) -> bool:
        return bool(self._blocklists(egress) or self._blocking_providers(egress))

    def ndr(self, egress: int) -> None:
        """Note that innocent mail bounced for the reputation of an IP: its sender will call."""
        if not self.plan.reacts or egress in self.incidents:
            return
        incident = self.incidents[egress] = Incident()
        due = self._after_office_time(self._drawn(self.plan.ndr_time, Decision.ADMIN_NDR))

        def called() -> None:
            # Monitoring may have detected the incident meanwhile, or it may be over.
            if self.incidents.get(egress) is incident and not incident.detected:
                self._detect(egress)

        self._schedule(due, egress, called)

    # Reacting.

    def _detect(self, egress: int) -> None:
        incident = self.incidents.setdefault(egress, Incident())
        incident.detected = True
        self._record_action(Action.DETECTED, egress)
        policy = self.plan.on_listing
        if policy == "pause_culprit":
            self._pause_culprits(egress)
        if self.plan.delisting == "at_once":
            self._request_removal(egress)
        if policy == "nothing":
            incident.repaired = True
            return
        due = self._after_office_time(self._drawn(self.plan.repair_time, Decision.ADMIN_REPAIR))
        self._schedule(due, egress, lambda: self._repair(egress, incident))

    def _repair(self, egress: int, incident: Incident) -> None:
        incident.repaired = True
        self._record_action(Action.REPAIRED, egress)
        policy = self.plan.on_listing
        for number, stream in enumerate(self.scenario_plan.streams):
            if stream.compromised:
                # A compromised host is cut off for good, whatever the policy for newsletters.
                if self.mailing_lists.pause(number, self.loop.tick):
                    self._record_action(Action.PAUSED, egress, number)
            elif stream.culprit and policy == "clean_list":
                if self.mailing_lists.clean(number, self.plan.cleaning):
                    self._record_action(Action.CLEANED, egress, number)
            elif stream.culprit and policy == "move_culprit" and not self.moved:
                self._record_action(Action.MOVED, egress, number)
        if policy == "move_culprit":
            self.moved = True
            self.move_culprits()
        if self.asks:
            self._request_removal(egress)

    def _pause_culprits(self, egress: int) -> None:
        for number, stream in enumerate(self.scenario_plan.streams):
            if stream.culprit and self.mailing_lists.pause(number, self.loop.tick):
                self._record_action(Action.PAUSED, egress, number)

    def _resume(self) -> None:
        """Resume the paused streams when no incident is left; compromised hosts stay cut off."""
        if self.incidents:
            return
        for number, stream in enumerate(self.scenario_plan.streams):
            if number in self.mailing_lists.paused and not stream.compromised:
                self.mailing_lists.resume(number, self.loop.tick)
                self._record_action(Action.RESUMED, -1, number)

    def _request_removal(self, egress: int) -> None:
        """Request removal of an IP from every blocklist and provider that has a form for it."""
        repaired = self.incidents[egress].repaired and self.plan.on_listing != "nothing"
        for blocklist in self._blocklists(egress):
            operator = self.operators[blocklist]
            accepted = [
                operator.request(egress * PARTIES + party, repaired) for party in range(PARTIES)
            ]
            if any(accepted):
                self._record_action(Action.REQUESTED, egress, blocklist)
        for receiver in self._blocking_providers(egress):
            self._request_mitigation(egress, receiver)

    def _request_mitigation(self, egress: int, receiver: int) -> None:
        provider, incident = self.providers[receiver], self.incidents[egress]
        answer = Answer.NONE if provider is None else provider.request(egress)
        if answer is Answer.ACCEPTED:
            self._record_action(Action.REQUESTED, egress, -1 - receiver)
        elif answer is Answer.INELIGIBLE and receiver not in incident.ineligible:
            # Requests are repeated with the monitoring; the first one in vain is recorded.
            incident.ineligible.add(receiver)
            self._record_action(Action.INELIGIBLE, egress, -1 - receiver)
