"""Age: the delay notice and the end of what a hub cannot deliver."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from relaysim.engine.clock import CLOCK, Actor, Life, Moment
from relaysim.engine.trace import Fate
from relaysim.mail.retry import delay_notice_at, expires_at
from relaysim.traffic.draw import Decision

if TYPE_CHECKING:
    from relaysim.engine.hub import Hub


class Ageing:
    """Two clocks of a hub that look at each message it has accepted, in the order of acceptance.

    One sends a delay notice, the other expires the message, each so long after its acceptance.
    What is gone by then costs nothing: a clock sleeps until the oldest message still here is due.
    """

    def __init__(self, hub: "Hub") -> None:
        self.hub, self.clock, self.record = hub, hub.clock, hub.record
        self.asleep: list[Moment] = []
        timeout = hub.plan.message_expiration_timeout
        notice = delay_notice_at(0, hub.plan.delay_notification_timeout, timeout)
        if notice is not None:
            Actor(self._look(notice, self._delayed))
        Actor(self._look(expires_at(0, timeout), self._too_old))

    def wake(self) -> None:
        """A message has come in after a time without any."""
        asleep, self.asleep = self.asleep, []
        for moment in asleep:
            moment.happen()

    def _look(self, after: int, act: Callable[[int], None]) -> Life:
        clock, record, owned, since = self.clock, self.record, self.hub.owned, self.hub.owned_at
        number = 0
        while True:
            while number < len(owned) and not self._here(owned[number]):
                number += 1
            if number == len(owned):
                moment = Moment(clock)
                self.asleep.append(moment)
                yield moment
                continue
            due = since[number] + after
            if clock.tick < due:
                copy = record.first_copy[owned[number]]
                yield clock.at(due, CLOCK, self.hub.number, copy)
            for transaction in self._here(owned[number]):
                act(transaction)
            number += 1

    def _here(self, message: int) -> list[int]:
        """The transactions of a message that are here; before it is routed, -1 or a settled one."""
        record, hub = self.record, self.hub.number
        first = record.first_copy[message]
        found: dict[int, None] = {}
        for copy in range(first, first + record.copies[message]):
            if not record.fate[copy]:
                transaction = record.transaction[copy]
                if (
                    transaction < 0
                    or record.settled[transaction]
                    or record.held_by(transaction) == hub
                ):
                    found[transaction] = None
        return list(found)

    def _waits(self, transaction: int) -> bool:
        return transaction >= 0 and not self.record.settled[transaction]

    def _delayed(self, transaction: int) -> None:
        if self._waits(transaction):
            self.hub.notify(self.record.leader[transaction], Decision.DELAY_NOTICE)

    def _too_old(self, transaction: int) -> None:
        """Expire what waits; what is on its way is judged when its attempt has ended."""
        if self._waits(transaction):
            queue = self.hub.queues[self.record.queue_of(transaction)]
            if transaction not in queue.started:
                self.hub.finish(transaction, int(Fate.EXPIRED), self.hub.expired)
