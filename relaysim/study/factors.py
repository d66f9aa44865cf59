"""Factors: numbers of a scenario file that a sensitivity study changes, with their ranges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from relaysim.scenario.model import Scenario
from relaysim.scenario.override import OverrideError, parse
from relaysim.study.value_range import Number
from relaysim.study.varied_values import value_at

STATED = "stated"
"""The source of a range that a user gives."""
_EXAMPLE = "hubs.HUB01.cores=2:8"


class SensitivityError(ValueError):
    """A sensitivity study that is not possible, with the reason."""


@dataclass(frozen=True)
class Factor:
    """A number at a path, dotted as in `--set`, with its ends, written as in the file.

    An end that the scenario cannot have, or that changes nothing in it, is None. `source` is where
    the value in force comes from.
    """

    path: str
    base: str
    low: str | None
    high: str | None
    source: str = ""

    @classmethod
    def of(cls, scenario: Scenario, path: str, low: Any, high: Any) -> Self:
        """Return the input of a range that a user gives. Raises SensitivityError if it is none."""
        try:
            ends = Number.parse(low), Number.parse(high)
            # "90 s" is below "2 min": ends are compared in one unit.
            rising = ends[0].value < ends[1].in_unit(ends[0].unit)
        except ValueError as error:
            raise SensitivityError(f"{path}: {error}") from error
        if not rising:
            raise SensitivityError(f"{path}: {ends[0]} is not below {ends[1]}")
        return cls(path, in_force(scenario, path), str(ends[0]), str(ends[1]), STATED)

    @property
    def ends(self) -> dict[str, str]:
        """Return the ends that there are, by `low` and `high`."""
        both = {"low": self.low, "high": self.high}
        return {end: value for end, value in both.items() if value is not None}


def over(text: str) -> tuple[str, tuple[str, str]]:
    """Return the path and the ends of `PATH=LOW:HIGH`. Raises SensitivityError."""
    path, _, values = text.partition("=")
    low, colon, high = values.partition(":")
    try:
        parse(text)
    except OverrideError:
        colon = ""
    if not colon:
        raise SensitivityError(f'"{text}": write PATH=LOW:HIGH as in {_EXAMPLE}')
    return path.strip(), (low.strip(), high.strip())


def stated(
    designs: Sequence[Scenario], inputs: Mapping[str, tuple[Any, Any]] | Iterable[Factor]
) -> tuple[Factor, ...]:
    """Return the inputs that a caller gives, also as a mapping of paths to their ends.

    The value in force is that of the first design that has it.
    """

    def having(path: str) -> Scenario:
        return next((design for design in designs if in_force(design, path)), designs[0])

    chosen = (
        tuple(Factor.of(having(path), path, *ends) for path, ends in inputs.items())
        if isinstance(inputs, Mapping)
        else tuple(inputs)
    )
    paths = [factor.path for factor in chosen]
    for path in paths:
        if paths.count(path) > 1:
            raise SensitivityError(f"{path} is given twice")
    if not paths:
        raise SensitivityError("no input is given: nothing would change")
    return chosen


def in_force(scenario: Scenario, path: str) -> str:
    """Return the value at a path; "" where the scenario has none."""
    try:
        here = value_at(scenario, path)
    except OverrideError as error:
        raise SensitivityError(f'"{path}" is no path: write it as in {_EXAMPLE}') from error
    if isinstance(here, dict | list):
        raise SensitivityError(f"{path} holds no number but several values: name one of them")
    return "" if here is None else str(here)
