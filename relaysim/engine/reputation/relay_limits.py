"""The limits of relay services, at the connections and transactions that hubs send to them."""

from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.mail.relay_limits import Counts, Over, Window
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.relay_plan import RelayLimitPlan
from relaysim.trace.tables import Status
from relaysim.traffic.draw import Decision

ACCEPTED, DEFERRED, REFUSED = range(3)
"""Verdicts, numbered as those of `engine.reputation.receiver`."""

_MESSAGES, _EXTERNAL = int(Counts.MESSAGES), int(Counts.EXTERNAL_RECIPIENTS)
_DELAY, _DEFER, _REJECT = int(Over.DELAY), int(Over.DEFER), int(Over.REJECT)
_BOUNCED = int(Status.BOUNCED)


class RelayLimits:
    """What counts against the limits of all relay services.

    Mail counts when the service replies to RCPT TO. Times of windows are those of the clock of the
    organization, which begins at `operations.offset`.

    Attributes
    ----------
    open : dict of (int, int) to int
        Open connections by counter and egress.
    windows : dict of (int, int) to Window
        What counts in the window of each counter and egress.
    """

    def __init__(self, context: Context) -> None:
        self.loop, self.record, self.transactions, self.plan = context
        self.offset = self.plan.operations.offset
        self.open: dict[tuple[int, int], int] = {}
        self.windows: dict[tuple[int, int], Window] = {}

    def _window(self, limit: RelayLimitPlan, queue: QueuePlan) -> Window:
        key = limit.counter, queue.egress if limit.per_ip else 0
        window = self.windows.get(key)
        if window is None:
            window = self.windows[key] = Window(limit.window, limit.rolls)
        return window

    def _reply(self, limit: RelayLimitPlan, queue: QueuePlan) -> int:
        text = limit.reply.replace("{ip}", self.plan.egress[queue.egress].name)
        return self.record.replies.number(text)

    # Connections.

    def connect(self, queue: QueuePlan) -> int:
        """Return the number of the reply that refuses a connection; -1: it counts as open."""
        limits = self.plan.relays[queue.relay].connections
        keys = [(limit.counter, queue.egress if limit.per_ip else 0) for limit in limits]
        for key, limit in zip(keys, limits, strict=True):
            if self.open.get(key, 0) >= limit.limit:
                return self._reply(limit, queue)
        for key in keys:
            self.open[key] = self.open.get(key, 0) + 1
        return -1

    def disconnect(self, queue: QueuePlan) -> None:
        """Count the end of a connection."""
        for limit in self.plan.relays[queue.relay].connections:
            self.open[limit.counter, queue.egress if limit.per_ip else 0] -= 1

    # Transactions.

    def envelope(
        self, queue: QueuePlan, transaction: int, send_dsn: Callable[[int, Decision], None]
    ) -> tuple[int, int]:
        """Return the verdict about the recipients of a transaction, and count them.

        A soft limit defers the whole transaction if it has more than is left. A hard limit refuses
        the recipients above it, the last ones; the transaction continues without them.

        Parameters
        ----------
        queue : QueuePlan
            The queue that sends.
        transaction : int
            Row.
        send_dsn : callable
            Sends a DSN about a recipient from the hub.

        Returns
        -------
        verdict, reply : int
            The reply is -1 for ACCEPTED.
        """
        limits, now = self.plan.relays[queue.relay].mail, self.loop.tick + self.offset
        kept, verdict, reply_number = self.transactions.recipients(transaction), ACCEPTED, -1
        bounced: list[tuple[list[int], int]] = []
        for limit in limits:
            if limit.over == _DELAY:
                continue
            window = self._window(limit, queue)
            # `counts_refused` may take a window above its limit.
            room = max(limit.limit - window.used_at(now), 0)
            amount = self._amount(limit, kept)
            if amount <= room:
                continue
            refused = kept if limit.over == _DEFER else self._above(limit, kept, room)
            if limit.counts_refused:
                window.add(now, self._amount(limit, refused))
            reply_number = self._reply(limit, queue)
            if len(refused) == len(kept):
                verdict, kept = DEFERRED if limit.over == _DEFER else REFUSED, []
                break
            kept = [recipient for recipient in kept if recipient not in refused]
            bounced.append((refused, reply_number))
        if kept:
            for limit in limits:
                if limit.over != _DELAY:
                    self._window(limit, queue).add(now, self._amount(limit, kept))
        # Last, because an NDR may come by the same service.
        for refused, number in bounced:
            for recipient in refused:
                self.record.set_final(recipient, _BOUNCED, self.loop.tick, number)
            send_dsn(refused[0], Decision.NDR)
        return verdict, reply_number if verdict != ACCEPTED else -1

    def held_until(self, queue: QueuePlan) -> int:
        """Book a message that the service accepts, and return when the service replies to it.

        Returns
        -------
        int
            Microseconds; now, unless a limit delays the message to a later window.
        """
        now = until = self.loop.tick + self.offset
        for limit in self.plan.relays[queue.relay].mail:
            if limit.over == _DELAY:
                until = max(until, self._window(limit, queue).book(now, limit.limit))
        return until - self.offset

    def _amount(self, limit: RelayLimitPlan, recipients: list[int]) -> int:
        """Return what some recipients of a transaction count against a limit."""
        if limit.counts == _MESSAGES:
            return 1
        return len(self._counted(limit, recipients))

    def _counted(self, limit: RelayLimitPlan, recipients: list[int]) -> list[int]:
        """Return the recipients that count; DSNs do not count as external (TERRL)."""
        if limit.counts != _EXTERNAL:
            return recipients
        table, external = self.record.recipients, self.plan.external
        if self._is_dsn(recipients[0]):
            return []
        return [recipient for recipient in recipients if external[table.domain[recipient]]]

    def _is_dsn(self, recipient: int) -> bool:
        message = self.record.recipients.message[recipient]
        return self.plan.streams[self.record.messages.stream[message]].host < 0

    def _above(self, limit: RelayLimitPlan, recipients: list[int], room: int) -> list[int]:
        """Return the recipients above a hard limit that has `room` left."""
        if limit.counts == _MESSAGES:
            return recipients
        return self._counted(limit, recipients)[room:]
