"""Delivery queues: what waits for a next hop, and when it may be tried."""

from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.kernel import CLOCK, QUEUE, Actor, Moment
from relaysim.engine.relay.connection import inside, outside
from relaysim.engine.relay.suspension import Suspensions
from relaysim.engine.world import World
from relaysim.mail import reply
from relaysim.mail.backpressure import Peer
from relaysim.mail.priority_queuing import choose
from relaysim.mail.retry_clock import queue_retry_delay
from relaysim.plan.plan import QueuePlan
from relaysim.trace.tables import Level, Status

if TYPE_CHECKING:
    from relaysim.engine.relay.hub import Hub


class DeliveryQueue:
    """A delivery queue of a hub.

    A waiting transaction opens a connection at once while the limits allow it. A connection
    carries transactions one after another and closes when none waits. When a connection fails and
    no other is open, the whole queue is in Retry: nothing of it is tried until the clock of the hub
    allows one connection, whose success sets all free.

    `started` has, for what a connection carries, when it took it and whether it opened with it.
    """

    def __init__(self, world: World, hub: "Hub", number: int, plan: QueuePlan) -> None:
        self.world, self.hub, self.number, self.plan = world, hub, number, plan
        self.clock, self.record = world.clock, world.record
        self.quotas = hub.plan.priority_quotas if plan.domain >= 0 else None
        self.ready: tuple[deque[int], ...] = tuple(deque() for _ in self.quotas or (0,))
        self.in_use = [0] * len(self.ready)
        self.limit = plan.connections or 1 << 62
        self.connecting = self.open = self.connections = 0
        self.started: dict[int, tuple[int, int]] = {}
        self.retrying = False
        self.failures = self.lost = 0
        self.timer: Moment | None = None
        self.back_off = world.plan.operations.back_off
        self.suspensions = Suspensions(self)

    def put(self, transaction: int) -> None:
        """A transaction is ready to be sent."""
        self.record.ready[transaction] = self.clock.tick
        self.ready[self.record.priority[transaction] if self.quotas else 0].append(transaction)
        self.pump()

    def pump(self) -> None:
        """Open connections for what waits, as far as the limits go."""
        if not self.plan.reachable or not self.hub.up:
            return
        lost = self.lost
        while self.connecting + self.open < self.limit and self.lost == lost:
            if self.retrying and (self.timer is not None or self.connecting or self.open):
                return
            if not any(self.ready) or not self.hub.outbound.may_open(self):
                return
            transaction = self.take(1)
            if transaction < 0:
                return
            self._connect(transaction)

    def take(self, opens: int = 0) -> int:
        """The transaction whose turn it is, or -1; `opens` is 1 for the first of a connection."""
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
            if not settled[transaction] and not self.suspensions.hold(transaction):
                self.in_use[priority] += 1
                self.started[transaction] = self.clock.tick, opens
                return transaction

    def _connect(self, transaction: int) -> None:
        self.connecting += 1
        self.hub.outbound.opened(self)
        life = outside if self.plan.domain >= 0 else inside
        Actor(life(self, transaction))

    def next_hub(self) -> "tuple[Hub | None, int]":
        """Return the hub of the next connection, and the reply that turns it away, or -1.

        Each hub has its turn; a hub that would turn the connection away is passed over. Without
        any other the connection goes to the hub whose turn it is. None stands for the mailboxes.
        """
        hubs = [self.world.hubs[hub] for hub in self.plan.to_hubs]
        if not hubs:
            return None, -1
        start, self.connections = self.connections, self.connections + 1
        turns = [hubs[(start + turn) % len(hubs)] for turn in range(len(hubs))]
        answers = [self.refusal(hub) for hub in turns]
        taken = answers.index(-1) if -1 in answers else 0
        return turns[taken], answers[taken]

    def refusal(self, there: "Hub") -> int:
        """Return the reply with which another hub turns mail of this hub away now, or -1."""
        said, pressure = self.record.reply_id, there.pressure
        if not there.up:
            return said(str(reply.UNABLE_TO_CONNECT))
        if pressure.refuses_connection():
            return said(str(reply.SERVICE_NOT_AVAILABLE))
        refusal = self.plan.refusals[self.plan.to_hubs.index(there.number)]
        if refusal:
            return said(refusal)
        if pressure.refuses_mail_from(Peer.EXCHANGE_SERVER, sender_is_authoritative=True):
            return said(str(reply.INSUFFICIENT_RESOURCES))
        return -1

    def connected(self) -> None:
        """A connection stands."""
        self.connecting -= 1
        self.open += 1

    def works(self, transaction: int) -> None:
        """A connection is good for mail: if the queue was in Retry, it is no longer.

        A reply that closes the connection before it took anything leaves the queue where it was
        (assumption): else every such reply would start the clock of the hub anew.
        """
        self.suspensions.works(transaction)
        if self.retrying:
            self._leave_retry()
            self.pump()

    def closed(self) -> None:
        """A connection has closed."""
        self.open -= 1
        self.hub.outbound.closed(self)
        self.pump()

    def ended(self, transaction: int, said: int) -> None:
        """An attempt has ended: write it down."""
        record = self.record
        start, opened = self.started.pop(transaction)
        self._write(transaction, start, self.clock.tick, said, opened)
        record.tried[transaction] += 1
        self.in_use[record.priority[transaction] if self.quotas else 0] -= 1

    def _write(self, transaction: int, start: int, end: int, said: int, opened: int) -> None:
        record = self.record
        record.attempt(
            (
                transaction,
                record.tried[transaction],
                self.number,
                self.plan.egress,
                record.ready[transaction],
                start,
                end,
                said,
                opened,
                record.carried(transaction),
            )
        )

    def failed(self, transaction: int, said: int) -> None:
        """A connection could not be made."""
        self.ended(transaction, said)
        self.connecting -= 1
        self._lose(transaction)

    def turned_away(self, transaction: int, said: int) -> None:
        """A greeting that is taken as an answer to the message: it bounces."""
        self.ended(transaction, said)
        self.connecting -= 1
        self.hub.finish(transaction, int(Status.BOUNCED), said)
        self.hub.outbound.closed(self)
        self.pump()
        if self.retrying and self.timer is None and not any(self.ready) and not self.connecting:
            self._leave_retry()

    def broken(self, transaction: int) -> None:
        """The other hub stopped while a connection to it was open."""
        self._cut(transaction, self.record.reply_id(str(reply.CONNECTION_DROPPED)))

    def turned_off(self, transaction: int, said: int) -> None:
        """End a connection to another hub that takes no further mail now."""
        self._cut(transaction, said)

    def _cut(self, transaction: int, said: int) -> None:
        self.ended(transaction, said)
        self.open -= 1
        self._lose(transaction)

    def backs_off(self, transaction: int, said: int) -> bool:
        """A provider wants less mail; whether this connection ends.

        The whole source backs off: as after any lost connection, and the last one puts the queue
        into Retry. Or the stream alone does, or nobody, and the message is tried again by itself.
        """
        if self.back_off == "source":
            self._cut(transaction, said)
            return True
        self.ended(transaction, said)
        if self.back_off == "stream":
            self.suspensions.suspend(transaction)
        else:
            recipient = self.record.leader[transaction]
            self.put_off(transaction, recipient, self.record.tried[transaction] - 1)
        return False

    def _lose(self, transaction: int) -> None:
        """A connection is lost. What it carried opens none at once: it waits for those that are
        open, or with the whole queue in Retry."""
        self.lost += 1
        if not self.open:
            self._enter_retry()
        self._back(transaction)
        # Its own loss feeds the others first: fed by it, the queue would lose again, without end.
        self.hub.outbound.starved.pop(self.number, None)
        self.hub.outbound.closed(self)

    def _back(self, transaction: int) -> None:
        """A transaction whose connection is lost is the next one again."""
        if not self.hub.gives_up(transaction):
            self.record.ready[transaction] = self.clock.tick
            priority = self.record.priority[transaction] if self.quotas else 0
            self.ready[priority].appendleft(transaction)

    def put_off(self, transaction: int, recipient: int, attempt: int) -> None:
        """A 4xx reply to a message: it is tried again by itself, later."""
        if not self.hub.gives_up(transaction):
            self.record.ready[transaction] = due = (
                self.clock.tick + self.hub.plan.message_retry_interval
            )
            again = self.clock.at(
                due, CLOCK, self.hub.number, recipient, attempt, about=transaction
            )
            again.callbacks.append(self._again)

    def _again(self, moment: Moment) -> None:
        if not self.record.settled[moment.about]:
            self.put(moment.about)

    def _enter_retry(self) -> None:
        if self.timer is not None:
            return
        clock = self.clock
        if not self.retrying:
            self.retrying = True
            self.record.level(Level.QUEUE_RETRY, self.number, clock.tick, 1)
        self.failures += 1
        due = clock.tick + self.retry_delay(self.failures)
        self.timer = clock.at(due, CLOCK, QUEUE | self.hub.number, self.number)
        self.timer.callbacks.append(self._due)

    def retry_delay(self, failures: int) -> int:
        """How long the hub waits after so many failures in a row."""
        retry = self.hub.plan.retry
        return queue_retry_delay(
            failures,
            retry.queue_glitch_retry_count,
            retry.queue_glitch_retry_interval,
            retry.transient_failure_retry_count,
            retry.transient_failure_retry_interval,
            retry.outbound_connection_failure_retry_interval,
        )

    def _due(self, timer: Moment) -> None:
        """The hub's clock allows the queue one connection."""
        if timer is not self.timer:
            return
        self.timer = None
        self.pump()
        if self.retrying and not any(self.ready) and not self.connecting:
            self._leave_retry()

    def _leave_retry(self) -> None:
        self.retrying, self.failures, self.timer = False, 0, None
        self.record.level(Level.QUEUE_RETRY, self.number, self.clock.tick, 0)

    def stop(self) -> None:
        """The hub stops: its connections are gone, and what they carried is next again."""
        self.connecting = self.open = 0
        said = self.record.reply_id(str(reply.CONNECTION_DROPPED))
        for transaction in reversed(list(self.started)):
            self.ended(transaction, said)
            self._back(transaction)

    def expire(self, transaction: int) -> None:
        """A transaction that is not on its way is given up."""
        if self.record.ready[transaction] <= self.clock.tick:
            self._write(transaction, -1, self.clock.tick, -1, 0)
        self.hub.finish(transaction, int(Status.EXPIRED), self.hub.expired)
        self.suspensions.gone(transaction)

    def start(self) -> None:
        """The hub is back: the queue is tried at once (assumption)."""
        if self.retrying:
            self._leave_retry()
        self.pump()

    def waits(self, transaction: int) -> None:
        """At the end of the run nobody has taken a transaction."""
        self._write(transaction, -1, -1, -1, 0)

    def close(self) -> None:
        """The run is over: what still waits or travels is written down as such."""
        for transaction, (start, opened) in self.started.items():
            self._write(transaction, start, -1, -1, opened)
        for ready in self.ready:
            for transaction in ready:
                if not self.record.settled[transaction]:
                    self.waits(transaction)
        self.suspensions.close()
