"""A metric, and its equivalence margin."""

from math import inf
from typing import Literal, NamedTuple


class Margin(NamedTuple):
    """An equivalence margin: an absolute difference, or a share of the base if that is larger."""

    absolute: float
    relative: float = 0.0

    def of(self, base: float) -> float:
        """Return how large a difference from `base` must be to matter.

        If the base is lost it is the absolute difference.
        """
        return max(self.absolute, self.relative * abs(base)) if base < inf else self.absolute


class Metric(NamedTuple):
    """A metric, the direction that is better, and the equivalence margin.

    A `chance` is 0 or 1 in a replication, so that its mean is a probability. A share with a
    `denominator`, a metric of the same scopes, is a ratio of sums over replications
    (`stats.ratio_of_sums`).
    """

    name: str
    unit: str
    better: Literal["more", "less"]
    margin: Margin
    meaning: str
    chance: bool = False
    denominator: str = ""
