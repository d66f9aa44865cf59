"""Runs: the replications of one scenario, and their result."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Unpack

import pandas as pd

from relaysim.analysis.listing_sources import listing_possible
from relaysim.engine.choice import Engine, chosen
from relaysim.measure.answering_frames import AnsweringFrames
from relaysim.measure.frames import Frames, gather
from relaysim.measure.refused_attempts import NAME as REFUSED_ATTEMPTS
from relaysim.measure.refused_attempts import by_design
from relaysim.measure.run_series import Series
from relaysim.renamed import OldAttributes
from relaysim.scenario.model import Scenario
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.jobs import Jobs, Progress
from relaysim.study.execution.provenance import Provenance
from relaysim.study.precision import Precision, Reached, Watch
from relaysim.study.replicate import KeptOutput, Replication, replication_task, trace_of
from relaysim.study.sampling import Sampling
from relaysim.study.stacked_metrics import Stack
from relaysim.study.theory_beside import beside
from relaysim.study.warm_up import settle
from relaysim.trace.invariants import Violation
from relaysim.trace.tables import Trace


@dataclass(frozen=True)
class RunResult(OldAttributes):
    """The result of the replications of a scenario; its columns are in `measure.frame_columns`.

    `metrics` has means with 95 % confidence intervals, `per_replication` the values behind them;
    `series` is the data of figures, the mean over the replications. `violations` has one entry
    (replication, violation) for each violated invariant, if they were checked. `precision` has the
    precision of the quantities of `Precision`, and `precise` whether all have it and kept it for as
    long as the rule looks ahead.
    """

    scenario: Scenario
    seed: int
    replications: int
    metrics: pd.DataFrame = field(repr=False)
    per_replication: pd.DataFrame = field(repr=False)
    series: Series = field(repr=False)
    violations: list[tuple[int, Violation]]
    provenance: Provenance
    precision: tuple[Reached, ...] = ()
    precise: bool = False
    jobs: Jobs = None
    gathered: Frames | None = field(default=None, repr=False)

    @cached_property
    def frames(self) -> Frames:
        """Return the tables of all replications.

        If they were not kept, the replications are run again.
        """
        if self.gathered is not None:
            return AnsweringFrames.of(self.gathered)
        kept = KeptOutput(frames=True)
        tasks = [
            replication_task(self.scenario, i, self.seed, kept) for i in range(self.replications)
        ]
        runs = Execution(jobs=self.jobs).results(tasks)
        all_frames = [run.frames for run in runs if run.frames is not None]
        return AnsweringFrames.of(gather(all_frames))

    @property
    def messages(self) -> pd.DataFrame:
        """Return the frame with one row a message."""
        return self.frames["messages"]

    @property
    def recipients(self) -> pd.DataFrame:
        """Return the frame with one row a recipient."""
        return self.frames["recipients"]

    @property
    def attempts(self) -> pd.DataFrame:
        """Return the frame with one row an attempt to deliver a transaction."""
        return self.frames["attempts"]

    @property
    def listings(self) -> pd.DataFrame:
        """Return the frame with one row a listing of a public IP or a domain."""
        return self.frames["listings"]

    @property
    def levels(self) -> pd.DataFrame:
        """Return the frame with one row a change of a state.

        Back pressure, Retry, stops, reputation.
        """
        return self.frames["levels"]

    @property
    def signals(self) -> pd.DataFrame:
        """Return the frame with one row a signal (trap hit, complaint or unknown user)."""
        return self.frames["signals"]

    @property
    def lookups(self) -> pd.DataFrame:
        """Return the frame with one row a query of a domain to its blocklists."""
        return self.frames["lookups"]

    @property
    def actions(self) -> pd.DataFrame:
        """Return the frame with one row an action of the administrator."""
        return self.frames["actions"]

    @property
    def refusals(self) -> pd.DataFrame:
        """Return the frame with one row a refused attempt at submission."""
        return self.frames["refusals"]

    def facts(self) -> dict[str, Any]:
        """Return an empty list of comparisons: the output of `run` and `compare` has one form."""
        return {"comparisons": []}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the metrics, the refused attempts, theory and the precision that was asked for."""
        refused = by_design({self.scenario.name: self.series.refusals})
        tables = {"metrics": self.metrics, REFUSED_ATTEMPTS: refused, "theory": beside(self)}
        if self.precision:
            tables["precision"] = pd.DataFrame([reached.row() for reached in self.precision])
        return tables

    def large_tables(self) -> Frames:
        """Return the frames of the run."""
        return self.frames

    def trace(self, replication: int = 0) -> Trace:
        """Return the trace of one replication.

        Computed again: for figures and for a closer look.
        """
        return trace_of(self.scenario, replication, self.seed)


