"""Suspensions: a stream that backs off from a next hop by itself, and lets the others go on.

This is what KumoMTA calls SuspendCampaign; Exchange has nothing of the kind.
"""

from collections import deque
from typing import TYPE_CHECKING

from relaysim.engine.kernel import CLOCK, QUEUE

if TYPE_CHECKING:
    from relaysim.engine.relay.delivery_queue import DeliveryQueue


class Suspensions:
    """The streams that are suspended in one delivery queue, each with what waits of it.

    A suspension lasts as long as the queue would be in Retry, growing with each failure in a row.
    Then one transaction is let through, the probe: if it is taken, so are all others.
    """

    def __init__(self, queue: "DeliveryQueue") -> None:
        self.queue = queue
        self.held: dict[int, deque[int]] = {}
        self.failures: dict[int, int] = {}
        self.probes: dict[int, int] = {}

    def _stream(self, transaction: int) -> int:
        record = self.queue.record
        return record.stream[record.carries[transaction]]

    def hold(self, transaction: int) -> bool:
        """Whether a transaction that is due must wait, because its stream is suspended."""
        if not self.held:
            return False
        stream = self._stream(transaction)
        waiting = self.held.get(stream)
        if waiting is None or self.probes.get(stream) == transaction:
            return False
        waiting.append(transaction)
        return True

    def suspend(self, transaction: int) -> None:
        """A provider wants less of a stream: it waits, beginning with this transaction."""
        queue, stream = self.queue, self._stream(transaction)
        probed = self.probes.get(stream) == transaction
        if queue.hub.gives_up(transaction):
            self.gone(transaction)
            return
        queue.record.ready[transaction] = queue.clock.tick
        if stream in self.held and not probed:
            self.held[stream].append(transaction)
            return
        self.held.setdefault(stream, deque()).appendleft(transaction)
        self.probes.pop(stream, None)
        self.failures[stream] = self.failures.get(stream, 0) + 1
        due = queue.clock.tick + queue.retry_delay(self.failures[stream])
        timer = queue.clock.at(due, CLOCK, QUEUE | queue.hub.number, queue.number, stream)
        timer.callbacks.append(lambda _: self._probe(stream))

    def _probe(self, stream: int) -> None:
        """Let one transaction through; a stream of which nothing waits is free."""
        waiting = self.held.get(stream, deque())
        while waiting:
            transaction = waiting.popleft()
            if not self.queue.record.settled[transaction]:
                self.probes[stream] = transaction
                self._ready(transaction)
                self.queue.pump()
                return
        self._free(stream)

    def works(self, transaction: int) -> None:
        """A transaction was let in: if it was the probe of its stream, the stream is free."""
        if self.probes:
            stream = self._stream(transaction)
            if self.probes.get(stream) == transaction:
                self._free(stream)

    def gone(self, transaction: int) -> None:
        """A transaction was given up: if it was the probe, the next one is."""
        if self.probes:
            stream = self._stream(transaction)
            if self.probes.get(stream) == transaction:
                del self.probes[stream]
                self._probe(stream)

    def _free(self, stream: int) -> None:
        self.probes.pop(stream, None)
        self.failures.pop(stream, None)
        for transaction in self.held.pop(stream, ()):
            if not self.queue.record.settled[transaction]:
                self._ready(transaction)
        self.queue.pump()

    def _ready(self, transaction: int) -> None:
        queue = self.queue
        queue.ready[queue.record.priority[transaction] if queue.quotas else 0].append(transaction)

    def close(self) -> None:
        """The run is over: what still waits is written down as such."""
        for waiting in self.held.values():
            for transaction in waiting:
                if not self.queue.record.settled[transaction]:
                    self.queue.waits(transaction)
