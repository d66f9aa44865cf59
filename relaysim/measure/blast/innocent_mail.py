"""Innocent recipients and their outcomes in the three coupled runs."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from relaysim.engine.coupled_runs import Coupled
from relaysim.measure.recipients import Recipients, streams
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column
from relaysim.trace.duplicates import standing
from relaysim.trace.tables import NO_CAUSE, Names, Status, Trace

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of recipients in one run.

    `harm`: not delivered or junked within the deadline, which is before the end of the run. `junk`:
    junked, however late. `latency` is in microseconds, -1 if not delivered or junked.
    """

    harm: Mask
    junk: Mask
    latency: Column

    @classmethod
    def of(cls, trace: Trace, rows: Column, deadline: Column) -> Self:
        """Return the outcomes of recipients in some rows of a trace."""
        status, end = trace.recipients["status"][rows], trace.recipients["end"][rows]
        created = trace.messages["created"][trace.recipients["message"][rows]]
        junk = status == Status.JUNKED
        latency = np.where(junk | (status == Status.DELIVERED), end - created, -1)
        return cls((latency < 0) | (latency > deadline), junk, latency)

    def where(self, chosen: Mask) -> Self:
        """Return the outcomes of some of the recipients."""
        return type(self)(self.harm[chosen], self.junk[chosen], self.latency[chosen])


@dataclass(frozen=True)
class Innocents:
    """The judged innocent recipients that were created in the window, in the order of the draws.

    `recipients` has their rows of the treatment, T, and `row` the numbers of these rows. `refused`:
    bounced in T by a reply that is due to reputation. `weight` is the weight of the stream.
    `control` is C, in which no signal of the culprits counts; `absent` is N, without culprits.
    """

    names: Names
    recipients: Recipients
    row: Column
    weight: Floats
    refused: Mask
    treatment: Outcomes
    control: Outcomes
    absent: Outcomes

    @classmethod
    def of(cls, runs: Coupled, scenario: Scenario, recipients: Recipients) -> Self:
        """Return the innocent recipients of coupled runs.

        Parameters
        ----------
        runs : Coupled
            The three runs.
        scenario : Scenario
            The design.
        recipients : Recipients
            All recipients of the treatment.

        Raises
        ------
        ValueError
            If the runs do not have the same innocent recipients.
        """
        trace, known = runs.treatment, streams(scenario)
        innocent = known.keys() - culprits(scenario)
        rows = [_rows(run, innocent) for run in (trace, runs.control, runs.absent)]
        created = [
            run.messages["created"][run.recipients["message"][row]]
            for run, row in zip((trace, runs.control, runs.absent), rows, strict=True)
        ]
        # Differences are taken row by row, so the rows of the three runs must be the same
        # recipients.
        if not all(np.array_equal(created[0], other) for other in created[1:]):
            raise ValueError("the runs are not coupled: they differ in their innocent recipients")
        counted = (recipients.counted & recipients.judged)[rows[0]]
        rows = [row[counted] for row in rows]
        innocent_rows = recipients.where(rows[0])
        outcomes = (
            Outcomes.of(run, row, innocent_rows.deadline)
            for run, row in zip((trace, runs.control, runs.absent), rows, strict=True)
        )
        weights = [known[name].weight if name in known else 0.0 for name in trace.names.streams]
        # One more, for the reply -1.
        causes = np.array([*trace.names.causes, NO_CAUSE], np.int64)
        cause = causes[trace.recipients["reply"][rows[0]]]
        return cls(
            trace.names,
            innocent_rows,
            rows[0],
            np.array(weights, np.float64)[innocent_rows.stream],
            (innocent_rows.status == Status.BOUNCED) & (cause != NO_CAUSE),
            *outcomes,
        )

    def where(self, chosen: Mask) -> Self:
        """Return some of the recipients, chosen by a mask."""
        return type(self)(
            self.names,
            self.recipients.where(chosen),
            self.row[chosen],
            self.weight[chosen],
            self.refused[chosen],
            self.treatment.where(chosen),
            self.control.where(chosen),
            self.absent.where(chosen),
        )

    def among(self, only: AbstractSet[str]) -> Self:
        """Return the recipients of some streams, by full name."""
        chosen = np.array([name in only for name in self.names.streams], bool)
        return self if chosen.all() else self.where(chosen[self.recipients.stream])

    @property
    def excess(self) -> Column:
        """Harm in T minus harm in N: 1, 0 or -1 for each recipient."""
        return difference(self.treatment.harm, self.absent.harm)


def difference(one: Mask, other: Mask) -> Column:
    """Return 1 where only `one` holds, -1 where only `other` holds, else 0."""
    return one.astype(np.int64) - other.astype(np.int64)


def _rows(trace: Trace, innocent: AbstractSet[str]) -> Column:
    """Return the rows of the recipients of some streams, in the order of the draws.

    If a message was sent more than once, it is the copy that counts.
    """
    of = np.array([name in innocent for name in trace.names.streams], bool)
    drawn = of[trace.messages["stream"]] & (trace.messages["parent"] < 0)
    return standing(trace)[drawn[trace.recipients["message"]]]
