"""Replications: one scenario on independent draws, and what is kept of each run."""

from dataclasses import dataclass, field

import pandas as pd

from relaysim.engine.choice import Engine, current, simulate, using
from relaysim.engine.coupled_runs import coupled
from relaysim.measure.blast.blast_series import BlastSeries
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.measure.frames import Frames, tables
from relaysim.measure.metrics import metrics
from relaysim.measure.paired_recipients import Sample
from relaysim.measure.queue_series import ResourceUse
from relaysim.measure.recipients import Recipients
from relaysim.measure.run_series import Series
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.study.execution.memory import require_room
from relaysim.study.execution.task import Task
from relaysim.trace.invariants import Violation, check
from relaysim.trace.tables import Trace, first_divergence
from relaysim.traffic.workload import Draws, draw


@dataclass(frozen=True)
class KeptOutput:
    """The output of a run that is kept beside its metrics.

    `series`: the data of its figures. `frames`: its tables. `violations`: the invariants that it
    violates; `engines`: the first row in which the trace of the other engine differs. `among`: for
    comparisons, the sample of its recipients, and the metrics of each of these sets of streams
    alone. `blast`: its blast radius, from two more runs, if the scenario has culprits; `harmed`
    keeps the frame of the harmed recipients too. In comparisons the streams of `guilty`, culprits
    of another design, do not count as innocent.
    """

    series: bool = False
    frames: bool = False
    violations: bool = False
    engines: bool = False
    among: tuple[frozenset[str], ...] = ()
    blast: bool = False
    harmed: bool = False
    guilty: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Blast:
    """The parts of the coupled runs of one replication that are kept."""

    series: BlastSeries
    incidents: pd.DataFrame
    harmed: pd.DataFrame | None


@dataclass(frozen=True)
class Replication:
    """The parts of one run that are kept."""

    metrics: pd.DataFrame
    series: Series | None = None
    frames: Frames | None = None
    violations: list[Violation] = field(default_factory=list)
    sample: Sample | None = None
    among: dict[frozenset[str], pd.DataFrame] = field(default_factory=dict)
    blast: Blast | None = None


def trace_of(scenario: Scenario, replication: int, seed: int) -> Trace:
    """Return the trace of one replication: the same in any process and on any day.

    Parameters
    ----------
    scenario : Scenario
        The design.
    replication : int
        From 0.
    seed : int
        The seed; that of the scenario does not count.

    Raises
    ------
    ScenarioError
        If the run would not fit into the memory.
    """
    require_room([scenario], 1)
    return simulate(scenario, draw(scenario, replication, seed))


def replicate(scenario: Scenario, replication: int, seed: int, kept: KeptOutput) -> Replication:
    """Run one replication.

    Parameters
    ----------
    scenario
        The design.
    replication, seed
        The draws.
    kept
        What to keep beside the metrics.
    """
    draws = draw(scenario, replication, seed)
    runs = coupled(scenario, draws) if kept.blast and culprits(scenario) else None
    trace = simulate(scenario, draws) if runs is None else runs.treatment
    violations = check(trace, draws, scenario) if kept.violations else []
    if kept.violations and runs is not None:
        violations += check(runs.control, draws, scenario)
        # N is a run of other draws: those without the culprits' mail.
        violations += check(runs.absent, draws.without(culprits(scenario)), scenario)
    if kept.engines:
        violations += _other_engine(scenario, draws, trace)
    all_streams = frozenset(draws.streams)
    if runs is None:
        # The measures have the memory: only coupled runs need the draws once more.
        del draws
    use = ResourceUse.of(trace, scenario)
    recipients = Recipients.of(trace, scenario)
    measured = metrics(trace, scenario, recipients, use=use)
    among = {
        # All streams in common: the metrics are those of the whole run.
        chosen: measured
        if chosen >= all_streams
        else metrics(trace, scenario, recipients, chosen, use)
        for chosen in kept.among
    }
    blast = None
    if runs is not None:
        measured_blast = Measured.of(runs, scenario, draws, recipients)
        blast_metrics = measured_blast.metrics()
        measured = pd.concat([measured, blast_metrics], ignore_index=True)
        for chosen, plain in among.items():
            innocent = chosen - kept.guilty
            innocent_blast = (
                blast_metrics
                # All innocent streams are in common, so the metrics are those of the whole run.
                if innocent >= all_streams - culprits(scenario)
                else measured_blast.metrics(innocent)
            )
            among[chosen] = pd.concat([plain, innocent_blast], ignore_index=True)
        harmed = measured_blast.harmed(replication) if kept.harmed else None
        blast = Blast(measured_blast.series(), measured_blast.incident_frame(replication), harmed)
    return Replication(
        metrics=measured,
        series=Series.of(trace, scenario, recipients, use) if kept.series else None,
        frames=tables(trace, scenario, replication, recipients) if kept.frames else None,
        violations=violations,
        sample=Sample.of(recipients, trace.names) if kept.among else None,
        among=among,
        blast=blast,
    )


def _other_engine(scenario: Scenario, draws: Draws, trace: Trace) -> list[Violation]:
    """Return where the trace of the other engine differs, if it does."""
    (other,) = {*Engine} - {current()}
    with using(other):
        divergence = first_divergence(trace, simulate(scenario, draws))
    return [Violation("same trace of both engines", divergence)] if divergence else []


def replication_task(
    scenario: Scenario, replication: int, seed: int, kept: KeptOutput
) -> Task[Replication]:
    """Return the task of one replication; see `replicate`."""
    return Task(replicate, scenario, (replication, seed, kept), coupled=kept.blast)
