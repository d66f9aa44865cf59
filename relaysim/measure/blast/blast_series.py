"""What figures draw of the blast radius, hour by hour, and its mean over replications.

| frame | index | columns | values |
| --- | --- | --- | --- |
| `harm` | start of an hour, seconds | `reputation`, `congestion`, `junk` | by creation |
| | | `refused` | innocent recipients refused for reputation, by when they were refused |
| `reach` | start of an hour, seconds | innocent streams | mean probability of a refusal |

Hours count from the start of the run; `reach` has those of the window. Recipients are innocent ones
that were created in the window, not weighted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from relaysim.measure.blast.innocent_mail import Floats, Innocents, difference
from relaysim.measure.blast.refusal_probability import Reach
from relaysim.measure.measured_window import HOUR, SECOND, Window
from relaysim.measure.run_series import mean_frame
from relaysim.trace.columns import Column


@dataclass(frozen=True)
class BlastSeries:
    """The series of one replication, or their mean over replications."""

    harm: pd.DataFrame
    reach: pd.DataFrame

    @classmethod
    def of(cls, innocents: Innocents, reach: Reach, window: Window) -> Self:
        """Return the series of coupled runs."""
        treatment, control, absent = innocents.treatment, innocents.control, innocents.absent
        created = innocents.recipients.created // HOUR
        refused = innocents.recipients.end[innocents.refused] // HOUR
        # A refusal may come hours after the last creation.
        hours = 1 + max(int(created.max(initial=0)), int(refused.max(initial=0)))

        def per_hour(hour: Column, value: Column) -> Floats:
            return np.bincount(hour, value, hours).astype(np.float64)

        harm = {
            "reputation": per_hour(created, difference(treatment.harm, control.harm)),
            "congestion": per_hour(created, difference(control.harm, absent.harm)),
            "junk": per_hour(created, difference(treatment.junk, absent.junk)),
            "refused": per_hour(refused, np.ones(len(refused), np.int64)),
        }
        edges, mean = reach.by_hour(window)
        return cls(
            pd.DataFrame(harm, index=_index(np.arange(hours) * HOUR)),
            pd.DataFrame(dict(zip(reach.streams, mean.T, strict=True)), index=_index(edges[:-1])),
        )

    @classmethod
    def mean(cls, runs: Sequence[Self]) -> Self:
        """Return the mean over replications."""
        return cls(mean_frame([run.harm for run in runs]), mean_frame([run.reach for run in runs]))


def _index(start: Column) -> pd.Index:
    return pd.Index(start / SECOND, name="seconds")
