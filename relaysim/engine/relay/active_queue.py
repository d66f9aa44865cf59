"""The active queue of Postfix: the mail that its queue manager knows of."""

from collections import deque
from typing import Protocol

from relaysim.engine.context import Context
from relaysim.plan.hub_plan import QueueManagerPlan


class PerNextHop(Protocol):
    """The interface of a delivery queue to this module."""

    def add(self, transaction: int) -> None:
        """Add a transaction that is ready to be sent, without a connection for it yet."""

    def pump(self) -> None:
        """Open connections for the transactions that wait, as far as the limits allow."""

    def record_wait(self, transaction: int) -> None:
        """Record that a transaction still waits when the run ends."""


class ActiveQueue:
    """The messages that a hub may send now or is sending; no deferred ones.

    While it is full, other mail waits in the order of arrival, whatever its next hop, and each
    message that comes in is delayed by `in_flow_delay`. All transactions of a message count once.

    Attributes
    ----------
    transactions : TransactionStates
        The transactions of the run.
    active : set of int
        Those of its messages; only counted where there is a limit.
    members : dict of int to int
        Its messages, each with the number of its transactions here.
    waiting : deque of (PerNextHop, int)
        The transactions that wait for room, with the delivery queue of each.
    """

    def __init__(self, context: Context, plan: QueueManagerPlan | None) -> None:
        self.transactions = context.transactions
        self.limit = 0 if plan is None else plan.active_limit
        self.delay = 0 if plan is None else plan.in_flow_delay
        self.active: set[int] = set()
        self.members: dict[int, int] = {}
        self.waiting: deque[tuple[PerNextHop, int]] = deque()
        self.feeding = False

    def enter(self, queue: PerNextHop, transaction: int) -> None:
        """Put a transaction into its delivery queue, or let it wait for room."""
        if self.limit:
            self.enter_all([(queue, transaction)])
        else:
            queue.add(transaction)
            queue.pump()

    def enter_all(self, transactions: list[tuple[PerNextHop, int]]) -> None:
        """Do so with transactions of one message; deliveries begin when all of them are queued."""
        entered = []
        for queue, transaction in transactions:
            if not self._has_room(transaction):
                self.waiting.append((queue, transaction))
                continue
            message = self.transactions.message[transaction]
            self.active.add(transaction)
            self.members[message] = self.members.get(message, 0) + 1
            queue.add(transaction)
            entered.append(queue)
        for queue in entered:
            queue.pump()

    def _has_room(self, transaction: int) -> bool:
        members = self.members
        return len(members) < self.limit or self.transactions.message[transaction] in members

    def leave(self, transaction: int) -> None:
        """Take out a transaction that is final or deferred; others take its place."""
        if transaction not in self.active:
            return
        self.active.remove(transaction)
        message = self.transactions.message[transaction]
        self.members[message] -= 1
        if not self.members[message]:
            del self.members[message]
        if self.feeding:
            return
        # One that enters may be deferred at once: this loop continues for it.
        self.feeding = True
        while self.waiting and self._has_room(self.waiting[0][1]):
            self.enter_all(self._next_message())
        self.feeding = False

    def _next_message(self) -> list[tuple[PerNextHop, int]]:
        """Take the transactions of the next message; some may have expired while they waited."""
        message, final = self.transactions.message, self.transactions.final
        result, first = [], message[self.waiting[0][1]]
        while self.waiting and message[self.waiting[0][1]] == first:
            result.append(self.waiting.popleft())
        return [(queue, transaction) for queue, transaction in result if not final[transaction]]

    def intake_delay(self) -> int:
        """Return how long a message that comes in now is delayed, microseconds."""
        return self.delay if self.limit and len(self.members) >= self.limit else 0

    def close(self) -> None:
        """Record what still waits when the run ends."""
        for queue, transaction in self.waiting:
            if not self.transactions.final[transaction]:
                queue.record_wait(transaction)
