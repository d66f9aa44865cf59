"""Replications and seed of a study: as given, else those of the scenario."""

from relaysim.analysis.run_size import too_large
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import Problem, ScenarioError

MOST_REPLICATIONS = 100_000
"""The most replications of a study: as many as a scenario may ask for (`run.replications`)."""


def settled(scenario: Scenario, replications: int | None, seed: int | None) -> tuple[int, int]:
    """Replications and seed as given, else the scenario's own.

    TypeError if that is no scenario, ValueError if the numbers make no sense, ScenarioError if no
    machine would finish a replication.
    """
    if not isinstance(scenario, Scenario):
        raise TypeError(f"no scenario but {scenario!r}: relaysim.load(path) makes one of a file")
    why = too_large(scenario)
    if why is not None:
        raise ScenarioError([Problem(("run",), why)])
    replications = scenario.run.replications if replications is None else replications
    seed = scenario.run.seed if seed is None else seed
    if replications > MOST_REPLICATIONS:
        raise ValueError(f"{replications:,} replications: at most {MOST_REPLICATIONS:,} are tried")
    if replications < 1:
        raise ValueError(f"{replications} replications: at least one is needed")
    if seed < 0:
        raise ValueError(f"the seed is {seed}: it must not be negative")
    if seed >= 2**63:
        raise ValueError(f"the seed is {seed}: it must be below 2**63")
    return replications, seed
