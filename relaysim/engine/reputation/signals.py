"""Signals: complaints, spam trap hits and unknown users that follow the delivery of a recipient."""

from collections.abc import Callable, Sequence

from relaysim.engine.context import Context
from relaysim.engine.kernel import EGRESS, STATE
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.listings import PARTIES, domain_number
from relaysim.engine.reputation.mailbox_provider import Provider
from relaysim.mail.office_hours import waking
from relaysim.trace import tables
from relaysim.traffic.draw import Decision, draw32, looked_up
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws
from relaysim.units import DAY

_TRAP, _PROVIDER_TRAP = int(Signal.TRAP), int(Signal.PROVIDER_TRAP)
_COMPLAINS, _JUNKED = int(Signal.COMPLAINS), int(Signal.COMPLAINS_JUNKED)
_REPORTS = int(Signal.REPORTS)
LATEST_COMPLAINT = 14 * DAY
"""No complaint comes later than two weeks after the mail (assumption)."""


class SignalReports:
    """The schedule of the signals that were drawn for the recipients, from delivery on.

    Attributes
    ----------
    trap_owners : dict of int to list of int
        For each recipient that is a spam trap its owners, index into `plan.operators`.
    reporting : list of int
        Blocklists to which users report mail.
    """

    def __init__(
        self,
        context: Context,
        draws: Draws,
        providers: Sequence[Provider | None],
        blocklist_operators: Sequence[BlocklistOperator],
    ) -> None:
        self.loop, self.record, _, self.plan = context
        self.providers, self.blocklist_operators = providers, blocklist_operators
        self.trap_owners: dict[int, list[int]] = {}
        for recipient, owner in zip(
            draws.trap_recipient.tolist(), draws.trap_operator.tolist(), strict=True
        ):
            self.trap_owners.setdefault(recipient, []).append(owner)
        self.reporting = [
            number
            for number, blocklist in enumerate(self.plan.blocklists)
            if blocklist.trigger == "scored_ratio"
        ]

    def schedule(self, recipient: int, egress: int, receiver: int, junked: bool) -> None:
        """Schedule the signals of a recipient that has just been delivered or junked.

        Parameters
        ----------
        recipient, egress, receiver : int
            Row of the recipient, index of the IP and of the destination.
        junked : bool
            Whether it is in the junk folder, where fewer users complain.
        """
        flags = self.record.signal[recipient]
        if flags & _TRAP:
            for owner in self.trap_owners[self.record.original_of(recipient)]:
                self._schedule_trap(recipient, egress, owner)
        elif flags & _PROVIDER_TRAP:
            bits = self._draw(recipient, Decision.TRAP_DELAY)
            due = self.loop.tick + looked_up(self.plan.feedback_delay, bits)
            self._schedule(
                due, recipient, egress, lambda: self._provider_trap(recipient, egress, receiver)
            )
        elif flags & (_JUNKED if junked else _COMPLAINS):
            self._schedule_complaint(recipient, egress, receiver, flags)

    def _draw(self, recipient: int, decision: Decision) -> int:
        return draw32(self.record.key[recipient], decision, 0)

    def _schedule(
        self, tick: int, recipient: int, egress: int, callback: Callable[[], None]
    ) -> None:
        event = self.loop.at(tick, STATE, EGRESS | egress, recipient)
        event.callbacks.append(lambda _: callback())

    def _record(self, signal: tables.Signal, recipient: int, egress: int, subject: int) -> None:
        row = (signal, recipient, egress, self.loop.tick, subject)
        self.record.signals.flat.extend(row)

    def unknown_user(self, recipient: int, egress: int, receiver: int) -> None:
        """Record that a provider refused a recipient that does not exist."""
        self._record(tables.Signal.UNKNOWN, recipient, egress, receiver)

    def _schedule_trap(self, recipient: int, egress: int, owner: int) -> None:
        plan = self.plan.operators[owner]
        delay = looked_up(plan.trap_delay, self._draw(recipient, Decision.TRAP_DELAY))
        stream = self.plan.streams[
            self.record.messages.stream[self.record.recipients.message[recipient]]
        ]
        ip = egress * PARTIES + stream.listing_party
        domain = domain_number(self.plan, stream)

        def hit() -> None:
            self._record(tables.Signal.TRAP, recipient, egress, owner)
            for blocklist in plan.blocklists:
                self.blocklist_operators[blocklist].trap_hit(ip, domain)

        self._schedule(self.loop.tick + delay, recipient, egress, hit)

    def _provider_trap(self, recipient: int, egress: int, receiver: int) -> None:
        stream = self.plan.streams[
            self.record.messages.stream[self.record.recipients.message[recipient]]
        ]
        provider = self.providers[receiver]
        if provider is not None:
            self._record(tables.Signal.PROVIDER_TRAP, recipient, egress, receiver)
            provider.trap_hit(stream, egress)

    def _schedule_complaint(self, recipient: int, egress: int, receiver: int, flags: int) -> None:
        """Schedule what follows when the user opens the message, within waking hours."""
        plan = self.plan
        bits = self._draw(recipient, Decision.COMPLAINT_DELAY)
        delay = min(looked_up(plan.complaint_delay, bits), LATEST_COMPLAINT)
        offset = plan.operations.offset
        opened = waking(self.loop.tick + delay + offset) - offset
        feedback = looked_up(plan.feedback_delay, self._draw(recipient, Decision.FEEDBACK_DELAY))
        stream = plan.streams[
            self.record.messages.stream[self.record.recipients.message[recipient]]
        ]
        provider = self.providers[receiver]
        if provider is not None:

            def complain() -> None:
                self._record(tables.Signal.COMPLAINT, recipient, egress, receiver)
                provider.complaint(stream, egress)

            self._schedule(opened + feedback, recipient, egress, complain)
        if flags & _REPORTS:
            ip = egress * PARTIES + stream.listing_party

            def report() -> None:
                for blocklist in self.reporting:
                    self._record(tables.Signal.REPORT, recipient, egress, blocklist)
                    self.blocklist_operators[blocklist].report(ip)

            self._schedule(opened, recipient, egress, report)
