"""Delivery queues: transactions of a hub that wait for a next hop, and the times of attempts."""

from collections import deque
from collections.abc import Callable, Sequence

from relaysim.engine.context import Context
from relaysim.engine.kernel import QUEUE, Process, ProcessGenerator
from relaysim.engine.relay.connection_cache import CachedConnection, ConnectionCache
from relaysim.engine.relay.delivery_rate import DeliveryRate
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.hub_choice import HubChoice
from relaysim.engine.relay.job_list import WaitingJobs
from relaysim.engine.relay.load_balancer import LoadBalancer
from relaysim.engine.relay.message_retry import MessageRetry
from relaysim.engine.relay.queue_retry import QueueRetry
from relaysim.engine.relay.suspended_streams import SuspendedStreams
from relaysim.mail import reply
from relaysim.mail.priority_queuing import choose
from relaysim.plan.queue_plan import QueuePlan
from relaysim.trace.tables import Status

NO_LIMIT = 1 << 62

Deliver = Callable[["DeliveryQueue", int, CachedConnection | None], ProcessGenerator]
"""The process of a connection that a queue opens for a transaction, or takes from its cache."""


class FirstInFirstOut(deque[int]):
    """Transactions that wait, in the order in which they came."""

    def first(self) -> int:
        """Return the transaction that is next."""
        return self[0]

    def discard(self) -> int:
        """Take the next transaction out without a delivery."""
        return self.popleft()