def run(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    *,
    frames: bool = False,
    check_invariants: bool = False,
    check_engine: bool = False,
    precision: Precision | float | None = None,
    **execution: Unpack[ExecutionOptions],
) -> RunResult:
    """Run a scenario.

    Parameters
    ----------
    scenario
        The design.
    replications, seed
        Those of the scenario unless they are given.
    frames
        Whether to keep the tables of every run; else `RunResult.frames` runs them again.
    check_invariants
        Whether to check every run against the invariants.
    check_engine
        Whether to run every replication with both engines, and to compare the traces.
    precision
        Replications go on until it is reached, or until its limit; `replications` are not asked
        for then. A number is a relative width.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    RunResult
        Means over the replications, with 95 % intervals.

    Raises
    ------
    ValueError
        For fewer than one replication.
    ScenarioError
        If a run is too large, or if its warm-up is to be found and the run does not settle.
    LibraryError
        If the compiled engine is asked for, or compared, and cannot run here.
    """
    if isinstance(precision, int | float):
        precision = Precision(float(precision))
    return run_scenario(
        scenario,
        Sampling(replications, seed, precision),
        Execution(**execution),
        frames=frames,
        check_invariants=check_invariants,
        check_engine=check_engine,
    )


def run_scenario(
    scenario: Scenario,
    sampling: Sampling,
    execution: Execution,
    *,
    frames: bool = False,
    check_invariants: bool = False,
    check_engine: bool = False,
) -> RunResult:
    """Run a scenario; see `run`."""
    replications, seed = sampling.resolved([scenario])
    if check_engine:
        chosen(Engine.FAST)
    scenario = settle(scenario, sampling, execution.with_progress(None))
    watch = None if sampling.precision is None else Watch(sampling.precision, scenario)
    needs_blast = watch is not None and any(quantity.needs_blast for quantity in watch.quantities)
    kept = KeptOutput(
        series=True,
        frames=frames,
        violations=check_invariants,
        engines=check_engine,
        blast=needs_blast,
    )
    if watch is None:
        tasks = [replication_task(scenario, i, seed, kept) for i in range(replications)]
        runs = list(execution.results(tasks))
    else:
        most = watch.precision.most
        tasks = [replication_task(scenario, i, seed, kept) for i in range(most)]
        # The rule stops early, so the runs that are under way have to be closed.
        with closing(execution.with_progress(None).results(tasks)) as results:
            runs = list(_until(watch, results, execution.progress))
    all_frames = [run.frames for run in runs if run.frames is not None]
    measured = [run.metrics for run in runs]
    return RunResult(
        scenario=scenario,
        seed=seed,
        replications=len(runs),
        metrics=Stack.of(measured).metrics(scenario.name, listing_possible(scenario)),
        per_replication=numbered(scenario.name, measured),
        series=Series.mean([run.series for run in runs if run.series]),
        violations=[(i, violation) for i, run in enumerate(runs) for violation in run.violations],
        provenance=execution.provenance([scenario], len(runs), seed),
        precision=() if watch is None else watch.reached(),
        precise=watch is not None and watch.stayed,
        jobs=execution.jobs,
        gathered=gather(all_frames) if all_frames else None,
    )


def _until(
    watch: Watch, runs: Iterator[Replication], progress: Progress | None
) -> Iterator[Replication]:
    """Return the replications up to the last one that is needed."""
    for done, run in enumerate(runs, 1):
        yield run
        last = watch.enough(run.metrics)
        if progress is not None:
            progress(done, done if last else watch.needed())
        if last:
            return


def numbered(scenario: str, measured: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the metrics of all replications in one frame, with the number of the replication."""
    frame = pd.concat(measured, keys=range(len(measured)), names=["replication", None])
    frame = frame.reset_index(level="replication").reset_index(drop=True)
    frame.insert(0, "scenario", scenario)
    return frame
