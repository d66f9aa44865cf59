"""What both engines are compared on: all scenarios at a small scale, and random worlds."""

from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from relaysim.engine.coupled_runs import control, unscripted
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.culprit import culprits
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.traffic.workload import Draws, draw
from worlds.random_worlds import Tables, plain_worlds, reputed_worlds

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
PAIRS = 150
"""Pairs of random worlds of the test suite: one without reputation, one with it."""
SEED = 1
Play = Callable[[Tables, int], None]
"""Called with the tables of a world and the number of a replication."""


def runs_of_scenario(file: Path) -> Iterator[tuple[Plan, Draws]]:
    """Yield the coupled runs of three replications of a scenario."""
    scenario = load(file, ["run.scale=0.01"])
    for replication, start in ((0, 1), (1, 1), (0, 20100301)):
        yield from coupled_runs(scenario, replication, start)


def coupled_runs(scenario: Scenario, replication: int, start: int) -> Iterator[tuple[Plan, Draws]]:
    """Yield plan and draws of the treatment, of the control, and of the run without culprits."""
    plan, draws = compile_plan(scenario), draw(scenario, replication, start)
    yield plan, draws
    yield control(plan), draws
    yield unscripted(plan), draws.without(culprits(scenario))


def runs_of_world(tables: Tables, replication: int) -> Iterator[tuple[Plan, Draws]]:
    """Yield plan and draws of a random world; for replication 2 those of its coupled runs."""
    scenario = from_mapping(tables)
    if replication == 2:
        yield from coupled_runs(scenario, replication, 1)
    else:
        yield compile_plan(scenario), draw(scenario, replication, 1)


def play_random_worlds(play: Play, pairs: int = PAIRS, start: int = SEED) -> None:
    """Send pairs of random worlds to a function: the same ones for the same seed."""

    @seed(start)
    @settings(
        max_examples=pairs,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(plain_worlds(), reputed_worlds(), st.integers(0, 2))
    def all_of_them(plain: Tables, reputed: Tables, replication: int) -> None:
        play(plain, replication)
        play(reputed, replication)

    all_of_them()
