"""The limits of relay services, at the connections and messages of hubs and hosts."""

from collections.abc import Callable

from relaysim.engine.context import Context
from relaysim.mail.relay_limits import Counts, Over, Window
from relaysim.mail.reply import PERMANENT
from relaysim.plan.queue_plan import QueuePlan
from relaysim.plan.relay_plan import RelayLimitPlan
from relaysim.trace.tables import Status
from relaysim.traffic.draw import Decision

ACCEPTED, DEFERRED, REFUSED = range(3)
"""Verdicts, numbered as those of `engine.reputation.receiver`."""

_MESSAGES, _EXTERNAL = int(Counts.MESSAGES), int(Counts.EXTERNAL_RECIPIENTS)
_DELAY, _DEFER = int(Over.DELAY), int(Over.DEFER)
_BOUNCED = int(Status.BOUNCED)


class RelayLimits:
    """What counts against the limits of all relay services.

    Mail counts when the service replies to RCPT TO. Times of windows are those of the clock of the
    organization, which begins at `operations.offset`.

    Attributes
    ----------
    ips : tuple of str
        What a limit of one IP counts by: the public IPs, then the addresses of hosts that submit
        to a service.
    open : dict of (int, int) to int
        Open connections by counter and IP.
    windows : dict of (int, int) to Window
        What counts in the window of each counter and IP.
    """

    def __init__(self, context: Context) -> None:
        self.loop, self.record, self.transactions, self.plan = context
        self.offset = self.plan.operations.offset
        self.ips = (*(egress.name for egress in self.plan.egress), *self.plan.direct)
        self.open: dict[tuple[int, int], int] = {}
        self.windows: dict[tuple[int, int], Window] = {}

    def _window(self, limit: RelayLimitPlan, ip: int) -> Window:
        key = limit.counter, ip if limit.per_ip else 0
        window = self.windows.get(key)
        if window is None:
            window = self.windows[key] = Window(limit.window, limit.rolls)
        return window

    def _reply(self, limit: RelayLimitPlan, ip: int) -> int:
        return self.record.replies.number(limit.reply.replace("{ip}", self.ips[ip]))

    # Connections.

    def connect(self, relay: int, ip: int) -> int:
        """Return the number of the reply that refuses a connection; -1: it counts as open."""
        limits = self.plan.relays[relay].connections
        keys = [(limit.counter, ip if limit.per_ip else 0) for limit in limits]
        for key, limit in zip(keys, limits, strict=True):
            if self.open.get(key, 0) >= limit.limit:
                return self._reply(limit, ip)
        for key in keys:
            self.open[key] = self.open.get(key, 0) + 1
        return -1

    def disconnect(self, relay: int, ip: int) -> None:
        """Count the end of a connection."""
        for limit in self.plan.relays[relay].connections:
            self.open[limit.counter, ip if limit.per_ip else 0] -= 1

    # Recipients and messages.

    def admit(
        self, relay: int, ip: int, recipients: list[int]
    ) -> tuple[list[int], list[tuple[list[int], int]]]:
        """Return the recipients of a message that pass, and count them.

        A soft limit defers all of them if they are more than is left. A hard limit refuses those
        above it, the last ones.

        Parameters
        ----------
        relay, ip : int
            The service, and the public IP or host that sends.
        recipients : list of int
            Rows.

        Returns
        -------
        kept, refused
            Rows that pass; and in the order of the limits rows that do not, with their reply.
        """
        limits, now = self.plan.relays[relay].mail, self.loop.tick + self.offset
        kept = recipients
        refused: list[tuple[list[int], int]] = []
        for limit in limits:
            if limit.over == _DELAY:
                continue
            window = self._window(limit, ip)
            # `counts_refused` may take a window above its limit.
            room = max(limit.limit - window.used_at(now), 0)
            if self._amount(limit, kept) <= room:
                continue
            above = kept if limit.over == _DEFER else self._above(limit, kept, room)
            if limit.counts_refused:
                window.add(now, self._amount(limit, above))
            refused.append((above, self._reply(limit, ip)))
            kept = [recipient for recipient in kept if recipient not in above]
            if not kept:
                break
        if kept:
            for limit in limits:
                if limit.over != _DELAY:
                    self._window(limit, ip).add(now, self._amount(limit, kept))
        return kept, refused

    def envelope(
        self, queue: QueuePlan, transaction: int, send_dsn: Callable[[int, Decision], None]
    ) -> tuple[int, int]:
        """Return the verdict about the recipients of a transaction of a hub, and count them.

        The transaction continues without those that are refused.

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
        rows = self.transactions.recipients(transaction)
        kept, refused = self.admit(queue.relay, queue.egress, rows)
        verdict, reply_number = ACCEPTED, -1
        if not kept:
            _, reply_number = refused.pop()
            permanent = self.record.replies.codes[reply_number] >= PERMANENT
            verdict = REFUSED if permanent else DEFERRED
        # Last, because an NDR may come by the same service.
        for recipients, number in refused:
            for recipient in recipients:
                self.record.set_final(recipient, _BOUNCED, self.loop.tick, number)
            send_dsn(recipients[0], Decision.NDR)
        return verdict, reply_number

    def held_until(self, relay: int, ip: int) -> int:
        """Book a message that the service accepts, and return when the service replies to it.

        Returns
        -------
        int
            Microseconds; now, unless a limit delays the message to a later window.
        """
        now = until = self.loop.tick + self.offset
        for limit in self.plan.relays[relay].mail:
            if limit.over == _DELAY:
                until = max(until, self._window(limit, ip).book(now, limit.limit))
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
