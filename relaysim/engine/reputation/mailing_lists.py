"""Mailing lists: addresses that are off a list, and streams that are paused, get no mail."""

import numpy as np

from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.trace.tables import Level, Status
from relaysim.traffic.draw import Decision, draw32
from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

_CLEANED_SIGNALS = int(Signal.TRAP | Signal.PROVIDER_TRAP | Signal.UNKNOWN)


class MailingLists:
    """The mailing lists of all streams.

    Recipient number i of a stream goes to address i modulo the size of its list.

    Attributes
    ----------
    first, size : dict of int to int
        By stream: row of its first recipient, and addresses on its list (0: no list).
    drawn : int
        Number of recipients that were drawn; after them come DSNs and duplicates.
    removed : dict of int to set of int
        By stream: addresses that are off the list.
    bounces : dict of (int, int) to int
        By stream and address.
    paused : set of int
        Streams that send nothing.
    cleanups : dict of int to int
        By stream: how often its list was cleaned.
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

    def suppress(self, message: int) -> bool:
        """Suppress a message that is due, if its stream is paused or its address is off the list.

        Returns
        -------
        bool
            Whether all recipients of the message are final now: suppressed.
        """
        if not self.paused and not self.removed:
            return False
        messages = self.record.messages
        stream, first = messages.stream[message], messages.first_recipient[message]
        if stream not in self.paused:
            removed = self.removed.get(stream)
            if not removed or self._address(stream, first) not in removed:
                return False
        for recipient in range(first, first + messages.recipients[message]):
            self.record.set_final(recipient, Status.SUPPRESSED, messages.created[message], -1)
        return True

    def person(self, recipient: int) -> int:
        """Return the first recipient that goes to the same address, by which a receiver knows it.

        A recipient of no mailing list is the only one with its address.
        """
        stream = self.record.messages.stream[self.record.recipients.message[recipient]]
        if not self.size.get(stream):
            return self.record.original_of(recipient)
        return int(self.first[stream]) + self._address(stream, recipient)

    def _address(self, stream: int, recipient: int) -> int:
        original = self.record.original_of(recipient)
        return int((original - self.first[stream]) % self.size[stream])

    def bounced(self, recipient: int) -> None:
        """Count a bounce of an unknown user, and remove the address after `bounce_removals`."""
        stream = self.record.messages.stream[self.record.recipients.message[recipient]]
        if not self.size.get(stream):
            return
        address = self._address(stream, recipient)
        count = self.bounces[stream, address] = self.bounces.get((stream, address), 0) + 1
        if count >= self.plan.streams[stream].bounce_removals:
            self.removed.setdefault(stream, set()).add(address)

    def clean(self, stream: int, threshold: int) -> bool:
        """Remove each spam trap and each unknown user from a list with some probability.

        Parameters
        ----------
        stream : int
            Index of the stream.
        threshold : int
            The probability, as a threshold for a 32-bit draw.

        Returns
        -------
        bool
            Whether the stream has a list.
        """
        size, first = self.size.get(stream, 0), self.first.get(stream, 0)
        if not size:
            return False
        cleanup = self.cleanups[stream] = self.cleanups.get(stream, 0) + 1
        removed = self.removed.setdefault(stream, set())
        flags = np.frombuffer(self.record.signal, np.uint8)[first : min(first + size, self.drawn)]
        for address in np.flatnonzero(flags & _CLEANED_SIGNALS).tolist():
            key = self.record.key[first + address]
            if draw32(key, int(Decision.CLEANED), cleanup) < threshold:
                removed.add(address)
        return True

    def pause(self, stream: int, now: int) -> bool:
        """Pause a stream at a time in microseconds; return False if it was paused before."""
        if stream in self.paused:
            return False
        self.paused.add(stream)
        self.record.level(Level.PAUSED, stream, now, 1)
        return True

    def resume(self, stream: int, now: int) -> None:
        """Let a stream send again from a time in microseconds."""
        if stream in self.paused:
            self.paused.remove(stream)
            self.record.level(Level.PAUSED, stream, now, 0)
