"""Delivery queues: what waits for a next hop, and when it may be tried."""

from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.clock import CLOCK, Actor, Moment
from relaysim.engine.connection import inside, outside
from relaysim.engine.plan import QueuePlan
from relaysim.engine.trace import Level
from relaysim.engine.world import World
from relaysim.mail import reply
from relaysim.mail.priority import choose
from relaysim.mail.retry import queue_retry_delay

if TYPE_CHECKING:
    from relaysim.engine.hub import Hub


class DeliveryQueue:
    """A delivery queue of a hub.

    A waiting transaction opens a connection at once while the limits allow it. A connection
    carries transactions one after another and closes when none waits. When a connection fails and
    no other is open, the whole queue is in Retry: nothing of it is tried until the clock of the hub
    allows one connection, whose success sets all free.
    """

    def __init__(self, world: World, hub: "Hub", number: int, plan: QueuePlan) -> None:
        self.world, self.hub, self.number, self.plan = world, hub, number, plan
        self.clock, self.record = world.clock, world.record
        self.quotas = hub.plan.priority_quotas if plan.domain >= 0 else None
        self.ready: tuple[deque[int], ...] = tuple(deque() for _ in self.quotas or (0,))
        self.in_use = [0] * len(self.ready)
        self.limit = plan.connections or 1 << 62
        self.connecting = self.open = self.connections = 0
        self.started: dict[int, int] = {}
        self.retrying = False
        self.failures = 0
        self.timer: Moment | None = None

    def put(self, transaction: int) -> None:
        """A transaction is ready to be sent."""
        self.record.ready[transaction] = self.clock.tick
        self.ready[self.record.priority[transaction] if self.quotas else 0].append(transaction)
        self.pump()

    def pump(self) -> None:
        """Open connections for what waits, as far as the limits go."""
        if self.retrying or not self.plan.reachable or not self.hub.up:
            return
        while self.connecting + self.open < self.limit:
            if not self.hub.may_open(self):
                return
            transaction = self.take()
            if transaction < 0:
                return
            self._connect(transaction)

    def take(self) -> int:
        """The transaction whose turn it is, or -1."""
        settled = self.record.settled
        while True:
            priority = 0
            if self.quotas:
                lengths = [len(waiting) for waiting in self.ready]
                priority = choose(lengths, self.in_use, self.quotas)
                if priority < 0:
                    return -1
            waiting = self.ready[priority]
            if not waiting:
                return -1
            transaction = waiting.popleft()
            if not settled[transaction]:
                self.in_use[priority] += 1
                self.started[transaction] = self.clock.tick
                return transaction

    def _connect(self, transaction: int) -> None:
        self.connecting += 1
        self.hub.opened(self)
        life = outside if self.plan.domain >= 0 else inside
        Actor(life(self, transaction))

    def next_hub(self) -> "Hub | None":
        """The hub of the next connection: each in turn, passing over those that are down."""
        hubs = [self.world.hubs[hub] for hub in self.plan.to_hubs]
        if not hubs:
            return None
        start, self.connections = self.connections, self.connections + 1
        turns = [hubs[(start + turn) % len(hubs)] for turn in range(len(hubs))]
        return next((hub for hub in turns if hub.up), turns[0])

    def connected(self) -> None:
        """A connection stands: if the queue was in Retry, it is no longer."""
        self.connecting -= 1
        self.open += 1
        if self.retrying:
            self._leave_retry()
            self.pump()

    def closed(self) -> None:
        """A connection has closed."""
        self.open -= 1
        self.hub.closed(self)
        self.pump()

    def ended(self, transaction: int, said: int, opened: int, end: int = -1) -> None:
        """Write an attempt down."""
        record = self.record
        record.attempt(
            (
                transaction,
                record.tried[transaction],
                self.number,
                self.plan.egress,
                record.ready[transaction],
                self.started.pop(transaction),
                self.clock.tick if end < 0 else end,
                said,
                opened,
                record.carried(transaction),
            )
        )
        record.tried[transaction] += 1
        self.in_use[record.priority[transaction] if self.quotas else 0] -= 1

    def failed(self, transaction: int, said: int) -> None:
        """A connection could not be made."""
        self.ended(transaction, said, 1)
        self.connecting -= 1
        self.hub.closed(self)
        if not self.open:
            self._enter_retry()
        self._back(transaction)

    def broken(self, transaction: int, opened: int) -> None:
        """The other hub stopped while it was taking the transaction."""
        said = self.record.reply_id(str(reply.CONNECTION_DROPPED))
        self.ended(transaction, said, opened)
        if not self.open:
            self._enter_retry()
        self._back(transaction)

    def cut(self, transaction: int, opened: int) -> None:
        """The hub stopped while the connection was open; the transaction stays in the queue."""
        said = self.record.reply_id(str(reply.CONNECTION_DROPPED))
        self.in_use[self.record.priority[transaction] if self.quotas else 0] += 1
        self.ended(transaction, said, opened, self.hub.stopped_at)
        self._back(transaction)
        self.pump()

    def _back(self, transaction: int) -> None:
        """A transaction whose connection failed is the next one again.

        It opens no connection of its own: others are open, or the queue is in Retry.
        """
        if not self.hub.gives_up(transaction):
            self.record.ready[transaction] = self.clock.tick
            priority = self.record.priority[transaction] if self.quotas else 0
            self.ready[priority].appendleft(transaction)

    def put_off(self, transaction: int, copy: int, attempt: int) -> None:
        """A 4xx reply to a message: it is tried again by itself, later."""
        if not self.hub.gives_up(transaction):
            due = self.clock.tick + self.hub.plan.message_retry_interval
            again = self.clock.at(due, CLOCK, self.hub.number, copy, attempt, about=transaction)
            again.callbacks.append(self._again)

    def _again(self, moment: Moment) -> None:
        if not self.record.settled[moment.about]:
            self.put(moment.about)

    def _enter_retry(self) -> None:
        if self.timer is not None:
            return
        clock, retry = self.clock, self.hub.plan.retry
        if not self.retrying:
            self.retrying = True
            self.record.level(Level.QUEUE_RETRY, self.number, clock.tick, 1)
        self.failures += 1
        delay = queue_retry_delay(
            self.failures,
            retry.queue_glitch_retry_count,
            retry.queue_glitch_retry_interval,
            retry.transient_failure_retry_count,
            retry.transient_failure_retry_interval,
            retry.outbound_connection_failure_retry_interval,
        )
        self.timer = clock.at(clock.tick + delay, CLOCK, self.hub.number, self.number)
        self.timer.callbacks.append(self._due)

    def _due(self, timer: Moment) -> None:
        """The hub's clock allows the queue one connection."""
        if timer is not self.timer:
            return
        self.timer = None
        transaction = self.take()
        if transaction < 0:
            self._leave_retry()
        else:
            self._connect(transaction)

    def _leave_retry(self) -> None:
        self.retrying, self.failures, self.timer = False, 0, None
        self.record.level(Level.QUEUE_RETRY, self.number, self.clock.tick, 0)

    def stop(self) -> None:
        """The hub stops: its connections are gone, what they carried comes back one by one."""
        self.connecting = self.open = 0
        self.in_use = [0] * len(self.in_use)

    def start(self) -> None:
        """The hub is back: the queue is tried at once (assumption)."""
        if self.retrying:
            self._leave_retry()
        self.pump()

    def close(self) -> None:
        """The run is over: what still waits or travels is written down as such."""
        record = self.record
        waiting = [(t, -1) for ready in self.ready for t in ready if not record.settled[t]]
        for transaction, start in [*self.started.items(), *waiting]:
            record.attempt(
                (
                    transaction,
                    record.tried[transaction],
                    self.number,
                    self.plan.egress,
                    record.ready[transaction],
                    start,
                    -1,
                    -1,
                    0,
                    record.carried(transaction),
                )
            )
