"""Series: what a figure draws of one run, small enough to keep, and their mean over replications.

| frame | index | columns | values |
| --- | --- | --- | --- |
| `backlog` | start of a bin, seconds | resources | mean number waiting |
| `throughput` | start of a bin, seconds | subjects of `class` | copies got through per second |
| `missing` | age, seconds since creation | subjects of `class` | share that is not there yet |
| `refusals` | | `host, where, reply, attempts` | attempts at submission that were not taken |
| `losses` | | `stream, fate, reply, copies` | copies that were lost |

A bin is a minute, or an hour in a run of more than 62 days (`queues.bin_width`).
`missing` counts all judged copies, so what is lost never leaves it: it ends at the share that was
lost, and no design looks faster for having lost its slowest mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.measure.measured_window import SECOND
from relaysim.measure.queue_series import backlog, throughput_series
from relaysim.measure.recipient_groups import groups
from relaysim.measure.recipients import Copies
from relaysim.measure.refused_attempts import breakdown, summed
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Fate, Trace

AGES: npt.NDArray[np.float64] = np.round(10 ** (np.arange(-20, 121) / 20), 6)
"""The ages of `missing`: 20 a decade, from 0.1 s to a million seconds (11 days)."""
LOST = (Fate.REFUSED, Fate.ABANDONED, Fate.BOUNCED, Fate.EXPIRED)
_LOSS = ["stream", "fate", "reply"]


@dataclass(frozen=True)
class Series:
    """The series of one run, or their mean over replications."""

    backlog: pd.DataFrame
    throughput: pd.DataFrame
    missing: pd.DataFrame
    losses: pd.DataFrame
    refusals: pd.DataFrame

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario, copies: Copies | None = None) -> Self:
        """The series of one trace."""
        copies = copies or Copies.of(trace, scenario)
        return cls(
            backlog(trace, scenario),
            throughput_series(trace, scenario, copies=copies),
            _missing(trace, scenario, copies.where(copies.counted & copies.judged)),
            _losses(trace, copies),
            breakdown(trace, copies),
        )

    @classmethod
    def mean(cls, runs: Sequence[Self]) -> Self:
        """The mean over replications; after the end of a run nothing waits and nothing comes."""
        losses = pd.concat([run.losses for run in runs])
        total = losses.groupby(_LOSS, as_index=False, sort=True)["copies"].sum()
        attempts = summed(pd.concat([run.refusals for run in runs]))
        return cls(
            mean_frame([run.backlog for run in runs]),
            mean_frame([run.throughput for run in runs]),
            pd.concat([run.missing for run in runs]).groupby(level=0).mean(),
            total.assign(copies=total["copies"] / len(runs)),
            attempts.assign(attempts=attempts["attempts"] / len(runs)),
        )


def mean_frame(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The mean of frames of numbers; what a frame does not have counts as nothing."""
    columns = list(dict.fromkeys(name for each in frames for name in each.columns))
    total = reduce(lambda one, other: one.add(other, fill_value=0.0), frames)
    return total[columns] / len(frames)


def _missing(trace: Trace, scenario: Scenario, counted: Copies) -> pd.DataFrame:
    """For each class, the share of its copies that is not delivered or junked by each age."""
    columns = {}
    for group in groups(counted, trace.names, scenario):
        if group.scope != "class":
            continue
        for i, subject in enumerate(group.subjects):
            mine = counted.latency[group.of == i]
            got = np.sort(mine[mine >= 0]) / SECOND
            arrived = np.searchsorted(got, AGES, "right")
            columns[subject] = (
                1.0 - arrived / len(mine) if len(mine) else np.full(len(AGES), np.nan)
            )
    return pd.DataFrame(columns, index=pd.Index(AGES, name="seconds"))


def _losses(trace: Trace, copies: Copies) -> pd.DataFrame:
    """Copies of the window that were lost, by stream, fate and the reply that decided it."""
    lost = np.flatnonzero(copies.counted & np.isin(copies.fate, LOST))
    rows = np.stack((copies.stream[lost], copies.fate[lost], trace.copies["reply"][lost]))
    kinds, many = np.unique(rows, axis=1, return_counts=True)
    names = trace.names
    return pd.DataFrame(
        {
            "stream": [names.streams[stream] for stream in kinds[0]],
            "fate": [Fate(fate).name.lower() for fate in kinds[1]],
            "reply": [names.replies[reply] if reply >= 0 else "" for reply in kinds[2]],
            "copies": many.astype(np.float64),
        }
    ).astype(dict.fromkeys(_LOSS, str))
