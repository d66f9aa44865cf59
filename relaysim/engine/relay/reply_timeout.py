"""Time-outs of hosts: how long a host waits for the reply to the end of DATA."""

from collections.abc import Callable
from typing import NamedTuple

from relaysim.engine.kernel import TIMER, Event, EventLoop


class Wait(NamedTuple):
    """A session that waits for the reply to the end of DATA of a message."""

    timer: Event
    message: int


class ReplyTimeouts:
    """The time-outs of the sessions of a host.

    A host that gets no reply in time closes the session. The hub has the whole message by then and
    commits it all the same, so the host may send a duplicate (RFC 5321, section 4.5.3.2.6, which
    wants 10 minutes for this reason).

    Parameters
    ----------
    loop : EventLoop
        The event loop.
    entity : int
        The host, which orders simultaneous events.
    timeout : int
        Microseconds; 0 for a host that waits for ever.
    give_up : callable
        Called with connection and message when a time is over.

    Attributes
    ----------
    waits : dict of int to Wait
        Sessions that wait for a reply, by number of the connection.
    """

    def __init__(
        self, loop: EventLoop, entity: int, timeout: int, give_up: Callable[[int, int], None]
    ) -> None:
        self.loop, self.entity, self.timeout, self.give_up = loop, entity, timeout, give_up
        self.waits: dict[int, Wait] = {}

    def start(self, connection: int, message: int, recipient: int, attempt: int) -> None:
        """Begin to wait for the reply; `recipient` and `attempt` order simultaneous events."""
        if not self.timeout:
            return
        due = self.loop.tick + self.timeout
        timer = self.loop.at(due, TIMER, self.entity, recipient, attempt, row=connection)
        timer.callbacks.append(self._over)
        self.waits[connection] = Wait(timer, message)

    def end(self, connection: int) -> None:
        """End the wait of a session: it has its reply, or is lost."""
        self.waits.pop(connection, None)

    def _over(self, timer: Event) -> None:
        connection = timer.row
        wait = self.waits.get(connection)
        # The timer of an earlier message of the session has no effect.
        if wait is not None and wait.timer is timer:
            del self.waits[connection]
            self.give_up(connection, wait.message)
