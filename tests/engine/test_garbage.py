"""A run leaves nothing behind but its trace, and the garbage collector as it was."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from relaysim.engine import run as engine
from relaysim.engine.relay.hub import Hub
from relaysim.engine.run import simulate
from relaysim.scenario.load import load
from relaysim.traffic.workload import draw

MM4 = Path(__file__).resolve().parents[2] / "scenarios" / "mm4.toml"
SCENARIO = load(MM4, ["run.duration=200 s", "run.warm_up=0 s"])


@pytest.fixture(params=[True, False], ids=["collector on", "collector off"])
def collector(request: pytest.FixtureRequest) -> Iterator[bool]:
    was_on = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if was_on else gc.disable)()


def hubs() -> int:
    return sum(isinstance(thing, Hub) for thing in gc.get_objects())


def test_the_actors_of_a_run_are_gone_when_it_ends(collector: bool) -> None:
    before = hubs()
    trace = simulate(SCENARIO, draw(SCENARIO, 0, 1))
    assert len(trace.messages) > 0
    assert hubs() == before
    assert gc.isenabled() == collector


def test_a_run_that_fails_leaves_the_collector_as_it_was(
    collector: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(engine, "keep_open", fails)
    with pytest.raises(MemoryError):
        simulate(SCENARIO, draw(SCENARIO, 0, 1))
    assert gc.isenabled() == collector
