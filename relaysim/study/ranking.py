"""Ranking: the designs of a comparison by one metric, and the probability of the first place.

The probability that a design has the best mean rests on the assumption of a paired t interval, that
the means of the replications are normal: the means that are likely, given the observed ones, then
have a multivariate t distribution with n - 1 degrees of freedom about them, and the spread of the
replications (the posterior under a flat prior: Gelman et al., Bayesian Data Analysis, section 3.6,
with the degrees of freedom of the paired t test of two designs). All designs share a draw, as they
share their mail.
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
    """Return the designs of a comparison by a metric, best first.

    Parameters
    ----------
    comparison
        The comparison.
    scope, subject, metric
        The metric, as in `metrics`.

    Returns
    -------
    pandas.DataFrame
        The columns `scenario, value, low, high, rank, probability_best`. `value` with its 95 %
        interval is about the replications in which every design that has the metric has a value,
        and about all mail of a design: of latencies, those of its own deliveries. `rank` begins at
        1, and equal designs share it. `probability_best` is the share of `DRAWS` likely means in
        which no design has a better one; it is NaN for fewer than two replications. It depends on
        the seed of the comparison, not on the order of its designs.

    Raises
    ------
    ValueError
        If no design has such a value.
    """
    frame = comparison.per_replication
    of_subject = frame[(frame["scope"] == scope) & (frame["subject"] == subject)]
    rows = of_subject[of_subject["metric"] == metric]
    if rows.empty:
        raise ValueError(f"no design has {metric} of {subject} in the scope {scope}")
    # By name, so that the order of the designs changes no number.
    table = rows.pivot(index="scenario", columns="replication", values="value").sort_index()
    # First designs without the metric, then replications that not all of the others have.
    table = table.dropna(how="all").dropna(axis="columns")
    values = table.to_numpy(np.float64)
    if not values.size:
        raise ValueError(f"no replication has {metric} of {subject} in all designs")
    kind = METRICS[metric]
    denominators = of_subject[of_subject["metric"] == kind.denominator]
    denominators = denominators.pivot(index="scenario", columns="replication", values="value")
    denominators = denominators.reindex(index=table.index, columns=table.columns)
    values = linearized(values, denominators.to_numpy(np.float64))
    estimator = chances if kind.chance else estimates
    value, low, high, _ = within_range(estimator(values), [kind.unit] * len(values))
    sign = 1.0 if kind.better == "less" else -1.0
    result = pd.DataFrame(
        {
            "scenario": table.index,
            "value": value,
            "low": low,
            "high": high,
            "rank": pd.Series(sign * value).rank(method="min").astype(int),
            "probability_best": _best(sign * values, comparison.seed),
        }
    )
    return result.sort_values("rank", kind="stable", ignore_index=True)


def _best(values: Floats, seed: int) -> Floats:
    """Return how likely the mean of each row is the smallest; 0 for a row with a lost value."""
    n = values.shape[1]
    if n < 2:
        return np.full(len(values), np.nan)
    lost = np.isinf(values).any(axis=1)
    # All means are infinite: no design is ahead.
    if lost.all():
        return np.full(len(values), 1.0 / len(values))
    if lost.any():
        shares = np.zeros(len(values))
        shares[~lost] = _best(values[~lost], seed)
        return shares
    random = np.random.default_rng(seed)
    weights = random.standard_normal((DRAWS, n))
    # Normal over chi: a multivariate t draw, scaled to the standard error of a mean.
    weights *= np.sqrt((n - 1) / random.chisquare(n - 1, (DRAWS, 1))) / np.sqrt(n * (n - 1))
    # Row by row, so that equal designs have equal means to the last digit.
    means = np.array([row.mean() + weights @ (row - row.mean()) for row in values])
    share: Floats = (means == means.min(axis=0)).mean(axis=1)
    return share
