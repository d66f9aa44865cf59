"""Descriptions of distributions; `relaysim.traffic` samples them.

A `mean` is always the mean of the values, not a parameter of the logarithm.
"""

import math
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import (
    BeforeValidator,
    Discriminator,
    FailFast,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from relaysim.scenario.files import LARGEST_VALUES, contents, unreadable
from relaysim.scenario.table import Duration, Size, Table

Q = TypeVar("Q")

Spread = Annotated[float, Field(gt=0.0, le=20.0)]


class _Law(Table):
    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return names that differ for times and sizes: pickle finds a class by its name."""
        quantity = {Duration: "Duration", Size: "Size"}.get(params[0])
        return f"{cls.__name__}[{quantity or params[0]}]"

    @field_validator("mean", "median", "minimum", check_fields=False)
    @classmethod
    def _above_zero(cls, value: Any) -> Any:
        if value == 0:
            raise ValueError("must be above zero")
        return value


class Constant(_Law, Generic[Q]):
    """The same value always; a file writes the value alone."""

    distribution: Literal["constant"] = "constant"
    """The word that chooses this distribution."""
    value: Q
    """The value."""


class Exponential(_Law, Generic[Q]):
    """Memoryless, with the given mean."""

    distribution: Literal["exponential"]
    """The word that chooses this distribution."""
    mean: Q
    """The mean of what is drawn."""


class Lognormal(_Law, Generic[Q]):
    """Log-normal: one of `mean` and `median`, one of `cv` and `sigma` (of the logarithm)."""

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("mean", "median"), ("cv", "sigma"))

    distribution: Literal["lognormal"]
    """The word that chooses this distribution."""
    mean: Q | None = None
    """The mean of what is drawn."""
    median: Q | None = None
    """The median, instead of `mean`."""
    cv: Spread | None = None
    """Standard deviation over mean."""
    sigma: Spread | None = None
    """Standard deviation of the logarithm, instead of `cv`."""


class Gamma(_Law, Generic[Q]):
    """Gamma with the given mean and coefficient of variation."""

    distribution: Literal["gamma"]
    """The word that chooses this distribution."""
    mean: Q
    """The mean of what is drawn."""
    cv: Spread
    """Standard deviation over mean."""


class Weibull(_Law, Generic[Q]):
    """Weibull with the given mean and shape; a shape below 1 has a heavy tail."""

    distribution: Literal["weibull"]
    """The word that chooses this distribution."""
    mean: Q
    """The mean of what is drawn."""
    shape: Annotated[float, Field(ge=0.1, le=100.0)]
    """The shape; 1 is exponential."""


class Pareto(_Law, Generic[Q]):
    """Pareto from `minimum` on, with tail index `alpha`, cut at `maximum` where one is given."""

    distribution: Literal["pareto"]
    """The word that chooses this distribution."""
    minimum: Q
    """The smallest value."""
    alpha: Annotated[float, Field(gt=0.0, le=100.0)]
    """The tail index."""
    maximum: Annotated[Q | None, Field(validate_default=True)] = None
    """The largest value; without it there is none."""

    @field_validator("maximum")
    @classmethod
    def _has_a_mean(cls, maximum: Any, info: ValidationInfo) -> Any:
        if maximum is None and info.data.get("alpha", 2.0) <= 1.0:
            raise ValueError("with alpha of 1 or less there is no mean: write a maximum")
        if maximum is not None and maximum <= info.data.get("minimum", -1):
            raise ValueError("must lie above minimum")
        return maximum


class Uniform(_Law, Generic[Q]):
    """Evenly between `low` and `high`."""

    distribution: Literal["uniform"]
    """The word that chooses this distribution."""
    low: Q
    """The smallest value."""
    high: Q
    """The largest value."""

    @field_validator("high")
    @classmethod
    def _in_order(cls, high: Any, info: ValidationInfo) -> Any:
        if high < info.data.get("low", 0):
            raise ValueError("must not lie below low")
        return high


class Empirical(_Law, Generic[Q]):
    """Values of a file with equal probability: one a line, each with its unit.

    The file is read when the scenario is loaded; `values` holds its content.
    """

    distribution: Literal["empirical"]
    """The word that chooses this distribution."""
    file: Annotated[Path, Field(strict=False)]
    """A text file with one value a line, beside the scenario unless the path is absolute."""
    values: Annotated[tuple[Q, ...], FailFast(), Field(min_length=1)]
    """What the file said; no scenario writes it."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, table: Any) -> Any:
        if not isinstance(table, dict) or not isinstance(table.get("file"), str):
            return table
        if "values" in table:
            raise ValueError("values stand in the file, one a line, not in the scenario")
        try:
            return {**table, "values": _lines(Path(table["file"]))}
        except ValueError:
            return table  # reported at `file`

    @field_validator("file")
    @classmethod
    def _is_readable(cls, file: Path) -> Path:
        _lines(file)
        return file


def _lines(file: Path) -> tuple[str, ...]:
    try:
        lines = contents(file, LARGEST_VALUES).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError("the file cannot be read: it is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        raise ValueError(unreadable(file, error)) from None
    return tuple(line.strip() for line in lines if line.strip())


def _kind(value: Any) -> str | None:
    return value.get("distribution") if isinstance(value, dict) else value.distribution


def _as_table(value: Any) -> Any:
    constant = {"distribution": "constant", "value": value}
    return value if isinstance(value, dict | Table) else constant


TimeLaw = Annotated[
    Annotated[Constant[Duration], Tag("constant")]
    | Annotated[Exponential[Duration], Tag("exponential")]
    | Annotated[Lognormal[Duration], Tag("lognormal")]
    | Annotated[Gamma[Duration], Tag("gamma")]
    | Annotated[Weibull[Duration], Tag("weibull")]
    | Annotated[Pareto[Duration], Tag("pareto")]
    | Annotated[Uniform[Duration], Tag("uniform")]
    | Annotated[Empirical[Duration], Tag("empirical")],
    Discriminator(_kind),
    BeforeValidator(_as_table),
]
"""A length of time: a constant, or a table with `distribution`."""
SizeLaw = Annotated[
    Annotated[Constant[Size], Tag("constant")]
    | Annotated[Exponential[Size], Tag("exponential")]
    | Annotated[Lognormal[Size], Tag("lognormal")]
    | Annotated[Gamma[Size], Tag("gamma")]
    | Annotated[Weibull[Size], Tag("weibull")]
    | Annotated[Pareto[Size], Tag("pareto")]
    | Annotated[Uniform[Size], Tag("uniform")]
    | Annotated[Empirical[Size], Tag("empirical")],
    Discriminator(_kind),
    BeforeValidator(_as_table),
]
"""A size: a constant, or a table with `distribution`."""
Law = TimeLaw | SizeLaw


class Zipf(Table):
    """Number of recipients, with a probability that falls by a power law.

    The probability of k, from 1 to `max`, is proportional to k to the power -s.
    """

    distribution: Literal["zipf"]
    """The word that chooses this distribution."""
    s: Annotated[float, Field(gt=0.0, le=20.0)]
    """The exponent; the larger, the fewer recipients."""
    max: Annotated[int, Field(ge=1, le=5000)]
    """The most recipients."""


def _count_or_law(value: Any) -> str:
    return "zipf" if isinstance(value, dict | Zipf) else "count"


RecipientLaw = Annotated[
    Annotated[int, Field(ge=1, le=5000), Tag("count")] | Annotated[Zipf, Tag("zipf")],
    Discriminator(_count_or_law),
]
"""Recipients of a message: a constant or a Zipf law."""


def mean(law: Law) -> float:
    """Return the mean of a law in its base unit (microseconds or bytes)."""
    match law:
        case Constant():
            return float(law.value)
        case Exponential() | Gamma() | Weibull():
            return float(law.mean)
        case Lognormal():
            return lognormal(law)[0]
        case Pareto():
            return _pareto_mean(law)
        case Uniform():
            return (law.low + law.high) / 2
        case Empirical():
            return float(sum(law.values)) / len(law.values)
    raise TypeError(f"{law!r} is not a law")


def lognormal(law: Lognormal[Any]) -> tuple[float, float]:
    """Return mean (base unit) and sigma (of the logarithm).

    The mean of a log-normal law is median x exp(sigma^2 / 2), and cv^2 = exp(sigma^2) - 1.
    """
    sigma = law.sigma or math.sqrt(math.log1p((law.cv or 0.0) ** 2))
    return float(law.mean or (law.median or 0) * math.exp(sigma**2 / 2)), sigma


def _pareto_mean(law: Pareto[Any]) -> float:
    """Return the mean of a Pareto law that is cut at `high`.

    It is low x alpha x (integral of exp((1 - alpha) t) for t from 0 to log(high / low)) / kept.
    """
    low, alpha = float(law.minimum), law.alpha
    if law.maximum is None:
        return alpha * low / (alpha - 1)
    # log1p and expm1 stay exact where maximum is close to minimum, or alpha to 1.
    width = math.log1p((law.maximum - law.minimum) / law.minimum)
    kept = -math.expm1(-alpha * width)
    slope = 1 - alpha
    return low * alpha / kept * (math.expm1(slope * width) / slope if slope else width)
