"""The verdict on a target from the replications of a design: met, missed, or not decided."""

import math
from dataclasses import dataclass

import numpy as np

from relaysim.measure.target import Target
from relaysim.stats.bootstrap import suited_estimates
from relaysim.stats.interval import Estimate, Floats
from relaysim.stats.median import fewest_for_median, median_intervals
from relaysim.stats.possible_range import estimate_within_range
from relaysim.stats.proportion import exact_chances

MET, MISSED, NOT_DECIDED = "met", "missed", "not decided"


@dataclass(frozen=True)
class Judgement:
    """A target and the values of its quantity in the replications of a design.

    `values` are NaN where a replication has none. `confidence` is that of an interval with two
    ends. For a quantity that a listing skews the median decides, as no interval of its mean holds;
    but if its time is lost in a replication, the mean is infinite, and the target is missed.
    """

    target: Target
    values: Floats
    confidence: float
    skewed: bool

    @property
    def lost(self) -> int:
        """Return in how many replications the quantity is lost."""
        return int(np.isinf(self.values).sum())

    @property
    def statistic(self) -> str:
        """Return what of the replications is judged: `mean` or `median`."""
        return "median" if self.skewed and not self.lost else "mean"

    @property
    def fewest(self) -> int:
        """Return how many replications a verdict on a median, or by the sign test, takes."""
        return fewest_for_median(self.confidence)

    @property
    def estimate(self) -> Estimate:
        """Return the mean or median; the interval of a median has no ends below `fewest`."""
        values, quantity = self.values[None], self.target.quantity
        if self.statistic == "median":
            return median_intervals(values, self.confidence).first()
        of = exact_chances if quantity.of.chance else suited_estimates
        return estimate_within_range(of(values, self.confidence).first(), quantity.of.unit)

    @property
    def verdict(self) -> str:
        """Return `met` or `missed` by the interval or in every replication; else `not decided`."""
        with_value = ~np.isnan(self.values)
        if not with_value.any():
            return MISSED
        holds = self.target.verdict(self.estimate)
        if holds is None and self._always_missed(self.values[with_value]):
            return MISSED
        # A replication without a value shows nothing, so the target is not surely met.
        if holds is None or (holds and not with_value.all()):
            return NOT_DECIDED
        return MET if holds else MISSED

    def _always_missed(self, values: Floats) -> bool:
        """Return whether all values miss the target, and are enough for the sign test.

        Not for values of 0 and 1: each of them is far from its probability.
        """
        if self.target.quantity.of.chance or len(values) < self.fewest:
            return False
        return not any(map(self.target.holds, values.tolist()))

    def __str__(self) -> str:
        """Return why the target is not met, in a sentence without a full stop."""
        quantity, estimate, count = self.target.quantity, self.estimate, len(self.values)
        if not estimate.n:
            return f"{quantity} has no value in any of {count} replications"
        verdict = f"so {self.target.text} is {self.verdict}"
        if math.isinf(estimate.value):
            return f"{quantity} is lost in {self.lost} of {count} replications, {verdict}"
        factor, unit = (100.0, "%") if quantity.of.unit == "share" else (1.0, quantity.of.unit)
        value, low, high = (f"{factor * value:.4g}" for value in estimate[:3])
        replications = f"{count} replications"
        if estimate.n < count:
            replications += f", {count - estimate.n} of them without a value"
        if self.statistic == "mean":
            return f"{quantity} is {value} {unit} ({low} to {high}, {replications}), {verdict}"
        enough = estimate.n >= self.fewest
        ends = f"{low} to {high}, " if enough else ""
        reason = f": a verdict on a median takes at least {self.fewest} replications"
        missing = "" if enough else reason
        return (
            f"the median of {quantity} is {value} {unit} ({ends}{replications}), {verdict}{missing}"
        )
