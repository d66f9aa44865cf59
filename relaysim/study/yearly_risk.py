"""The yearly risk: the probability of a listing that is too rare for plain replications.

Importance sampling with a defensive mixture (Hesterberg, Technometrics 37, 1995; Owen and Zhou,
Journal of the American Statistical Association 95, 2000): in every other replication the
probability of spam traps is multiplied by the `tilt`. Each replication has a weight: the
probability of its traps, over that under the mixture. Means of weighted values are unbiased for any
tilt; the tilt decides how wide their intervals are. No weight is above 2, so for listings by other
signals, such as complaints, the sample is as good as a plain sample of half the size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Unpack

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit

from relaysim.engine.coupled_runs import coupled
from relaysim.measure.blast.coupled_metrics import Measured
from relaysim.measure.listing_metrics import listings
from relaysim.measure.measured_window import Window
from relaysim.measure.metric_catalogue import METRICS
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, Estimate, Floats, interval
from relaysim.stats.possible_range import estimate_within_range
from relaysim.stats.proportion import chances
from relaysim.study.blast_radius import require_culprit
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.memory import require_room
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.task import Task
from relaysim.study.sampling import Sampling
from relaysim.study.tilted_traps import log_likelihood_ratio, tilt_for
from relaysim.study.warm_up import settle
from relaysim.traffic.workload import draw
from relaysim.units import DAY

YEAR = 365 * DAY
FEW = 5
"""Fewer effective replications with a listing make no interval by themselves (assumption)."""
MEASURES = ("blast_radius", "blast_reputation", "refused_innocents")


@dataclass(frozen=True)
class YearlyRisk:
    """The probability of a listing, and its cost for innocent mail.

    `listed` is the probability that an IP or a domain is listed within the horizon (the window of
    the scenario), `listed_in_a_year` that of a year of such horizons if they are independent, which
    is an approximation: lists and receivers have memories. `expected` has the mean of each of
    `MEASURES` over all horizons, `given_listed` over those with a listing; intervals are 95 %.
    `effective_replications` is Kish's size of the sample: a plain sample of that size is as good
    for a mean over all replications. `effective_listed` is the same for those with a listing: if it
    is small, a few weights decide, and intervals are too narrow. `per_replication` has the columns
    `replication, weight, listed` and those of `MEASURES`.
    """

    scenario: Scenario
    seed: int
    replications: int
    tilt: float
    horizon: int
    listed: Estimate
    listed_in_a_year: Estimate
    expected: dict[str, Estimate]
    given_listed: dict[str, Estimate]
    effective_replications: float
    effective_listed: float
    per_replication: pd.DataFrame = field(repr=False)
    provenance: Provenance


def yearly_risk(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    tilt: float | None = None,
    **execution: Unpack[ExecutionOptions],
) -> YearlyRisk:
    """Estimate the risk of a listing by importance sampling.

    Parameters
    ----------
    scenario
        A design with a culprit.
    replications, seed
        Those of the scenario unless they are given; each replication takes three runs.
    tilt
        How many times likelier spam traps are drawn in every other replication, from 1, which is a
        plain sample; by default `study.tilted_traps.tilt_for` chooses it.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    YearlyRisk
        Probabilities and means with 95 % intervals.

    Raises
    ------
    ValueError
        If the scenario has no culprit, or for a tilt below 1.
    """
    sampling, executed = Sampling(replications, seed), Execution(**execution)
    count, seed = sampling.resolved([scenario])
    scenario = settle(scenario, sampling, executed.with_progress(None))
    require_culprit(scenario)
    require_room([scenario], 1)
    tilt = tilt_for(scenario, seed) if tilt is None else tilt
    # Numbers 0, 2, 4 ... are plain.
    plain = -(-count // 2) / count
    tasks = [Task(_weighed, scenario, (i, seed, tilt, plain), coupled=True) for i in range(count)]
    rows = list(executed.results(tasks))
    frame = pd.DataFrame(rows, columns=list(Weighed._fields))
    weight, listed = frame["weight"].to_numpy(), frame["listed"].to_numpy()
    values = {name: frame[name].to_numpy() for name in MEASURES}
    window = Window.of(scenario)
    likely = _likely(weight, listed)
    return YearlyRisk(
        scenario=scenario,
        seed=seed,
        replications=count,
        tilt=tilt,
        horizon=window.length,
        listed=likely,
        listed_in_a_year=_in_a_year(likely, window.length),
        expected=_within({name: interval(weight * value) for name, value in values.items()}),
        given_listed=_within(
            {name: ratio(weight * listed, value) for name, value in values.items()}
        ),
        effective_replications=_effective(weight),
        effective_listed=_effective(weight * listed),
        per_replication=frame,
        provenance=executed.provenance([scenario], count, seed),
    )


class Weighed(NamedTuple):
    """One replication with its weight: a row of `per_replication`."""

    replication: int
    weight: float
    listed: float
    blast_radius: float
    blast_reputation: float
    refused_innocents: float


def _weighed(scenario: Scenario, replication: int, seed: int, tilt: float, plain: float) -> Weighed:
    """Return a row of `per_replication`; `plain` is the share of replications without a tilt."""
    draws = draw(scenario, replication, seed, tilt=tilt if replication % 2 else 1.0)
    ratio = log_likelihood_ratio(scenario, draws, tilt)
    # 1 / (plain + (1 - plain) e^-ratio), however large the ratio is.
    weight = float(expit(ratio + logit(plain)) / plain)
    runs = coupled(scenario, draws)
    rows = listings(runs.treatment, Window.of(scenario))
    listed = next(row[3] for row in rows if row[:3] == ("total", "total", "listed"))
    metrics = Measured.of(runs, scenario, draws).metrics()
    total = metrics[(metrics["scope"] == "total") & (metrics["subject"] == "total")]
    values = dict(zip(total["metric"], total["value"], strict=True))
    return Weighed(replication, weight, listed, *(values[name] for name in MEASURES))


def ratio(weight: Floats, values: Floats, confidence: float = CONFIDENCE) -> Estimate:
    """Return the weighted mean, with an interval by the delta method; NaN if nothing has weight.

    `n` counts the values with weight. With one of them the interval is NaN.
    """
    n = int(np.count_nonzero(weight))
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    total = weight.sum()
    # 0 x NaN is NaN, so values without weight are replaced first.
    mean = float((weight * np.where(weight > 0, values, 0.0)).sum() / total)
    if n == 1:
        return Estimate(mean, np.nan, np.nan, 1)
    residual = weight * np.where(weight > 0, values - mean, 0.0)
    error = np.sqrt((residual**2).sum() * n / (n - 1)) / total
    half = float(stdtrit(n - 1, 0.5 + confidence / 2) * error)
    return Estimate(mean, mean - half, mean + half, n)


def _within(estimates: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the estimates with intervals within the range of each metric."""
    return {
        name: estimate_within_range(estimate, METRICS[name].unit)
        for name, estimate in estimates.items()
    }


