"""One long run instead of many: intervals of its means, by batches of recipients.

For a scenario in a steady state whose warm-up is so long that replications would consist mostly of
it.
"""

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from relaysim.mail.spelling import unknown
from relaysim.measure.measured_window import SECOND
from relaysim.measure.quantity import Quantity
from relaysim.measure.recipient_groups import groups
from relaysim.measure.recipients import Recipients
from relaysim.measure.wait_parts import PARTS
from relaysim.scenario.model import Scenario
from relaysim.stats.batch_means import BatchMeans, batch_means
from relaysim.stats.interval import Floats
from relaysim.stats.possible_range import estimate_within_range
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.task import Task
from relaysim.study.replicate import trace_of
from relaysim.study.sampling import Sampling
from relaysim.study.warm_up import changing, settle

SCOPES = ("total", "class", "stream")
METRICS = ("latency_mean", *PARTS)
"""The metrics that are a mean over the recipients that were delivered or junked."""


@dataclass(frozen=True)
class LongRun:
    """The estimate of a quantity from one run.

    `batches` has the estimate, or the reason why it has no interval.
    """

    scenario: Scenario
    quantity: Quantity
    batches: BatchMeans
    provenance: Provenance


def long_run(
    scenario: Scenario,
    quantity: Quantity | str = "total.latency_mean",
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> LongRun:
    """Run one replication; return the batch means of a quantity over its recipients by creation.

    Parameters
    ----------
    scenario
        A design whose run settles. A warm-up that is to be found is found first.
    quantity
        One of `METRICS` of a subject of `SCOPES`.
    seed
        That of the scenario unless it is given.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    LongRun
        The estimate. The mean of a terminating run has no interval: it has no steady state.

    Raises
    ------
    ValueError
        If there is no such quantity, or if none of its recipients was delivered or junked.
    ScenarioError
        If the run does not settle.
    """
    sampling, executed = Sampling(None, seed), Execution(**execution)
    chosen = Quantity.parse(quantity) if isinstance(quantity, str) else quantity
    if chosen.scope not in SCOPES:
        raise unknown(chosen.scope, "a scope of batch means", SCOPES)
    if chosen.metric not in METRICS:
        raise unknown(chosen.metric, "a metric of batch means", METRICS)
    _, seed = sampling.resolved([scenario])
    scenario = settle(scenario, sampling, executed.with_progress(None))
    here = replace(executed, jobs=1, progress=None)
    (row,) = here.results([Task(observations, scenario, (tuple(chosen), seed))])
    if not len(row):
        raise ValueError(f"no recipient of {chosen.subject} got through")
    origin = executed.provenance([scenario], 1, seed)
    batches = batch_means(row)
    batches = batches._replace(estimate=estimate_within_range(batches.estimate, "s"))
    # Batches estimate the mean of a steady state; without one, the interval means nothing.
    begins = next(changing(scenario), None)
    if begins is not None:
        mean = batches.estimate._replace(low=np.nan, high=np.nan)
        batches = batches._replace(estimate=mean, why=f"no steady state: {begins}")
    return LongRun(scenario, chosen, batches, origin)


def observations(scenario: Scenario, quantity: tuple[str, str, str], seed: int) -> Floats:
    """Return the values (seconds) of judged recipients that were delivered or junked, by creation.

    Parameters
    ----------
    scenario
        The design.
    quantity
        Scope, subject and metric.
    seed
        The draws: replication 0 of this seed.

    Raises
    ------
    ValueError
        If there is no such subject.
    """
    scope, subject, metric = quantity
    trace = trace_of(scenario, 0, seed)
    recipients = Recipients.of(trace, scenario)
    recipients = recipients.where(
        recipients.counted & recipients.judged & (recipients.latency >= 0)
    )
    scope_groups = [
        group_of_scope
        for group_of_scope in groups(recipients, trace.names, scenario)
        if group_of_scope.scope == scope
    ]
    for group in scope_groups:
        if subject in group.subjects:
            chosen = recipients.where(group.of == group.subjects.index(subject))
            value = chosen.latency if metric == "latency_mean" else chosen.waits[metric]
            # Batches are consecutive in time.
            values: Floats = value[np.argsort(chosen.created, kind="stable")] / SECOND
            return values
    known = [subject for group in scope_groups for subject in group.subjects]
    raise unknown(subject, f"a {scope} of this scenario", known)
