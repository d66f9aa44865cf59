"""What is kept from being sent: addresses off a mailing list, and streams that are paused."""

import numpy as np

from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.trace.tables import Level, Status
from relaysim.traffic.draw import Decision, draw32
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

_WORTHLESS = int(Signal.TRAP | Signal.PROVIDER_TRAP | Signal.UNKNOWN)


class Mailing:
    """The mailing lists of all streams, each an endless round of its addresses.

    Recipient number i of a stream goes to address i modulo the size of its list.
    """

    def __init__(self, record: Recorder, plan: Plan, draws: Draws) -> None:
        self.record, self.plan = record, plan
        rows = np.searchsorted(draws.stream, np.arange(len(draws.streams)))
        first = draws.first_recipient[rows].tolist()
        index = [plan.stream_index[name] for name in draws.streams]
        self.first = dict(zip(index, first, strict=True))
        self.size = dict(zip(index, draws.list_size.tolist(), strict=True))
        self.drawn = len(draws.key)
        self.removed: dict[int, set[int]] = {}
        self.bounces: dict[tuple[int, int], int] = {}
        self.paused: set[int] = set()
        self.cleanups: dict[int, int] = {}

    def keeps(self, message: int) -> bool:
        """Whether a message that is due is not sent after all; then its recipients become final."""
        if not self.paused and not self.removed:
            return False
        stream = self.record.stream[message]
        if stream not in self.paused:
            removed = self.removed.get(stream)
            if (
                not removed
                or self._address(stream, self.record.first_recipient[message]) not in removed
            ):
                return False
        first = self.record.first_recipient[message]
        for recipient in range(first, first + self.record.recipients[message]):
            self.record.fated(recipient, Status.SUPPRESSED, self.record.created[message], -1)
        return True

    def _address(self, stream: int, recipient: int) -> int:
        return int((recipient - self.first[stream]) % self.size[stream])

    def bounced(self, recipient: int) -> None:
        """An address is unknown: after so many bounces it is taken off the list."""
        stream = self.record.stream[self.record.message[recipient]]
        if not self.size.get(stream):
            return
        address = self._address(stream, recipient)
        count = self.bounces[stream, address] = self.bounces.get((stream, address), 0) + 1
        if count >= self.plan.streams[stream].bounce_removals:
            self.removed.setdefault(stream, set()).add(address)

    def clean(self, stream: int, share: int) -> bool:
        """Take each trap and unknown address off the list with some probability.

        `share` is a threshold for a 32-bit draw. False if the stream has no list.
        """
        size, first = self.size.get(stream, 0), self.first.get(stream, 0)
        if not size:
            return False
        cleanup = self.cleanups[stream] = self.cleanups.get(stream, 0) + 1
        removed = self.removed.setdefault(stream, set())
        flags = np.frombuffer(self.record.signal, np.uint8)[first : min(first + size, self.drawn)]
        for address in np.flatnonzero(flags & _WORTHLESS).tolist():
            key = self.record.key[first + address]
            if draw32(key, int(Decision.CLEANED), cleanup) < share:
                removed.add(address)
        return True

    def pause(self, stream: int, now: int) -> bool:
        """A stream sends nothing more; False if it was paused before."""
        if stream in self.paused:
            return False
        self.paused.add(stream)
        self.record.level(Level.PAUSED, stream, now, 1)
        return True

    def resume(self, stream: int, now: int) -> None:
        """It may send again."""
        if stream in self.paused:
            self.paused.remove(stream)
            self.record.level(Level.PAUSED, stream, now, 0)
