"""Unstable quantiles: they jump between replications where a share is steady.

Late recipients wait for a retry, so they are far later than the others, with little in between. The
p95 is that of the late recipients if more than 5 % are late, and that of the others if fewer are.
Where the share is near 5 %, chance decides between seconds and minutes, and the mean over the
replications with its interval has little meaning. The share that is on time does not jump.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from relaysim.stats.interval import Floats, deviations

TAILS: Mapping[str, float] = {
    "latency_p90": 0.10,
    "latency_p95": 0.05,
    "latency_p99": 0.01,
    "latency_p95_busy_hours": 0.05,
}
"""The share of the recipients above each quantile."""
NEAR = 0.2
"""How near the late share must come to that, as a part of it. Ours, as is `SPREAD`."""
SPREAD = 0.5
"""The standard deviation over the replications, as a part of their mean, above which values jump:
zero is within two of them then, so a bell around the mean would no longer fit."""


class LateShare(NamedTuple):
    """The smallest and the largest share of late recipients among the replications."""

    low: float
    high: float


def late_share(metric: str, quantile: Floats, on_time: Floats, late: Floats) -> LateShare | None:
    """Return the range of the share of late recipients where a quantile is unstable, else None.

    Parameters
    ----------
    metric : str
        The name of the quantile.
    quantile, on_time, late : array of float, shape (replications,)
        Its values, the share on time, and the share of judged recipients that are late or lost.

    Returns
    -------
    LateShare or None
        None for a quantile that is not unstable.

    Notes
    -----
    A quantile is unstable if all of this holds: it varies by more than `SPREAD` of its mean,
    `on_time` does not, and over the replications `late` reaches or crosses what is within `NEAR` of
    the tail of the quantile. A quantile that is lost in some replications varies.
    """
    if metric not in TAILS or len(late) < 2 or not _jumps(quantile) or _jumps(on_time):
        return None
    tail, share = TAILS[metric], LateShare(float(late.min()), float(late.max()))
    near = share.low <= tail * (1.0 + NEAR) and share.high >= tail * (1.0 - NEAR)
    return share if near else None


def late_share_if_unstable(
    per_replication: pd.DataFrame, scenario: str, scope: str, subject: str, metric: str
) -> LateShare | None:
    """Return `late_share` from the metrics of the replications of a run or a comparison.

    Parameters
    ----------
    per_replication : DataFrame
        Metrics of each replication.
    scenario, scope, subject, metric : str
        The key of the quantile.

    Returns
    -------
    LateShare or None
        None for a quantile that is not unstable.

    Notes
    -----
    Late and lost recipients are those above the quantile. The share is that of the whole window,
    for the busy hours as well, which has about as many of them: an approximation.
    """
    if metric not in TAILS:
        return None
    frame = per_replication
    rows = frame[
        (frame["scenario"] == scenario) & (frame["scope"] == scope) & (frame["subject"] == subject)
    ]
    metrics = ["on_time", metric]
    table = rows[rows["metric"].isin(metrics)].pivot(
        index="replication", columns="metric", values="value"
    )
    if not set(metrics) <= set(table.columns):
        return None
    table = table.dropna()
    on_time = table["on_time"].to_numpy(np.float64)
    # Rounded, because 1 - 0.95 is not 0.05 to the last digit.
    return late_share(metric, table[metric].to_numpy(np.float64), on_time, (1.0 - on_time).round(9))


def _jumps(values: Floats) -> bool:
    lost = np.isinf(values)
    if lost.any():
        return not lost.all()
    return bool(deviations(values[None])[0] > SPREAD * abs(values.mean()))
