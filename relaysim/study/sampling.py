"""Sampling: the number of replications of a study, and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from relaysim.analysis.run_size import too_large
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import Problem, ScenarioError
from relaysim.study.precision import Precision

MOST_REPLICATIONS = 100_000
"""The most replications of a study: as many as a scenario may ask for (`run.replications`)."""


class Replications(NamedTuple):
    """The replications of a study: numbers 0 to `number` - 1 of a seed."""

    number: int
    seed: int


@dataclass(frozen=True)
class Sampling:
    """The replications of a study, as requested.

    Parameters
    ----------
    replications
        Their number; None for that of the scenario (`run.replications`).
    seed
        None for that of the scenario (`run.seed`).
    precision
        Replications continue until this precision is reached, or until its limit; `replications`
        must be None then. A number is a relative width.
    """

    replications: int | None = None
    seed: int | None = None
    precision: Precision | None = None

    def resolved(self, designs: Sequence[Scenario]) -> Replications:
        """Return the number of replications and the seed of a study of these designs.

        Parameters
        ----------
        designs
            What the study runs; the first one has the replications and the seed that are not given.

        Raises
        ------
        TypeError
            If a design is no scenario.
        ValueError
            If the numbers are out of range.
        ScenarioError
            If a run is too large for any machine.
        """
        for design in designs:
            check_size(design)
        run = designs[0].run
        replications = run.replications if self.replications is None else self.replications
        seed = run.seed if self.seed is None else self.seed
        if replications > MOST_REPLICATIONS:
            raise ValueError(
                f"{replications:,} replications: at most {MOST_REPLICATIONS:,} are tried"
            )
        if replications < 1:
            raise ValueError(f"{replications} replications: at least one is needed")
        if seed < 0:
            raise ValueError(f"the seed is {seed}: it must not be negative")
        if seed >= 2**63:
            raise ValueError(f"the seed is {seed}: it must be below 2**63")
        return Replications(replications, seed)


def check_size(design: Scenario) -> None:
    """Raise ScenarioError if a run of the design is too large for any machine."""
    if not isinstance(design, Scenario):
        raise TypeError(f"no scenario but {design!r}: relaysim.load(path) makes one of a file")
    reason = too_large(design)
    if reason is not None:
        raise ScenarioError([Problem(("run",), reason)])
