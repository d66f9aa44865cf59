"""The shape of queues: the entries of each queue at a time, by age.

As Postfix's `qshape` prints it (https://www.postfix.org/QSHAPE_README.html): one row a queue, one
column for all entries and one for each span of ages, which double from 5 minutes on.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.measure.measured_window import MINUTE
from relaysim.measure.resource_metrics import queue_groups, submission_queue
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.step_function import StepFunction
from relaysim.trace.tables import Status, Trace, Visit

AGES = (5, 10, 20, 40, 80, 160, 320, 640, 1280)
"""Where one column ends and the next begins, minutes."""
ALL = "T"
COLUMNS = (ALL, *map(str, AGES), f"{AGES[-1]}+")
TOTAL = "TOTAL"


@dataclass(frozen=True)
class Entries:
    """The entries of the queues of a run: for each entry its queue and the span [enter, leave).

    An entry of a delivery queue is a transaction, from the time when it was queued until its last
    recipient left, over all attempts; an entry of a submission queue is a message, from its commit
    until it was categorized. An entry in service is in the queue. `queue` is an index into
    `queues`, the display names, and into `hubs`, the hubs that have them. Times are microseconds,
    and `leave` is beyond the end of the run for an entry that never left.
    """

    queues: tuple[str, ...]
    hubs: tuple[str, ...]
    queue: Column
    enter: Column
    leave: Column

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario) -> Self:
        """Return all entries of a trace."""
        groups, group = queue_groups(trace, scenario)
        hubs = range(len(trace.names.hubs))
        places = [*groups, *(submission_queue(trace.names, hub) for hub in hubs)]
        submission, of = _submissions(trace)
        sent = trace.transactions
        return cls(
            queues=tuple(place.name for place in places),
            hubs=tuple(trace.names.hubs[place.hub] for place in places),
            queue=np.concatenate((group[sent["queue"]], len(groups) + of)),
            enter=np.concatenate((sent["queued"], trace.visits["enter"][submission])),
            leave=np.concatenate((_left(trace), _open(trace, trace.visits["end"][submission]))),
        )

    def within(self, hub: str) -> Self:
        """Return the entries in the queues of one hub."""
        in_hub = np.array([owner == hub for owner in self.hubs], bool)
        # The new number of each queue that stays.
        number = np.cumsum(in_hub) - 1
        kept = in_hub[self.queue]
        return type(self)(
            tuple(name for name, chosen in zip(self.queues, in_hub, strict=True) if chosen),
            (hub,) * int(in_hub.sum()),
            number[self.queue[kept]],
            self.enter[kept],
            self.leave[kept],
        )

    def fullest(self) -> int:
        """Return the time of the most entries in all queues together, microseconds.

        Returns
        -------
        int
            The first such time; 0 if there is no entry.
        """
        steps = StepFunction.of(self.enter, self.leave)
        return int(steps.times[np.argmax(steps.values)]) if len(steps.times) else 0

    def shape(self, time: int) -> pd.DataFrame:
        """Return the entries at a time by queue and age.

        Parameters
        ----------
        time : int
            Microseconds since the start of the run.

        Returns
        -------
        pandas.DataFrame
            One row for each queue with entries, columns `COLUMNS`, the fullest queue first; the
            index has the names of the queues. The column "5" counts ages below 5 minutes, "10" ages
            from 5 to below 10 minutes, and so on.
        """
        present = (self.enter <= time) & (time < self.leave)
        age = np.searchsorted(np.array(AGES) * MINUTE, time - self.enter[present], "right")
        count = len(AGES) + 1
        # One number for (queue, age).
        cells = np.bincount(self.queue[present] * count + age, minlength=len(self.queues) * count)
        counts: npt.NDArray[np.int64] = cells.reshape(len(self.queues), count).astype(np.int64)
        frame = pd.DataFrame(counts, index=pd.Index(self.queues, name="queue"), columns=COLUMNS[1:])
        frame.insert(0, ALL, counts.sum(axis=1))
        frame = frame[frame[ALL] > 0]
        return frame.sort_index().sort_values(ALL, ascending=False, kind="stable")


def _submissions(trace: Trace) -> tuple[Column, Column]:
    """Return the visits to categorizers, and the hub of each."""
    hub_of = np.array(trace.names.station_hub, np.int64)
    rows = np.flatnonzero(trace.visits["visit"] == Visit.CATEGORIZE)
    return rows, hub_of[trace.visits["station"][rows]]


def _open(trace: Trace, end: Column) -> Column:
    """Return the ends of spans; an end that was not seen is beyond the end of the run."""
    return np.where((end >= 0) & (end <= trace.end), end, trace.end + 1)


def _left(trace: Trace) -> Column:
    """Return the time at which each transaction left its queue.

    A transaction that was handed to another hub left at the end of that attempt, any other with the
    last of its recipients.
    """
    count, recipients, attempts = len(trace.transactions), trace.recipients, trace.attempts
    left = np.full(count, -1, np.int64)
    sent = recipients["transaction"] >= 0
    final = np.where(recipients["status"] == Status.IN_FLIGHT, trace.end + 1, recipients["end"])
    # Unlike `left[...] = ...`, this takes the largest of several recipients of a transaction.
    np.maximum.at(left, recipients["transaction"][sent], final[sent])
    parent = trace.transactions["parent"]
    handed = np.zeros(count, bool)
    handed[parent[parent >= 0]] = True
    last = np.full(count, -1, np.int64)
    np.maximum.at(last, attempts["transaction"], _open(trace, attempts["end"]))
    return np.where(handed | (left < 0), last, left)
