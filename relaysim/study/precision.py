"""Precision: replications continue until the intervals are narrow enough.

The rule is that of Hoad, Robinson and Davies (Automated selection of the number of replications for
a discrete-event simulation, Journal of the Operational Research Society 61, 2010): when all
intervals are narrow enough it looks some replications ahead, and stops if they stay so. A series of
similar values makes an interval narrow by chance; it rarely stays so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from relaysim.measure.quantity import Quantity, QuantityError, ordinary, require_measured
from relaysim.measure.subjects import require_known
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, Estimate
from relaysim.stats.possible_range import estimate_within_range
from relaysim.stats.proportion import chances
from relaysim.stats.replications_needed import MOST as SEARCHED
from relaysim.stats.replications_needed import deviation_of, smallest

FEWEST = 3
AHEAD = 5
"""How many replications the rule looks ahead, and that share of 100 where there are more."""
MOST = 100


@dataclass(frozen=True)
class Precision:
    """The width that the 95 % interval of each quantity is to have.

    Parameters
    ----------
    relative
        The largest half-width, as a multiple of the mean.
    quantities
        The quantities; by default those of `measure.quantity.ordinary`.
    absolute
        The largest half-width in the unit of a quantity, instead of the relative width.
    most
        The largest number of replications.

    Raises
    ------
    ValueError
        If a width is not positive or a quantity is unknown.
    """

    relative: float = 0.05
    quantities: Sequence[Quantity | str] = ()
    absolute: Mapping[Quantity | str, float] = field(default_factory=lambda: MappingProxyType({}))
    most: int = MOST

    def __post_init__(self) -> None:
        for width in (self.relative, *self.absolute.values()):
            if not 0.0 < width < np.inf:
                raise ValueError(f"a precision of {width:g}: it must be above 0")
        if self.most < FEWEST:
            raise ValueError(f"at most {self.most} replications: at least {FEWEST} are needed")
        self.chosen_widths()

    def chosen(self, scenario: Scenario) -> tuple[Quantity, ...]:
        """Return the quantities for a scenario."""
        given = (*self.quantities, *self.absolute)
        return tuple(dict.fromkeys(map(_quantity, given))) or ordinary([scenario])

    def require_known(self, scenario: Scenario) -> None:
        """Raise QuantityError for a quantity that no run of the scenario can have."""
        for quantity in self.chosen(scenario):
            require_known(quantity, [scenario])

    def chosen_widths(self) -> dict[Quantity, float]:
        """Return the absolute widths by quantity."""
        return {_quantity(quantity): width for quantity, width in self.absolute.items()}


def _quantity(given: Quantity | str) -> Quantity:
    return given if isinstance(given, Quantity) else Quantity.parse(given)


@dataclass(frozen=True)
class Reached:
    """The precision of a quantity after all replications, and the precision that was requested."""

    quantity: Quantity
    estimate: Estimate
    wanted: float
    """The half-width, in the unit of the quantity."""
    lost: int = 0
    """In how many replications it is lost: infinite."""

    def row(self) -> dict[str, Any]:
        """Return the row of this quantity in the table `precision`."""
        value, low, high, n = self.interval
        return {
            "quantity": str(self.quantity),
            "value": value,
            "low": low,
            "high": high,
            "unit": self.quantity.of.unit,
            "replications": n,
            "wanted": self.wanted,
            "narrow": self.narrow,
            "needed": self.needed,
        }

    @property
    def interval(self) -> Estimate:
        """Return the estimate with an interval within the range of the quantity."""
        return estimate_within_range(self.estimate, self.quantity.of.unit)

    @property
    def half(self) -> float:
        """Return half the width of its interval.

        NaN where fewer than two replications have a value.

        It is 0 where the quantity is lost in a replication: its mean is infinite for sure.
        """
        # An infinite mean gets no more precise.
        if self.lost:
            return 0.0
        return (self.estimate.high - self.estimate.low) / 2

    @property
    def narrow(self) -> bool:
        """Return whether it is as precise as wanted."""
        return self.half <= self.wanted

    @property
    def needed(self) -> float:
        """Return about how many replications it takes, if the spread stays as it is.

        NaN if unknown.

        Infinite where more than 10,000 would be needed, and for a share of a mean of zero.
        """
        if self.narrow:
            return self.estimate.n
        if np.isnan(self.half):
            return np.nan
        if self.quantity.of.chance:
            return self._chances()
        deviation = deviation_of(np.array([self.half]), self.estimate.n)
        return float(smallest(deviation, np.array([self.wanted]), CONFIDENCE)[0])

    def _chances(self) -> float:
        """Return the number if the values that were seen repeated."""
        hits, n = round(self.estimate.value * self.estimate.n), self.estimate.n
        # Whole multiples of the sample only: the number is rounded up.
        for times in range(2, SEARCHED // n + 1):
            row = np.repeat([1.0, 0.0], [hits * times, (n - hits) * times])
            _, low, high, _ = chances(row[None])
            if (high[0] - low[0]) / 2 <= self.wanted:
                return float(n * times)
        return np.inf


class Watch:
    """The stopping rule: it takes replications one after another, until there are enough."""

    def __init__(self, precision: Precision, scenario: Scenario) -> None:
        self.precision = precision
        self.quantities, self.widths = precision.chosen(scenario), precision.chosen_widths()
        precision.require_known(scenario)
        self.given = bool(precision.quantities or precision.absolute)
        self.seen: list[list[tuple[float, float]]] = [[] for _ in self.quantities]
        """Value and denominator of each quantity in each replication."""
        self.stayed = False
        self.narrow_since: int | None = None

    def enough(self, metrics: pd.DataFrame) -> bool:
        """Return whether the replication with these metrics is the last one that is needed.

        A quantity without a value in the first `AHEAD` replications raises QuantityError if it was
        asked for, and is else left out from then on; so is a subject that they do not have.
        """
        for quantity, seen in zip(self.quantities, self.seen, strict=True):
            if not seen:
                require_measured(quantity, metrics)
            seen.append((quantity.value(metrics), quantity.denominator(metrics)))
        n = len(self.seen[0])
        # A rare subject may lack a value in the first replications, but not in this number of them.
        if n == AHEAD:
            self._drop_empty()
        if n < FEWEST or not all(estimate.narrow for estimate in self.reached()):
            self.narrow_since = None
            return False
        # The look ahead begins anew whenever an interval widens again.
        since = self.narrow_since = self.narrow_since or n
        self.stayed = n - since >= AHEAD * max(since, 100) // 100
        return self.stayed

    def _drop_empty(self) -> None:
        empty = [all(np.isnan(value) for value, _ in seen) for seen in self.seen]
        if any(empty) and (self.given or all(empty)):
            raise QuantityError(
                f"{self.quantities[empty.index(True)]} has no value in any of {AHEAD} "
                "replications: there is no such mail"
            )
        left = [quantity for quantity, none in zip(self.quantities, empty, strict=True) if not none]
        self.seen = [row for row, none in zip(self.seen, empty, strict=True) if not none]
        self.quantities = tuple(left)

    def reached(self) -> tuple[Reached, ...]:
        """Return how precise each quantity is by now."""
        result = []
        for quantity, seen in zip(self.quantities, self.seen, strict=True):
            values = quantity.row(seen)
            value, low, high, n = (float(part[0]) for part in quantity.estimates(values[None]))
            wanted = self.widths.get(quantity, self.precision.relative * abs(value))
            lost = int(np.isinf(values).sum())
            result.append(Reached(quantity, Estimate(value, low, high, int(n)), wanted, lost))
        return tuple(result)

    def needed(self) -> int:
        """Return about how many replications there will be in all; at most as many as allowed."""
        reached = self.reached()
        # For the display only: it never decides when to stop.
        numbers = [estimate.needed for estimate in reached if np.isfinite(estimate.half)]
        most = self.precision.most
        about = max(numbers, default=most)
        ahead = AHEAD * max(about, 100) / 100
        return int(min(most, max(len(self.seen[0]), FEWEST, about) + ahead))
