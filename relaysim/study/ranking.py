"""Ranking: the designs of a comparison by one metric, and how sure the first place is.

The first place is put to the test by the bootstrap: the replications are drawn anew, with
replacement, the same ones for all designs, as they share their mail, and the design with the best
mean counts (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 6; of rankings: Hall
and Miller, Annals of Statistics 37, 2009, page 3929). A handful of replications knows little of its
own spread, so with fewer than about ten the probabilities are too sure.
"""

import numpy as np
import pandas as pd

from relaysim.measure.catalogue import METRICS
from relaysim.measure.chance import chances
from relaysim.measure.estimate import Floats, estimates
from relaysim.study.compare import Comparison

RESAMPLES = 10_000


def ranking(comparison: Comparison, scope: str, subject: str, metric: str) -> pd.DataFrame:
    """The designs by a metric, best first: `scenario, value, low, high, rank, probability_best`.

    `value` with its 95 % interval is about the replications in which every design that has the
    metric has a value, and about all mail of a design: of latencies, what it delivered itself.
    `rank` begins at 1, and equal designs share it. `probability_best` is the share of the
    resamples in which the design has the best mean; where several have it, each gets its part. It
    is NaN for fewer than two replications. Depends on the seed of the comparison, not on the order
    of its designs. ValueError if no design has such a value.
    """
    each = comparison.per_replication
    mine = each[
        (each["scope"] == scope) & (each["subject"] == subject) & (each["metric"] == metric)
    ]
    if mine.empty:
        raise ValueError(f"no design has {metric} of {subject} in the scope {scope}")
    # By name, so that the order of the designs changes no number.
    table = mine.pivot(index="scenario", columns="replication", values="value").sort_index()
    table = table.dropna(how="all").dropna(axis="columns")
    values = table.to_numpy(np.float64)
    if not values.size:
        raise ValueError(f"no replication has {metric} of {subject} in all designs")
    about = METRICS[metric]
    value, low, high, _ = (chances if about.chance else estimates)(values)
    sign = 1.0 if about.better == "less" else -1.0
    found = pd.DataFrame(
        {
            "scenario": table.index,
            "value": value,
            "low": low,
            "high": high,
            "rank": pd.Series(sign * value).rank(method="min").astype(int),
            "probability_best": _best(sign * values, comparison.seed),
        }
    )
    return found.sort_values("rank", kind="stable", ignore_index=True)


def _best(values: Floats, seed: int) -> Floats:
    """How likely the mean of each row is the smallest."""
    replications = values.shape[1]
    if replications < 2:
        return np.full(len(values), np.nan)
    again = np.random.default_rng(seed).integers(replications, size=(RESAMPLES, replications))
    # Row by row, so that equal designs have equal means to the last digit.
    means = np.array([row[again].mean(axis=1) for row in values])
    first = means == means.min(axis=0)
    share: Floats = (first / first.sum(axis=0)).mean(axis=1)
    return share
