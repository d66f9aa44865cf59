"""A design against the base: metrics that both have, and latency over what both delivered."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from relaysim.measure.metric_catalogue import (
    BOTH_DELIVERED,
    DELIVERED_METRICS,
    LATENCY_METRICS,
    METRICS,
    SKEWED_BY_LISTINGS,
)
from relaysim.measure.paired_recipients import PAIRED_SCOPES
from relaysim.measure.recipient_counts import STATUSES
from relaysim.stats.interval import (
    BETTER,
    EQUAL,
    LOSES_MORE,
    NOT_DECIDED,
    WORSE,
    Estimate,
    Estimates,
    Floats,
    Mask,
    equal_rows,
    estimates,
    narrowing,
    verdict,
)
from relaysim.stats.lost_values import lost_rows, minus, signs_needed
from relaysim.stats.metric import Margin
from relaysim.stats.possible_range import difference_within_range
from relaysim.stats.proportion import with_zero_unless_sure
from relaysim.stats.ratio_of_sums import linearized
from relaysim.stats.replications_needed import chances_needed, needed
from relaysim.stats.several_designs import differences
from relaysim.study.isolation_gain import gain
from relaysim.study.paired_medians import MEDIANS, by_median, median_columns, more_for_median
from relaysim.study.stacked_metrics import KEY, Stack

_FASTER = (
    *("on_time", "bad_day_share", "bad_hour_share", "completion", *LATENCY_METRICS),
    *("refused_attempts", *(name for name in STATUSES if name != "delivered")),
)
"""Metrics that mail thrown away makes better: for the mail that is left, or as less is left."""
_COUNTS = (
    *("replications_better", "replications_worse"),
    *("replications_lost", "base_replications_lost"),
)


def against_base(
    base: str,
    name: str,
    plain: tuple[Sequence[pd.DataFrame], Sequence[pd.DataFrame]],
    pairs: Sequence[pd.DataFrame],
    margins: Mapping[str, Margin],
    confidence: float,
    listings: bool,
) -> pd.DataFrame:
    """Return the rows of one design against the base.

    Parameters
    ----------
    base, name
        The names of the base and of the design.
    plain
        The metrics of each replication of the base, and those of the design.
    pairs
        For each replication the latency over the recipients that both delivered. A hub or a public
        IP carries other recipients in every design, so their latencies are not compared.
    margins
        The equivalence margin, by metric, where it is not that of the metric.
    confidence
        Confidence of each interval.
    listings
        Whether a listing can happen: times that it skews are then compared by the median of the
        paired differences.

    Returns
    -------
    pandas.DataFrame
        One row for each metric that both have; see `measure.frame_columns`.
    """
    base_metrics, other_metrics = (
        Stack.of([_joined(*pair, column) for pair in zip(frames, pairs, strict=True)])
        for frames, column in zip(plain, ("base", "value"), strict=True)
    )
    index = base_metrics.index()
    kept = index.isin(other_metrics.index())
    index, keys = index[kept], base_metrics.keys[kept].reset_index(drop=True)
    base_values, other_values = base_metrics.rows(index), other_metrics.rows(index)
    equal = equal_rows(base_values, other_values)
    # Only replications with a value in both designs make pairs.
    both = ~(np.isnan(base_values) | np.isnan(other_values))
    base_values, other_values = (
        np.where(both, base_values, np.nan),
        np.where(both, other_values, np.nan),
    )

    paired_differences = minus(other_values, base_values)
    base_values = linearized(base_values, base_metrics.denominators(index))
    other_values = linearized(other_values, other_metrics.denominators(index))
    # Equal shares of different denominators are different ratios.
    equal &= equal_rows(base_values, other_values)
    value, base_value = estimates(other_values).value, estimates(base_values).value
    chance = base_metrics.chance[kept]
    difference = differences(chance, base_values, other_values, confidence)
    names = keys["metric"].tolist()
    # Hours of one replication depend on each other: the sign test has to agree.
    hours = keys["metric"].eq("bad_hour_share").to_numpy()
    for part, sure in zip(
        difference, with_zero_unless_sure(difference, paired_differences, confidence), strict=True
    ):
        part[hours] = sure[hours]
    skewed = keys["metric"].isin(SKEWED_BY_LISTINGS).to_numpy() & listings
    judged = by_median(difference, paired_differences, skewed, equal, confidence)
    # A column, so that it spreads over replications.
    more = np.array([METRICS[metric].better == "more" for metric in names], bool)[:, None]
    better = np.where(more, paired_differences > 0, paired_differences < 0)
    worse = np.where(more, paired_differences < 0, paired_differences > 0)
    frame = keys[KEY].copy()
    frame.insert(0, "scenario", name)
    frame.insert(1, "base", base)
    frame["value"], frame["base_value"] = value, base_value
    frame["difference"], n = difference.value, difference.n
    _, frame["difference_low"], frame["difference_high"], _ = difference_within_range(
        judged, keys["unit"].tolist()
    )
    frame["confidence"] = confidence
    verdicts = _verdicts(names, base_value, judged, margins)
    frame["verdict"] = np.where(equal, EQUAL, _unless_more_is_lost(frame, verdicts))
    least = _least(names, base_value, margins)
    least_needed = _needed(chance, base_values, other_values, difference, least, confidence)
    # These rows are judged by their median, which takes another number.
    least_needed[skewed] = more_for_median(paired_differences[skewed], least[skewed], confidence)
    frame["replications_needed"] = np.where(frame["verdict"] == NOT_DECIDED, least_needed, np.nan)
    frame["narrowing"] = narrowing(base_values, other_values)
    frame["recipients"] = Stack.of(pairs, "recipients").rows(index).mean(axis=1)
    frame["unit"], frame["replications"] = keys["unit"], n
    frame["replications_better"] = better.sum(axis=1)
    frame["replications_worse"] = worse.sum(axis=1)
    frame["replications_lost"] = np.isinf(other_values).sum(axis=1)
    frame["base_replications_lost"] = np.isinf(base_values).sum(axis=1)
    frame = frame.assign(**median_columns(base_values, other_values, skewed))
    harm = np.flatnonzero(index == ("total", "total", "blast_reputation"))
    if not len(harm):
        return frame
    isolation = gain(base_values[harm[0]], other_values[harm[0]], confidence)
    row = _isolation(isolation, base_values.shape[1], margins, confidence)
    return pd.concat([frame, pd.DataFrame([{"scenario": name, "base": base, **row}])])


def _joined(plain: pd.DataFrame, pairs: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the comparable metrics of a replication, with those of what both delivered."""
    metric = plain["metric"]
    alone = metric.isin(DELIVERED_METRICS)
    # A hub or an IP has other recipients in each design, so its latencies do not compare.
    alone |= metric.isin(LATENCY_METRICS) & ~plain["scope"].isin(PAIRED_SCOPES)
    subjects = set(zip(plain["scope"], plain["subject"], strict=True))
    here = [key in subjects for key in zip(pairs["scope"], pairs["subject"], strict=True)]
    paired = pairs.loc[here, [*KEY, "unit"]].assign(value=pairs.loc[here, column])
    return pd.concat([plain[~alone], paired], ignore_index=True)


