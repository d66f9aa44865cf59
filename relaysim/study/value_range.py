"""A number as a scenario file writes it, with its unit, and numbers between two of them."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple, Self

from relaysim import units

_WRITTEN = re.compile(rf"{units.NUMBER}(?P<unit>\s*[A-Za-z/].*)?")
_READERS: tuple[Callable[[str], int | Fraction], ...] = (
    units.duration,
    units.size,
    units.bandwidth,
    units.rate,
)


class Number(NamedTuple):
    """A value and the unit that follows it, with the space before; `str` writes it again.

    `whole` is for numbers that are written without a point and without a unit: they stay whole.
    """

    value: Fraction
    unit: str = ""
    whole: bool = False

    @classmethod
    def parse(cls, written: Any) -> Self:
        """Return the number of a value of a file: `3`, `0.5`, `"3 d"`.

        Raises ValueError, also for true.
        """
        text = str(written).strip()
        match = _WRITTEN.fullmatch(text)
        if match is None or isinstance(written, bool):
            raise ValueError(f'"{text}" is no number, with or without a unit')
        number, unit = match["number"], match["unit"] or ""
        return cls(Fraction(number), unit, not unit and number.lstrip("+-").isdigit())

    @property
    def plain(self) -> bool:
        """Return whether it is a share or a factor: no unit, and not whole."""
        return not self.unit and not self.whole

    def times(self, factor: Fraction) -> Self:
        """Return a multiple of the number; a whole number stays whole, and at least 1."""
        value = self.value * factor
        if self.whole:
            value = Fraction(max(1, round(value)))
        return self._replace(value=value)

    def in_unit(self, unit: str) -> Fraction:
        """Return its value in another unit of its kind.

        Raises ValueError if there is no such unit for it.
        """
        if unit == self.unit:
            return self.value
        for read in _READERS:
            try:
                return Fraction(read(str(self))) / read(f"1{unit}")
            except ValueError:
                continue
        raise ValueError(f'"{self}" and a number with "{unit.strip()}" are not of one kind')

    def __str__(self) -> str:
        if self.value.denominator == 1 and (self.whole or self.unit):
            return f"{self.value.numerator}{self.unit}"
        rounded = float(f"{float(self.value):.12g}")
        return f"{rounded!r}{self.unit}"


def between(low: Number, high: Number, at: float, whole: bool) -> Number:
    """Return a number between two others, in the unit of `low`.

    Each integer has an equal part of the way.

    Parameters
    ----------
    low, high : Number
        The ends.
    at : float
        The share of the way from `low` to `high`, from 0 to below 1.
    whole : bool
        Whether the result is an integer.
    """
    first, last = low.value, high.in_unit(low.unit)
    if whole:
        # Both ends count, so one more than their distance.
        steps = math.floor(last) - math.ceil(first) + 1
        return low._replace(value=Fraction(math.ceil(first) + math.floor(at * steps)))
    return low._replace(value=first + Fraction(at) * (last - first), whole=False)
