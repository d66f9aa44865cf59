"""Retry of a delivery queue: the clock that allows one connection."""

from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.engine.kernel import QUEUE, TIMER, Event
from relaysim.engine.relay.hub import Hub
from relaysim.mail.retry_clock import queue_retry_delay
from relaysim.plan.names import QueueKind
from relaysim.trace.tables import Level


class QueueRetry:
    """Whether a delivery queue is in Retry, and its clock.

    Parameters
    ----------
    number : int
        The queue.
    on_due : callable
        Called when the clock allows one connection.

    Attributes
    ----------
    active : bool
        The queue is in Retry.
    failures : int
        Failed connections in a row.
    timer : Event or None
        The retry clock, while it runs.
    """

    def __init__(self, context: Context, hub: Hub, number: int, on_due: Callable[[], None]) -> None:
        self.loop, self.record = context.loop, context.record
        self.of_mailboxes = context.plan.queues[number].kind is QueueKind.MAILBOX
        self.hub, self.number, self.on_due = hub, number, on_due
        self.active = False
        self.failures = 0
        self.timer: Event | None = None

    def enter(self) -> None:
        """Begin Retry after a failed connection, or its next wait."""
        if self.timer is not None:
            return
        loop = self.loop
        if not self.active:
            self.active = True
            self.record.level(Level.QUEUE_RETRY, self.number, loop.tick, 1)
        self.failures += 1
        due = loop.tick + self.delay(self.failures)
        self.timer = loop.at(due, TIMER, QUEUE | self.hub.number, self.number)
        self.timer.callbacks.append(self._due)

    def delay(self, failures: int) -> int:
        """Return how long the hub waits after a number of failures in a row; microseconds."""
        retry = self.hub.plan.retry
        if self.of_mailboxes:
            return retry.mailbox_delivery_queue_retry_interval
        return queue_retry_delay(
            failures,
            retry.queue_glitch_retry_count,
            retry.queue_glitch_retry_interval,
            retry.transient_failure_retry_count,
            retry.transient_failure_retry_interval,
            retry.outbound_connection_failure_retry_interval,
        )

    def _due(self, timer: Event) -> None:
        if timer is self.timer:  # else the queue has left Retry since
            self.timer = None
            self.on_due()

    def leave(self) -> None:
        """End Retry; the count of failures begins anew."""
        if self.active:
            self.active, self.failures, self.timer = False, 0, None
            self.record.level(Level.QUEUE_RETRY, self.number, self.loop.tick, 0)
