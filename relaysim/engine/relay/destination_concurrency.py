"""How many deliveries a queue of Postfix has at a time, and when its next hop is dead."""

from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.engine.kernel import QUEUE, TIMER, Event
from relaysim.engine.relay.hub import Hub
from relaysim.mail.destination_concurrency import Concurrency
from relaysim.plan.hub_plan import QueueManagerPlan
from relaysim.trace.tables import Level


class DestinationConcurrency:
    """The concurrency of a delivery queue to its next hop.

    After so many failed connections that the next hop is dead, nothing is sent to it for
    `minimal_backoff_time`. Then, or after a delivery that was under way, the queue begins anew.

    Parameters
    ----------
    number : int
        The queue.
    most : int
        Its limit of connections.
    busy : callable
        Returns the deliveries under way.

    Attributes
    ----------
    concurrency : Concurrency
        The concurrency by feedback.
    timer : Event or None
        The end of the dead time, while it lasts.
    """

    def __init__(
        self,
        context: Context,
        hub: Hub,
        plan: QueueManagerPlan,
        number: int,
        most: int,
        busy: Callable[[], int],
    ) -> None:
        self.loop, self.record = context.loop, context.record
        self.hub, self.plan, self.number, self.busy = hub, plan, number, busy
        self.concurrency = Concurrency(
            plan.initial_destination_concurrency,
            most,
            plan.positive_feedback,
            plan.negative_feedback,
        )
        self.timer: Event | None = None

    @property
    def limit(self) -> int:
        """The deliveries that the queue may have at a time; 0 while the next hop is dead."""
        return self.concurrency.window

    def succeeded(self) -> None:
        """Count an attempt that reached the receiver, before it is taken off the list."""
        self.concurrency.succeeded(self.busy())
        self._lives()

    def failed(self) -> None:
        """Count a connection that failed."""
        self.concurrency.failed()
        if self.limit or self.timer is not None:
            return
        loop = self.loop
        self.record.level(Level.QUEUE_RETRY, self.number, loop.tick, 1)
        due = loop.tick + self.plan.minimal_backoff_time
        self.timer = loop.at(due, TIMER, QUEUE | self.hub.number, self.number)
        self.timer.callbacks.append(self._over)

    def _over(self, timer: Event) -> None:
        if timer is self.timer:  # else a delivery has shown that the next hop is alive
            self.succeeded()

    def _lives(self) -> None:
        if self.timer is not None:
            self.timer = None
            self.record.level(Level.QUEUE_RETRY, self.number, self.loop.tick, 0)

    def restart(self) -> None:
        """Begin anew, because the hub starts again."""
        self.concurrency.restart()
        self._lives()
