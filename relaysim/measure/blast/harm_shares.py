"""Harm to innocent recipients, group by group: weighted shares, and counts."""

import numpy as np

from relaysim.measure.blast.harm import toll
from relaysim.measure.blast.innocent_mail import Floats, Innocents, difference
from relaysim.measure.measured_window import HOUR
from relaysim.measure.recipient_counts import Values
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column, Kept

LEAST = 0.01
"""The excess of harm from which on a stream, or an hour, counts as hit."""


def harm(innocents: Innocents, of: Column, subjects: int) -> Values:
    """Return the metrics of harm of each group; shares are NaN for a group without recipients.

    The parts of the harm add up: `blast_radius` is `blast_reputation` + `blast_congestion`.

    Parameters
    ----------
    innocents : Innocents
        The innocent recipients of coupled runs.
    of : int64 array, shape (n,)
        The group of each recipient; -1 for none.
    subjects : int
        The number of groups.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Values by metric.
    """
    treatment, control, absent = innocents.treatment, innocents.control, innocents.absent
    weight = weights(innocents, of, subjects)
    excess, kinds = innocents.excess, toll(innocents)

    def share(one: Mask, other: Mask) -> Floats:
        return mean(difference(one, other), weight, of, subjects)

    def count(chosen: Mask) -> Floats:
        return np.bincount(of[chosen & (of >= 0)], minlength=subjects).astype(np.float64)

    # Lost mail has no delay; `harmed` counts it.
    both = (treatment.latency >= 0) & (absent.latency >= 0) & (of >= 0)
    later = np.maximum(treatment.latency - absent.latency, 0)[both].astype(np.float64)
    return {
        "blast_radius": mean(excess, weight, of, subjects),
        "blast_reputation": share(treatment.harm, control.harm),
        "blast_congestion": share(control.harm, absent.harm),
        "blast_junk": share(treatment.junk, absent.junk),
        "innocent_weight": _sums(weight, of, subjects),
        "harmed": count(excess > 0),
        "refused_innocents": count(kinds["refused"]),
        "junked_innocents": count(kinds["junked"]),
        "late_innocents": count(kinds["late"]),
        "delay_hours": np.bincount(of[both], later, subjects) / HOUR,
    }


def breadth(innocents: Innocents) -> dict[str, float]:
    """Return the shares of streams and hours with harm; NaN without a stream."""
    streams = len(innocents.names.streams)
    excess = mean(
        innocents.excess, np.ones(len(innocents.recipients)), innocents.recipients.stream, streams
    )
    sent = ~np.isnan(excess)
    hit = np.count_nonzero(excess[sent] >= LEAST)
    hour = innocents.recipients.created // HOUR
    # 0 hours without a recipient.
    hours = int(hour.max(initial=-1)) + 1
    by_hour = mean(innocents.excess, weights(innocents, hour, hours), hour, hours)
    return {
        "blast_streams": hit / np.count_nonzero(sent) if sent.any() else np.nan,
        "innocent_streams": float(np.count_nonzero(sent)),
        "blast_hours": float(np.count_nonzero(by_hour >= LEAST)),
    }


def weights(innocents: Innocents, of: Column, subjects: int) -> Floats:
    """Return the weight of each recipient; 1 in a group whose weights add up to 0."""
    total = np.bincount(of[of >= 0], innocents.weight[of >= 0], subjects)
    # of = -1 reads the last group here; such recipients are left out of every sum.
    return np.where(total[of] > 0, innocents.weight, 1.0)


def mean(value: Column, weight: Floats, of: Kept, subjects: int) -> Floats:
    """Return the weighted mean of each group; NaN for an empty group."""
    total, sums = _sums(weight, of, subjects), _sums(weight * value, of, subjects)
    result: Floats = np.divide(sums, total, out=np.full(subjects, np.nan), where=total > 0)
    return result


def _sums(value: Floats, of: Kept, subjects: int) -> Floats:
    """Return the sum of each group."""
    chosen = of >= 0
    return np.bincount(of[chosen], value[chosen], subjects).astype(np.float64)
