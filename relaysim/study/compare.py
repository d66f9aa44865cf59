"""Comparisons: designs against a base on the same draws, recipient by recipient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import pandas as pd

from relaysim.analysis.listing_sources import listing_possible
from relaysim.mail.spelling import look_up
from relaysim.measure.blast.blast_series import BlastSeries
from relaysim.measure.metric_catalogue import METRICS
from relaysim.measure.paired_recipients import paired
from relaysim.measure.recipients import streams
from relaysim.measure.refused_attempts import NAME as REFUSED_ATTEMPTS
from relaysim.measure.refused_attempts import by_design
from relaysim.measure.run_series import Series
from relaysim.renamed import METRICS as RENAMED
from relaysim.renamed import OldAttributes, sentence
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.stats.metric import Margin
from relaysim.stats.several_designs import confidence_of
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.task import Task
from relaysim.study.paired_metrics import against_base
from relaysim.study.replicate import KeptOutput, Replication, replicate
from relaysim.study.run_result import RunResult, numbered
from relaysim.study.sampling import Sampling
from relaysim.study.stacked_metrics import Stack
from relaysim.study.warm_up import settle_all
from relaysim.trace.invariants import Violation


@dataclass(frozen=True)
class Comparison(OldAttributes):
    """Designs and their differences from the base, the first design.

    `measure.frame_columns` has the meaning of each column. `metrics` is about all mail of each
    design, `comparisons` about `streams`: the streams that a design, by its name, has in common
    with the base. `series` is the data of figures, by the name of the design, and `blast` the data
    of the figures of the blast radius, for designs with a culprit, unless it was switched off.
    `violations` are (scenario, replication, violation).
    """

    scenarios: tuple[Scenario, ...]
    streams: Mapping[str, frozenset[str]] = field(repr=False)
    seed: int
    replications: int
    metrics: pd.DataFrame = field(repr=False)
    comparisons: pd.DataFrame = field(repr=False)
    per_replication: pd.DataFrame = field(repr=False)
    series: Mapping[str, Series] = field(repr=False)
    blast: Mapping[str, BlastSeries] = field(repr=False)
    violations: list[tuple[str, int, Violation]]
    provenance: Provenance

    def facts(self) -> dict[str, Any]:
        """Return nothing: all is in the tables."""
        return {}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the metrics, the paired differences and the refused attempts."""
        refused = by_design({name: series.refusals for name, series in self.series.items()})
        return {
            "metrics": self.metrics,
            "comparisons": self.comparisons,
            REFUSED_ATTEMPTS: refused,
        }

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return nothing: the frames of designs are those of their runs."""
        return {}

    def run(self, name: str) -> RunResult:
        """Return the run of one design, for figures and texts of a run; nothing is simulated again.

        Parameters
        ----------
        name
            The name of the design.

        Raises
        ------
        ValueError
            If no design has this name.
        """
        design = look_up({scenario.name: scenario for scenario in self.scenarios}, name, "a design")
        origins = tuple(facts for facts in self.provenance.scenarios if facts[0] == name)
        return RunResult(
            scenario=design,
            seed=self.seed,
            replications=self.replications,
            metrics=_of(name, self.metrics),
            per_replication=_of(name, self.per_replication),
            series=self.series[name],
            violations=[
                (number, violation)
                for design_name, number, violation in self.violations
                if design_name == name
            ],
            provenance=replace(self.provenance, scenarios=origins),
        )


def _of(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["scenario"] == name].reset_index(drop=True)


def compare(
    base: Scenario,
    *others: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    check_invariants: bool = False,
    blast: bool = True,
    margins: Mapping[str, Margin] | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Comparison:
    """Run designs on the same draws, and compare each with the first one.

    Parameters
    ----------
    base, *others
        The designs. Latency is compared over the recipients that both delivered.
    replications, seed
        Those of the base unless they are given.
    check_invariants
        Whether to check every run against the invariants.
    blast
        Whether to measure the blast radius: a design with a culprit is run three times for it.
    margins
        The equivalence margin, by metric, instead of that of the metric.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    Comparison
        Paired differences with their intervals and verdicts. The more designs, the wider each
        interval, so that the verdicts on one metric of one subject hold together
        (`stats.several_designs`).

    Raises
    ------
    ValueError
        If there is nothing to compare, if two designs have one name, or if a metric is not known.
    ScenarioError
        If a run is too large, or if a warm-up is to be found and a run does not settle.
    """
    return compare_designs(
        (base, *others),
        Sampling(replications, seed),
        Execution(**execution),
        check_invariants=check_invariants,
        blast=blast,
        margins=margins,
    )


def compare_designs(
    given: Sequence[Scenario],
    sampling: Sampling,
    execution: Execution,
    *,
    check_invariants: bool = False,
    blast: bool = True,
    margins: Mapping[str, Margin] | None = None,
) -> Comparison:
    """Compare designs with the first of them; see `compare`."""
    margins = dict(margins or {})
    replications, seed = sampling.resolved(given)
    designs = tuple(settle_all(given, Sampling(replications, seed), execution.with_progress(None)))
    base, others = designs[0], designs[1:]
    require_comparable(designs, margins)
    shared = [frozenset(streams(base)) & frozenset(streams(other)) for other in others]
    guilty = frozenset().union(*map(culprits, designs))
    output = KeptOutput(series=True, violations=check_invariants, blast=blast, guilty=guilty)
    # The base is measured over the streams that it shares with each design, each set once.
    outputs = (
        replace(output, among=tuple(dict.fromkeys(shared))),
        *(replace(output, among=(common,)) for common in shared),
    )
    tasks = [
        Task(
            replicate_all,
            base,
            (others, replication, seed, outputs),
            runs=len(designs),
            coupled=blast,
        )
        for replication in range(replications)
    ]
    compared = list(execution.results(tasks))
    all_runs = list(zip(*(replication.runs for replication in compared), strict=True))
    pairs = list(zip(*(replication.pairs for replication in compared), strict=True))
    measured = [[run.metrics for run in runs] for runs in all_runs]
    return Comparison(
        scenarios=designs,
        streams={other.name: common for other, common in zip(others, shared, strict=True)},
        seed=seed,
        replications=replications,
        metrics=pd.concat(
            [
                Stack.of(m).metrics(d.name, listing_possible(d))
                for d, m in zip(designs, measured, strict=True)
            ],
            ignore_index=True,
        ),
        comparisons=pd.concat(
            [
                against_base(
                    base.name,
                    other.name,
                    (
                        [run.among[common] for run in all_runs[0]],
                        [run.among[common] for run in all_runs[1 + i]],
                    ),
                    pairs[i],
                    margins,
                    confidence_of(len(others)),
                    listing_possible(base) or listing_possible(other),
                )
                for i, (other, common) in enumerate(zip(others, shared, strict=True))
            ],
            ignore_index=True,
        ),
        per_replication=pd.concat(
            [numbered(d.name, m) for d, m in zip(designs, measured, strict=True)],
            ignore_index=True,
        ),
        series={
            design.name: Series.mean([run.series for run in runs if run.series])
            for design, runs in zip(designs, all_runs, strict=True)
        },
        blast={
            design.name: BlastSeries.mean([run.blast.series for run in runs if run.blast])
            for design, runs in zip(designs, all_runs, strict=True)
            if any(run.blast for run in runs)
        },
        violations=[
            (design.name, i, violation)
            for design, runs in zip(designs, all_runs, strict=True)
            for i, run in enumerate(runs)
            for violation in run.violations
        ],
        provenance=execution.provenance(designs, replications, seed),
    )


def require_comparable(designs: Sequence[Scenario], margins: Mapping[str, Margin]) -> None:
    """Raise ValueError for designs that cannot be compared, or a metric that is not known."""
    base, *others = designs
    if not others:
        raise ValueError("a comparison takes a base and at least one other design")
    names = [design.name for design in designs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two designs have the name {', '.join(twice)}: each design needs its own")
    for other in others:
        for key in _SAME_RUN:
            if getattr(base.run, key) != getattr(other.run, key):
                raise ValueError(
                    f"run.{key} of {other.name} is not that of {base.name}: designs are compared "
                    "over the same time and mail"
                )
    for name in sorted(set(margins) - set(METRICS)):
        raise ValueError(sentence(name, RENAMED) or f"no such metric: {name}")


_SAME_RUN = ("start", "duration", "warm_up", "scale", "bad_day_below")
"""What of a run decides which mail there is, which of it counts, and which days are bad."""


@dataclass(frozen=True)
class ComparedReplication:
    """The runs of all designs in one replication, the base first.

    `pairs` has for each other design the latency over the recipients that it and the base
    delivered.
    """

    runs: tuple[Replication, ...]
    pairs: tuple[pd.DataFrame, ...]


def replicate_all(
    base: Scenario,
    others: tuple[Scenario, ...],
    replication: int,
    seed: int,
    outputs: tuple[KeptOutput, ...],
) -> ComparedReplication:
    """Run one replication of all designs, and pair their recipients.

    Samples are many times as large as the rest of the result, so none leaves the process.

    Parameters
    ----------
    base, others
        The designs.
    replication, seed
        The draws.
    outputs
        What to keep of each design, the base first. Each other design is measured among one set of
        streams: those that it shares with the base.
    """
    first, *runs = (
        replicate(design, replication, seed, output)
        for design, output in zip((base, *others), outputs, strict=True)
    )
    pairs = []
    for run, output in zip(runs, outputs[1:], strict=True):
        assert first.sample is not None
        assert run.sample is not None
        (common,) = output.among
        pairs.append(paired(first.sample.among(common), run.sample.among(common), base))
    return ComparedReplication(
        tuple(replace(run, sample=None) for run in (first, *runs)), tuple(pairs)
    )
