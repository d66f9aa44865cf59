"""Counts and rates of recipients, group by group."""

import numpy as np
import numpy.typing as npt

from relaysim.measure.measured_window import MINUTE, SECOND, Window
from relaysim.measure.recipients import Recipients
from relaysim.stats.interval import Mask
from relaysim.trace.tables import Column, Status

Values = dict[str, npt.NDArray[np.float64]]
"""A metric's value for each subject; NaN where there is none."""

STATUSES = {
    "refused": Status.REFUSED,
    "abandoned": Status.ABANDONED,
    "delivered": Status.DELIVERED,
    "junked": Status.JUNKED,
    "bounced": Status.BOUNCED,
    "expired": Status.EXPIRED,
    "in_flight": Status.IN_FLIGHT,
    "suppressed": Status.SUPPRESSED,
}


def counts(recipients: Recipients, group: Column, subjects: int) -> Values:
    """Return the recipients by final status, and the share that was on time.

    Parameters
    ----------
    recipients : Recipients
        The recipients of a trace.
    group : int64 array, shape (n,)
        The subject of each recipient; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Values by metric.

    Notes
    -----
    Whether a recipient counts for `on_time` is decided by its creation alone (`Recipients.judged`).
    Leaving out what is unfinished at the end of the run instead would keep the fast ones of the
    last hours and bias the share upward (censoring: Kaplan and Meier, Journal of the American
    Statistical Association 53, 1958).
    """

    of = group + 1  # 0 is no group

    def count(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.bincount(of[chosen], minlength=subjects + 1)[1:].astype(np.float64)

    judged, on_time = punctual(recipients)
    kinds = len(Status)
    both = np.bincount(of * kinds + recipients.status, minlength=(subjects + 1) * kinds)
    by_status = both.reshape(subjects + 1, kinds)[1:].astype(np.float64)
    values = {"created": by_status.sum(axis=1), "accepted": count(recipients.accepted)}
    values |= {name: by_status[:, status] for name, status in STATUSES.items()}
    due = count(judged)
    values["on_time"] = np.divide(count(on_time), due, out=np.full(subjects, np.nan), where=due > 0)
    values["judged"] = due
    values["not_judged"] = count((recipients.deadline >= 0) & ~recipients.judged)
    return values


def punctual(recipients: Recipients) -> tuple[Mask, Mask]:
    """Return which recipients are judged, and which of these were on time.

    `on_time` and bad days ask here alone, so that both count the same recipients.
    """
    judged = (recipients.deadline >= 0) & recipients.judged
    return judged, recipients.on_time & judged


def rates(recipients: Recipients, group: Column, subjects: int, window: Window) -> Values:
    """Return the recipients delivered or junked in the window, per second, whenever created.

    The best minute is one of the whole minutes of the window, counted from its start; a window
    shorter than a minute has one rate.

    Parameters
    ----------
    recipients : Recipients
        The recipients of a trace.
    group : int64 array, shape (n,)
        The subject of each recipient; -1 for none.
    subjects : int
        The number of subjects.
    window : Window
        The measured window.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Values by metric.
    """
    got = (recipients.latency >= 0) & window.holds(recipients.end) & (group >= 0)
    throughput = np.bincount(group[got], minlength=subjects) / (window.length / SECOND)
    minutes = window.length // MINUTE
    if minutes == 0:
        return {"throughput": throughput, "peak_throughput": throughput}
    minute = (recipients.end[got] - window.start) // MINUTE
    # The rest of the window after its last whole minute is no minute.
    whole = minute < minutes
    keys = np.sort(group[got][whole] * minutes + minute[whole], kind="stable")
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    best = np.zeros(subjects, np.int64)
    np.maximum.at(best, keys[first] // minutes, np.diff(first, append=len(keys)))
    return {"throughput": throughput, "peak_throughput": best / (MINUTE / SECOND)}


def completion(recipients: Recipients, group: Column, subjects: int) -> Values:
    """Return the time from the first creation to the last final status of each subject.

    It is infinite where a recipient was not reached (`measure.unreached_recipients`), else NaN
    where one is in flight.

    Parameters
    ----------
    recipients : Recipients
        The recipients of a trace.
    group : int64 array, shape (n,)
        The subject of each recipient; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Seconds by metric.
    """
    in_groups = np.flatnonzero(group >= 0)
    of = group[in_groups]
    first = np.full(subjects, np.iinfo(np.int64).max)
    last = np.full(subjects, -1)
    np.minimum.at(first, of, recipients.created[in_groups])
    np.maximum.at(last, of, recipients.end[in_groups])
    # The order matters: a recipient that is never reached decides, even if another is in flight.
    last[of[recipients.status[in_groups] == Status.IN_FLIGHT]] = -1
    result = np.where(last >= 0, (last - first) / SECOND, np.nan)
    result[of[recipients.unreached[in_groups]]] = np.inf
    return {"completion": result}
