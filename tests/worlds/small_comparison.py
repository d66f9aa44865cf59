"""A comparison that is made in a moment: the small company at a fiftieth of its mail."""

from functools import cache
from pathlib import Path

from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.study.compare import Comparison, compare
from relaysim.study.run_result import RunResult, run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LITTLE = ("run.scale=0.02", "run.drain=1 d")
COMMAND = "relaysim compare shared-hub.toml dedicated-hub.toml"


def design(name: str) -> Scenario:
    """A design of the examples, with little mail."""
    return load(SCENARIOS / f"{name}.toml", LITTLE)


@cache
def comparison() -> Comparison:
    """The shared hub, a hub for the bulk mail, and a day with a listing."""
    names = ("shared-hub", "dedicated-hub-same-allocation", "listing-day")
    return compare(*map(design, names), replications=2, jobs=1, command=COMMAND)


@cache
def listing_day() -> RunResult:
    """A day on which mail is refused."""
    return run(design("listing-day"), replications=2, jobs=1, command="relaysim run day.toml")
