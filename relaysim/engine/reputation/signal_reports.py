"""Signals: what becomes known of a recipient after it was delivered, when, and to whom."""

from typing import TYPE_CHECKING

from relaysim.engine.kernel import EGRESS, STATE
from relaysim.engine.reputation.listings import PARTIES
from relaysim.mail.office_hours import waking
from relaysim.trace.tables import Seen
from relaysim.traffic.draw import Decision, draw32, looked_up
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

if TYPE_CHECKING:
    from collections.abc import Callable

    from relaysim.engine.world import World

_TRAP, _PROVIDER_TRAP = int(Signal.TRAP), int(Signal.PROVIDER_TRAP)
_COMPLAINS, _JUNKED = int(Signal.COMPLAINS), int(Signal.COMPLAINS_JUNKED)
_REPORTS = int(Signal.REPORTS)
_LONGEST = 14 * 86_400_000_000
"""No complaint comes later than two weeks after the mail (assumption)."""


class Signals:
    """Where the signals of delivered recipients go."""

    def __init__(self, world: "World", draws: Draws) -> None:
        self.world, self.clock, self.record = world, world.clock, world.record
        self.operators: dict[int, list[int]] = {}
        for recipient, operator in zip(
            draws.trap_recipient.tolist(), draws.trap_operator.tolist(), strict=True
        ):
            self.operators.setdefault(recipient, []).append(operator)
        self.reporting = [
            number
            for number, plan in enumerate(world.plan.blocklists)
            if plan.trigger == "scored_ratio"
        ]

    def follow(self, recipient: int, egress: int, receiver: int, junked: bool) -> None:
        """A recipient with signals has been delivered, or junked."""
        flags, now = self.record.signal[recipient], self.clock.tick
        if flags & _TRAP:
            for operator in self.operators[recipient]:
                self._trap(recipient, egress, operator)
        elif flags & _PROVIDER_TRAP:
            bits = self._draw(recipient, Decision.TRAP_DELAY)
            delay = looked_up(self.world.plan.feedback_delay, bits)
            self._later(
                now + delay, recipient, egress, lambda: self._own_trap(recipient, egress, receiver)
            )
        elif flags & (_JUNKED if junked else _COMPLAINS):
            self._complains(recipient, egress, receiver, flags)

    def _draw(self, recipient: int, decision: Decision) -> int:
        return draw32(self.record.key[recipient], decision, 0)

    def _later(self, tick: int, recipient: int, egress: int, then: "Callable[[], None]") -> None:
        moment = self.clock.at(tick, STATE, EGRESS | egress, recipient)
        moment.callbacks.append(lambda _: then())

    def _saw(self, seen: Seen, recipient: int, egress: int, subject: int) -> None:
        self.record.signals.flat.extend((seen, recipient, egress, self.clock.tick, subject))

    def unknown(self, recipient: int, egress: int, receiver: int) -> None:
        """A provider had to say that there is no such user."""
        self._saw(Seen.UNKNOWN, recipient, egress, receiver)

    def _trap(self, recipient: int, egress: int, operator: int) -> None:
        plan = self.world.plan.operators[operator]
        delay = looked_up(plan.trap_delay, self._draw(recipient, Decision.TRAP_DELAY))
        stream = self.world.plan.streams[self.record.stream[self.record.message[recipient]]]
        who = egress * PARTIES + stream.listing_party

        def seen() -> None:
            self._saw(Seen.TRAP, recipient, egress, operator)
            for blocklist in plan.blocklists:
                self.world.blocklists[blocklist].hit(who)

        self._later(self.clock.tick + delay, recipient, egress, seen)

    def _own_trap(self, recipient: int, egress: int, receiver: int) -> None:
        stream = self.world.plan.streams[self.record.stream[self.record.message[recipient]]]
        provider = self.world.internet.providers[receiver]
        if provider is not None:
            self._saw(Seen.PROVIDER_TRAP, recipient, egress, receiver)
            provider.trapped(stream, egress)

    def _complains(self, recipient: int, egress: int, receiver: int, flags: int) -> None:
        plan = self.world.plan
        bits = self._draw(recipient, Decision.COMPLAINT_DELAY)
        delay = min(looked_up(plan.complaint_delay, bits), _LONGEST)
        offset = plan.operations.offset
        opened = waking(self.clock.tick + delay + offset) - offset
        feedback = looked_up(plan.feedback_delay, self._draw(recipient, Decision.FEEDBACK_DELAY))
        stream = plan.streams[self.record.stream[self.record.message[recipient]]]
        provider = self.world.internet.providers[receiver]
        if provider is not None:

            def told() -> None:
                self._saw(Seen.COMPLAINT, recipient, egress, receiver)
                provider.complaint(stream, egress)

            self._later(opened + feedback, recipient, egress, told)
        if flags & _REPORTS:
            who = egress * PARTIES + stream.listing_party

            def reported() -> None:
                for blocklist in self.reporting:
                    self._saw(Seen.REPORT, recipient, egress, blocklist)
                    self.world.blocklists[blocklist].report(who)

            self._later(opened, recipient, egress, reported)
