"""Ageing: the delay notice and the expiry of mail that a hub cannot deliver."""

from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.engine.kernel import TIMER, Event, Process, ProcessGenerator
from relaysim.engine.relay.accepted_mail import AcceptedMail
from relaysim.mail.retry_clock import delay_notice_at, expires_at
from relaysim.plan.hub_plan import HubPlan


class Ageing:
    """Two processes of a hub that follow the accepted mail in the order of acceptance.

    One sends delay notices, the other expires transactions, each a fixed time after acceptance.
    What falls due while the hub is stopped is done when the hub starts again. Mail that has left
    the hub by then costs no event: a process sleeps until the oldest mail that is still in the hub
    is due.

    Parameters
    ----------
    accepted : AcceptedMail
        The mail that the hub has accepted.
    is_up : callable
        Returns whether the hub runs.
    send_delay_notice, expire : callable
        Called with a transaction that falls due.
    """

    def __init__(
        self,
        context: Context,
        number: int,
        plan: HubPlan,
        accepted: AcceptedMail,
        is_up: Callable[[], bool],
        send_delay_notice: Callable[[int], None],
        expire: Callable[[int], None],
    ) -> None:
        self.loop, self.record, self.transactions, _ = context
        self.number, self.accepted, self.is_up = number, accepted, is_up
        self.asleep: list[Event] = []
        timeout = plan.message_expiration_timeout
        notice = delay_notice_at(0, plan.delay_notification_timeout, timeout)
        if notice is not None:
            Process(self._follow(notice, send_delay_notice))
        Process(self._follow(expires_at(0, timeout), expire))

    def wake(self) -> None:
        """Wake the processes: the hub has accepted mail, or has started again."""
        asleep, self.asleep = self.asleep, []
        for event in asleep:
            event.run_callbacks()

    def _follow(self, age: int, act: Callable[[int], None]) -> ProcessGenerator:
        """Act on each transaction that is still in the hub `age` microseconds after acceptance."""
        loop, accepted = self.loop, self.accepted
        entry = 0
        while True:
            while entry < len(accepted) and not self._in_hub(entry):
                entry += 1
            if entry == len(accepted) or not self.is_up():
                event = Event(loop)
                self.asleep.append(event)
                yield event
                # The hub has accepted mail, or has started again: look again.
            elif loop.tick < (due := accepted.time[entry] + age):
                recipient = self.record.messages.first_recipient[accepted.message[entry]]
                yield loop.at(due, TIMER, self.number, recipient)
                # The mail may have left, and the hub may have stopped: look again.
            else:
                for transaction in self._in_hub(entry):
                    if transaction != accepted.parent[entry]:
                        act(transaction)
                entry += 1

    def _in_hub(self, entry: int) -> list[int]:
        """Return the transactions of an acceptance that are still in the hub.

        Before the message is routed, this is the transaction that it came with (-1 from a host).
        """
        transactions, recipients = self.transactions, self.record.recipients
        messages, parent = self.record.messages, self.accepted.parent[entry]
        message = self.accepted.message[entry]
        first = messages.first_recipient[message]
        result: dict[int, None] = {}  # in the order of the recipients, each once
        for recipient in range(first, first + messages.recipients[message]):
            if not recipients.status[recipient]:
                transaction = recipients.transaction[recipient]
                if transaction == parent or (
                    not transactions.final[transaction]
                    and transactions.parent(transaction) == parent
                ):
                    result[transaction] = None
        return list(result)
