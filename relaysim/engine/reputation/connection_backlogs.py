"""Connections that a receiver has taken but not greeted, because it serves as many as it can."""

from collections import defaultdict, deque

from relaysim.engine.kernel import ATTEMPT, Event, EventLoop
from relaysim.plan.queue_plan import QueuePlan


class ConnectionBacklogs:
    """The accept queues of all receivers, by egress and domain; each first in, first out."""

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop
        self._waiting: dict[tuple[int, int], deque[tuple[Event, int, int, int]]] = defaultdict(
            deque
        )

    def length(self, queue: QueuePlan) -> int:
        """Return how many connections wait where a queue sends."""
        return len(self._waiting[queue.egress, queue.domain])

    def join(self, queue: QueuePlan, recipient: int, attempt: int) -> Event:
        """Return the event at which a connection, now the last one, has its place."""
        event = Event(self.loop)
        waiting = self._waiting[queue.egress, queue.domain]
        waiting.append((event, queue.hub, recipient, attempt))
        return event

    def next(self, place: tuple[int, int]) -> bool:
        """Give a free place to the connection that waits longest; False if none waits."""
        waiting = self._waiting[place]
        if not waiting:
            return False
        event, hub, recipient, attempt = waiting.popleft()
        self.loop.schedule_at(event, self.loop.tick, ATTEMPT, hub, recipient, attempt)
        return True
