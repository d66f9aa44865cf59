"""The outbound connections of a whole hub, which its delivery queues share."""

from typing import Protocol

from relaysim.engine.kernel import EventLoop
from relaysim.engine.relay.delivery_processes import DeliveryProcesses
from relaysim.plan.hub_plan import QueueManagerPlan


class OutboundQueue(Protocol):
    """The interface of a delivery queue to this module."""

    number: int
    leads_outside: bool

    def pump(self) -> None:
        """Open connections, as far as the limits allow."""

    def may_open_more(self) -> bool:
        """Return whether the concurrency of the queue allows one more connection."""

    def oldest(self) -> tuple[int, int]:
        """Return the transaction that waits longest, with its time in front."""


class OutboundConnections:
    """MaxOutboundConnections: the limit over all queues that lead outside.

    Attributes
    ----------
    limit : int
        Connections at a time; 0: no limit.
    oldest_first : bool
        A free connection goes to the queue with the oldest transaction, as in Postfix; else the
        queues take turns.
    processes : DeliveryProcesses
        The processes of Postfix that the connections need.
    open : int
        Connections that exist now, to other organizations only.
    starved : dict of int to OutboundQueue
        Queues that were denied a connection, by number; the one that has waited longest is first.
    """

    def __init__(self, loop: EventLoop, limit: int, postfix: QueueManagerPlan | None) -> None:
        self.loop, self.limit, self.oldest_first = loop, limit, postfix is not None
        self.processes = DeliveryProcesses(0, 0)
        if postfix is not None:
            self.processes = DeliveryProcesses(postfix.process_start_time, postfix.max_idle)
        self.open = 0
        self.starved: dict[int, OutboundQueue] = {}
        self.feeding = False

    def may_open(self, queue: OutboundQueue) -> bool:
        """Return whether a queue may open one more connection; if not, `closed` pumps it later."""
        if not queue.leads_outside or not self.limit or self.open < self.limit:
            return True
        self.starved[queue.number] = queue
        return False

    def opened(self, queue: OutboundQueue) -> None:
        """Count a connection that a queue opens."""
        self.open += queue.leads_outside

    def closed(self, queue: OutboundQueue) -> None:
        """Count a connection of a queue that ended, and let starved queues open theirs."""
        self.open -= queue.leads_outside
        if queue.leads_outside:
            self.processes.end(self.loop.tick)
        if self.starved and not self.feeding:
            # A connection that fails at once calls this method again: this loop continues for it.
            self.feeding = True
            while self.starved and self.open < self.limit:
                self.starved.pop(self._next()).pump()
            self.feeding = False

    def _next(self) -> int:
        """Return the number of the starved queue that opens its connection next."""
        starved = self.starved
        if self.oldest_first:
            return min(starved, key=lambda number: starved[number].oldest())
        return next(iter(starved))

    def older_waits(self, queue: OutboundQueue) -> bool:
        """Return whether another starved queue has an older transaction than this queue."""
        if not queue.leads_outside:
            return False
        own = queue.oldest()
        return any(
            other is not queue and other.may_open_more() and other.oldest() < own
            for other in self.starved.values()
        )

    def reset(self) -> None:
        """Forget all connections when the hub stops."""
        self.open = 0
        self.starved.clear()
        self.processes.reset()
