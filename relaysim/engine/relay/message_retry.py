"""Retry of single messages that a receiver deferred."""

from relaysim.engine.context import Context
from relaysim.engine.kernel import TIMER, Event
from relaysim.engine.relay.active_queue import PerNextHop
from relaysim.engine.relay.hub import Hub
from relaysim.mail.retry_clock import backed_off_retry, message_retry_delay


class MessageRetry:
    """The deferred transactions of a delivery queue, each with its next attempt.

    Parameters
    ----------
    queue : PerNextHop
        The delivery queue, which gets a transaction that is to be tried again.
    interval : int
        Wait before the next attempt of a hub without the clock of Postfix; 0 for that of the hub.
    """

    def __init__(self, context: Context, hub: Hub, queue: PerNextHop, interval: int) -> None:
        self.loop, _, self.transactions, _ = context
        self.hub, self.queue = hub, queue
        self.interval = interval or hub.plan.message_retry_interval

    def defer(self, transaction: int) -> None:
        """Schedule the next attempt of a transaction, unless it expires."""
        transactions = self.transactions
        if self.hub.expire_if_due(transaction):
            return
        due = transactions.ready[transaction] = self._next_attempt(transaction)
        recipient = transactions.first_recipient[transaction]
        attempt = max(transactions.attempts[transaction] - 1, 0)
        timer = self.loop.at(due, TIMER, self.hub.number, recipient, attempt, row=transaction)
        timer.callbacks.append(self._due)
        self.hub.active.leave(transaction)

    def _next_attempt(self, transaction: int) -> int:
        """Return when a message that is deferred now is tried again, microseconds."""
        now, plan = self.loop.tick, self.hub.plan
        postfix = plan.queue_manager
        if postfix is None:
            return now + message_retry_delay(
                self.transactions.attempts[transaction],
                self.interval,
                plan.message_retry_factor,
                plan.message_retry_longest,
            )
        arrived_at = self.transactions.expires[transaction] - plan.message_expiration_timeout
        return backed_off_retry(
            now,
            arrived_at,
            postfix.minimal_backoff_time,
            postfix.maximal_backoff_time,
            postfix.queue_run_delay,
        )

    def _due(self, timer: Event) -> None:
        if not self.transactions.final[timer.row]:  # it may have expired while it waited
            self.hub.active.enter(self.queue, timer.row)
