"""What receivers require of mail: mail that lacks something is deferred, refused or junked."""

from relaysim.engine.context import Context
from relaysim.engine.reputation.bulk_senders import BulkSenders
from relaysim.mail.authentication import Missing, missing
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.requirement_plan import RequirementPlan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.traffic.draw import Decision, draw32

ACCEPTED, DEFERRED, REFUSED = range(3)
"""Verdicts, numbered as those of `engine.reputation.receiver`."""
ALL = 1 << 32
"""A threshold above every 32-bit draw."""
_DEFER, _OUTCOME = int(Decision.REQUIREMENT_DEFER), int(Decision.REQUIREMENT)


class Requirements:
    """What all receivers require.

    Attributes
    ----------
    of : list of tuple of RequirementPlan
        For each receiver what it requires; empty where all mail of the run has all of it.
    """

    def __init__(self, context: Context, bulk_senders: BulkSenders) -> None:
        _, self.record, self.transactions, self.plan = context
        self.bulk_senders = bulk_senders
        self.of = [
            receiver.requires if self.plan.unauthenticated else ()
            for receiver in self.plan.receivers
        ]

    def verdict(self, queue: QueuePlan, transaction: int) -> tuple[int, int]:
        """Return verdict and reply at the end of the content; the reply is -1 for ACCEPTED."""
        unmet = self._unmet(queue, transaction)
        if not unmet:
            return ACCEPTED, -1
        first = self.transactions.first_recipient[transaction]
        key, attempt = self.record.key[first], self.transactions.attempts[transaction]
        bits = draw32(key, _OUTCOME, 0)
        for requirement in unmet:
            if bits < requirement.refuse:
                return REFUSED, self._reply(requirement.refusal, queue, transaction)
        bits = draw32(key, _DEFER, attempt)
        for requirement in unmet:
            if bits < requirement.defer:
                return DEFERRED, self._reply(requirement.deferral, queue, transaction)
        return ACCEPTED, -1

    def junks(self, queue: QueuePlan, transaction: int) -> bool:
        """Return whether accepted recipients go to the junk folder."""
        key = self.record.key[self.transactions.first_recipient[transaction]]
        bits = draw32(key, _OUTCOME, 0)
        return any(bits < requirement.junk for requirement in self._unmet(queue, transaction))

    def count_bulk(self, queue: QueuePlan, transaction: int, recipients: int) -> None:
        """Count accepted recipients for the domain that sent them."""
        stream = self._stream(transaction)
        if stream.sender is not None and self._is_direct(queue, transaction):
            self.bulk_senders.count(queue.receiver, stream, recipients)

    def _unmet(self, queue: QueuePlan, transaction: int) -> list[RequirementPlan]:
        """Return the requirements that a transaction does not meet."""
        lacking = self._missing(queue, transaction)
        if not lacking:
            return []
        bulk = self.bulk_senders.has(queue.receiver, self._stream(transaction))
        return [
            requirement
            for requirement in self.of[queue.receiver]
            if requirement.lacking & lacking and (bulk or not requirement.of_bulk)
        ]

    def _stream(self, transaction: int) -> StreamPlan:
        message = self.transactions.message[transaction]
        return self.plan.streams[self.record.messages.stream[message]]

    def _is_direct(self, queue: QueuePlan, transaction: int) -> bool:
        """Return whether the recipients' domain answers, and not a smart host."""
        recipient = self.transactions.first_recipient[transaction]
        return self.record.recipients.domain[recipient] == queue.domain

    def _missing(self, queue: QueuePlan, transaction: int) -> Missing:
        """Return what a transaction lacks; nothing for DSNs, and at a smart host."""
        sender = self._stream(transaction).sender
        if not self.of[queue.receiver] or sender is None or not self._is_direct(queue, transaction):
            return Missing(0)
        return missing(
            sender.of,
            sender.spf[queue.egress],
            sender.signed or self._signed(transaction, sender.signers),
            self.plan.egress[queue.egress].ptr,
            queue.tls,
            sender.unsubscribe,
        )

    def _signed(self, transaction: int, signers: tuple[int, ...]) -> bool:
        """Return whether one of the hubs that had the message signs it."""
        if not signers:
            return False
        while transaction >= 0:
            if self.plan.queues[self.transactions.queue(transaction)].hub in signers:
                return True
            transaction = self.transactions.parent(transaction)
        return False

    def _reply(self, text: str, queue: QueuePlan, transaction: int) -> int:
        sender = self._stream(transaction).sender
        assert sender is not None
        text = text.replace("{domain}", sender.of.domain)
        text = text.replace("{ip}", self.plan.egress[queue.egress].name)
        return self.record.replies.number(text)