class DeliveryQueue:
    """A delivery queue of one hub for one next hop.

    A waiting transaction opens a connection at once while the limits allow it and the queue is long
    enough for one more. A connection carries transactions one after another and closes when none
    waits. When a connection fails and no other is open, the whole queue is in Retry: nothing of it
    is tried until the retry clock of the hub allows one connection. Its success ends Retry.

    Attributes
    ----------
    ready : tuple of (FirstInFirstOut or WaitingJobs)
        Transactions that wait for a connection: by priority if the hub has priority queuing, else
        all in one.
    jobs : WaitingJobs or None
        Those of a queue of Postfix.
    in_use : list of int
        Connections that carry a transaction, by the same index.
    connecting, open : int
        Connections that are being opened, and that are open.
    hubs : HubChoice
        The hubs that the queue hands mail to.
    started : dict of int to (int, int)
        For each transaction on a connection: when its attempt began (microseconds), and 1 if it
        opened the connection.
    egress_of : dict of int to int
        The public IP of transactions on connections that a front end proxies.
    cache : ConnectionCache
        Its open connections that no message uses; only Postfix keeps any.
    pumping : bool
        `pump` is opening connections.
    retry : QueueRetry
        Whether the queue is in Retry, and the clock.
    message_retry : MessageRetry
        The transactions that a receiver deferred.
    rate : DeliveryRate
        The time between the starts of two attempts.
    losses : int
        Connections lost so far; after a change `pump` stops.
    """

    def __init__(
        self,
        context: Context,
        hub: Hub,
        number: int,
        peers: Sequence[Hub],
        balancer: LoadBalancer | None,
        deliver: Deliver,
    ) -> None:
        self.loop, self.record, self.transactions, plan = context
        self.hub, self.number, self.deliver = hub, number, deliver
        self.plan: QueuePlan = plan.queues[number]
        self.leads_outside = self.plan.domain >= 0
        self.quotas = hub.plan.priority_quotas if self.leads_outside else None
        self.jobs: WaitingJobs | None = None
        self.ready = self._waiting()
        self.in_use = [0] * len(self.ready)
        self.limit = self.plan.connections or NO_LIMIT
        self.connecting = self.open = 0
        self.hubs = HubChoice(context, self.plan, peers, balancer)
        self.started: dict[int, tuple[int, int]] = {}
        self.egress_of: dict[int, int] = {}
        self.losses = 0
        self.message_retry = MessageRetry(context, hub, self, self.plan.message_retry_interval)
        postfix = hub.plan.queue_manager
        kept_for = postfix.connection_cache_time if postfix and self.leads_outside else 0
        self.cache = ConnectionCache(context, hub.number, number, kept_for)
        self.pumping = False
        self.rate = DeliveryRate(self.loop, hub.number, number, self.plan.rate_delay, self.pump)
        self.retry = QueueRetry(context, hub, number, self._retry_due)
        self.back_off = plan.operations.back_off
        self.suspended = SuspendedStreams(
            context,
            QUEUE | hub.number,
            number,
            expire_if_due=hub.expire_if_due,
            retry_delay=self.retry.delay,
            make_ready=self._make_ready,
            pump=self.pump,
            record_wait=self.record_wait,
        )

    def _waiting(self) -> tuple[FirstInFirstOut | WaitingJobs, ...]:
        """Return where transactions wait, empty: by priority if the hub has priority queuing."""
        return tuple(FirstInFirstOut() for _ in self.quotas or (0,))

    # Transactions wait, and connections take them.

    def add(self, transaction: int) -> None:
        """Add a transaction that is ready to be sent, without a connection for it yet."""
        self.transactions.ready[transaction] = self.loop.tick
        self._make_ready(transaction)

    def _make_ready(self, transaction: int) -> None:
        self.ready[self._priority(transaction)].append(transaction)

    def _priority(self, transaction: int) -> int:
        return self.transactions.priority[transaction] if self.quotas else 0

    def pump(self) -> None:
        """Open connections for the transactions that wait, as far as the limits allow."""
        pumping, self.pumping = self.pumping, True
        self._open_connections()
        self.pumping = pumping

    def _limit(self) -> int:
        """Return how many connections the queue may have now."""
        return self.limit

    def _open_connections(self) -> None:
        if not self.plan.reachable or not self.hub.up:
            return
        losses = self.losses
        # A connection that fails at once puts its transaction back: without the comparison of
        # losses this loop would open the next one for it, without end.
        while self.connecting + self.open < self._limit() and self.losses == losses:
            if self.retry.active and (self.retry.timer is not None or self.connecting or self.open):
                return
            if not self._long_enough() or not self.hub.outbound.may_open(self):
                return
            if self.jobs is not None and not self.hub.outbound.feeding:
                self.jobs.jobs.exercise([self.jobs], self.loop.tick)
            transaction = self.next_transaction(opens=1)
            if transaction < 0:
                return
            cached = self.cache.take()
            if cached is not None:
                self.started[transaction] = self.loop.tick, 0
            self.connecting += 1
            self.hub.outbound.opened(self)
            Process(self.deliver(self, transaction, cached))

    def _long_enough(self) -> bool:
        """Return whether the queue is long enough for one more connection.

        Notes
        -----
        The first connection needs one transaction that waits. In Exchange 2013 to 2019 each 20
        messages in a queue open one more (Microsoft, support article of 2024 on mail that is stuck
        in queues). Assumptions: a queue of n messages has n / 20 connections, rounded down, and
        messages on connections count.
        """
        connections, step = self.connecting + self.open, self.plan.per_further_connection
        if not connections or step == 1:
            return any(self.ready)
        final, length = self.transactions.final, sum(self.in_use)
        for waiting in self.ready:
            while waiting and final[waiting.first()]:  # it expired while it waited
                waiting.discard()
            length += len(waiting)
        return any(self.ready) and length >= step * (connections + 1)

    def next_transaction(self, opens: int = 0) -> int:
        """Take the next transaction for a connection and begin its attempt.

        Parameters
        ----------
        opens : int
            1 if the attempt opens the connection, else 0.

        Returns
        -------
        int
            The transaction; -1 if none may be sent now.
        """
        final = self.transactions.final
        while True:
            priority = 0
            if self.quotas:
                lengths = [len(waiting) for waiting in self.ready]
                priority = choose(lengths, self.in_use, self.quotas)
                if priority < 0:
                    return -1
            waiting = self.ready[priority]
            if not waiting or not self.rate.admits():
                return -1
            transaction = waiting.first()
            # A transaction that expired while it waited stays in the deque until its turn.
            if final[transaction] or self.suspended.hold(transaction):
                waiting.discard()
                continue
            waiting.popleft()
            self.in_use[priority] += 1
            self.rate.started()
            self.started[transaction] = self.loop.tick, opens
            self.cache.selected(transaction, sum(self.in_use))
            return transaction

    def take_next(self, opened_at: int) -> int:
        """Take the next transaction for an open connection; -1 if the connection ends.

        Parameters
        ----------
        opened_at : int
            When the connection began to open, microseconds: only Postfix limits its age.
        """
        del opened_at
        return self.next_transaction()

    def may_be_used_again(self, opened_at: int) -> bool:
        """Return whether a connection may be kept for another message: only Postfix keeps any."""
        del opened_at
        return False

    def may_open_more(self) -> bool:
        """Return whether the concurrency of the queue allows one more connection."""
        return self.connecting + self.open < self._limit()

    # The course of a connection.

    def leaves_by(self, transaction: int, egress: int) -> None:
        """Note the public IP that a transaction leaves by, which a front end may decide."""
        if egress != self.plan.egress:
            self.egress_of[transaction] = egress

    def connection_opened(self) -> None:
        """Count a connection that is now open."""
        self.connecting -= 1
        self.open += 1

    def connection_works(self, transaction: int) -> None:
        """End Retry, because a connection has taken mail.

        A reply that closes the connection before it took anything does not end Retry (assumption):
        else every such reply would start the retry clock anew.
        """
        self.suspended.probe_succeeded(transaction)
        if self.retry.active:
            self.retry.leave()
            self.pump()

    def connection_closed(self) -> None:
        """Count a connection that closed after its last transaction."""
        self.open -= 1
        self.hub.outbound.closed(self)
        self.pump()

    def end_attempt(self, transaction: int, reply_number: int) -> None:
        """Record the end of an attempt that reached the receiver, and the reply that ended it."""
        self._end(transaction, reply_number)
        self._attempt_over()

    def _attempt_over(self) -> None:
        """Do what follows the end of an attempt: nothing, except in Postfix."""

    def _end(self, transaction: int, reply_number: int) -> None:
        start, opened = self.started.pop(transaction)
        self._record_attempt(transaction, start, self.loop.tick, reply_number, opened)
        transactions = self.transactions
        transactions.attempts[transaction] += 1
        self.in_use[transactions.priority[transaction] if self.quotas else 0] -= 1
        self.egress_of.pop(transaction, None)
        self.cache.done()

    def _record_attempt(
        self, transaction: int, start: int, end: int, reply_number: int, opened: int
    ) -> None:
        transactions = self.transactions
        self.record.attempt(
            (
                transaction,
                transactions.attempts[transaction],
                self.number,
                self.egress_of.get(transaction, self.plan.egress),
                transactions.ready[transaction],
                start,
                end,
                reply_number,
                opened,
                transactions.recipient_count(transaction),
            )
        )

    # Failures.

    def connection_failed(self, transaction: int, reply_number: int) -> None:
        """End the attempt of a transaction whose connection could not be opened."""
        self._end(transaction, reply_number)
        self.connecting -= 1
        self._attempt_over()
        self._connection_lost(transaction)

    def bounced_by_greeting(self, transaction: int, reply_number: int) -> None:
        """Bounce a transaction for a 5xx greeting: the hub treats it as a reply to the message."""
        self._end(transaction, reply_number)
        self.connecting -= 1
        self._attempt_over()
        self.hub.finish(transaction, int(Status.BOUNCED), reply_number)
        self.hub.outbound.closed(self)
        self.pump()
        if self.retry.timer is None:
            self._leave_retry_if_empty()

    def connection_dropped(self, transaction: int) -> None:
        """End the attempt of a transaction because the hub at the other end stopped."""
        self.close_connection(
            transaction, self.record.replies.number(str(reply.CONNECTION_DROPPED))
        )

    def close_connection(self, transaction: int, reply_number: int) -> None:
        """End the attempt of a transaction by a reply that closes the open connection."""
        self._end(transaction, reply_number)
        self.open -= 1
        self._attempt_over()
        self._connection_lost(transaction)

    def throttled(self, transaction: int, reply_number: int) -> bool:
        """React to a provider that throttles this mail, by `operations.back_off`.

        With "source" the whole queue enters Retry, as after any lost connection. With "stream" only
        the stream is suspended. Else only the message waits for its next attempt.

        Returns
        -------
        bool
            Whether the connection ends.
        """
        if self.back_off == "source":
            self.close_connection(transaction, reply_number)
            return True
        self.end_attempt(transaction, reply_number)
        if self.back_off == "stream":
            self.suspended.suspend(transaction)
        else:
            self.message_retry.defer(transaction)
        return False

    def _connection_lost(self, transaction: int) -> None:
        """Put the transaction of a lost connection back, without a new connection for it at once.

        The transaction waits for the connections that are open. Without any, the queue is in Retry.
        """
        self.losses += 1
        if not self.open:
            self.retry.enter()
        self._put_back(transaction)
        # The free connection goes to the other queues of the hub first. If this queue took it, it
        # would lose it again, without end.
        self.hub.outbound.starved.pop(self.number, None)
        self.hub.outbound.closed(self)

    def _put_back(self, transaction: int) -> None:
        """Make a transaction the next one of its priority, unless it expires."""
        if not self.hub.expire_if_due(transaction):
            self.transactions.ready[transaction] = self.loop.tick
            self.ready[self._priority(transaction)].appendleft(transaction)

    def _retry_due(self) -> None:
        """Open one connection, because the retry clock allows it."""
        self.pump()
        self._leave_retry_if_empty()

    def _leave_retry_if_empty(self) -> None:
        if not any(self.ready) and not self.connecting:
            self.retry.leave()

    # Expiry, stops of the hub, the end of the run.

    def expire(self, transaction: int) -> None:
        """Expire a transaction that is on no connection."""
        if self.transactions.ready[transaction] <= self.loop.tick:
            self.record_wait(transaction, end=self.loop.tick)
        self.hub.finish(transaction, int(Status.EXPIRED), self.hub.expired)
        self.suspended.probe_expired(transaction)

    def stop(self) -> None:
        """Drop all connections when the hub stops; the transactions on them are next again."""
        self.connecting = self.open = 0
        self.cache.close_all()
        dropped = self.record.replies.number(str(reply.CONNECTION_DROPPED))
        for transaction in reversed(list(self.started)):
            self._end(transaction, dropped)
            self._put_back(transaction)

    def start(self) -> None:
        """Try the queue at once when the hub starts again (assumption)."""
        self.retry.leave()
        self.pump()

    def record_wait(self, transaction: int, end: int = -1) -> None:
        """Record that a transaction waited without an attempt.

        Parameters
        ----------
        transaction : int
            Row.
        end : int
            Time of its expiry, microseconds; -1: it still waits when the run ends.
        """
        self._record_attempt(transaction, -1, end, -1, 0)

    def close(self) -> None:
        """Record what still waits or is on a connection when the run ends."""
        for transaction, (start, opened) in self.started.items():
            self._record_attempt(transaction, start, -1, -1, opened)
        for waiting in self.ready:
            for transaction in waiting:
                if not self.transactions.final[transaction]:
                    self.record_wait(transaction)
        self.suspended.close()
