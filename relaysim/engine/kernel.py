"""The event loop: SimPy's Environment with integer time and a deterministic order of ties.

`docs/background/simpy.md` says what is taken from SimPy, what is replaced, and why.
"""

from collections.abc import Generator
from heapq import heappop

import simpy
from simpy import Environment

ProcessGenerator = Generator["Event", None, None]
"""What a process runs: a generator that yields the events it waits for."""

END, SCRIPT, STATE, TIMER, SERVICE, BATCH, ATTEMPT, ARRIVAL = (rank << 60 for rank in range(1, 9))
"""Ranks: the order of simultaneous events. The end of the run, scripted events, changes of
blocklists and mailbox providers, polls and timers, the end of a service, of a batch, of an attempt,
and last the arrival of a message. The smallest is above 1, because 0 and 1 are SimPy's own."""

QUEUE, LINE, HOST, DESTINATION, EGRESS = (kind << 13 for kind in range(1, 6))
"""Kinds of entity other than hubs, added to a number. One more entity of a kind leaves the order of
all others as it was. A queue uses the number of its hub, and its own number as the recipient."""


class Event(simpy.Event):
    """An event that always succeeds, with the row of the trace that it is about."""

    # SimPy's fields of an event that has been triggered; the value is not used.
    _ok = True
    _value = None

    def __init__(self, env: Environment, row: int = -1) -> None:
        self.env = env
        self.callbacks = []
        self.row = row  # -1: about no row

    def run_callbacks(self) -> None:
        """Resume the waiting processes now, inside the event that is being processed.

        `succeed()` would schedule a zero-delay event in its place. The order of zero-delay events
        among those of the same time would be the order of the calls, which differs by design.
        """
        callbacks, self.callbacks = self.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(self)


class EventLoop(Environment):
    """The event loop of a run.

    Attributes
    ----------
    tick : int
        Current time, microseconds since the start of the run.
    finished : bool
        Set to end the run after the current event.
    processed : Event
        An event in the past: a process that yields it continues at once.
    """

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self.tick = 0
        self.finished = False
        self.processed = Event(self)
        self.processed.callbacks = None  # type: ignore[assignment]

    def at(
        self,
        tick: int,
        rank: int,
        entity: int = 0,
        recipient: int = 0,
        attempt: int = 0,
        row: int = -1,
    ) -> Event:
        """Return a new event that is scheduled for a time; see `schedule_at` for the order."""
        event = Event(self, row)
        self.schedule_at(event, tick, rank, entity, recipient, attempt)
        return event

    def schedule_at(
        self, event: Event, tick: int, rank: int, entity: int, recipient: int, attempt: int = 0
    ) -> None:
        """Schedule an event, which processes may already wait for.

        Parameters
        ----------
        event : Event
            The event.
        tick : int
            Time, microseconds; not before the current time.
        rank, entity, recipient, attempt : int
            Place among the events of the same time, in this order. They are packed into one
            integer (4, 16, 32 and 12 bits; 3 of the 16 are the kind of entity), which SimPy takes
            as the priority of the event.
        """
        if attempt > 4095:
            attempt = 4095
        order = rank | entity << 44 | recipient << 12 | attempt
        self.schedule(event, order, tick - self.tick)  # type: ignore[arg-type]

    def step(self) -> None:
        """Process the next event: `Environment.step` without its handling of failed events."""
        tick, _, _, event = heappop(self._queue)
        self._now = self.tick = int(tick)
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)

    def run_until(self, horizon: int) -> int:
        """Process events until `finished` is set, at the latest at the horizon.

        Returns
        -------
        int
            Time of the end of the run, microseconds.
        """
        self.at(horizon, END).callbacks.append(self._finish)
        step = self.step
        while not self.finished:
            step()
        return self.tick

    def _finish(self, _: simpy.Event) -> None:
        self.finished = True


class Process:
    """A process: a source, a session, a connection, a poll.

    Like a SimPy process, it runs a generator that yields the events it waits for. Unlike a SimPy
    process, it starts inside the event that creates it, and continues inside the event that it
    waited for; SimPy schedules a zero-delay event for each. No process waits for another process or
    interrupts it.
    """

    __slots__ = ("_generator",)

    def __init__(self, generator: ProcessGenerator) -> None:
        self._generator = generator
        self._resume(None)

    def _resume(self, _: simpy.Event | None) -> None:
        for event in self._generator:
            callbacks = event.callbacks
            if callbacks is not None:
                callbacks.append(self._resume)
                return
            # The event is in the past: continue at once.
