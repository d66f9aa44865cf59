"""Time: SimPy's environment, one function that schedules, and an order of ties that is ours."""

from collections.abc import Generator
from heapq import heappop, heappush

from simpy import Environment
from simpy.events import Event

Life = Generator["Moment", None, None]
"""What an actor does: a generator that yields the moments it waits for."""

END, SCRIPT, STATE, CLOCK, SERVICE, BATCH, ATTEMPT, ARRIVAL = (rank << 60 for rank in range(1, 9))
"""What goes first among events of one tick: the end of the run, scripted events, states of lists
and providers, polls and clocks, the end of a service, of a batch, of an attempt, and last the
arrival of a message."""

QUEUE, LINE, HOST, DESTINATION, EGRESS = (kind << 13 for kind in range(1, 6))
"""Kinds of entity other than hubs, added to a number: one more of a kind then leaves the order of
all others as it was. A queue goes by its hub, with its own number in place of a recipient."""


class Moment(Event):
    """An event that succeeds, with `about` as what it is about (a row, or nothing)."""

    _ok = True
    _value = None

    def __init__(self, env: Environment, about: int = -1) -> None:
        self.env = env
        self.callbacks = []
        self.about = about

    def happen(self) -> None:
        """Let it happen now, inside the event that is being worked on.

        This is how a waiting actor goes on without a zero-delay event, whose place among the events
        of its tick would have to be decided.
        """
        callbacks, self.callbacks = self.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(self)


class Clock(Environment):
    """The environment of a run. Time is whole microseconds from its start, in `tick`."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)
        self.tick = 0
        self.finished = False
        self.past = Moment(self)
        """A moment that has happened: who yields it goes on at once."""
        self.past.callbacks = None  # type: ignore[assignment]

    def at(
        self,
        tick: int,
        rank: int,
        entity: int = 0,
        recipient: int = 0,
        attempt: int = 0,
        about: int = -1,
    ) -> Moment:
        """Schedule a moment. Ties go by rank, entity, recipient, attempt."""
        moment = Moment(self, about)
        self.settle(moment, tick, rank, entity, recipient, attempt)
        return moment

    def settle(
        self, moment: Moment, tick: int, rank: int, entity: int, recipient: int, attempt: int = 0
    ) -> None:
        """Schedule a moment that somebody may be waiting for already.

        Its place among the events of its tick is packed into one integer (4, 16, 32 and 12 bits; 3
        of the 16 are the kind) that SimPy takes as priority. It is above 1, so SimPy's own
        priorities 0 and 1 stay apart.
        This is `Environment.schedule` for a time instead of a delay.
        """
        if attempt > 4095:
            attempt = 4095
        order = rank | entity << 44 | recipient << 12 | attempt
        heappush(self._queue, (tick, order, next(self._eid), moment))  # type: ignore[misc]

    def step(self) -> None:
        """Work on the next event: `Environment.step` without its care for events that fail."""
        tick, _, _, moment = heappop(self._queue)
        self._now = self.tick = int(tick)
        callbacks, moment.callbacks = moment.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(moment)

    def run_until(self, horizon: int) -> int:
        """Step until somebody sets `finished`, or to the horizon; return the tick of the end."""
        self.at(horizon, END).callbacks.append(self._finish)
        step = self.step
        while not self.finished:
            step()
        return self.tick

    def _finish(self, _: Event) -> None:
        self.finished = True


class Actor:
    """Somebody who acts over time: a source, a session, a connection, a clock.

    Like a SimPy process, it runs a generator that yields what it waits for; unlike one, it starts
    inside the event that made it, and goes on inside the one that it waited for.
    """

    __slots__ = ("_life",)

    def __init__(self, life: Life) -> None:
        self._life = life
        self._resume(None)

    def _resume(self, _: Event | None) -> None:
        for moment in self._life:
            callbacks = moment.callbacks
            if callbacks is not None:
                callbacks.append(self._resume)
                return
