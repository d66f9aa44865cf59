"""The metrics of one trace: a long, tidy frame."""

from collections.abc import Set as AbstractSet

import numpy as np
import pandas as pd

from relaysim.measure.bad_periods import bad_periods
from relaysim.measure.latency_metrics import (
    ByLatency,
    Delivered,
    busy_hours,
    latency_in_busy_hours,
    means,
    quantiles,
)
from relaysim.measure.listing_metrics import listings
from relaysim.measure.measured_window import Window
from relaysim.measure.metric_catalogue import METRICS, PERIOD_SCOPES
from relaysim.measure.queue_series import ResourceUse
from relaysim.measure.recipient_counts import Tally, Values, completion, counts, rates
from relaysim.measure.recipient_groups import cell_groups
from relaysim.measure.recipients import Recipients
from relaysim.measure.refused_attempts import refused_attempts
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Trace

Row = tuple[str, str, str, float]


def metrics(
    trace: Trace,
    scenario: Scenario,
    recipients: Recipients | None = None,
    only: AbstractSet[str] | None = None,
    use: ResourceUse | None = None,
) -> pd.DataFrame:
    """Measure one trace: a frame with columns `scope, subject, metric, value, unit`.

    `measure.metric_catalogue` has the meaning of each metric.

    Every subject of the scenario has all metrics of its scope; a value that does not exist (the
    latency of a stream without delivered mail) is NaN. `only` restricts the recipients to
    some streams (full names); resources and listings have no streams and stay as they are.
    `recipients` and `use` are those of the trace, if they are computed already.
    """
    recipients = Recipients.of(trace, scenario) if recipients is None else recipients
    window = Window.of(scenario)
    attempts = refused_attempts(trace, scenario, recipients, only)
    chosen = np.ones(len(recipients), bool)
    if only is not None:
        chosen = np.array([name in only for name in trace.names.streams], bool)[recipients.stream]
    counted = recipients.counted & chosen
    cell, rows_counted = recipients.cells.of, np.flatnonzero(counted).astype(np.int32)
    tally = Tally.of(recipients, counted, chosen, window)
    groups = tuple(cell_groups(recipients, trace.names, scenario))
    # One after the other: each needs much memory for a while.
    delivered = Delivered.of(recipients, rows_counted, cell)
    means_of = [means(delivered, group.of, len(group.subjects)) for group in groups]
    del delivered
    periods = [
        bad_periods(
            recipients, np.where(counted, group.of[cell], -1), len(group.subjects), scenario
        )
        if group.scope in PERIOD_SCOPES
        else {}
        for group in groups
    ]
    judged = ByLatency.of(recipients, rows_counted, cell)
    # One set of busy hours for all groups.
    busy = judged.where(busy_hours(recipients, counted))
    rows: list[Row] = []
    for group, mean, bad in zip(groups, means_of, periods, strict=True):
        subjects = len(group.subjects)
        values = counts(tally, group.of, subjects)
        # All recipients: what is delivered in the window counts, whenever it was created.
        values |= rates(tally, group.of, subjects, window)
        values |= completion(tally, group.of, subjects)
        values |= quantiles(judged, group.of, subjects)
        values |= mean
        values |= latency_in_busy_hours(busy, group.of, subjects)
        values |= bad
        rows += flat(group.scope, group.subjects, values)
    use = use or ResourceUse.of(trace, scenario)
    for resource, measured in use.metrics.items():
        rows += [("resource", resource, name, value) for name, value in measured.items()]
    rows += listings(trace, window)
    rows += attempts
    return frame(rows)


def flat(scope: str, subjects: tuple[str, ...], values: Values) -> list[Row]:
    """Return values by metric as rows (scope, subject, metric, value), subject by subject."""
    listed = {name: array.tolist() for name, array in values.items()}
    return [
        (scope, subject, name, array[i])
        for i, subject in enumerate(subjects)
        for name, array in listed.items()
    ]


def frame(rows: list[Row]) -> pd.DataFrame:
    """Return rows as a frame, with units."""
    table = pd.DataFrame(rows, columns=["scope", "subject", "metric", "value"])
    table["unit"] = [METRICS[row[2]].unit for row in rows]
    return table
