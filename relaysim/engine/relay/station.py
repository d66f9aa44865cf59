"""Stations of a hub: its cores, the queue database, and the Internet line that it sends over."""

from collections import deque

from relaysim.engine.kernel import BATCH, LINE, SERVICE, Clock, Moment
from relaysim.engine.recorder import Recorder
from relaysim.trace.tables import Visit

SEND, RECEIVE, CATEGORIZE = 0, 1, 2
"""What a free core takes first."""

_COMMIT, _LINE = int(Visit.COMMIT), int(Visit.LINE)

Job = tuple[Moment, int, int, int, int, int, int]


class Cores:
    """The cores of a hub: send before receive before categorizer work, each first in, first out.

    A core is not taken away from work that it has begun. Work that takes no time needs no core.
    """

    def __init__(
        self, clock: Clock, recorder: Recorder, hub: int, station: int, cores: int
    ) -> None:
        self.clock, self.hub, self.station, self.free = clock, hub, station, cores
        self.visit = recorder.visit
        self.waiting: tuple[deque[Job], deque[Job], deque[Job]] = (deque(), deque(), deque())
        self.stopped = False
        self._on_end = self._end

    def serve(
        self, kind: int, visit: int, subject: int, attempt: int, recipient: int, length: int
    ) -> Moment:
        """The moment at which `length` microseconds of work will have been done."""
        clock = self.clock
        if length == 0:
            return clock.past
        moment = Moment(clock, subject)
        if self.free and not self.stopped:
            self.free -= 1
            now = clock.tick
            self.visit((self.station, visit, subject, attempt, now, now, now + length))
            moment.callbacks.append(self._on_end)
            clock.settle(moment, now + length, SERVICE, self.hub, recipient, attempt)
        else:
            job = (moment, visit, subject, attempt, recipient, length, clock.tick)
            self.waiting[kind].append(job)
        return moment

    def _end(self, _: object) -> None:
        """A core is free: it takes the next work inside the event that freed it."""
        if not self.stopped:
            for waiting in self.waiting:
                if waiting:
                    self._begin(waiting.popleft())
                    return
        self.free += 1

    def _begin(self, job: Job) -> None:
        moment, visit, subject, attempt, recipient, length, enter = job
        now = self.clock.tick
        self.visit((self.station, visit, subject, attempt, enter, now, now + length))
        moment.callbacks.insert(0, self._on_end)
        self.clock.settle(moment, now + length, SERVICE, self.hub, recipient, attempt)

    def stop(self) -> None:
        """The hub stops: begun work ends, no other begins; who waits to send or receive is cut."""
        self.stopped = True
        for kind in (SEND, RECEIVE):
            cut = tuple(self.waiting[kind])
            self.waiting[kind].clear()
            for job in cut:
                self._leave(job, self.clock.tick)
                job[0].happen()

    def start(self) -> None:
        """The hub is back."""
        self.stopped = False
        for waiting in self.waiting:
            while self.free and waiting:
                self.free -= 1
                self._begin(waiting.popleft())

    def close(self) -> None:
        """The run is over: what still waits is written down as such."""
        for waiting in self.waiting:
            for job in waiting:
                self._leave(job, -1)

    def _leave(self, job: Job, end: int) -> None:
        _, visit, subject, attempt, _, _, enter = job
        self.visit((self.station, visit, subject, attempt, enter, -1, end))


class QueueDatabase:
    """The queue database: messages are committed in batches, one write after another.

    A batch closes when it has `batch_size` messages, or `batch_timeout` after its first.
    """

    def __init__(
        self,
        clock: Clock,
        recorder: Recorder,
        hub: int,
        station: int,
        batch_size: int,
        batch_timeout: int,
        write: int,
    ) -> None:
        self.clock, self.hub, self.station = clock, hub, station
        self.visit = recorder.visit
        self.batch_size = batch_size if batch_timeout else 1
        self.batch_timeout, self.write = batch_timeout, write
        self.batch: Moment | None = None
        self.timer: Moment | None = None
        self.members: list[tuple[int, int]] = []
        self.writer_free_at = 0
        self._on_timeout = self._timeout

    def commit(self, message: int, recipient: int) -> Moment:
        """The moment at which the message will have been committed."""
        now = self.clock.tick
        if self.batch is None:
            if self.write == 0 and self.batch_size == 1:
                return self.clock.past
            self.batch = Moment(self.clock)
            if self.batch_size > 1:
                self.timer = self.clock.at(now + self.batch_timeout, BATCH, self.hub, recipient)
                self.timer.callbacks.append(self._on_timeout)
        batch = self.batch
        self.members.append((message, now))
        if len(self.members) >= self.batch_size:
            self._close(recipient)
        return batch

    def _timeout(self, timer: Moment) -> None:
        if timer is self.timer:
            self._close(0)

    def _close(self, recipient: int) -> None:
        assert self.batch is not None
        start = max(self.clock.tick, self.writer_free_at)
        self.writer_free_at = end = start + self.write
        for message, enter in self.members:
            self.visit((self.station, _COMMIT, message, 0, enter, start, end))
        self.clock.settle(self.batch, end, BATCH, self.hub, recipient)
        self.batch, self.timer, self.members = None, None, []

    def stop(self) -> None:
        """The hub stops: the open batch is lost, and whoever waits for it is told so."""
        batch = self.batch
        self._leave(self.clock.tick)
        self.batch, self.timer, self.members = None, None, []
        if batch is not None:
            batch.happen()

    def close(self) -> None:
        """The run is over: the open batch is written down as such."""
        self._leave(-1)

    def _leave(self, end: int) -> None:
        for message, enter in self.members:
            self.visit((self.station, _COMMIT, message, 0, enter, -1, end))


class Line:
    """An Internet line: one transfer after another, first come, first served."""

    def __init__(
        self, clock: Clock, recorder: Recorder, line: int, station: int, bandwidth: int
    ) -> None:
        self.clock, self.station, self.bandwidth = clock, station, bandwidth
        self.entity = LINE | line
        self.visit = recorder.visit
        self.free_at = 0

    def transfer(self, transaction: int, attempt: int, recipient: int, size: int) -> Moment:
        """The moment at which `size` bytes will have been sent."""
        if self.bandwidth == 0:
            return self.clock.past
        now = self.clock.tick
        start = max(now, self.free_at)
        self.free_at = end = start + size * 8_000_000 // self.bandwidth
        self.visit((self.station, _LINE, transaction, attempt, now, start, end))
        return self.clock.at(end, SERVICE, self.entity, recipient, attempt)