def _effective(weight: Floats) -> float:
    """Return Kish's effective size of a weighted sample."""
    square = float((weight**2).sum())
    return float(weight.sum()) ** 2 / square if square else 0.0


def _likely(weight: Floats, listed: Floats) -> Estimate:
    """Return the probability of a listing, with Student's interval.

    It is Wilson's for a plain sample. Where fewer than `FEW` replications with a listing have a
    weight that counts, the interval reaches as far as that of the plain half: a mean of next to
    nothing would have an interval of next to nothing.
    """
    plain = (weight == 1.0).all()
    # Even replications are drawn without the tilt.
    listed_plain = listed if plain else listed[::2]
    share, least, most, _ = (float(part[0]) for part in chances(listed_plain[None, :]))
    if plain:
        return Estimate(share, least, most, len(listed))
    value, low, high, n = interval(weight * listed)
    if _effective(weight * listed) < FEW:
        low, high = min(low, least), max(high, most)
    # A weighted mean of zeros and ones may exceed 1.
    return Estimate(min(value, 1.0), max(low, 0.0), min(high, 1.0), n)


def _in_a_year(estimate: Estimate, horizon: int) -> Estimate:
    """Return the probability of at least one in a year of independent horizons.

    For a longer horizon it is that of its share.
    """
    value, low, high = (1.0 - (1.0 - p) ** (YEAR / horizon) for p in estimate[:3])
    return Estimate(value, low, high, estimate.n)
