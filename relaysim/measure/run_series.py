"""Series: what a figure draws of one run, small enough to keep, and their mean over replications.

| frame | index | columns | values |
| --- | --- | --- | --- |
| `backlog` | start of a bin, seconds | resources | mean number waiting |
| `throughput` | start of a bin, seconds | subjects of `class` | recipients got through per second |
| `missing` | age, seconds since creation | subjects of `class` | share that is not there yet |
| `refusals` | | `host, where, reply, attempts` | attempts at submission that were not taken |
| `losses` | | `stream, final status, reply, recipients` | recipients that were lost |

A bin is a minute, or an hour in a run of more than 62 days (`queues.bin_width`).
`missing` counts all judged recipients, so what is lost never leaves it: it ends at the share that
was lost, and no design looks faster for having lost its slowest mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.measure.measured_window import SECOND
from relaysim.measure.queue_series import ResourceUse, throughput_series
from relaysim.measure.recipient_groups import cell_groups
from relaysim.measure.recipients import Recipients
from relaysim.measure.refused_attempts import breakdown, distinct_rows, summed
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status, Trace

AGES: npt.NDArray[np.float64] = np.round(10 ** (np.arange(-20, 121) / 20), 6)
"""The ages of `missing`: 20 a decade, from 0.1 s to a million seconds (11 days)."""
LOST = (Status.REFUSED, Status.ABANDONED, Status.BOUNCED, Status.EXPIRED)
_LOSS = ["stream", "status", "reply"]


@dataclass(frozen=True)
class Series:
    """The series of one run, or their mean over replications."""

    backlog: pd.DataFrame
    throughput: pd.DataFrame
    missing: pd.DataFrame
    losses: pd.DataFrame
    refusals: pd.DataFrame

    @classmethod
    def of(
        cls,
        trace: Trace,
        scenario: Scenario,
        recipients: Recipients | None = None,
        use: ResourceUse | None = None,
    ) -> Self:
        """Return the series of one trace; `recipients` and `use` are its own, if computed."""
        recipients = recipients or Recipients.of(trace, scenario)
        use = use or ResourceUse.of(trace, scenario)
        return cls(
            use.backlog,
            throughput_series(trace, scenario, recipients=recipients),
            _missing(trace, scenario, recipients),
            _losses(trace, recipients),
            breakdown(trace, recipients),
        )

    @classmethod
    def mean(cls, runs: Sequence[Self]) -> Self:
        """Return the mean over replications; a run that has ended counts as 0."""
        losses = pd.concat([run.losses for run in runs])
        total = losses.groupby(_LOSS, as_index=False, sort=True)["recipients"].sum()
        attempts = summed(pd.concat([run.refusals for run in runs]))
        return cls(
            mean_frame([run.backlog for run in runs]),
            mean_frame([run.throughput for run in runs]),
            # Replications without recipients of a class are NaN and do not count here.
            pd.concat([run.missing for run in runs]).groupby(level=0).mean(),
            total.assign(recipients=total["recipients"] / len(runs)),
            attempts.assign(attempts=attempts["attempts"] / len(runs)),
        )


def mean_frame(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean of frames of numbers.

    A row or column that a frame does not have counts as 0.
    """
    columns = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    total = reduce(lambda one, other: one.add(other, fill_value=0.0), frames)
    return total[columns] / len(frames)


def _missing(trace: Trace, scenario: Scenario, recipients: Recipients) -> pd.DataFrame:
    """Return the share of recipients of each class that is not delivered or junked by each age."""
    counted = np.flatnonzero(recipients.counted & recipients.judged)
    latency, cell = recipients.latency[counted], recipients.cells.of[counted]
    # Only what arrived has an age; the division by all recipients keeps the rest missing.
    age = np.searchsorted(AGES, latency / SECOND)
    age[latency < 0] = len(AGES)
    ages, columns = len(AGES) + 1, {}
    for group in cell_groups(recipients, trace.names, scenario):
        if group.scope != "class":
            continue
        # One up: 0 is no subject.
        keys, size = (group.of[cell] + 1) * ages + age, (len(group.subjects) + 1) * ages
        by_age = np.cumsum(np.bincount(keys, minlength=size).reshape(-1, ages), axis=1)[1:]
        for subject, arrived in zip(group.subjects, by_age, strict=True):
            columns[subject] = (
                1.0 - arrived[:-1] / arrived[-1] if arrived[-1] else np.full(len(AGES), np.nan)
            )
    return pd.DataFrame(columns, index=pd.Index(AGES, name="seconds"))


def _losses(trace: Trace, recipients: Recipients) -> pd.DataFrame:
    """Return lost recipients of the window by stream, final status and the deciding reply."""
    lost = np.flatnonzero(recipients.counted & np.isin(recipients.status, LOST))
    kinds, count = distinct_rows(
        recipients.stream[lost], recipients.status[lost], trace.recipients["reply"][lost]
    )
    names = trace.names
    return pd.DataFrame(
        {
            "stream": [names.streams[stream] for stream in kinds[0]],
            "status": [Status(status).name.lower() for status in kinds[1]],
            "reply": [names.replies[reply] if reply >= 0 else "" for reply in kinds[2]],
            "recipients": count.astype(np.float64),
        }
    ).astype(dict.fromkeys(_LOSS, str))
