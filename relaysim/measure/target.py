"""A target: a bound on a quantity, such as `class.bulk.latency_p95 < 60 s`."""

import re
from typing import NamedTuple, Self

from relaysim.measure.amount import amount
from relaysim.measure.quantity import Quantity
from relaysim.stats.interval import Estimate

_TARGET = re.compile(r"(?P<quantity>.+?)\s*(?P<sign><=?|(?<!-)>=?)\s*(?P<bound>[^<>=]+)")


class Target(NamedTuple):
    """A bound on the mean of a quantity over replications, from above or from below.

    A size study takes the median of a time where a listing can happen. The bound itself meets the
    target only if it is `inclusive`: written with <= or >=.
    """

    quantity: Quantity
    below: bool
    bound: float
    text: str
    inclusive: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the target of a text: `QUANTITY < BOUND`, or with <=, > or >=.

        The bound has its unit.

        Raises
        ------
        ValueError
            If the text is no target.
        """
        result = _TARGET.fullmatch(text.strip())
        if result is None:
            raise ValueError(
                f'"{text}" is no target: write SCOPE.SUBJECT.METRIC < BOUND, such as '
                '"class.bulk.on_time > 99 %"'
            )
        quantity = Quantity.parse(result["quantity"])
        bound = amount(result["bound"].strip(), quantity.of.unit)
        if quantity.of.unit == "share" and bound > 1.0:
            meant = "%" not in result["bound"] and bound <= 100.0
            hint = f": write {bound:g} %, or {bound / 100:g}" if meant else ""
            raise ValueError(f'"{text}": a share is at most 100 %{hint}')
        sign = result["sign"]
        return cls(quantity, sign.startswith("<"), bound, text.strip(), sign.endswith("="))

    def holds(self, value: float) -> bool:
        """Return whether a value meets the target; NaN does not."""
        excess = value - self.bound if self.below else self.bound - value
        return excess <= 0.0 if self.inclusive else excess < 0.0

    def verdict(self, result: Estimate) -> bool | None:
        """Return whether the whole interval meets the target.

        None if the bound is inside the interval.
        """
        ends = self.holds(result.low), self.holds(result.high)
        # NaN is not equal to itself: without an interval nothing is decided.
        return ends[0] if ends[0] == ends[1] and result.low == result.low else None
