"""The outbound connections of a whole hub, which its delivery queues share."""

from typing import Protocol


class OutboundQueue(Protocol):
    """The interface of a delivery queue to this module."""

    number: int
    leads_outside: bool

    def pump(self) -> None:
        """Open connections, as far as the limits allow."""


class OutboundConnections:
    """MaxOutboundConnections: the limit over all queues that lead outside.

    Attributes
    ----------
    limit : int
        Connections at a time; 0: no limit.
    open : int
        Connections that exist now, to other organizations only.
    starved : dict of int to OutboundQueue
        Queues that were denied a connection, by number; the one that has waited longest is first.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
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
        if self.starved and not self.feeding:
            # A connection that fails at once calls this method again: this loop continues for it.
            self.feeding = True
            while self.starved and self.open < self.limit:
                number = next(iter(self.starved))
                self.starved.pop(number).pump()
            self.feeding = False

    def reset(self) -> None:
        """Forget all connections when the hub stops."""
        self.open = 0
        self.starved.clear()