def _needed(
    chance: Mask,
    base_values: Floats,
    other_values: Floats,
    difference: Estimates,
    least: Floats,
    confidence: float,
) -> Floats:
    """Return about how many replications would decide each row."""
    replications, lost = base_values.shape[1], lost_rows(base_values, other_values)
    value, low, high = (np.where(lost, np.nan, part) for part in difference[:3])
    finite = Estimates(value, low, high, difference.n)
    numbers = needed(finite, least, replications, confidence)
    numbers[chance] = chances_needed(
        base_values[chance], other_values[chance], least[chance], confidence
    )
    # Differences with infinite values have no spread; the sign test counts their directions.
    for row in np.flatnonzero(lost):
        paired = minus(other_values[row], base_values[row])
        signs = int((paired > 0).sum()), int((paired < 0).sum())
        numbers[row] = signs_needed(*signs, replications, confidence)
    return numbers


def _unless_more_is_lost(frame: pd.DataFrame, verdicts: Sequence[str]) -> list[str]:
    """Return the verdicts.

    Changed for a design that is faster and delivers less mail than the base.

    Losing mail makes the rest faster, and the campaign complete sooner.
    """
    index = pd.MultiIndex.from_frame(frame[KEY])
    difference = dict(zip(index, frame["difference"].tolist(), strict=True))
    created = dict(zip(index, frame["base_value"].tolist(), strict=True))

    def delivers(scope: str, subject: str) -> float:
        """Return how much more of the mail the design delivers than the base, as a share.

        Mail that goes by another hub is not lost by this one.
        """
        more = sum(difference[scope, subject, status] for status in ("delivered", "junked"))
        more -= difference[scope, subject, "created"]
        # A subject without mail loses none: 0 / 1.
        return float(more / (created[scope, subject, "created"] or 1.0))

    least = METRICS["on_time"].margin.absolute
    wins = {BETTER: -1.0, WORSE: 1.0}
    return [
        LOSES_MORE
        if verdict in wins
        and (metric in _FASTER or metric.endswith(BOTH_DELIVERED))
        and wins[verdict] * delivers(scope, subject) > least
        else verdict
        for (scope, subject, metric), verdict in zip(index, verdicts, strict=True)
    ]


def _isolation(
    estimate: Estimate, replications: int, margins: Mapping[str, Margin], confidence: float
) -> dict[str, object]:
    """Return the isolation gain as a row; that of the base over itself is 0."""
    metric = METRICS["isolation_gain"]
    word = verdict(metric, 0.0, estimate, margins.get(metric.name))
    if estimate[:3] == (0.0, 0.0, 0.0):
        word = EQUAL  # both ends are 0 only if both designs have the same harm
    one = Estimates(*(np.array([part]) for part in estimate))
    more = needed(one, _least([metric.name], np.zeros(1), margins), replications, confidence)
    return {
        "scope": "total",
        "subject": "total",
        "metric": metric.name,
        "value": estimate.value,
        "base_value": 0.0,
        "difference": estimate.value,
        "difference_low": estimate.low,
        "difference_high": min(estimate.high, 1.0),  # no design avoids more than all harm
        "confidence": confidence,
        "verdict": word,
        "replications_needed": float(more[0]) if word == NOT_DECIDED else np.nan,
        "narrowing": np.nan,
        "recipients": np.nan,
        "unit": metric.unit,
        "replications": estimate.n,
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(MEDIANS, np.nan),
    }


def _verdicts(
    names: Sequence[str], base: Floats, difference: Estimates, margins: Mapping[str, Margin]
) -> list[str]:
    rows = zip(names, base.tolist(), *(part.tolist() for part in difference), strict=True)
    return [
        verdict(METRICS[name], base_value, Estimate(*estimate), margins.get(name))
        for name, base_value, *estimate in rows
    ]


def _least(names: Sequence[str], base: Floats, margins: Mapping[str, Margin]) -> Floats:
    """Return the smallest differences that matter."""
    rows = zip(names, base.tolist(), strict=True)
    return np.array([(margins.get(name) or METRICS[name].margin).of(was) for name, was in rows])
