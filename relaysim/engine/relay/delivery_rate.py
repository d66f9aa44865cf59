"""The rate of deliveries of a queue to its next hop."""

from collections.abc import Callable

from relaysim.engine.kernel import QUEUE, TIMER, Event, EventLoop


class DeliveryRate:
    """The time from the start of one attempt of a queue to the start of the next.

    Attributes
    ----------
    free_at : int
        When the next attempt may start, microseconds.
    waiting : bool
        A timer runs that ends then.
    """

    def __init__(
        self, loop: EventLoop, hub: int, number: int, delay: int, pump: Callable[[], None]
    ) -> None:
        self.loop, self.hub, self.number, self.delay, self.pump = loop, hub, number, delay, pump
        self.free_at = 0
        self.waiting = False

    def admits(self) -> bool:
        """Return whether an attempt may start now; if not, the queue is pumped when one may.

        Notes
        -----
        KumoMTA has `max_message_rate`, Postfix `default_destination_rate_delay`. That the time
        counts from start to start, and that a connection ends where the next message has to wait,
        are assumptions.
        """
        if not self.delay or self.loop.tick >= self.free_at:
            return True
        if not self.waiting:
            self.waiting = True
            timer = self.loop.at(self.free_at, TIMER, QUEUE | self.hub, self.number)
            timer.callbacks.append(self._over)
        return False

    def started(self) -> None:
        """Count an attempt that starts now."""
        self.free_at = self.loop.tick + self.delay

    def _over(self, _: Event) -> None:
        self.waiting = False
        self.pump()
