"""Counts and rates of copies, group by group."""

import numpy as np
import numpy.typing as npt

from relaysim.measure.measured_window import MINUTE, SECOND, Window
from relaysim.measure.recipients import Copies
from relaysim.stats.interval import Mask
from relaysim.trace.tables import Column, Fate

Values = dict[str, npt.NDArray[np.float64]]
"""A metric's value for each subject; NaN where there is none."""

FATES = {
    "refused": Fate.REFUSED,
    "abandoned": Fate.ABANDONED,
    "delivered": Fate.DELIVERED,
    "junked": Fate.JUNKED,
    "bounced": Fate.BOUNCED,
    "expired": Fate.EXPIRED,
    "in_flight": Fate.IN_FLIGHT,
    "suppressed": Fate.SUPPRESSED,
}


def counts(copies: Copies, group: Column, subjects: int) -> Values:
    """Count the recipients by final status, and find the share that was on time.

    Notes
    -----
    Whether a recipient counts for `on_time` is decided by its creation alone (`Copies.judged`).
    Leaving out what is unfinished at the end of the run instead would keep the fast ones of the
    last hours and bias the share upward (censoring: Kaplan and Meier, Journal of the American
    Statistical Association 53, 1958).
    """

    def count(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        return np.bincount(group[chosen & (group >= 0)], minlength=subjects).astype(np.float64)

    judged, on_time = punctual(copies)
    values = {"created": count(group >= 0), "accepted": count(copies.accepted)}
    values |= {name: count(copies.fate == fate) for name, fate in FATES.items()}
    due = count(judged)
    values["on_time"] = np.divide(count(on_time), due, out=np.full(subjects, np.nan), where=due > 0)
    values["judged"] = due
    values["not_judged"] = count((copies.deadline >= 0) & ~copies.judged)
    return values


def punctual(copies: Copies) -> tuple[Mask, Mask]:
    """Return which recipients are judged, and which of these were on time.

    `on_time` and bad days ask here alone, so that both count the same recipients.
    """
    judged = (copies.deadline >= 0) & copies.judged
    return judged, copies.on_time & judged


def rates(copies: Copies, group: Column, subjects: int, window: Window) -> Values:
    """Copies delivered or junked in the window, per second, whenever they were created.

    The best minute is one of the whole minutes of the window, counted from its start; a window
    shorter than a minute has the one rate.
    """
    got = (copies.latency >= 0) & window.holds(copies.end) & (group >= 0)
    throughput = np.bincount(group[got], minlength=subjects) / (window.length / SECOND)
    minutes = window.length // MINUTE
    if minutes == 0:
        return {"throughput": throughput, "peak_throughput": throughput}
    minute = (copies.end[got] - window.start) // MINUTE
    whole = minute < minutes
    keys, events = np.unique(group[got][whole] * minutes + minute[whole], return_counts=True)
    best = np.zeros(subjects, np.int64)
    np.maximum.at(best, keys // minutes, events)
    return {"throughput": throughput, "peak_throughput": best / (MINUTE / SECOND)}


def completion(copies: Copies, group: Column, subjects: int) -> Values:
    """Return the seconds from the first creation to the last final status of each subject.

    They are infinite where a recipient was not reached (`measure.unreached_recipients`), else NaN
    where one is in flight.
    """
    some = np.flatnonzero(group >= 0)
    of = group[some]
    first = np.full(subjects, np.iinfo(np.int64).max)
    last = np.full(subjects, -1)
    np.minimum.at(first, of, copies.created[some])
    np.maximum.at(last, of, copies.end[some])
    last[of[copies.fate[some] == Fate.IN_FLIGHT]] = -1
    found = np.where(last >= 0, (last - first) / SECOND, np.nan)
    found[of[copies.unreached[some]]] = np.inf
    return {"completion": found}
