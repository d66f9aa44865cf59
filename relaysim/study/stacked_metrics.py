"""Metrics of several replications, stacked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from relaysim.measure.bad_periods import PERIODS, bad_shares
from relaysim.measure.metric_catalogue import METRICS, SKEWED_BY_LISTINGS
from relaysim.stats.bootstrap import suited_estimates
from relaysim.stats.interval import Estimates, Floats, Mask
from relaysim.stats.median import middle
from relaysim.stats.possible_range import within_range
from relaysim.stats.proportion import chances
from relaysim.stats.ratio_of_sums import linearized

KEY = ["scope", "subject", "metric"]
CHANCES = tuple(metric.name for metric in METRICS.values() if metric.chance)


@dataclass(frozen=True)
class Stack:
    """Metrics as rows and replications as columns; NaN where a replication has no value.

    `keys` is a frame with the columns `scope, subject, metric, unit`.
    """

    keys: pd.DataFrame
    values: Floats

    @classmethod
    def of(cls, frames: Sequence[pd.DataFrame], column: str = "value") -> Self:
        """Return the stack of the metrics of each replication.

        Whose rows may differ; rows keep their order.
        """
        rows = pd.concat(frames, ignore_index=True)
        # Rows are numbered as they first occur, so their order is that of the first replication.
        row, _ = pd.factorize(pd.MultiIndex.from_frame(rows[KEY]))
        replication = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])
        first = ~pd.Series(row).duplicated().to_numpy()
        values = np.full((int(first.sum()), len(frames)), np.nan)
        values[row, replication] = rows[column].to_numpy(np.float64)
        return cls(rows.loc[first, [*KEY, "unit"]].reset_index(drop=True), values)

    def metrics(self, scenario: str, listings: bool = False) -> pd.DataFrame:
        """Return the frame `metrics`: means over the replications with confidence intervals.

        A share with a denominator is a ratio of sums; its median and range are of replications.
        Where `listings` can happen, times that a listing skews have no interval.
        """
        values = linearized(self.values, self.denominators(self.index()))
        value, low, high, n = _by_kind(self.chance, chances, suited_estimates, values)
        for period in PERIODS:
            chosen = (self.keys["metric"] == period.share).to_numpy()
            if chosen.any():
                of = self.keys.loc[chosen, KEY].assign(metric=period.judged)
                judged = self.rows(pd.MultiIndex.from_frame(of))
                shares = bad_shares(self.values[chosen], judged)
                for part, values_of_chosen in zip((value, low, high, n), shares, strict=True):
                    part[chosen] = values_of_chosen
        units = self.keys["unit"].tolist()
        value, low, high, n = within_range(Estimates(value, low, high, n), units)
        if listings:
            low[self.skewed], high[self.skewed] = np.nan, np.nan
        frame = self.keys[KEY].copy()
        frame.insert(0, "scenario", scenario)
        frame["value"], frame["low"], frame["high"] = value, low, high
        frame["median"], frame["least"], frame["most"] = middle(self.values)
        frame["unit"], frame["replications"] = self.keys["unit"], n
        frame["replications_lost"] = np.isinf(self.values).sum(axis=1)
        return frame

    @property
    def skewed(self) -> Mask:
        """Return which rows have no interval of a mean where a listing can happen."""
        return self.keys["metric"].isin(SKEWED_BY_LISTINGS).to_numpy()

    @property
    def chance(self) -> Mask:
        """Return which rows are 0 or 1 in a replication."""
        return self.keys["metric"].isin(CHANCES).to_numpy()

    def index(self) -> pd.MultiIndex:
        """Return the keys as an index."""
        return pd.MultiIndex.from_frame(self.keys[KEY])

    def rows(self, keys: pd.MultiIndex) -> Floats:
        """Return the values of some keys, in their order; NaN for those that are not here."""
        at = self.index().get_indexer(keys)
        values = self.values[at]
        # -1 is a key that is not here; numpy has read the last row for it.
        values[at < 0] = np.nan
        return values

    def denominators(self, keys: pd.MultiIndex) -> Floats:
        """Return the denominators of some keys, in their order; NaN for those without one."""
        names = keys.get_level_values("metric").map(
            lambda name: METRICS[name].denominator if name in METRICS else ""
        )
        scope, subject = keys.get_level_values("scope"), keys.get_level_values("subject")
        return self.rows(pd.MultiIndex.from_arrays([scope, subject, names], names=KEY))


def _by_kind(
    chance: Mask,
    of_chances: Callable[..., Estimates],
    of_means: Callable[..., Estimates],
    *values: Floats,
) -> Estimates:
    """Return estimates of rows of two kinds, each in its place."""
    result = of_means(*values)
    if not chance.any():
        return result
    shares = of_chances(*(rows[chance] for rows in values))
    for part, values_of_chances in zip(result, shares, strict=True):
        part[chance] = values_of_chances
    return result
