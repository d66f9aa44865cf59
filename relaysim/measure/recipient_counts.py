"""Counts and rates of recipients, group by group."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from relaysim.measure.measured_window import MINUTE, SECOND, Window
from relaysim.measure.recipients import Recipients
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column
from relaysim.trace.tables import Status

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


class Tally(NamedTuple):
    """What adds up over recipients, by cell (`Recipients.cells`)."""

    numbers: dict[str, Column]
    """Recipients by metric; `punctual` are those that were judged and on time."""
    throughput: Column
    """Recipients delivered or junked in the window."""
    minutes: tuple[Column, Column, Column]
    """Cell, minute of the window, and the recipients delivered or junked in it."""
    first: Column
    last: Column
    """The first creation and the last final status, microseconds."""
    in_flight: Mask
    unreached: Mask

    @classmethod
    def of(cls, recipients: Recipients, counted: Mask, chosen: Mask, window: Window) -> Self:
        """Count recipients.

        Parameters
        ----------
        recipients : Recipients
            The recipients of a trace.
        counted : array of bool, shape (n,)
            Those that count.
        chosen : array of bool, shape (n,)
            Those whose delivery in the window counts, whenever they were created.
        window : Window
            The measured window.

        Notes
        -----
        Whether a recipient counts for `on_time` is decided by its creation alone
        (`Recipients.judged`). Leaving out what is unfinished at the end of the run instead would
        keep the fast ones of the last hours and bias the share upward (censoring: Kaplan and Meier,
        Journal of the American Statistical Association 53, 1958).
        """
        cells = recipients.cells
        number = len(cells.rows)

        def count(mask: Mask) -> Column:
            return np.bincount(cells.of[mask], minlength=number).astype(np.int64)

        judged, on_time = punctual(recipients)
        kinds = len(Status)
        statuses = cells.of[counted] * kinds + recipients.status[counted]
        by_status = np.bincount(statuses, minlength=number * kinds).reshape(number, kinds)
        numbers = {
            "created": by_status.sum(axis=1),
            "accepted": count(recipients.accepted & counted),
        }
        numbers |= {name: by_status[:, status] for name, status in STATUSES.items()}
        numbers["duplicates"] = count(recipients.doubled & chosen)
        numbers["punctual"] = count(on_time & counted)
        numbers["judged"] = count(judged & counted)
        numbers["not_judged"] = count((recipients.deadline >= 0) & ~recipients.judged & counted)

        got = (recipients.latency >= 0) & ~recipients.copy & window.holds(recipients.end) & chosen
        minutes = window.length // MINUTE
        minute = (recipients.end[got] - window.start) // MINUTE
        # The rest of the window after its last whole minute is no minute.
        whole = minute < minutes
        keys, recipients_of = _counted(
            cells.of[got][whole].astype(np.int64) * minutes + minute[whole]
        )

        of = cells.of[counted]
        first = np.full(number, np.iinfo(np.int64).max)
        last = np.full(number, -1)
        np.minimum.at(first, of, recipients.created[counted])
        np.maximum.at(last, of, recipients.end[counted])
        return cls(
            numbers,
            count(got),
            (keys // max(minutes, 1), keys % max(minutes, 1), recipients_of),
            first,
            last,
            by_status[:, Status.IN_FLIGHT] > 0,
            count(recipients.unreached & counted) > 0,
        )


def _counted(keys: Column) -> tuple[Column, Column]:
    """Return the distinct keys, ascending, and how often each is there."""
    keys = np.sort(keys, kind="stable")
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[first], np.diff(first, append=len(keys))


def summed(numbers: Column, group: Column, subjects: int) -> Column:
    """Return the sum of numbers by group; -1 is no group."""
    total = np.zeros(subjects + 1, np.int64)
    np.add.at(total, group, numbers)
    return total[:-1]


def counts(tally: Tally, group: Column, subjects: int) -> Values:
    """Return the recipients by final status, and the share that was on time.

    Parameters
    ----------
    tally : Tally
        The recipients by cell.
    group : int64 array, shape (cells,)
        The subject of each cell; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Values by metric.
    """
    values = {
        name: summed(number, group, subjects).astype(np.float64)
        for name, number in tally.numbers.items()
    }
    on_time, due = values.pop("punctual"), values["judged"]
    # The order of the catalogue.
    not_judged, judged = values.pop("not_judged"), values.pop("judged")
    values["on_time"] = np.divide(on_time, due, out=np.full(subjects, np.nan), where=due > 0)
    return values | {"judged": judged, "not_judged": not_judged}


def punctual(recipients: Recipients) -> tuple[Mask, Mask]:
    """Return which recipients are judged, and which of these were on time.

    `on_time` and bad days ask here alone, so that both count the same recipients.
    """
    judged = (recipients.deadline >= 0) & recipients.judged
    return judged, recipients.on_time & judged


def rates(tally: Tally, group: Column, subjects: int, window: Window) -> Values:
    """Return the recipients delivered or junked in the window, per second, whenever created.

    The best minute is one of the whole minutes of the window, counted from its start; a window
    shorter than a minute has one rate.

    Parameters
    ----------
    tally : Tally
        The recipients by cell.
    group : int64 array, shape (cells,)
        The subject of each cell; -1 for none.
    subjects : int
        The number of subjects.
    window : Window
        The measured window.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Values by metric.
    """
    throughput = summed(tally.throughput, group, subjects) / (window.length / SECOND)
    minutes = window.length // MINUTE
    if minutes == 0:
        return {"throughput": throughput, "peak_throughput": throughput}
    cell, minute, number = tally.minutes
    of = group[cell]
    keys = of[of >= 0] * minutes + minute[of >= 0]
    order = np.argsort(keys, kind="stable")
    keys, number = keys[order], number[of >= 0][order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    best = np.zeros(subjects, np.int64)
    if len(first):
        np.maximum.at(best, keys[first] // minutes, np.add.reduceat(number, first))
    return {"throughput": throughput, "peak_throughput": best / (MINUTE / SECOND)}


def completion(tally: Tally, group: Column, subjects: int) -> Values:
    """Return the time from the first creation to the last final status of each subject.

    It is infinite where a recipient was not reached (`measure.unreached_recipients`), else NaN
    where one is in flight.

    Parameters
    ----------
    tally : Tally
        The recipients by cell.
    group : int64 array, shape (cells,)
        The subject of each cell; -1 for none.
    subjects : int
        The number of subjects.

    Returns
    -------
    dict of str to float array, shape (subjects,)
        Seconds by metric.
    """
    cells = np.flatnonzero(group >= 0)
    of = group[cells]
    first = np.full(subjects, np.iinfo(np.int64).max)
    last = np.full(subjects, -1)
    np.minimum.at(first, of, tally.first[cells])
    np.maximum.at(last, of, tally.last[cells])
    # The order matters: a recipient that is never reached decides, even if another is in flight.
    last[of[tally.in_flight[cells]]] = -1
    result = np.where(last >= 0, (last - first) / SECOND, np.nan)
    result[of[tally.unreached[cells]]] = np.inf
    return {"completion": result}
