"""The answer of theory for one metric: a value by a formula, or the reasons against one."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A value of theory, or the reasons why no formula holds.

    Parameters
    ----------
    formula : str
        The name of the formula; "" for none.
    theory : float
        The value, in the unit of the metric; nan for none.
    reasons : tuple of str
        The reasons against a formula.
    """

    formula: str = ""
    theory: float = math.nan
    reasons: tuple[str, ...] = ()

    @classmethod
    def none(cls, reasons: Iterable[str]) -> "Answer":
        """Return an answer without a value, with each reason once."""
        return cls(reasons=tuple(dict.fromkeys(reasons)))


Answers = dict[str, Answer]
"""Answers by metric."""
_BETWEEN = "; "


def joined(reasons: Iterable[str]) -> str:
    """Return the reasons of a row as one text."""
    return _BETWEEN.join(reasons)


def parted(reason: str) -> list[str]:
    """Return the reasons of a row from its text."""
    return reason.split(_BETWEEN) if reason else []
