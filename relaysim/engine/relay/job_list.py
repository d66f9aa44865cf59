"""The order in which a hub of Postfix sends the messages that wait."""

from collections import deque
from collections.abc import Iterator, Sequence

from relaysim.engine.transactions import TransactionStates
from relaysim.mail.delivery_slots import Candidate, DeliverySlots, Job
from relaysim.units import SECOND


class JobList:
    """The jobs of one transport of Postfix: of each message what waits for any next hop.

    Attributes
    ----------
    jobs : dict of int to Job
        By message.
    places : dict of int to list of WaitingJobs
        By message, the next hops that its job waits for.
    """

    def __init__(self, slots: DeliverySlots) -> None:
        self.slots = slots
        self.jobs: dict[int, Job] = {}
        self.places: dict[int, list[WaitingJobs]] = {}

    def exercise(self, queues: Sequence["WaitingJobs"], now: int) -> None:
        """Let the best job go before the one that is next, if this has collected enough slots.

        Parameters
        ----------
        queues : sequence of WaitingJobs
            The next hops that may get a delivery now; jobs that wait for others alone do not count.
        now : int
            The time, microseconds.
        """
        heads = [queue.order[0] for queue in queues if queue.order]
        if not heads:
            return
        current = heads[0]
        for head in heads:
            if head.comes_before(current):
                current = head
        if not self.slots.may_be_preempted(current):
            return
        best = Candidate(now // SECOND, self.slots.most(current))
        for queue in queues:
            for job in queue.order:
                if job is current or job.children:
                    continue
                if best.consider(job, job.arrived_at // SECOND):
                    break
        if best.job is not None and self.slots.suffice(current, best.job):
            self.slots.preempt(current, best.job)
            for queue in self.places[best.job.message]:
                queue.move(best.job)


class WaitingJobs:
    """The transactions that wait for one next hop, by job.

    Attributes
    ----------
    order : deque of Job
        The jobs that have some, in the order of deliveries.
    entries : dict of int to deque of int
        By message, the transactions of its job.
    """

    def __init__(self, jobs: JobList, transactions: TransactionStates) -> None:
        self.jobs, self.transactions = jobs, transactions
        self.order: deque[Job] = deque()
        self.entries: dict[int, deque[int]] = {}
        self.length = 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        for job in self.order:
            yield from self.entries[job.message]

    def first(self) -> int:
        """Return the transaction that is next."""
        return self.entries[self.order[0].message][0]

    def next_job(self) -> tuple[Job, int] | None:
        """Return the job that is next, with its transaction; None if none waits."""
        while self.length and self.transactions.final[self.first()]:  # it expired while it waited
            self.discard()
        return (self.order[0], self.first()) if self.length else None

    def append(self, transaction: int) -> None:
        """Add a transaction: to the job of its message if this waits, else as a new job."""
        entries, job = self._entries(transaction)
        if not entries:
            place = len(self.order)
            # A job that waits for another next hop already keeps its place.
            while job.waiting and place and job.comes_before(self.order[place - 1]):
                place -= 1
            self.order.insert(place, job)
        entries.append(transaction)
        job.waiting += 1
        self.length += 1

    def appendleft(self, transaction: int) -> None:
        """Add a transaction that is the next one."""
        entries, job = self._entries(transaction)
        if not entries:
            self.order.appendleft(job)
        entries.appendleft(transaction)
        job.waiting += 1
        self.length += 1

    def _entries(self, transaction: int) -> tuple[deque[int], Job]:
        """Return the transactions of the message that wait here, and its job."""
        message = self.transactions.message[transaction]
        job = self.jobs.jobs.get(message)
        if job is None:
            job = Job(message, self.transactions.ready[transaction], transaction)
            self.jobs.jobs[message] = job
            self.jobs.places[message] = []
        entries = self.entries.get(message)
        if entries is None:
            entries = self.entries[message] = deque()
            self.jobs.places[message].append(self)
        return entries, job

    def popleft(self) -> int:
        """Select the transaction that is next for a delivery."""
        self.order[0].select()
        return self._take()

    def discard(self) -> int:
        """Take the next transaction out without a delivery."""
        self.order[0].waiting -= 1
        return self._take()

    def _take(self) -> int:
        job = self.order[0]
        entries = self.entries[job.message]
        transaction = entries.popleft()
        self.length -= 1
        if not entries:
            self.order.popleft()
            del self.entries[job.message]
            self.jobs.places[job.message].remove(self)
        if not job.waiting:
            del self.jobs.jobs[job.message], self.jobs.places[job.message]
            self.jobs.slots.retire(job)
        return transaction

    def move(self, job: Job) -> None:
        """Move a job to its new place in the order."""
        self.order.remove(job)
        place = 0
        while place < len(self.order) and self.order[place].comes_before(job):
            place += 1
        self.order.insert(place, job)
