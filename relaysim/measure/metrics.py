"""The metrics of one trace: a long, tidy frame."""

from collections.abc import Set as AbstractSet

import numpy as np
import pandas as pd

from relaysim.engine.trace import Trace
from relaysim.measure.bad_periods import bad_periods
from relaysim.measure.catalogue import METRICS, PERIOD_SCOPES
from relaysim.measure.copies import Copies
from relaysim.measure.counts import Values, completion, counts, rates
from relaysim.measure.groups import groups
from relaysim.measure.latency import busy_hours, latency, latency_in_busy_hours
from relaysim.measure.listings import listings
from relaysim.measure.resources import resources
from relaysim.measure.submission import refused_attempts
from relaysim.measure.window import Window
from relaysim.scenario.model import Scenario

Row = tuple[str, str, str, float]


def metrics(
    trace: Trace,
    scenario: Scenario,
    copies: Copies | None = None,
    only: AbstractSet[str] | None = None,
) -> pd.DataFrame:
    """Columns `scope, subject, metric, value, unit`; what they mean stands in `measure.catalogue`.

    Every subject of the scenario has all metrics of its scope; a value that does not exist (the
    latency of a stream of which nothing was delivered) is NaN. `only` restricts the copies to some
    streams (full names); resources and listings know no streams and stay as they are.
    """
    copies = Copies.of(trace, scenario) if copies is None else copies
    window = Window.of(scenario)
    attempts = refused_attempts(trace, scenario, copies, only)
    if only is not None:
        keep = np.array([name in only for name in trace.names.streams], bool)
        copies = copies.where(keep[copies.stream])
    counted = copies.where(copies.counted)
    busy = busy_hours(counted)
    rows: list[Row] = []
    for group in groups(copies, trace.names, scenario):
        subjects, of = len(group.subjects), group.of[copies.counted]
        values = counts(counted, of, subjects)
        values |= rates(copies, group.of, subjects, window)
        values |= completion(counted, of, subjects)
        values |= latency(counted, of, subjects)
        values |= latency_in_busy_hours(counted, busy, of, subjects)
        if group.scope in PERIOD_SCOPES:
            values |= bad_periods(counted, of, subjects, scenario)
        rows += flat(group.scope, group.subjects, values)
    for resource in resources(trace, scenario):
        measured = resource.measured(window)
        rows += [("resource", resource.name, name, value) for name, value in measured.items()]
    rows += listings(trace, window)
    rows += attempts
    return frame(rows)


def flat(scope: str, subjects: tuple[str, ...], values: Values) -> list[Row]:
    """Values by metric as rows, subject by subject."""
    listed = {name: array.tolist() for name, array in values.items()}
    return [
        (scope, subject, name, array[i])
        for i, subject in enumerate(subjects)
        for name, array in listed.items()
    ]


def frame(rows: list[Row]) -> pd.DataFrame:
    """Rows as a frame, with units."""
    table = pd.DataFrame(rows, columns=["scope", "subject", "metric", "value"])
    table["unit"] = [METRICS[row[2]].unit for row in rows]
    return table
