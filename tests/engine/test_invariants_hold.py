"""INV-1 to 5, 7, 8 and 11 on random scenarios with both engines, and the books of the recorder."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from worlds.random_worlds import Tables, plain_worlds, reputed_worlds

from relaysim.engine import run as reference
from relaysim.engine.fast import simulation as fast
from relaysim.engine.recorder import Recorder
from relaysim.mail.provider_state import State
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import from_mapping
from relaysim.trace.invariants import check
from relaysim.trace.tables import PROVIDER_CAUSE, Action, Cause, Level, Signal, Status, Trace
from relaysim.traffic.workload import draw

fuzz = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def once_and_for_good(record: Recorder, recipient: int, status: int, time: int, reply: int) -> None:
    """What the recorder does with a final status; a recipient that has one already must not get another."""
    assert record.recipients.status[recipient] == Status.IN_FLIGHT
    assert status != Status.IN_FLIGHT
    set_final(record, recipient, status, time, reply)


set_final = Recorder.set_final


def checked(tables: Tables) -> Trace:
    """The trace of a scenario that breaks no invariant, gives each recipient one final status, and ends in time.

    It lasts at least as long as mail may be created if there is a blocklist.
    """
    scenario = from_mapping(tables)
    plan, draws = compile_plan(scenario), draw(scenario, 0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "set_final", once_and_for_good)
        trace = reference.run(plan, draws)
    compiled = fast.run(plan, draws)
    assert compiled.fingerprint() == trace.fingerprint()
    broken = check(compiled, draws, scenario)
    assert not broken, "\n".join(f"{name}: {text}" for name, text in broken)
    open_recipients = (trace.recipients["status"] == Status.IN_FLIGHT).sum()
    assert trace.end <= scenario.run.horizon
    assert (open_recipients > 0) <= (trace.end == scenario.run.horizon)
    if not open_recipients and len(trace.recipients):
        least = scenario.run.duration if scenario.blocklists else 0
        assert trace.end == max(trace.recipients["end"].max(), least)
    # No run changes the plan or the draws.
    assert fast.run(plan, draws).fingerprint() == trace.fingerprint()
    return trace


@fuzz
@given(plain_worlds())
def test_no_scenario_breaks_an_invariant(tables: Tables) -> None:
    checked(tables)


def happened(trace: Trace) -> set[str]:
    """The kinds of things that happened in a run."""
    result = {Cause(cause).name for cause in trace.listings["cause"].tolist()}
    result |= {Signal(signal).name for signal in trace.signals["signal"].tolist()}
    result |= {Action(action).name for action in trace.actions["action"].tolist()}
    result |= {Status(status).name for status in trace.recipients["status"].tolist()}
    states = trace.levels["value"][trace.levels["level"] == Level.PROVIDER]
    result |= {f"state {State(state).name}" for state in states.tolist()}
    replies = trace.attempts["reply"]
    causes = np.array(trace.names.causes, np.int64)[replies[replies >= 0]]
    if (causes >= 0).any():
        result.add("refused for a list")
    if (causes == PROVIDER_CAUSE).any():
        result.add("refused for a reputation")
    return result


def test_no_reputation_setting_breaks_an_invariant() -> None:
    """And among the scenarios there is all that may come of it.

    Rounds of scenarios, each with a seed of its own: always 2, and up to 8 until every kind was
    seen. So the coverage does not depend on one sequence of draws, which any new key changes.
    """
    wanted = {member.name for kind in (Cause, Signal, Action, Status) for member in kind}
    wanted |= {f"state {state.name}" for state in State}
    wanted |= {"refused for a list", "refused for a reputation"}
    missing = set(wanted)

    @settings(fuzz, phases=[Phase.generate], max_examples=25)
    @given(reputed_worlds())
    def play(tables: Tables) -> None:
        missing.difference_update(happened(checked(tables)))

    for number in range(8):
        if number < 2 or missing:
            seed(number)(play)()
    assert missing == set()
