"""Stations of a hub: its cores, its queue database, and the Internet line of its public IP."""

from collections import deque

from relaysim.engine.kernel import BATCH, LINE, SERVICE, Event, EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.trace.tables import Visit

SEND, RECEIVE, CATEGORIZE = 0, 1, 2
"""Classes of core work, in the order in which a free core takes them."""

_COMMIT, _LINE = int(Visit.COMMIT), int(Visit.LINE)

Job = tuple[Event, int, int, int, int, int, int]
"""Work that waits for a core: event of its end, `Visit`, subject, attempt, first recipient, length
and time of arrival; the last two in microseconds."""


def _time_of_first(waiting: deque[Job]) -> int:
    return waiting[0][-1]


class Cores:
    """The cores of a hub: send before receive before categorizer work, each first in, first out.

    A hub that does not send first, such as one of Postfix, takes all work first in, first out. A
    core finishes the work that it has begun. Work of length 0 needs no core.
    """

    def __init__(
        self,
        loop: EventLoop,
        record: Recorder,
        hub: int,
        station: int,
        cores: int,
        sends_first: bool,
    ) -> None:
        self.loop, self.hub, self.station, self.free = loop, hub, station, cores
        self.sends_first = sends_first
        self.visit = record.visit
        self.waiting: tuple[deque[Job], deque[Job], deque[Job]] = (deque(), deque(), deque())
        self.stopped = False
        self._on_end = self._end

    def serve(
        self, work_class: int, visit: int, subject: int, attempt: int, recipient: int, length: int
    ) -> Event:
        """Request core time; return the event of its end.

        Parameters
        ----------
        work_class : int
            SEND, RECEIVE or CATEGORIZE.
        visit, subject, attempt : int
            As in the table `visits`.
        recipient : int
            First recipient, which orders simultaneous events.
        length : int
            Microseconds.

        Notes
        -----
        A stop of the hub runs the event early for work to send or to receive that still waits.
        Compare `Hub.epoch` after the wait.
        """
        loop = self.loop
        if length == 0:
            return loop.processed
        event = Event(loop, subject)
        if self.free and not self.stopped:
            self.free -= 1
            now = loop.tick
            self.visit((self.station, visit, subject, attempt, now, now, now + length))
            event.callbacks.append(self._on_end)
            loop.schedule_at(event, now + length, SERVICE, self.hub, recipient, attempt)
        else:
            job = (event, visit, subject, attempt, recipient, length, loop.tick)
            self.waiting[work_class].append(job)
        return event

    def _end(self, _: object) -> None:
        """Give the free core the next work, inside the event that freed it."""
        if not self.stopped:
            waiting = self._next()
            if waiting:
                self._begin(waiting.popleft())
                return
        self.free += 1

    def _next(self) -> deque[Job]:
        """Return the queue that a free core serves next; it is empty if no work waits."""
        if self.sends_first:
            return self.waiting[SEND] or self.waiting[RECEIVE] or self.waiting[CATEGORIZE]
        # Of work that came at the same time, sending is first here too.
        return min(filter(None, self.waiting), key=_time_of_first, default=self.waiting[SEND])

    def _begin(self, job: Job) -> None:
        event, visit, subject, attempt, recipient, length, enter = job
        now = self.loop.tick
        self.visit((self.station, visit, subject, attempt, enter, now, now + length))
        # The core takes the next work before the process that waits for this work continues.
        event.callbacks.insert(0, self._on_end)
        self.loop.schedule_at(event, now + length, SERVICE, self.hub, recipient, attempt)

    def stop(self) -> None:
        """Stop with the hub: work that has begun ends; work to send or receive is cut off."""
        self.stopped = True
        for work_class in (SEND, RECEIVE):
            jobs = tuple(self.waiting[work_class])
            self.waiting[work_class].clear()
            for job in jobs:
                self._record_wait(job, self.loop.tick)
                job[0].run_callbacks()

    def start(self) -> None:
        """Begin the work that waits, when the hub starts again."""
        self.stopped = False
        while self.free and (waiting := self._next()):
            self.free -= 1
            self._begin(waiting.popleft())

    def close(self) -> None:
        """Record the work that still waits when the run ends."""
        for waiting in self.waiting:
            for job in waiting:
                self._record_wait(job, -1)

    def _record_wait(self, job: Job, end: int) -> None:
        _, visit, subject, attempt, _, _, enter = job
        self.visit((self.station, visit, subject, attempt, enter, -1, end))


