"""A target: a bound that a quantity has to keep, such as `class.bulk.latency_p95 < 60 s`."""

import re
from typing import NamedTuple, Self

from relaysim.measure.amount import amount
from relaysim.measure.quantity import Quantity
from relaysim.stats.interval import Estimate

_TARGET = re.compile(r"(?P<quantity>.+?)\s*(?P<sign><=?|(?<!-)>=?)\s*(?P<bound>[^<>=]+)")


class Target(NamedTuple):
    """The mean of the quantity over replications is to be below the bound, or above it.

    A size takes the median of a time where a listing can happen.

    The bound itself keeps it only if it is `inclusive`: written with <= or >=.
    """

    quantity: Quantity
    below: bool
    bound: float
    text: str
    inclusive: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """`QUANTITY < BOUND`, or with <=, > or >=; the bound with its unit. Raises ValueError."""
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
        """Whether a value keeps the bound; what has no value does not."""
        excess = value - self.bound if self.below else self.bound - value
        return excess <= 0.0 if self.inclusive else excess < 0.0

    def verdict(self, result: Estimate) -> bool | None:
        """Whether the whole interval keeps the bound; None if the bound lies in it."""
        ends = self.holds(result.low), self.holds(result.high)
        return ends[0] if ends[0] == ends[1] and result.low == result.low else None
