"""What both engines are compared on: all scenarios at a small scale, and random worlds."""

from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from relaysim.engine.coupled_runs import control, unscripted
from relaysim.engine.fast.layout import PLAN, STRUCTS
from relaysim.engine.fast.packed_plan import packed_plan
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.culprit import culprits
from relaysim.scenario.load import from_mapping, load
from relaysim.scenario.model import Scenario
from relaysim.traffic.workload import Draws, draw
from worlds.random_worlds import Tables, plain_worlds, reputed_worlds

_FOLDER = Path(__file__).parents[2] / "scenarios"
SCENARIOS = [*sorted(_FOLDER.glob("*.toml")), *sorted(_FOLDER.glob("today/*.toml"))]
MM4 = next(file for file in SCENARIOS if file.stem == "mm4")
SHARED_HUB = next(file for file in SCENARIOS if file.stem == "shared-hub")
PAIRS = 150
"""Pairs of random worlds of the test suite: one without reputation, one with it."""
SEED = 1


def runs_of_scenario(file: Path) -> Iterator[tuple[Plan, Draws]]:
    """Yield the coupled runs of one replication of a scenario, and two more replications."""
    scenario = load(file, ["run.scale=0.005"])
    yield from coupled_runs(scenario, 0, 1)
    for replication, start in ((1, 1), (0, 20100301)):
        yield compile_plan(scenario), draw(scenario, replication, start)


def runs_of_huge_messages() -> Iterator[tuple[Plan, Draws]]:
    """Yield runs whose work takes so long that times need more than 64 bits, or are never."""
    costs = ('hubs.HUB01.send_cost={base = "3000 d", per_kb = "1 s", cv = 1}', "run.scale=0.001")
    for size in ("3 TB", "1000 TB"):
        scenario = load(MM4, [*costs, f"hosts.app.streams.load.size={size}"])
        yield compile_plan(scenario), draw(scenario, 0, 1)


def runs_that_refuse() -> Iterator[tuple[Plan, Draws]]:
    """Yield a run with mail at each poll of a growing queue, and one whose last mail is refused.

    The first refuses mail from the second poll at Medium on; in the second polls go on after the
    end of all mail.
    """
    short = ("run.duration=60 s", "run.warm_up=0 s", 'hubs.HUB01.mta="exchange-2010"')
    levels = "medium_to_low=1, low_to_medium=3, high_to_medium=400, medium_to_high=600"
    watched = "submission_queue_watched=true, submission_queue_history_depth=2"
    for changes in (
        (
            "hubs.HUB01.categorize_cost=5 s",
            'hosts.app.streams.load.sender="app@elsewhere.example"',
            f"hubs.HUB01.back_pressure={{{watched}, submission_queue_length={{{levels}}}}}",
        ),
        (
            "hubs.HUB01.back_pressure.submission_queue_watched=true",
            "hubs.HUB01.receive_connectors.relay.permissions=[]",
        ),
    ):
        scenario = load(MM4, [*short, *changes])
        yield compile_plan(scenario), draw(scenario, 0, 1)


def run_with_many_rows() -> tuple[Plan, Draws]:
    """Return a run whose columns are so long that C++ gets memory for them in another way."""
    scenario = load(SHARED_HUB, ["run.scale=0.4"])
    return compile_plan(scenario), draw(scenario, 0, 1)


def run_with_top_value() -> tuple[Plan, Draws]:
    """Return a run with a draw of the highest part of a law, which has values of its own.

    One draw in 65,536 is: this replication of a few hundred has one.
    """
    scenario = load(SCENARIOS[0].parent / "campaign-aged-list.toml", ["run.scale=0.03"])
    return compile_plan(scenario), draw(scenario, 74, 1)


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


def widen(ranges: dict[str, tuple[int, int]], plan: Plan) -> None:
    """Widen the range of each number that the compiled engine reads by those of a plan."""
    for (name, kind), values in zip(PLAN, packed_plan(plan).arrays.values, strict=True):
        if kind == "Law":
            continue
        fields = [f"{name}.{field}" for field in STRUCTS.get(kind, ())]
        columns = zip(fields, values.T, strict=True) if fields else [(name, values)]
        for column, numbers in columns:
            if numbers.size:
                least, most = int(numbers.min()), int(numbers.max())
                low, high = ranges.get(column, (least, most))
                ranges[column] = min(low, least), max(high, most)


def random_worlds(pairs: int = PAIRS, start: int = SEED) -> Iterator[tuple[Tables, int]]:
    """Yield random worlds, each with the number of a replication: the same ones for the same seed.

    Hypothesis begins with the simplest example, and after each random one it tries examples that
    differ little from it. So each pair of worlds is the second example of a search of its own.
    """
    examples: list[tuple[Tables, Tables, int]] = []

    @settings(
        max_examples=2,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(plain_worlds(), reputed_worlds(), st.integers(0, 2))
    def search(plain: Tables, reputed: Tables, replication: int) -> None:
        examples.append((plain, reputed, replication))

    for number in range(pairs):
        seed(start << 32 | number)(search)()
        plain, reputed, replication = examples[-1]
        yield plain, replication
        yield reputed, replication
