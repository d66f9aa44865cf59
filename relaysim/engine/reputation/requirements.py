"""What receivers require of mail: mail that lacks something is deferred, refused or junked."""

from relaysim.engine.context import Context
from relaysim.mail.authentication import Missing, missing
from relaysim.plan.plan import QueuePlan
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

    def __init__(self, context: Context) -> None:
        _, self.record, self.transactions, self.plan = context
        self.of = [
            receiver.requires if self.plan.unauthenticated else ()
            for receiver in self.plan.receivers
        ]

    def verdict(self, queue: QueuePlan, transaction: int) -> tuple[int, int]:
        """Return verdict and reply at the end of the content; the reply is -1 for ACCEPTED."""
        lacking = self._missing(queue, transaction)
        if not lacking:
            return ACCEPTED, -1
        first = self.transactions.first_recipient[transaction]
        key, attempt = self.record.key[first], self.transactions.attempts[transaction]
        bits = draw32(key, _OUTCOME, 0)
        for requirement in self.of[queue.receiver]:
            if requirement.lacking & lacking and bits < requirement.refuse:
                return REFUSED, self._reply(requirement.refusal, queue, transaction)
        bits = draw32(key, _DEFER, attempt)
        for requirement in self.of[queue.receiver]:
            if requirement.lacking & lacking and bits < requirement.defer:
                return DEFERRED, self._reply(requirement.deferral, queue, transaction)
        return ACCEPTED, -1

    def junks(self, queue: QueuePlan, transaction: int) -> bool:
        """Return whether mail that was accepted goes to the junk folder."""
        lacking = self._missing(queue, transaction)
        if not lacking:
            return False
        key = self.record.key[self.transactions.first_recipient[transaction]]
        bits = draw32(key, _OUTCOME, 0)
        return any(
            requirement.lacking & lacking and bits < requirement.junk
            for requirement in self.of[queue.receiver]
        )

    def _missing(self, queue: QueuePlan, transaction: int) -> Missing:
        """Return what a transaction lacks; nothing for DSNs, and at a smart host."""
        none, record, plan = Missing(0), self.record, self.plan
        if not self.of[queue.receiver]:
            return none
        recipient = self.transactions.first_recipient[transaction]
        if record.recipients.domain[recipient] != queue.domain:
            return none
        sender = plan.streams[record.messages.stream[self.transactions.message[transaction]]].sender
        if sender is None:
            return none
        return missing(
            sender.of,
            sender.spf[queue.egress],
            sender.signed or self._signed(transaction, sender.signers),
            plan.egress[queue.egress].ptr,
            queue.tls,
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
        message = self.transactions.message[transaction]
        sender = self.plan.streams[self.record.messages.stream[message]].sender
        assert sender is not None
        text = text.replace("{domain}", sender.of.domain)
        text = text.replace("{ip}", self.plan.egress[queue.egress].name)
        return self.record.replies.number(text)
