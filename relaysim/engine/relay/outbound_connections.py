"""The outbound connections of a whole hub, which its delivery queues share."""

from typing import Protocol

from relaysim.engine.kernel import EventLoop
from relaysim.engine.relay.delivery_processes import DeliveryProcesses
from relaysim.engine.relay.job_list import WaitingJobs
from relaysim.plan.hub_plan import QueueManagerPlan


class OutboundQueue(Protocol):
    """The interface of a delivery queue to this module."""

    number: int
    leads_outside: bool
    jobs: WaitingJobs | None

    def pump(self) -> None:
        """Open connections, as far as the limits allow."""

    def may_open_more(self) -> bool:
        """Return whether the concurrency of the queue allows one more connection."""


class OutboundConnections:
    """MaxOutboundConnections: the limit over all queues that lead outside.

    Attributes
    ----------
    limit : int
        Connections at a time; 0: no limit.
    has_jobs : bool
        A free connection goes to the queue whose message is next by the job list of Postfix; else
        the queues take turns.
    processes : DeliveryProcesses
        The processes of Postfix that the connections need.
    open : int
        Connections that exist now, to other organizations only.
    starved : dict of int to OutboundQueue
        Queues that were denied a connection, by number; the one that has waited longest is first.
    """

    def __init__(self, loop: EventLoop, limit: int, postfix: QueueManagerPlan | None) -> None:
        self.loop, self.limit, self.has_jobs = loop, limit, postfix is not None
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
        first, *others = self.starved.values()
        if not self.has_jobs:
            return first.number
        self._exercise([queue for queue in (first, *others) if queue.may_open_more()])
        for other in others:
            if _comes_before(other, first):
                first = other
        return first.number

    def another_is_next(self, queue: OutboundQueue) -> bool:
        """Return whether the message of another starved queue is next, not that of this queue."""
        others = []
        if queue.leads_outside:
            others = [
                other
                for other in self.starved.values()
                if other is not queue and other.may_open_more()
            ]
        self._exercise([queue, *others])
        return any(_comes_before(other, queue) for other in others)

    def _exercise(self, queues: list[OutboundQueue]) -> None:
        """Let a message go before the one that is next in these queues, by the rules of Postfix."""
        waiting = [queue.jobs for queue in queues if queue.jobs is not None]
        if waiting:
            waiting[0].jobs.exercise(waiting, self.loop.tick)

    def reset(self) -> None:
        """Forget all connections when the hub stops."""
        self.open = 0
        self.starved.clear()
        self.processes.reset()


def _comes_before(queue: OutboundQueue, other: OutboundQueue) -> bool:
    """Return whether the message that is next in a queue comes before that of another queue."""
    assert queue.jobs is not None
    assert other.jobs is not None
    own, its = queue.jobs.next_job(), other.jobs.next_job()
    if own is None or its is None:
        return own is not None
    if own[0] is its[0]:
        return own[1] < its[1]
    return own[0].comes_before(its[0])
