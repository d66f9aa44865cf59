"""INV-1 to 5, 7, 8 and 11 on random scenarios, and the books of the recorder."""

import pytest
from hypothesis import HealthCheck, given, settings
from random_worlds import Tables, worlds

from relaysim.engine.invariants import check
from relaysim.engine.recorder import Recorder
from relaysim.engine.run import simulate
from relaysim.engine.trace import Fate
from relaysim.scenario.load import from_mapping
from relaysim.traffic.workload import draw


def once_and_for_good(record: Recorder, copy: int, fate: int, time: int, reply: int) -> None:
    """What the recorder does with a fate; a copy that has one already must not get another."""
    assert record.fate[copy] == Fate.IN_FLIGHT
    assert fate != Fate.IN_FLIGHT
    fated(record, copy, fate, time, reply)


fated = Recorder.fated


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_no_scenario_breaks_an_invariant(tables: Tables) -> None:
    """And each run ends when all copies have their fate, or at the horizon.

    It lasts at least as long as mail may be created, since there is a blocklist.
    """
    scenario = from_mapping(tables)
    draws = draw(scenario, 0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "fated", once_and_for_good)
        trace = simulate(scenario, draws)
    broken = check(trace, draws, scenario)
    assert not broken, "\n".join(f"{name}: {text}" for name, text in broken)
    open_copies = (trace.copies["fate"] == Fate.IN_FLIGHT).sum()
    assert trace.end <= scenario.run.horizon
    assert (open_copies > 0) <= (trace.end == scenario.run.horizon)
    if not open_copies and len(trace.copies):
        assert trace.end == max(trace.copies["end"].max(), scenario.run.duration)
    assert simulate(scenario, draws).fingerprint() == trace.fingerprint()
