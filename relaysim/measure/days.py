"""Bad days: days of a run on which too few recipients of a class were on time.

A day is 24 h, counted from the start of the run; the last one may be shorter. A day is bad for a
class if under `run.bad_day_below` of its judged recipients, by the day of their creation, are on
time. A day without judged recipients is no day of the class.
"""

import numpy as np
from scipy.stats import beta, t

from relaysim.engine.trace import Column
from relaysim.measure.copies import Copies
from relaysim.measure.counts import Values, punctual
from relaysim.measure.estimate import CONFIDENCE, Estimates, Floats
from relaysim.measure.window import HOUR, Window
from relaysim.scenario.model import Scenario

DAY = 24 * HOUR
SHARE, JUDGED = "bad_day_share", "judged_days"


def days(copies: Copies, group: Column, subjects: int, scenario: Scenario) -> Values:
    """Count the days of each subject, and find the share of them that was bad.

    Parameters
    ----------
    copies : Copies
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
        `judged_days`, and `bad_day_share`, NaN for a subject without such days.
    """
    judged, on_time = punctual(copies)
    judged = judged & (group >= 0)
    many = -(-scenario.run.duration // DAY)
    of = group[judged] * many + copies.created[judged] // DAY
    size = subjects * many
    count = np.bincount(of, minlength=size).reshape(subjects, many)
    hits = np.bincount(of, on_time[judged], minlength=size).reshape(subjects, many)
    there = count > 0
    share = np.divide(hits, count, out=np.ones(count.shape), where=there)
    bad, every = (share < scenario.run.bad_day_below).sum(axis=1), there.sum(axis=1)
    return {
        JUDGED: every.astype(np.float64),
        SHARE: np.divide(bad, every, out=np.full(subjects, np.nan), where=every > 0),
    }


def day_shares(share: Floats, judged: Floats, confidence: float = CONFIDENCE) -> Estimates:
    """Return the share of bad days over all replications, with an interval.

    Parameters
    ----------
    share, judged : array of float, shape (rows, replications)
        `bad_day_share` and `judged_days` of each replication; NaN or 0 days where there are none.
    confidence : float
        Confidence of the interval.

    Returns
    -------
    Estimates
        Bad days over judged days, the ends of the interval, and the number of replications with a
        judged day.

    Notes
    -----
    Days of different replications are independent: with one day a replication the interval is that
    of Clopper and Pearson (Biometrika 26, 1934). Days of one replication are not, as a listing
    lasts several days: the number of days is then replaced by the effective number of Korn and
    Graubard (Survey Methodology 24, 1998), where replications are the clusters. If all days are
    bad, or none, nothing shows how far days depend on one another, and each replication counts as
    one day.
    """
    judged = np.where(np.isnan(share), 0.0, judged)
    bad = np.where(judged > 0, share, 0.0) * judged
    total, clusters = judged.sum(axis=1), np.count_nonzero(judged > 0, axis=1)
    value = np.divide(bad.sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0)
    size = np.where((judged <= 1).all(axis=1), total, _effective(bad, judged, value, clusters))
    hits, tail = value * size, (1.0 - confidence) / 2
    low, high = np.full((2, len(total)), np.nan)
    some = total > 0
    low[some] = np.where(
        hits[some] > 0, beta.ppf(tail, hits[some], size[some] - hits[some] + 1), 0.0
    )
    missed = size - hits
    high[some] = np.where(missed[some] > 0, beta.ppf(1.0 - tail, hits[some] + 1, missed[some]), 1.0)
    return Estimates(value, low, high, clusters.astype(np.int64))


def _effective(bad: Floats, judged: Floats, value: Floats, clusters: Column) -> Floats:
    """The number of independent days that are worth as much as the days of each row."""
    total = judged.sum(axis=1)
    size = clusters.astype(np.float64)
    mixed = np.flatnonzero((clusters > 1) & (value > 0.0) & (value < 1.0))
    for row in mixed:
        many, days_ = clusters[row], total[row]
        apart = bad[row] - value[row] * judged[row]
        variance = many / (many - 1) * (apart @ apart) / days_**2
        wide = (t.ppf(0.975, days_ - 1) / t.ppf(0.975, many - 1)) ** 2
        free = value[row] * (1.0 - value[row]) / variance * wide if variance > 0 else np.inf
        size[row] = min(days_, free)
    return size


def day_lengths(scenario: Scenario) -> list[int]:
    """Return how much of each day of a run lies in the window, microseconds, first day first."""
    window = Window.of(scenario)
    edges = range(0, window.end, DAY)
    return [max(0, min(start + DAY, window.end) - max(start, window.start)) for start in edges]
