"""Measured against simulated: the verdict about each quantity of each repeat."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from validation.cases import TOLERANCE, Case, Quantity
from validation.deliveries import Deliveries

Pair = tuple[Mapping[str, Deliveries], Mapping[str, Deliveries]]
"""The deliveries of each stream in one repeat: measured, and simulated."""


@dataclass(frozen=True)
class Compared:
    """A quantity of a stream in all repeats of its case.

    Attributes
    ----------
    case, stream : str
        Names.
    quantity : str
        Its name.
    messages : int
        Messages of the stream in one repeat.
    measured, simulated : tuple of float
        One value a repeat.
    """

    case: str
    stream: str
    quantity: Quantity
    messages: int
    measured: tuple[float, ...]
    simulated: tuple[float, ...]

    @property
    def differences(self) -> tuple[float, ...]:
        """Return simulated less measured as a share of measured, for each repeat."""
        pairs = zip(self.measured, self.simulated, strict=True)
        return tuple(simulated / measured - 1 for measured, simulated in pairs)

    @property
    def difference(self) -> float:
        """Return the median of the differences."""
        return median(self.differences)

    @property
    def within(self) -> int:
        """Return the repeats in which simulation and measurement agree."""
        return sum(abs(difference) <= TOLERANCE for difference in self.differences)

    @property
    def misses(self) -> int:
        """Return the repeats in which they do not."""
        return len(self.measured) - self.within


def compare(case: Case, repeats: Sequence[Pair]) -> list[Compared]:
    """Return all quantities of a case.

    Parameters
    ----------
    case : Case
        The case.
    repeats : sequence of pairs
        Its repeats.
    """
    return [
        Compared(
            case.name,
            name,
            quantity,
            stream.messages,
            tuple(measured[name].quantity(quantity) for measured, _ in repeats),
            tuple(simulated[name].quantity(quantity) for _, simulated in repeats),
        )
        for name, stream in case.streams.items()
        for quantity in stream.quantities
    ]


@dataclass(frozen=True)
class Score:
    """How many quantities agree.

    Attributes
    ----------
    within, count : int
        Quantities of single repeats that agree, and all.
    medians, quantities : int
        The same of the median difference over the repeats.
    """

    within: int
    count: int
    medians: int
    quantities: int


def score(rows: Iterable[Compared]) -> Score:
    """Return how many quantities agree."""
    rows = list(rows)
    return Score(
        sum(row.within for row in rows),
        sum(len(row.measured) for row in rows),
        sum(abs(row.difference) <= TOLERANCE for row in rows),
        len(rows),
    )
