"""The active queue of Postfix: the mail that its queue manager knows of."""

from collections import deque
from typing import Protocol

from relaysim.engine.context import Context
from relaysim.plan.hub_plan import QueueManagerPlan


class PerNextHop(Protocol):
    """The interface of a delivery queue to this module."""

    def put(self, transaction: int) -> None:
        """Add a transaction that is ready to be sent."""

    def record_wait(self, transaction: int) -> None:
        """Record that a transaction still waits when the run ends."""


class ActiveQueue:
    """The transactions that a hub may send now or is sending; no deferred ones.

    While it is full, other mail waits in the order of arrival, whatever its next hop, and each
    message that comes in is delayed by `in_flow_delay`.

    Attributes
    ----------
    members : set of int
        Its transactions; only counted where there is a limit.
    waiting : deque of (PerNextHop, int)
        The transactions that wait for room, with the delivery queue of each.
    """

    def __init__(self, context: Context, plan: QueueManagerPlan | None) -> None:
        self.transactions = context.transactions
        self.limit = 0 if plan is None else plan.active_limit
        self.delay = 0 if plan is None else plan.in_flow_delay
        self.members: set[int] = set()
        self.waiting: deque[tuple[PerNextHop, int]] = deque()
        self.feeding = False

    def enter(self, queue: PerNextHop, transaction: int) -> None:
        """Put a transaction into its delivery queue, or let it wait for room."""
        if not self.limit:
            queue.put(transaction)
        elif len(self.members) < self.limit:
            self.members.add(transaction)
            queue.put(transaction)
        else:
            self.waiting.append((queue, transaction))

    def leave(self, transaction: int) -> None:
        """Take out a transaction that is final or deferred; others take its place."""
        if transaction not in self.members:
            return
        self.members.remove(transaction)
        if self.feeding:
            return
        # One that enters may be deferred at once: this loop continues for it.
        self.feeding = True
        while self.waiting and len(self.members) < self.limit:
            queue, first = self.waiting.popleft()
            if not self.transactions.final[first]:  # it may have expired while it waited
                self.enter(queue, first)
        self.feeding = False

    def intake_delay(self) -> int:
        """Return how long a message that comes in now is delayed, microseconds."""
        return self.delay if self.limit and len(self.members) >= self.limit else 0

    def close(self) -> None:
        """Record what still waits when the run ends."""
        for queue, transaction in self.waiting:
            if not self.transactions.final[transaction]:
                queue.record_wait(transaction)
