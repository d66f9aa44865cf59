"""Queue lengths and throughput over time, for figures."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.measure.measured_window import HOUR, MINUTE, SECOND, Window
from relaysim.measure.recipient_groups import cell_groups
from relaysim.measure.recipients import Recipients
from relaysim.measure.resource_metrics import resources
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.tables import Trace

MOST_MINUTES = 90_000
"""Bins of a minute that a series has at most: 62 days. A longer run has bins of an hour, or ten
years of a quiet company would take gigabytes for a column of zeros."""


def bin_width(scenario: Scenario) -> int:
    """Return the width of the bins of a scenario's series, microseconds: a minute or an hour.

    It depends on the length of the run alone, so that all replications have the same bins.
    """
    return MINUTE if scenario.run.horizon <= MOST_MINUTES * MINUTE else HOUR


def seconds_a_bin(series: pd.DataFrame) -> float:
    """Return the width of the bins of a series as its index has them, seconds."""
    starts = series.index.to_numpy(np.float64)
    return float(starts[1] - starts[0]) if len(starts) > 1 else MINUTE / SECOND


class ResourceUse(NamedTuple):
    """The use of all resources in one run. Both parts need what waits over time, counted once."""

    metrics: dict[str, dict[str, float]]
    """By resource and metric, over the window."""
    backlog: pd.DataFrame
    """The mean number that waits: one column for each resource; the index is the start of the bin
    in seconds. The bins cover the run from start to end."""

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario, width: int | None = None) -> Self:
        """Return the use of the resources of a trace.

        Parameters
        ----------
        trace : Trace
            The trace of one run.
        scenario : Scenario
            The design.
        width : int or None
            The width of a bin, microseconds; None: `bin_width`.
        """
        width = width or bin_width(scenario)
        edges, window = _edges(trace, width), Window.of(scenario)
        metrics, columns = {}, {}
        for resource in resources(trace, scenario):
            metrics[resource.name] = resource.measured(window)
            columns[resource.name] = np.diff(resource.waiting.area(edges)) / width
            del resource  # Before the next one has its memory.
        return cls(metrics, pd.DataFrame(columns, index=_index(edges)))


def throughput_series(
    trace: Trace,
    scenario: Scenario,
    width: int | None = None,
    scope: str = "class",
    recipients: Recipients | None = None,
) -> pd.DataFrame:
    """Return the recipients delivered or junked per second, in bins of time.

    Parameters
    ----------
    trace : Trace
        The trace of one run.
    scenario : Scenario
        The design.
    width : int or None
        The width of a bin, microseconds; None: `bin_width`.
    scope : str
        `total`, `class`, `stream`, `destination`, `hub` or `egress`.
    recipients : Recipients or None
        The recipients of the trace, if they are computed already.

    Returns
    -------
    pandas.DataFrame
        One column for each subject of the scope; the index is the start of the bin in seconds.

    Raises
    ------
    KeyError
        For another scope.
    """
    width = width or bin_width(scenario)
    recipients = Recipients.of(trace, scenario) if recipients is None else recipients
    edges = _edges(trace, width)
    bins, got = len(edges) - 1, np.flatnonzero(recipients.latency >= 0)
    cell, place = recipients.cells.of[got], recipients.end[got] // width
    columns: dict[str, npt.NDArray[np.float64]] = {}
    for group in cell_groups(recipients, trace.names, scenario):
        if group.scope != scope:
            continue
        # One up: 0 is no subject.
        keys, size = (group.of[cell] + 1) * bins + place, (len(group.subjects) + 1) * bins
        per_bin = np.bincount(keys, minlength=size).reshape(-1, bins)[1:]
        columns |= dict(zip(group.subjects, per_bin / (width / SECOND), strict=True))
    if not columns:
        raise KeyError(f"{scope!r} is not a scope of recipients")
    return pd.DataFrame(columns, index=_index(edges))


def _edges(trace: Trace, width: int) -> Column:
    # One more than bins: the last bin contains the end of the run.
    return np.arange(trace.end // width + 2, dtype=np.int64) * width


def _index(edges: Column) -> pd.Index:
    return pd.Index(edges[:-1] / SECOND, name="seconds")
