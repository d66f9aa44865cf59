"""Bad days and bad hours: spans of a run in which too few recipients of a class were on time.

Days have 24 h and hours 60 min, counted from the start of the run; the last may be shorter. A day
or an hour is bad for a class if under `run.bad_day_below` of its judged recipients, by the time of
their creation, are on time. Only days with a judged recipient count, and only hours with at least
`FEWEST_IN_AN_HOUR` of them.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, stdtrit

from relaysim.measure.measured_window import HOUR, Window
from relaysim.measure.metric_catalogue import FEWEST_IN_AN_HOUR
from relaysim.measure.recipient_counts import Values, punctual
from relaysim.measure.recipients import Recipients
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, Estimates, Floats
from relaysim.trace.columns import Column


class Period(NamedTuple):
    """A kind of span: name, length (microseconds), fewest judged recipients that it needs."""

    name: str
    length: int
    fewest: int

    @property
    def share(self) -> str:
        """The metric of the share of bad spans."""
        return f"bad_{self.name}_share"

    @property
    def judged(self) -> str:
        """The metric of the number of judged spans."""
        return f"judged_{self.name}s"


DAY = Period("day", 24 * HOUR, 1)
HOUR_OF_RUN = Period("hour", HOUR, FEWEST_IN_AN_HOUR)
PERIODS = (DAY, HOUR_OF_RUN)


def bad_periods(recipients: Recipients, group: Column, subjects: int, scenario: Scenario) -> Values:
    """Count the judged days and hours of each subject, and find the share of them that was bad.

    Parameters
    ----------
    recipients : Recipients
        Recipients created in the window.
    group : array of int, shape (recipients,)
        The subject of each recipient, -1 for none.
    subjects : int
        Number of subjects.
    scenario : Scenario
        Its `run` has the length of the run and `bad_day_below`.

    Returns
    -------
    dict of str to array of float, shape (subjects,)
        `judged_days` and `judged_hours`; `bad_day_share` and `bad_hour_share`, NaN for a subject
        without such days or hours.
    """
    judged, on_time = punctual(recipients)
    judged = judged & (group >= 0)
    subject, created, good = group[judged], recipients.created[judged], on_time[judged]
    values: Values = {}
    for period in PERIODS:
        spans = -(-scenario.run.duration // period.length)
        # One number for (subject, span), so that one bincount counts all of them.
        span, size = subject * spans + created // period.length, subjects * spans
        count = np.bincount(span, minlength=size).reshape(subjects, spans)
        hits = np.bincount(span, good, minlength=size).reshape(subjects, spans)
        enough = count >= period.fewest
        # 1 for a span that is not judged, so it is never bad.
        share = np.divide(hits, count, out=np.ones(count.shape), where=enough)
        bad, every = (share < scenario.run.bad_day_below).sum(axis=1), enough.sum(axis=1)
        values[period.judged] = every.astype(np.float64)
        values[period.share] = np.divide(bad, every, out=np.full(subjects, np.nan), where=every > 0)
    return values


def bad_shares(share: Floats, judged: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the share of bad days, or hours, over all replications, with an interval.

    Parameters
    ----------
    share, judged : array of float, shape (rows, replications)
        `bad_day_share` and `judged_days` of each replication, or those of hours; NaN or 0 where
        there are none.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    Estimates
        Bad over judged days, the ends of the interval, and the number of replications with a
        judged day.

    Notes
    -----
    Days of different replications are independent: with one day a replication the interval is that
    of Clopper and Pearson (Biometrika 26, 1934). Days of one replication are not, as a listing
    lasts several days: the number of days is then replaced by the effective number of Korn and
    Graubard (Survey Methodology 24, 1998), where replications are the clusters. If all days are
    bad, or none, or the same share of each replication, nothing shows how far days depend on one
    another, and each replication counts as one day. The same holds for hours.
    """
    # A replication without a share of this subject has no days of it.
    judged = np.where(np.isnan(share), 0.0, judged)
    bad = np.where(judged > 0, share, 0.0) * judged
    total, clusters = judged.sum(axis=1), np.count_nonzero(judged > 0, axis=1)
    value = np.divide(bad.sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    # One day a replication: all days are independent, and their number is exact.
    size = np.where((judged <= 1).all(axis=1), total, _effective(bad, judged, value, clusters))
    hits, tail = value * size, (1.0 - confidence) / 2
    low, high = np.full((2, len(total)), np.nan)
    nonempty = total > 0
    # Clopper and Pearson: quantiles of beta laws, except that an end at 0 or 1 is exact.
    low[nonempty] = np.where(
        hits[nonempty] > 0,
        betaincinv(hits[nonempty], size[nonempty] - hits[nonempty] + 1, tail),
        0.0,
    )
    missed = size - hits
    high[nonempty] = np.where(
        missed[nonempty] > 0, betaincinv(hits[nonempty] + 1, missed[nonempty], 1.0 - tail), 1.0
    )
    return Estimates(value, low, high, clusters.astype(np.int64))


def _effective(bad: Floats, judged: Floats, value: Floats, clusters: Column) -> Floats:
    """Return the number of independent days that are equivalent to the days of each row."""
    total = judged.sum(axis=1)
    size = clusters.astype(np.float64)
    mixed = np.flatnonzero((clusters > 1) & (value > 0.0) & (value < 1.0))
    for row in mixed:
        count, days_ = clusters[row], total[row]
        # Variance of a ratio of two sums over replications, by linearization.
        residual = bad[row] - value[row] * judged[row]
        variance = count / (count - 1) * (residual @ residual) / days_**2
        # Korn and Graubard's factor: fewer degrees of freedom widen the interval.
        wide = (stdtrit(days_ - 1, 0.975) / stdtrit(count - 1, 0.975)) ** 2
        free = value[row] * (1.0 - value[row]) / variance * wide if variance > 0 else count
        # Negative correlation must not make more days than there are.
        size[row] = min(days_, free)
    return size


def day_lengths(scenario: Scenario) -> list[int]:
    """Return how much of each day of a run lies in the window, microseconds, first day first."""
    window = Window.of(scenario)
    edges = range(0, window.end, DAY.length)
    return [
        max(0, min(start + DAY.length, window.end) - max(start, window.start)) for start in edges
    ]
