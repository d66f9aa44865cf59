"""The outbound connections of a whole hub, which its delivery queues share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relaysim.engine.relay.delivery_queue import DeliveryQueue


class Outbound:
    """MaxOutboundConnections: `most` at a time (0: no limit), over all queues that lead outside.

    A queue that may open no more is told when it may, the one that has waited longest first.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.open = 0
        self.starved: dict[int, DeliveryQueue] = {}
        self.feeding = False

    def may_open(self, queue: "DeliveryQueue") -> bool:
        """Whether a queue may open one more; if not, it is told when it may."""
        if queue.plan.domain < 0 or not self.most or self.open < self.most:
            return True
        self.starved[queue.number] = queue
        return False

    def opened(self, queue: "DeliveryQueue") -> None:
        """A queue opens a connection."""
        self.open += queue.plan.domain >= 0

    def closed(self, queue: "DeliveryQueue") -> None:
        """A connection of a queue has ended."""
        self.open -= queue.plan.domain >= 0
        if self.starved and not self.feeding:
            # Connections that fail at once end up here again: the loop goes on for them.
            self.feeding = True
            while self.starved and self.open < self.most:
                number = next(iter(self.starved))
                self.starved.pop(number).pump()
            self.feeding = False

    def reset(self) -> None:
        """The hub stopped: all connections are gone."""
        self.open = 0
        self.starved.clear()
