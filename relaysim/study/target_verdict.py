"""What the replications of a design say of a target: it is met, missed, or not decided."""

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
    ends. Of a quantity that a listing skews the median is judged, as its mean has no interval that
    holds; but the mean of a time that is lost in a replication is lost, and so is the target.
    """

    target: Target
    values: Floats
    confidence: float
    skewed: bool

    @property
    def lost(self) -> int:
        """In how many replications the quantity is lost."""
        return int(np.isinf(self.values).sum())

    @property
    def statistic(self) -> str:
        """What of the replications is judged: `mean` or `median`."""
        return "median" if self.skewed and not self.lost else "mean"

    @property
    def fewest(self) -> int:
        """How many replications a verdict on a median, or by the sign test, takes."""
        return fewest_for_median(self.confidence)

    @property
    def estimate(self) -> Estimate:
        """The mean or median; the interval of a median has no ends below `fewest`."""
        values, quantity = self.values[None], self.target.quantity
        if self.statistic == "median":
            return median_intervals(values, self.confidence).first()
        of = exact_chances if quantity.of.chance else suited_estimates
        return estimate_within_range(of(values, self.confidence).first(), quantity.of.unit)

    @property
    def verdict(self) -> str:
        """`met` or `missed` by the interval, or missed in every replication; else `not decided`."""
        there = ~np.isnan(self.values)
        if not there.any():
            return MISSED
        holds = self.target.verdict(self.estimate)
        if holds is None and self._always_missed(self.values[there]):
            return MISSED
        if holds is None or (holds and not there.all()):
            return NOT_DECIDED
        return MET if holds else MISSED

    def _always_missed(self, values: Floats) -> bool:
        """Whether all values miss the target, and are enough for the sign test.

        A yes or no is not asked: each single one is far from its probability.
        """
        if self.target.quantity.of.chance or len(values) < self.fewest:
            return False
        return not any(map(self.target.holds, values.tolist()))

    def __str__(self) -> str:
        """Why the target is not met, in a sentence without a full stop."""
        quantity, found, many = self.target.quantity, self.estimate, len(self.values)
        if not found.n:
            return f"{quantity} has no value in any of {many} replications"
        so = f"so {self.target.text} is {self.verdict}"
        if math.isinf(found.value):
            return f"{quantity} is lost in {self.lost} of {many} replications, {so}"
        factor, unit = (100.0, "%") if quantity.of.unit == "share" else (1.0, quantity.of.unit)
        value, low, high = (f"{factor * each:.4g}" for each in found[:3])
        many_of = f"{many} replications"
        if found.n < many:
            many_of += f", {many - found.n} of them without a value"
        if self.statistic == "mean":
            return f"{quantity} is {value} {unit} ({low} to {high}, {many_of}), {so}"
        enough = found.n >= self.fewest
        ends = f"{low} to {high}, " if enough else ""
        more = f": a verdict on a median takes at least {self.fewest} replications"
        takes = "" if enough else more
        return f"the median of {quantity} is {value} {unit} ({ends}{many_of}), {so}{takes}"
