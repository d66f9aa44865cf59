"""The administrator: how a listing is noticed, and what is done about it."""

from typing import TYPE_CHECKING

from relaysim.engine.kernel import EGRESS, STATE
from relaysim.engine.reputation.listings import PARTIES
from relaysim.mail.office_hours import office
from relaysim.trace.tables import Action
from relaysim.traffic.draw import Decision, draw32, looked_up

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from relaysim.engine.world import World


class Incident:
    """An IP in trouble. `repaired`: all is done that will be done about the cause."""

    __slots__ = ("detected", "repaired")

    def __init__(self) -> None:
        self.detected = self.repaired = False


class Administrator:
    """Looks at the lists every so often, hears of NDRs to innocent mail, repairs, and asks.

    Chance is drawn by the administrator's own key, counted by own events.
    """

    def __init__(self, world: "World", key: int) -> None:
        self.world, self.key = world, key
        self.clock, self.plan = world.clock, world.plan.operations
        self.events = 0
        self.incidents: dict[int, Incident] = {}
        self.moved = False
        repairs = self.plan.on_listing != "nothing"
        self.asks = self.plan.delisting == "at_once" or (
            repairs and self.plan.delisting == "after_repair"
        )
        if self.plan.reacts and self.plan.monitor_every:
            first = self.plan.monitor_every * self._bits(Decision.ADMIN_MONITOR) >> 32
            self._at(first, 0, self._monitor)

    def _bits(self, decision: Decision) -> int:
        self.events += 1
        return draw32(self.key, decision, self.events)

    def _drawn(self, table: "array[int]", decision: Decision) -> int:
        return looked_up(table, self._bits(decision))

    def _at(self, tick: int, egress: int, then: "Callable[[], None]") -> None:
        moment = self.clock.at(tick, STATE, EGRESS | egress, 1 << 31)
        moment.callbacks.append(lambda _: then())

    def _office(self, work: int) -> int:
        """When so much office time from now on is over."""
        offset = self.plan.offset
        return office(self.clock.tick + offset, work) - offset

    def _did(self, action: Action, egress: int, subject: int = -1) -> None:
        self.world.record.actions.flat.extend((action, egress, self.clock.tick, subject))

    # Noticing.

    def _monitor(self) -> None:
        for egress in range(len(self.world.plan.egress)):
            incident = self.incidents.get(egress)
            if not self._in_trouble(egress):
                if incident is not None and incident.detected and incident.repaired:
                    del self.incidents[egress]
                    self._resume()
            elif incident is None or not incident.detected:
                self._detect(egress)
            elif incident.repaired and self.asks:
                self._ask(egress)
        self._at(self.clock.tick + self.plan.monitor_every, 0, self._monitor)

    def _lists(self, egress: int) -> list[int]:
        listings = self.world.listings
        found = {n for party in range(PARTIES) for n in listings.of(egress * PARTIES + party)}
        return sorted(found)

    def _blocks(self, egress: int) -> list[int]:
        providers = self.world.internet.providers
        return [n for n, each in enumerate(providers) if each is not None and each.blocks(egress)]

    def _in_trouble(self, egress: int) -> bool:
        return bool(self._lists(egress) or self._blocks(egress))

    def bounced(self, egress: int) -> None:
        """Innocent mail was refused for the reputation of an IP: its sender will call."""
        if not self.plan.reacts or egress in self.incidents:
            return
        incident = self.incidents[egress] = Incident()
        due = self._office(self._drawn(self.plan.ndr_time, Decision.ADMIN_NDR))

        def called() -> None:
            if self.incidents.get(egress) is incident and not incident.detected:
                self._detect(egress)

        self._at(due, egress, called)

    # Reacting.

    def _detect(self, egress: int) -> None:
        incident = self.incidents.setdefault(egress, Incident())
        incident.detected = True
        self._did(Action.DETECTED, egress)
        policy = self.plan.on_listing
        if policy == "pause_culprit":
            self._pause(egress)
        if self.plan.delisting == "at_once":
            self._ask(egress)
        if policy == "nothing":
            incident.repaired = True
            return
        due = self._office(self._drawn(self.plan.repair_time, Decision.ADMIN_REPAIR))
        self._at(due, egress, lambda: self._repair(egress, incident))

    def _repair(self, egress: int, incident: Incident) -> None:
        incident.repaired = True
        self._did(Action.REPAIRED, egress)
        mailing, policy = self.world.mailing, self.plan.on_listing
        for number, stream in enumerate(self.world.plan.streams):
            if stream.compromised:
                # A hijacked machine is cut off for good, whatever the policy for newsletters.
                if mailing.pause(number, self.clock.tick):
                    self._did(Action.PAUSED, egress, number)
            elif stream.culprit and policy == "clean_list":
                if mailing.clean(number, self.plan.cleaning):
                    self._did(Action.CLEANED, egress, number)
            elif stream.culprit and policy == "move_culprit" and not self.moved:
                self._did(Action.MOVED, egress, number)
        self.moved = self.moved or policy == "move_culprit"
        if self.asks:
            self._ask(egress)

    def _pause(self, egress: int) -> None:
        for number, stream in enumerate(self.world.plan.streams):
            if stream.culprit and self.world.mailing.pause(number, self.clock.tick):
                self._did(Action.PAUSED, egress, number)

    def _resume(self) -> None:
        """All is well again: who was paused goes on, unless it was cut off."""
        if self.incidents:
            return
        for number, stream in enumerate(self.world.plan.streams):
            if number in self.world.mailing.paused and not stream.compromised:
                self.world.mailing.resume(number, self.clock.tick)
                self._did(Action.RESUMED, -1, number)

    def _ask(self, egress: int) -> None:
        """Request to be taken off every list that has such a form."""
        repaired = self.incidents[egress].repaired and self.plan.on_listing != "nothing"
        for blocklist in self._lists(egress):
            operator = self.world.blocklists[blocklist]
            asked = [
                operator.request(egress * PARTIES + party, repaired) for party in range(PARTIES)
            ]
            if any(asked):
                self._did(Action.REQUESTED, egress, blocklist)
        for receiver in self._blocks(egress):
            provider = self.world.internet.providers[receiver]
            if provider is not None and provider.request(egress):
                self._did(Action.REQUESTED, egress, -1 - receiver)
