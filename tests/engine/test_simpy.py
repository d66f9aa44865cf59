"""What the event loop assumes about SimPy. If a test here fails, read docs/background/simpy.md."""

import inspect
from importlib.metadata import version

import pytest
import simpy
from packaging.requirements import Requirement

from relaysim.engine.kernel import ARRIVAL, END, STATE, Event, EventLoop, Process, ProcessGenerator


def code(function: object) -> str:
    """Return the source of a function without white space, commas at the end and double quotes."""
    source = inspect.getsource(function)  # type: ignore[arg-type]
    return "".join(source.split()).replace('"', "'").replace(",)", ")")


def test_the_installed_version_is_in_the_tested_range() -> None:
    import tomllib
    from pathlib import Path

    file = Path(__file__).parents[2] / "pyproject.toml"
    dependencies = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["dependencies"]
    (simpy_range,) = [r for r in map(Requirement, dependencies) if r.name == "simpy"]
    assert simpy_range.specifier.contains(version("simpy"))


def test_schedule_pushes_time_priority_number_and_event() -> None:
    """The order of simultaneous events rests on it: priority after time, and number last."""
    assert "heappush(self._queue,(self._now+delay,priority,next(self._eid),event))" in code(
        simpy.Environment.schedule
    )
    environment = simpy.Environment()
    event = environment.event()
    environment.schedule(event, priority=7, delay=3)  # type: ignore[arg-type]
    ((time, priority, _, scheduled),) = environment._queue
    assert (time, priority, scheduled) == (3, 7, event)
    loop = EventLoop()
    loop.at(3, STATE, 1, 2, 3)
    ((time, priority, _, _),) = loop._queue
    assert (time, priority) == (3, STATE | 1 << 44 | 2 << 12 | 3)


def test_step_pops_the_event_and_runs_its_callbacks() -> None:
    """`EventLoop.step` does the same, but sets `tick` and does not look for failed events."""
    source = code(simpy.Environment.step)
    assert "heappop(self._queue)" in source
    assert "callbacks,event.callbacks=event.callbacks,None" in source
    assert "forcallbackincallbacks:" in source
    assert "ifnotevent._okandnothasattr(event,'_defused'):" in source


def test_an_event_of_the_loop_is_an_event_of_simpy() -> None:
    loop = EventLoop()
    event = loop.at(5, ARRIVAL)
    assert isinstance(event, simpy.Event)
    assert event.triggered
    assert event.ok
    assert not event.processed
    loop.step()
    assert event.processed
    assert (loop.tick, loop.now) == (5, 5)
    assert loop.processed.processed


def test_priorities_of_simpy_come_before_all_ranks() -> None:
    assert max(simpy.events.URGENT, simpy.events.NORMAL) < END


def test_processes_and_resources_of_simpy_run_in_the_loop() -> None:
    """So a model written for SimPy can run beside the actors of relaysim."""
    loop = EventLoop()
    counter = simpy.Resource(loop, capacity=1)
    log: list[tuple[int, str]] = []

    def customer(name: str) -> simpy.events.ProcessGenerator:
        with counter.request() as request:
            yield request
            yield loop.timeout(10)
            log.append((loop.tick, name))

    def actor() -> ProcessGenerator:
        yield loop.at(15, ARRIVAL)
        log.append((loop.tick, "actor"))

    loop.process(customer("first"))
    loop.process(customer("second"))
    Process(actor())
    assert loop.run_until(100) == 100
    assert log == [(10, "first"), (15, "actor"), (20, "second")]


def test_a_process_starts_and_continues_inside_the_event_that_it_waited_for() -> None:
    loop = EventLoop()
    log: list[str] = []
    gate = Event(loop)

    def waiting() -> ProcessGenerator:
        log.append("started")
        yield gate
        log.append("continued")
        yield loop.processed
        log.append("at once")

    Process(waiting())
    assert log == ["started"]
    gate.run_callbacks()
    assert log == ["started", "continued", "at once"]


@pytest.mark.parametrize("attempts", [(0, 1), (4095, 9000)])
def test_simultaneous_events_have_a_fixed_order(attempts: tuple[int, int]) -> None:
    loop = EventLoop()
    order: list[int] = []
    places = [
        (STATE, 0, 0, 0),
        (ARRIVAL, 0, 0, 0),
        (ARRIVAL, 0, 1, 0),
        (ARRIVAL, 1, 0, attempts[0]),
    ]
    for place in reversed(places):
        event = loop.at(7, *place)
        event.callbacks.append(lambda _, place=place: order.append(places.index(place)))
    for _ in places:
        loop.step()
    assert order == [0, 1, 2, 3]
