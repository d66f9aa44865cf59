"""The connection cache of Postfix: open connections that no message uses."""

from collections.abc import Callable
from typing import NamedTuple

from relaysim.engine.context import Context
from relaysim.engine.kernel import QUEUE, TIMER, Event
from relaysim.units import SECOND

_NEVER = -2


class CachedConnection(NamedTuple):
    """An open connection without a message.

    Attributes
    ----------
    opened_at : int
        When it began to open, microseconds.
    carried : int
        Messages that it has carried.
    timer : Event
        Its end, unless a message takes it before.
    close : callable
        Closes it at the receiver.
    """

    opened_at: int
    carried: int
    timer: Event
    close: Callable[[], None]


class ConnectionCache:
    """The cached connections of a delivery queue, and whether its messages use the cache.

    Messages begin to use the cache when a delivery has ended at most a second ago, and go on until
    one is sent alone and later. They use it no more when the queue has been empty.

    Parameters
    ----------
    hub, number : int
        The hub and the queue.
    time_limit : int
        How long a connection is kept, microseconds. With 0 none is, and each message leaves its
        connection to one that waits.

    Attributes
    ----------
    loads, stores : bool
        Whether messages take a connection from the cache, and leave theirs there.
    last_done : int
        Second of the last delivery.
    storing : set of int
        The transactions taken for a connection that will leave it there.
    connections : list of CachedConnection
        The last one is taken first.

    Notes
    -----
    Postfix, `qmgr_entry.c` (`qmgr_entry_select`) for the flags, which compare whole seconds, and
    `scache_multi.c`: the connection that was used last is found first.
    """

    def __init__(self, context: Context, hub: int, number: int, time_limit: int) -> None:
        self.loop, self.hub, self.number, self.time_limit = context.loop, hub, number, time_limit
        self.connections: list[CachedConnection] = []
        self.storing: set[int] = set()
        self.loads = self.stores = False
        self.last_done = _NEVER

    def forget(self) -> None:
        """Begin anew, because the queue is empty or its next hop is dead."""
        self.loads = self.stores = False
        self.last_done = _NEVER

    def selected(self, transaction: int, busy: int) -> None:
        """Decide whether a transaction uses the cache, as it is taken for a connection.

        Parameters
        ----------
        transaction : int
            Row.
        busy : int
            Transactions on connections, with this one.
        """
        if not self.time_limit:
            return
        back_to_back = self.last_done + 1 >= self.loop.tick // SECOND
        if back_to_back and not self.stores:
            self.loads = self.stores = True
        elif busy <= 1 and not back_to_back:
            self.stores = False
        if self.stores:
            self.storing.add(transaction)
        else:  # it may have stored at an attempt whose connection failed
            self.storing.discard(transaction)

    def take(self) -> CachedConnection | None:
        """Return the cached connection that a new delivery uses; None if it opens its own."""
        return self.connections.pop() if self.loads and self.connections else None

    def done(self) -> None:
        """Note the end of an attempt."""
        self.last_done = self.loop.tick // SECOND

    def leaves(self, transaction: int) -> bool:
        """Return whether a transaction on a connection will leave it to others."""
        if not self.time_limit:
            return True
        leaves = transaction in self.storing
        self.storing.discard(transaction)
        return leaves

    def keep(self, opened_at: int, carried: int, close: Callable[[], None]) -> None:
        """Keep a connection that no message uses now."""
        if not self.time_limit:
            close()
            return
        due = self.loop.tick + self.time_limit
        timer = self.loop.at(due, TIMER, QUEUE | self.hub, self.number)
        timer.callbacks.append(self._over)
        self.connections.append(CachedConnection(opened_at, carried, timer, close))

    def _over(self, timer: Event) -> None:
        for place, connection in enumerate(self.connections):
            if connection.timer is timer:  # else a message has taken it
                del self.connections[place]
                connection.close()
                return

    def close_all(self) -> None:
        """Close all connections, because the hub stops."""
        for connection in self.connections:
            connection.close()
        self.connections.clear()
        self.storing.clear()
        self.forget()
