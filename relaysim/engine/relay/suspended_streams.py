"""Suspended streams: one stream sends nothing to a next hop for a while, the others continue.

KumoMTA calls this SuspendCampaign; Exchange has no such feature.
"""

from collections import deque
from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.engine.kernel import TIMER


class SuspendedStreams:
    """The streams that are suspended in one delivery queue.

    A suspension lasts as long as the queue would be in Retry, and grows with each failure in a row.
    Then one transaction is sent, the probe. If it is accepted, the suspension ends.

    Attributes
    ----------
    held : dict of int to deque of int
        For each suspended stream its transactions that wait.
    failures : dict of int to int
        For each suspended stream the failures in a row.
    probes : dict of int to int
        For each stream whose suspension is being probed: the probe.
    """

    def __init__(
        self,
        context: Context,
        entity: int,
        queue: int,
        expire_if_due: Callable[[int], bool],
        retry_delay: Callable[[int], int],
        make_ready: Callable[[int], None],
        pump: Callable[[], None],
        record_wait: Callable[[int], None],
    ) -> None:
        self.loop, self.record, self.transactions, _ = context
        self.entity, self.queue = entity, queue
        self.expire_if_due, self.retry_delay = expire_if_due, retry_delay
        self.make_ready, self.pump, self.record_wait = make_ready, pump, record_wait
        self.held: dict[int, deque[int]] = {}
        self.failures: dict[int, int] = {}
        self.probes: dict[int, int] = {}

    def _stream(self, transaction: int) -> int:
        return self.record.messages.stream[self.transactions.message[transaction]]

    def hold(self, transaction: int) -> bool:
        """Hold a transaction that is due, if its stream is suspended; return whether it is held."""
        if not self.held:
            return False
        stream = self._stream(transaction)
        waiting = self.held.get(stream)
        if waiting is None or self.probes.get(stream) == transaction:
            return False
        waiting.append(transaction)
        return True

    def suspend(self, transaction: int) -> None:
        """Suspend the stream of a transaction that a provider throttled."""
        stream = self._stream(transaction)
        probed = self.probes.get(stream) == transaction
        if self.expire_if_due(transaction):
            self.probe_expired(transaction)
            return
        self.transactions.ready[transaction] = self.loop.tick
        if stream in self.held and not probed:
            # The stream was suspended while this transaction was on another connection.
            self.held[stream].append(transaction)
            return
        self.held.setdefault(stream, deque()).appendleft(transaction)
        self.probes.pop(stream, None)
        self.failures[stream] = self.failures.get(stream, 0) + 1
        due = self.loop.tick + self.retry_delay(self.failures[stream])
        timer = self.loop.at(due, TIMER, self.entity, self.queue, stream)
        timer.callbacks.append(lambda _: self._probe(stream))

    def _probe(self, stream: int) -> None:
        """Send the first transaction that waits; end the suspension if none does."""
        waiting = self.held.get(stream, deque())
        while waiting:
            transaction = waiting.popleft()
            if not self.transactions.final[transaction]:
                self.probes[stream] = transaction
                self.make_ready(transaction)
                self.pump()
                return
        self._resume(stream)

    def probe_succeeded(self, transaction: int) -> None:
        """End the suspension of a stream if the transaction that was accepted is its probe."""
        if self.probes:
            stream = self._stream(transaction)
            if self.probes.get(stream) == transaction:
                self._resume(stream)

    def probe_expired(self, transaction: int) -> None:
        """Send another probe if the transaction that expired is the probe of its stream."""
        if self.probes:
            stream = self._stream(transaction)
            if self.probes.get(stream) == transaction:
                del self.probes[stream]
                self._probe(stream)

    def _resume(self, stream: int) -> None:
        self.probes.pop(stream, None)
        self.failures.pop(stream, None)
        for transaction in self.held.pop(stream, ()):
            if not self.transactions.final[transaction]:
                self.make_ready(transaction)
        self.pump()

    def close(self) -> None:
        """Record what still waits when the run ends."""
        for waiting in self.held.values():
            for transaction in waiting:
                if not self.transactions.final[transaction]:
                    self.record_wait(transaction)
