"""What a metric is, and how large a difference of it must be to matter."""

from math import inf
from typing import Literal, NamedTuple


class Matters(NamedTuple):
    """The smallest difference that matters: an absolute one, or a share of the base if larger."""

    absolute: float
    relative: float = 0.0

    def of(self, base: float) -> float:
        """How large a difference from `base` must be to matter; of a lost base, any that counts."""
        return max(self.absolute, self.relative * abs(base)) if base < inf else self.absolute


class Metric(NamedTuple):
    """A metric, which direction is good, and what difference matters unless told otherwise.

    A `chance` is 0 or 1 in a replication, so that its mean is how likely it is. A share with a
    `denominator`, a metric of the same scopes, is a ratio of sums over replications
    (`stats.ratio_of_sums`).
    """

    name: str
    unit: str
    better: Literal["more", "less"]
    matters: Matters
    meaning: str
    chance: bool = False
    denominator: str = ""
