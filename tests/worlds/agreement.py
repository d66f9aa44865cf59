"""Agreement of the simulator with a formula, judged by confidence intervals over replications.

Nothing here depends on how far the simulator may be off: an interval is as wide as the spread of
the replications makes it, and contains the true value as often as it says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from scipy.stats import binom

from relaysim.measure.measured_window import Window
from relaysim.measure.metrics import metrics
from relaysim.measure.resource_metrics import resources
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, Estimate, interval
from relaysim.study.execution.jobs import in_order
from relaysim.study.replicate import trace_of
from relaysim.trace.tables import Trace

MM4 = Path(__file__).resolve().parents[2] / "scenarios" / "mm4.toml"

REPLICATIONS = 10
NARROW = 0.05
"""An interval of one seed must be narrower than this to either side, as a share of its mean."""
SURE = 0.999
"""Confidence of the one interval over the replications of all seeds."""


@dataclass(frozen=True)
class Outcome:
    """One replication: its trace, and the metrics that readers see."""

    scenario: Scenario
    trace: Trace

    @cached_property
    def _resources(self) -> dict[tuple[str, str], float]:
        window = Window.of(self.scenario)
        return {
            (resource.name, metric): value
            for resource in resources(self.trace, self.scenario)
            for metric, value in resource.measured(window).items()
        }

    @cached_property
    def _metrics(self) -> dict[tuple[str, str, str], float]:
        frame = metrics(self.trace, self.scenario)
        keys = zip(frame["scope"], frame["subject"], frame["metric"], strict=True)
        return dict(zip(keys, frame["value"].tolist(), strict=True))

    def resource(self, subject: str, metric: str) -> float:
        """A row of scope `resource`, without the work for the rows of the recipients."""
        return self._resources[subject, metric]

    def metric(self, scope: str, subject: str, metric: str) -> float:
        """A row of the metrics."""
        return self._metrics[scope, subject, metric]


Measure = Callable[[Outcome], float]


@dataclass(frozen=True)
class System:
    """A queueing system: the M/M/4 scenario with some settings changed, and what theory says.

    `expected` has for each quantity the value of the formula and how a run measures it.
    """

    name: str
    settings: Sequence[str]
    expected: dict[str, tuple[float, Measure]]

    def scenario(self) -> Scenario:
        """The scenario of the system."""
        return load(MM4, self.settings)

    def lasting(self, seconds: int) -> "System":
        """The same system in runs of another length."""
        others = [each for each in self.settings if not each.startswith("run.duration=")]
        return replace(self, settings=[*others, f"run.duration={seconds} s"])


@dataclass(frozen=True)
class Agreement:
    """Theory against the intervals of several seeds, and one interval over all of their runs."""

    theory: float
    seeds: list[Estimate]
    together: Estimate

    @property
    def covered(self) -> int:
        """How many of the intervals contain the value of the formula."""
        return sum(low <= self.theory <= high for _, low, high, _ in self.seeds)

    @property
    def widest(self) -> float:
        """The largest half-width of an interval, as a share of its mean."""
        return max((high - mean) / mean for mean, _, high, _ in self.seeds)

    @property
    def contains(self) -> bool:
        """Whether the one interval over all runs contains the value of the formula."""
        return self.together.low <= self.theory <= self.together.high


def fewest(seeds: int) -> int:
    """How many of that many 95 % intervals must contain the true value: 16 of 20.

    Right intervals fall short of it in less than 3 of 1,000 cases; each contains the true value
    with probability 0.95, independently, so how many do is binomial.
    """
    return int(binom.ppf(0.003, seeds, CONFIDENCE))


def agreement(system: System, seeds: Sequence[int]) -> dict[str, Agreement]:
    """Run the system with each of the seeds, and compare each of its quantities with theory."""
    scenario = system.scenario()
    calls = [
        partial(_measured, system, scenario, replication, seed)
        for seed in seeds
        for replication in range(REPLICATIONS)
    ]
    values = np.array(list(in_order(calls))).reshape(len(seeds), REPLICATIONS, -1)
    return {
        name: Agreement(
            theory,
            [interval(row) for row in values[:, :, column]],
            interval(values[:, :, column].ravel(), SURE),
        )
        for column, (name, (theory, _)) in enumerate(system.expected.items())
    }


def _measured(system: System, scenario: Scenario, replication: int, seed: int) -> list[float]:
    outcome = Outcome(scenario, trace_of(scenario, replication, seed))
    return [measure(outcome) for _, measure in system.expected.values()]