class QueueDatabase:
    """The queue database of a hub: messages are committed in batches, one write after another.

    A batch closes when it has `batch_size` messages, or `batch_timeout` after its first.
    """

    def __init__(
        self,
        loop: EventLoop,
        record: Recorder,
        hub: int,
        station: int,
        batch_size: int,
        batch_timeout: int,
        write_time: int,
    ) -> None:
        self.loop, self.hub, self.station = loop, hub, station
        self.visit = record.visit
        self.batch_size = batch_size if batch_timeout else 1
        self.batch_timeout, self.write_time = batch_timeout, write_time
        self.batch: Event | None = None
        self.timer: Event | None = None
        # Message, time of arrival and `Visit`.
        self.members: list[tuple[int, int, int]] = []
        self.writer_free_at = 0
        self._on_timeout = self._timeout

    def commit(self, message: int, recipient: int, visit: int = _COMMIT) -> Event:
        """Add a message to the open batch; return the event of the end of its write.

        Parameters
        ----------
        message, recipient : int
            The message, and its first recipient, which orders simultaneous events.
        visit : int
            As in the table `visits`: COMMIT or SHADOW_COMMIT.

        Notes
        -----
        A stop of the hub loses the open batch and runs the event early. Compare `Hub.epoch` after
        the wait.
        """
        now = self.loop.tick
        if self.batch is None:
            if self.write_time == 0 and self.batch_size == 1:
                return self.loop.processed
            self.batch = Event(self.loop)
            if self.batch_size > 1:
                self.timer = self.loop.at(now + self.batch_timeout, BATCH, self.hub, recipient)
                self.timer.callbacks.append(self._on_timeout)
        batch = self.batch
        self.members.append((message, now, visit))
        if len(self.members) >= self.batch_size:
            self._close_batch(recipient)
        return batch

    def _timeout(self, timer: Event) -> None:
        if timer is self.timer:  # else its batch was full earlier, or was lost
            self._close_batch(0)

    def _close_batch(self, recipient: int) -> None:
        assert self.batch is not None
        start = max(self.loop.tick, self.writer_free_at)
        self.writer_free_at = end = start + self.write_time
        for message, enter, visit in self.members:
            self.visit((self.station, visit, message, 0, enter, start, end))
        self.loop.schedule_at(self.batch, end, BATCH, self.hub, recipient)
        self.batch, self.timer, self.members = None, None, []

    def stop(self) -> None:
        """Lose the open batch when the hub stops; the processes that wait for it continue."""
        batch = self.batch
        self._record_wait(self.loop.tick)
        self.batch, self.timer, self.members = None, None, []
        if batch is not None:
            batch.run_callbacks()

    def close(self) -> None:
        """Record the open batch when the run ends."""
        self._record_wait(-1)

    def _record_wait(self, end: int) -> None:
        for message, enter, visit in self.members:
            self.visit((self.station, visit, message, 0, enter, -1, end))


class Line:
    """An Internet line: one transfer after another, first in, first out."""

    def __init__(self, loop: EventLoop, record: Recorder, line: int, station: int, bandwidth: int):
        self.loop, self.station = loop, station
        self.bandwidth = bandwidth  # bit/s; 0: no limit
        self.entity = LINE | line
        self.visit = record.visit
        self.free_at = 0

    def transfer(self, transaction: int, attempt: int, recipient: int, size: int) -> Event:
        """Send `size` bytes over the line; return the event of the end of the transfer."""
        if self.bandwidth == 0:
            return self.loop.processed
        now = self.loop.tick
        start = max(now, self.free_at)
        self.free_at = end = start + size * 8_000_000 // self.bandwidth
        self.visit((self.station, _LINE, transaction, attempt, now, start, end))
        return self.loop.at(end, SERVICE, self.entity, recipient, attempt)
