"""Ranking: the designs of a comparison by one metric, and how sure the first place is.

How likely a design is to have the best mean is said under the assumption that a paired t interval
makes too, that the means of the replications are normal: the means that are likely, given those
seen, then have a multivariate t distribution with n - 1 degrees of freedom about them, and the
spread of the replications (the posterior under a flat prior: Gelman et al., Bayesian Data Analysis,
section 3.6, with the degrees of freedom of the paired t test of two designs). All designs share a
draw, as they share their mail.
"""

import numpy as np
import pandas as pd

from relaysim.measure.metric_catalogue import METRICS
from relaysim.stats.interval import Floats, estimates
from relaysim.stats.possible_range import within_range
from relaysim.stats.proportion import chances
from relaysim.stats.ratio_of_sums import linearized
from relaysim.study.compare import Comparison

DRAWS = 10_000


def ranking(comparison: Comparison, scope: str, subject: str, metric: str) -> pd.DataFrame:
    """The designs by a metric, best first: `scenario, value, low, high, rank, probability_best`.

    `value` with its 95 % interval is about the replications in which every design that has the
    metric has a value, and about all mail of a design: of latencies, what it delivered itself.
    `rank` begins at 1, and equal designs share it. `probability_best` is the share of `DRAWS`
    likely means in which no design has a better one: of designs that are equal in every
    replication, each has the best mean as often as the others. It is NaN for fewer than two
    replications. Depends on the seed of the comparison, not on the order of its designs. ValueError
    if no design has such a value.
    """
    each = comparison.per_replication
    own = each[(each["scope"] == scope) & (each["subject"] == subject)]
    mine = own[own["metric"] == metric]
    if mine.empty:
        raise ValueError(f"no design has {metric} of {subject} in the scope {scope}")
    # By name, so that the order of the designs changes no number.
    table = mine.pivot(index="scenario", columns="replication", values="value").sort_index()
    table = table.dropna(how="all").dropna(axis="columns")
    values = table.to_numpy(np.float64)
    if not values.size:
        raise ValueError(f"no replication has {metric} of {subject} in all designs")
    about = METRICS[metric]
    under = own[own["metric"] == about.denominator]
    under = under.pivot(index="scenario", columns="replication", values="value")
    under = under.reindex(index=table.index, columns=table.columns)
    values = linearized(values, under.to_numpy(np.float64))
    of = chances if about.chance else estimates
    value, low, high, _ = within_range(of(values), [about.unit] * len(values))
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
    """How likely the mean of each row is the smallest; never that of a row with a lost value."""
    n = values.shape[1]
    if n < 2:
        return np.full(len(values), np.nan)
    lost = np.isinf(values).any(axis=1)
    if lost.all():
        return np.full(len(values), 1.0 / len(values))
    if lost.any():
        found = np.zeros(len(values))
        found[~lost] = _best(values[~lost], seed)
        return found
    random = np.random.default_rng(seed)
    weights = random.standard_normal((DRAWS, n))
    weights *= np.sqrt((n - 1) / random.chisquare(n - 1, (DRAWS, 1))) / np.sqrt(n * (n - 1))
    # Row by row, so that equal designs have equal means to the last digit.
    means = np.array([row.mean() + weights @ (row - row.mean()) for row in values])
    share: Floats = (means == means.min(axis=0)).mean(axis=1)
    return share
