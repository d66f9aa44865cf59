"""What theory says of one metric: a value by a formula, or in plain words why there is none."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A `theory` value in the unit of the metric, by a `formula`, or all `reasons` against one."""

    formula: str = ""
    theory: float = math.nan
    reasons: tuple[str, ...] = ()

    @classmethod
    def none(cls, reasons: Iterable[str]) -> "Answer":
        """No formula, each reason once."""
        return cls(reasons=tuple(dict.fromkeys(reasons)))


Answers = dict[str, Answer]
"""By metric."""
_BETWEEN = "; "


def joined(reasons: Iterable[str]) -> str:
    """The reasons of a row as one text."""
    return _BETWEEN.join(reasons)


def parted(reason: str) -> list[str]:
    """The reasons of a row, from its text."""
    return reason.split(_BETWEEN) if reason else []
