"""Delivery queues of Postfix: concurrency by feedback, and connections that are used again."""

from collections.abc import Sequence

from relaysim.engine.context import Context
from relaysim.engine.relay.delivery_queue import Deliver, DeliveryQueue, FirstInFirstOut
from relaysim.engine.relay.destination_concurrency import DestinationConcurrency
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.job_list import JobList, WaitingJobs
from relaysim.engine.relay.load_balancer import LoadBalancer


class PostfixQueue(DeliveryQueue):
    """A delivery queue of Postfix.

    A queue of Postfix has a concurrency by feedback instead of Retry: each message of a connection
    that failed is deferred by itself, and all that waits is deferred when the next hop is dead.

    Attributes
    ----------
    concurrency : DestinationConcurrency
        How many deliveries it has at a time.
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
        super().__init__(context, hub, number, peers, balancer, deliver)
        assert hub.plan.queue_manager is not None
        self.postfix = hub.plan.queue_manager
        self.concurrency = DestinationConcurrency(
            context, hub, self.postfix, number, self.limit, lambda: sum(self.in_use)
        )

    def _waiting(self) -> tuple[FirstInFirstOut | WaitingJobs, ...]:
        """Return the messages that wait, none.

        All queues that lead outside have one job list, that of the transport smtp. A queue to the
        mailbox server or to a smart host that is a hub has its own (assumption).
        """
        jobs = self.hub.jobs
        assert jobs is not None
        own = jobs if self.leads_outside else JobList(jobs.slots)
        self.jobs = WaitingJobs(own, self.transactions)
        return (self.jobs,)

    # Transactions wait, and connections take them.

    def _make_ready(self, transaction: int) -> None:
        if not self.concurrency.limit:  # the next hop is dead
            self.message_retry.defer(transaction)
        else:
            super()._make_ready(transaction)

    def _limit(self) -> int:
        return self.concurrency.limit

    def take_next(self, opened_at: int) -> int:
        """Take the next transaction for an open connection; -1 if the connection ends.

        Postfix uses a connection again for a limited time, and not where the message of another
        next hop is next.

        Parameters
        ----------
        opened_at : int
            When the connection began to open, microseconds.
        """
        transaction = -1
        if (
            self.may_be_used_again(opened_at)
            and self.connecting + self.open <= self.concurrency.limit
            and not self.hub.outbound.another_is_next(self)
        ):
            transaction = self.next_transaction()
        if transaction >= 0:
            self.pump()  # the concurrency may have grown
        return transaction

    def may_be_used_again(self, opened_at: int) -> bool:
        """Return whether a connection may carry another message, by its age."""
        return self.loop.tick - opened_at < self.postfix.connection_reuse_time

    # The course of a connection.

    def end_attempt(self, transaction: int, reply_number: int) -> None:
        """Record the end of an attempt that reached the receiver, and the reply that ended it."""
        self.concurrency.succeeded()
        super().end_attempt(transaction, reply_number)

    def _attempt_over(self) -> None:
        """Forget the concurrency of an empty queue, unless its next hop is dead.

        Notes
        -----
        Postfix, `qmgr_entry.c` (`qmgr_entry_done`): the queue manager discards a queue that is
        empty, and the next message gets a new one.
        """
        if not self.concurrency.limit:
            return
        if not any(self.ready) and not any(self.in_use):
            self.concurrency.restart()
            self.cache.forget()

    # Failures.

    def connection_failed(self, transaction: int, reply_number: int) -> None:
        """End the attempt of a transaction whose connection could not be opened."""
        self._end(transaction, reply_number)
        self.connecting -= 1
        self.concurrency.failed()
        if not self.concurrency.limit:
            self.cache.forget()
        self._attempt_over()
        self._connection_lost(transaction)

    def _connection_lost(self, transaction: int) -> None:
        """Defer the transaction of a lost connection; all that wait too if the next hop is dead."""
        self.message_retry.defer(transaction)
        if not self._limit():
            (waiting,) = self.ready
            while waiting:
                held = waiting.discard()
                if not self.transactions.final[held]:
                    self.message_retry.defer(held)
        self.hub.outbound.closed(self)
        # A connection that fails at once is counted by the loop that opened it.
        if not self.pumping:
            self.pump()

    # Stops of the hub.

    def stop(self) -> None:
        """Drop all connections when the hub stops, and begin anew."""
        self.concurrency.restart()
        super().stop()
