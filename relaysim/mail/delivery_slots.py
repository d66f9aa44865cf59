"""Which message Postfix sends next: one with few recipients may go before one with many.

Notes
-----
Postfix, SCHEDULER_README ("Preemptive scheduling") and `qmgr_job.c`.
"""

from dataclasses import dataclass
from typing import Self


@dataclass(slots=True, eq=False)
class Job:
    """A message and what of it waits for a delivery.

    Parameters
    ----------
    message : int
        Its number.
    arrived_at, first : int
        When it came into the active queue, microseconds, and the number of its first transaction,
        which orders jobs that came at once.
    waiting, selected : int
        Transactions that wait, and that were selected for a delivery.
    available : int
        Delivery slots that it has collected: one for each transaction selected. Another job that
        goes first costs `DeliverySlots.cost` of them for each of its transactions.
    used : int
        Transactions selected, less those that the job was expected to need when it went first.
    parent : Job or None
        The job that it went before.
    level, number : int
        The number of its parents, and its place among their children.
    children, preemptions : int
        Jobs that are before it now, and how many have gone before it so far.
    is_over : bool
        Nothing of it waits; it stays for the order of its children.
    """

    message: int
    arrived_at: int
    first: int
    waiting: int = 0
    selected: int = 0
    available: int = 0
    used: int = 0
    parent: Self | None = None
    level: int = 0
    number: int = 0
    children: int = 0
    preemptions: int = 0
    is_over: bool = False

    @property
    def entries(self) -> int:
        """All transactions of the job."""
        return self.waiting + self.selected

    def select(self) -> None:
        """Count a transaction that is selected for a delivery."""
        self.waiting -= 1
        self.selected += 1
        self.available += 1
        self.used += 1

    def comes_before(self, other: "Job") -> bool:
        """Return whether the job is before another one in the order of deliveries.

        A job that went first is before its parent, and after the jobs that went before the same
        parent earlier.
        """
        one: Job = self
        while one.level > other.level and one.parent is not None:
            if one.parent is other:
                return True
            one = one.parent
        while other.level > one.level and other.parent is not None:
            if other.parent is one:
                return False
            other = other.parent
        while one.parent is not other.parent and one.parent and other.parent:
            one, other = one.parent, other.parent
        if one.parent is None:
            return (one.arrived_at, one.first) < (other.arrived_at, other.first)
        return one.number < other.number

    def leave_stack(self, cost: int) -> None:
        """Give the slots that the job did not need back to its parent."""
        if self.parent is not None:
            self.parent.available -= self.used * cost

    def release(self) -> None:
        """Take the job from the children of its parent."""
        parent = self.parent
        while parent is not None:
            parent.children -= 1
            # A parent that is over is itself a child only as long as it has children.
            parent = parent.parent if parent.is_over and not parent.children else None


@dataclass(frozen=True, slots=True)
class DeliverySlots:
    """The rules by which one job may go before another.

    Parameters
    ----------
    cost : int
        default_delivery_slot_cost: transactions of a job for each one that may go first; 0 or 1:
        none may.
    discount, loan : int
        default_delivery_slot_discount and _loan: per cent of the slots, and number of
        slots, that need not be collected yet.
    minimum : int
        default_minimum_delivery_slots: slots that a job must be able to collect.
    """

    cost: int
    discount: int
    loan: int
    minimum: int

    def may_be_preempted(self, current: Job) -> bool:
        """Return whether another job may go before the one that is next."""
        enough = current.entries >= self.minimum * self.cost
        return self.cost >= 2 and current.available > 0 and enough

    def most(self, current: Job) -> int:
        """Return how many slots a job may have in the end, as far as they are not used yet."""
        return (current.waiting + current.available) // self.cost

    def suffice(self, current: Job, job: Job) -> bool:
        """Return whether a job has collected the slots that another one needs to go first."""
        slots = current.available // self.cost + self.loan
        return slots * 100 >= job.waiting * (100 - self.discount)

    def preempt(self, current: Job, job: Job) -> None:
        """Let a job go before another one."""
        job.leave_stack(self.cost)
        job.release()
        current.preemptions += 1
        current.children += 1
        job.parent, job.level, job.number = current, current.level + 1, current.preemptions
        current.available -= job.waiting * self.cost
        job.used = -job.waiting

    def retire(self, job: Job) -> None:
        """End a job that has nothing that waits."""
        job.is_over = True
        job.leave_stack(self.cost)
        if not job.children:
            job.release()


@dataclass(slots=True)
class Candidate:
    """The job that is best to go first: that with the most seconds of age for each transaction.

    Parameters
    ----------
    now : int
        The time, seconds.
    most : int
        The most transactions that may go first.
    job : Job or None
        The best job so far.
    age : int
        Its age, seconds.
    """

    now: int
    most: int
    job: Job | None = None
    age: int = 0

    def consider(self, job: Job, arrived_at: int) -> bool:
        """Judge a job that waits since a second; return whether younger jobs cannot be better."""
        age = self.now - arrived_at + 1
        best = self.job
        if 0 < job.waiting <= self.most and (
            best is None or age * best.entries > self.age * job.entries
        ):
            self.job, self.age, best = job, age, job
        return best is not None and job.level == 0 and age * best.entries <= self.age
