"""The blast radius of a design: the harm to other mail by its culprits, and its probability."""

from dataclasses import dataclass, field
from typing import Any, Unpack

import numpy as np
import pandas as pd

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.answering_frames import AnsweringFrame
from relaysim.measure.blast.blast_series import BlastSeries
from relaysim.measure.frames import stacked
from relaysim.measure.metric_catalogue import BLAST_SCOPES, LISTING_METRICS
from relaysim.renamed import OldAttributes
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Estimate, Floats
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.isolation_gain import gain
from relaysim.study.replicate import KeptOutput, replication_task
from relaysim.study.run_result import numbered
from relaysim.study.sampling import Sampling
from relaysim.study.stacked_metrics import Stack
from relaysim.study.warm_up import settle

KEPT = {*LISTING_METRICS, *(name for _, names in BLAST_SCOPES.values() for name in names)}


@dataclass(frozen=True)
class BlastRadius(OldAttributes):
    """The result of three coupled runs of each replication; see `measure.frame_columns`.

    `metrics` has the metrics of `measure.metric_catalogue.BLAST_SCOPES` and those of listings,
    means over the replications; a value is per replication, so for one horizon. `harmed` has one
    row for each innocent recipient that was harmed or junked, `incidents` one row for each
    incident. `series` is the data of figures, the mean over the replications.
    """

    scenario: Scenario
    seed: int
    replications: int
    metrics: pd.DataFrame = field(repr=False)
    per_replication: pd.DataFrame = field(repr=False)
    harmed: pd.DataFrame = field(repr=False)
    incidents: pd.DataFrame = field(repr=False)
    series: BlastSeries = field(repr=False)
    provenance: Provenance

    def facts(self) -> dict[str, Any]:
        """Return an empty list of comparisons, as a run does."""
        return {"comparisons": []}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the metrics."""
        return {"metrics": self.metrics}

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return the recipients that were harmed, and the incidents."""
        return {"harmed": self.harmed, "incidents": self.incidents}

    def values(self, scope: str, subject: str, metric: str) -> Floats:
        """Return one metric by replication, NaN where a replication has no value."""
        frame = self.per_replication
        rows = frame[
            (frame["scope"] == scope) & (frame["subject"] == subject) & (frame["metric"] == metric)
        ]
        values = np.full(self.replications, np.nan)
        # A replication without this subject has no row and stays NaN.
        values[rows["replication"].to_numpy()] = rows["value"].to_numpy()
        return values


def blast_radius(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> BlastRadius:
    """Run a scenario three times: as it is, without what is known of its culprits, without them.

    Parameters
    ----------
    scenario
        A design with a culprit.
    replications, seed
        Those of the scenario unless they are given; each replication takes three runs.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    BlastRadius
        What the three runs differ in.

    Raises
    ------
    ValueError
        If the scenario has no culprit.
    """
    sampling, executed = Sampling(replications, seed), Execution(**execution)
    count, seed = sampling.resolved([scenario])
    scenario = settle(scenario, sampling, executed.with_progress(None))
    require_culprit(scenario)
    keep = KeptOutput(blast=True, harmed=True)
    tasks = [replication_task(scenario, i, seed, keep) for i in range(count)]
    runs = list(executed.results(tasks))
    measured = [run.metrics[run.metrics["metric"].isin(KEPT)] for run in runs]
    kept = [run.blast for run in runs if run.blast is not None]
    return BlastRadius(
        scenario=scenario,
        seed=seed,
        replications=count,
        metrics=Stack.of(measured).metrics(scenario.name, listing_possible(scenario)),
        per_replication=numbered(scenario.name, measured),
        harmed=AnsweringFrame(
            stacked([blast.harmed for blast in kept if blast.harmed is not None])
        ),
        incidents=stacked([blast.incidents for blast in kept]),
        series=BlastSeries.mean([blast.series for blast in kept]),
        provenance=executed.provenance([scenario], count, seed),
    )


def require_culprit(scenario: Scenario) -> None:
    """Raise ValueError if the scenario has no culprit."""
    if not culprits(scenario):
        raise ValueError(
            f"{scenario.name} has no culprit, so it has no blast radius: give a host the kind "
            '"bulk_marketing", a stream culprit = true, or a stream arrivals with the process '
            '"compromise"'
        )


def isolation_gain(base: BlastRadius, other: BlastRadius) -> Estimate:
    """Return the share of the base's `blast_reputation` that the other design avoids.

    Parameters
    ----------
    base, other
        Blast radii of two designs with the same seed and as many replications.

    Raises
    ------
    ValueError
        If seed or number of replications differ.

    Notes
    -----
    See `study.isolation_gain.gain`.
    """
    if (base.seed, base.replications) != (other.seed, other.replications):
        raise ValueError(
            "an isolation gain needs the same seed and as many replications of both: "
            f"{base.seed} and {base.replications}, {other.seed} and {other.replications}"
        )
    key = ("total", "total", "blast_reputation")
    return gain(base.values(*key), other.values(*key))
