"""Varied values: a value of the scenario file, by its path, and its values in a study."""

import itertools
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario
from relaysim.scenario.override import SOURCE, OverrideError, parse
from relaysim.scenario.problem import KeyPath, Problem, ScenarioError
from relaysim.scenario.written import written
from relaysim.study.value_range import Number

MOST = 10_000
"""The most values of a range, and points of a grid."""
OURS = ("run.seed", "run.replications", "name", "title")
"""What a study sets itself, or what changes nothing."""


@dataclass(frozen=True)
class Vary:
    """A path, dotted as in `--set`, and its values, each written as there."""

    path: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return `PATH=V1,V2,...`, or `PATH=LOW:HIGH[:STEP]` for whole numbers.

        Raises ValueError.
        """
        try:
            parse(text)
        except OverrideError as error:
            raise ValueError(f'"{text}": write PATH=VALUE,VALUE,... as in {_EXAMPLE}') from error
        path, _, values = text.partition("=")
        return cls(path.strip(), tuple(_range(values) or _listed(values)))

    @classmethod
    def of(cls, path: str, values: Iterable[Any]) -> Self:
        """Return the path with values of Python.

        Such as numbers and texts with units. Raises ValueError.
        """
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ValueError(f"{path}: {values!r} is one value: give a list of them")
        return cls(path, tuple(map(_written, values)))

    def __post_init__(self) -> None:
        if self.path in OURS:
            raise ValueError(f"{self.path} is not to be varied: it is the study's own")
        if not self.values or not all(self.values):
            raise ValueError(f"{self.path}: give at least one value, and no empty one")
        # As numbers, "60 s" and "1 min" are the same value.
        same = self.amounts or self.values
        for value, amount in zip(self.values, same, strict=True):
            if same.count(amount) > 1:
                raise ValueError(f"{self.path}: {value} is given twice")

    @cached_property
    def amounts(self) -> tuple[float, ...]:
        """Return the values as numbers in the unit of the first.

        Empty if they are not of one kind.
        """
        try:
            numbers = [Number.parse(value) for value in self.values]
            return tuple(float(amount.in_unit(numbers[0].unit)) for amount in numbers)
        except ValueError:
            return ()

    @property
    def unit(self) -> str:
        """Return the text after the first number, with the space before it."""
        return Number.parse(self.values[0]).unit if self.amounts else ""

    @property
    def rising(self) -> bool:
        """Return whether each value is a number above the one before."""
        return bool(self.amounts) and all(a < b for a, b in itertools.pairwise(self.amounts))


_EXAMPLE = "hubs.HUB01.cores=2,4,8"


def number(text: str) -> "float | int | str":
    """Return a value as a number where it is one, so that frames sort and plot by it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def value_at(scenario: Scenario, path: str) -> Any:
    """Return the value of a scenario at a path, as a file would write it; None where it has none.

    Raises
    ------
    OverrideError
        If the text is no path.
    """
    here: Any = _as_written(scenario)
    # Any value completes the path for the parser.
    keys, _ = parse(f"{path}=0")
    try:
        for key in keys:
            here = here[int(key) if isinstance(here, list) else key]
    except (LookupError, TypeError, ValueError):
        return None
    return here


@keep_latest
def _as_written(scenario: Scenario) -> dict[str, Any]:
    """Return the tables of a scenario: a study asks for value after value of a few designs."""
    return written(scenario)


def own(values: Mapping[str, str], design: Scenario, designs: Sequence[Scenario]) -> dict[str, str]:
    """Return the values that are for one of several designs.

    None at a path that only others have.
    """

    def only_elsewhere(path: str) -> bool:
        return value_at(design, path) is None and any(
            value_at(design, path) is not None for design in designs
        )

    return {path: value for path, value in values.items() if not only_elsewhere(path)}


def require_not_set(settings: Iterable[str], varied: Iterable[Vary]) -> None:
    """Raise ScenarioError where a setting fixes the value that is varied."""
    paths = {parse(f"{parameter.path}=0")[0] for parameter in varied}
    fixed = [path for path in map(_set, settings) if path in paths]
    if fixed:
        message = "is varied and set too: leave one of the two out"
        raise ScenarioError(Problem(path, message, file=SOURCE) for path in fixed)


def _set(setting: str) -> KeyPath:
    try:
        return parse(setting)[0]
    except OverrideError:
        # Loading reports what is wrong with it.
        return ()


def grid(varied: Sequence[Vary]) -> list[tuple[str, ...]]:
    """Return all combinations of the values, the last parameter changing fastest.

    Raises
    ------
    ValueError
        If a path is there twice, or for more points than `MOST`.
    """
    if math.prod(len(parameter.values) for parameter in varied) > MOST:
        raise ValueError(f"more than {MOST:,} points: vary less, or in larger steps")
    paths = [parameter.path for parameter in varied]
    if len(set(paths)) < len(paths):
        raise ValueError("a parameter is varied twice")
    return list(itertools.product(*(parameter.values for parameter in varied)))


def varied(vary: "Mapping[str, Iterable[Any]] | Sequence[Vary]") -> tuple[Vary, ...]:
    """Return a mapping of paths to values as parameters."""
    if isinstance(vary, Mapping):
        return tuple(Vary.of(path, values) for path, values in vary.items())
    return tuple(vary)


def _range(text: str) -> list[str]:
    """Return the whole numbers of LOW:HIGH[:STEP]; empty if the text is no range."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or any(isinstance(number(part), str) for part in parts):
        return []
    if not all(part.strip().lstrip("-").isdigit() for part in parts):
        raise ValueError(f'"{text}": ranges are for whole numbers; write others between commas')
    low, high, step = (*map(int, parts), 1)[:3]
    if step < 1 or low > high:
        raise ValueError(f'"{text}" is no range: write LOW:HIGH or LOW:HIGH:STEP, rising')
    if (high - low) // step >= MOST:
        raise ValueError(f'"{text}" has more than {MOST:,} values')
    return [str(number) for number in range(low, high + 1, step)]


def _listed(text: str) -> list[str]:
    """Return the values between commas; commas within quotes and brackets separate none."""
    try:
        values = tomllib.loads(f"values = [{text}]")["values"]
    except tomllib.TOMLDecodeError:
        return [part.strip() for part in text.split(",")]
    return [_written(value) for value in values]


def _written(value: Any) -> str:
    """Return the value as TOML has it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value
        case list() | tuple():
            return f"[{', '.join(_quoted(item) for item in value)}]"
    return str(value)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else _written(value)
