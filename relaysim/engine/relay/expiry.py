"""Age: the delay notice and the end of what a hub cannot deliver."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from relaysim.engine.kernel import CLOCK, Actor, Life, Moment
from relaysim.mail.retry_clock import delay_notice_at, expires_at
from relaysim.traffic.draw import Decision

if TYPE_CHECKING:
    from relaysim.engine.relay.hub import Hub


class Ageing:
    """Two clocks of a hub that look at each message it has accepted, in the order of acceptance.

    One sends a delay notice, the other expires the message, each so long after its acceptance; what
    is due while the hub is stopped happens when it is back. What is gone by then costs nothing: a
    clock sleeps until the oldest message still here is due.
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
        """A message has come in after a time without any, or the hub is back."""
        asleep, self.asleep = self.asleep, []
        for moment in asleep:
            moment.happen()

    def _look(self, after: int, act: Callable[[int], None]) -> Life:
        clock, hub = self.clock, self.hub
        number = 0
        while True:
            while number < len(hub.owned) and not self._here(number):
                number += 1
            if number == len(hub.owned) or not hub.up:
                moment = Moment(clock)
                self.asleep.append(moment)
                yield moment
            elif clock.tick < (due := hub.owned_at[number] + after):
                recipient = self.record.first_recipient[hub.owned[number]]
                yield clock.at(due, CLOCK, hub.number, recipient)
            else:
                for transaction in self._here(number):
                    if transaction != hub.handed[number]:
                        act(transaction)
                number += 1

    def _here(self, number: int) -> list[int]:
        """The transactions here of an accepted message; before it is routed, what it came as."""
        record, handed = self.record, self.hub.handed[number]
        message = self.hub.owned[number]
        first = record.first_recipient[message]
        found: dict[int, None] = {}
        for recipient in range(first, first + record.recipients[message]):
            if not record.status[recipient]:
                transaction = record.transaction[recipient]
                if transaction == handed or (
                    not record.settled[transaction] and record.came_from(transaction) == handed
                ):
                    found[transaction] = None
        return list(found)

    def _delayed(self, transaction: int) -> None:
        self.hub.notify(self.record.leader[transaction], Decision.DELAY_NOTICE)

    def _too_old(self, transaction: int) -> None:
        """Expire what waits; what is on its way is judged when its attempt has ended."""
        queue = self.hub.queues[self.record.queue_of(transaction)]
        if transaction not in queue.started:
            queue.expire(transaction)
