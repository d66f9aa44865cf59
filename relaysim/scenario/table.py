"""The base of all tables of a scenario file: strict keys, units in the text, no later change."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin

from immutabledict import immutabledict
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    WrapSerializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from relaysim import units
from relaysim.mail.address import parse_ip
from relaysim.scenario.calendar_time import ClockTime, Repeat, parse_at, parse_every
from relaysim.units import DAY as DAY
from relaysim.units import HOUR as HOUR
from relaysim.units import MINUTE as MINUTE
from relaysim.units import SECOND as SECOND

K = TypeVar("K")
T = TypeVar("T")

NONE = "none"
"""The word that switches an optional key off."""
DEFAULT_SITE = "Default-First-Site-Name"
"""The Active Directory site of a new forest."""


class Table(BaseModel):
    """A table of the scenario file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of keys; exactly one key of each group must be written."""

    @classmethod
    def is_optional(cls, key: str) -> bool:
        """Return whether a field may be absent, so that the word "none" switches it off.

        Text is left out: there "none" may be a name.
        """
        info = cls.model_fields.get(key)
        return (
            info is not None
            and info.default is None
            and not info.is_required()
            and NoneType in (kinds := set(_alternatives(info.annotation)))
            and str not in kinds
        )

    @model_validator(mode="wrap")
    @classmethod
    def _one_of_each(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Count the keys of each group, also where other keys of the table are wrong.

        The word "none" switches an optional key off that a profile or another file has set.
        """
        if isinstance(value, Mapping):
            # None is what an absent key has, so the word overrides a value below it.
            value = {
                key: None if item == NONE and cls.is_optional(key) else item
                for key, item in value.items()
            }
        problems = [
            InitErrorDetails(type="value_error", input=value, ctx={"error": ValueError(message)})
            for message in cls._miscounted(value)
        ]
        try:
            table = handler(value)
        except ValidationError as error:
            problems += [_again(details) for details in error.errors(include_url=False)]
        if problems:
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return table

    @classmethod
    def _miscounted(cls, value: Any) -> list[str]:
        if not isinstance(value, Mapping):
            return []
        written = {key for key, item in value.items() if item is not None}
        counted = [(keys, [key for key in keys if key in written]) for keys in cls.exactly_one]
        return [
            f"write exactly one of {', '.join(keys)}: found {' and '.join(present) or 'none'}"
            for keys, present in counted
            if len(present) != 1
        ]


def _alternatives(kind: Any) -> Iterator[Any]:
    """Return the types of a union, without their annotations."""
    if get_origin(kind) is Annotated:
        yield from _alternatives(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _alternatives(member)
    else:
        yield kind


_TYPES = frozenset(get_args(ErrorType))


def _again(details: Any) -> InitErrorDetails:
    kind = details["type"]
    if kind not in _TYPES:
        # An error of Pydantic's Python part, such as that of a file name that is no text.
        kind = PydanticCustomError(kind, details["msg"])
    kept = InitErrorDetails(type=kind, loc=details["loc"], input=details["input"])
    if "ctx" in details:
        kept["ctx"] = details["ctx"]
    return kept


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def fixed(table: Mapping[str, T]) -> immutabledict[str, T]:
    """Return the same table, immutable."""
    return immutabledict(table)


def _above_zero(value: int) -> int:
    if value == 0:
        raise ValueError("must be above zero")
    return value


def _from_one_second(value: int) -> int:
    """Refuse a retry interval below one second, as Exchange does.

    With 0 a run would stand still.
    """
    if value < SECOND:
        raise ValueError("must be at least 1 s")
    return value


def adds_up(shares: Mapping[K, float]) -> Mapping[K, float]:
    """Return the same shares. Raises ValueError unless they add up to 1."""
    total = sum(shares.values())
    # Shares such as 1/3 are written with few digits.
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the shares add up to {total:.10g}, not to 1: write all of them here")
    return shares


def _as_dict(table: Mapping[str, Any], write: SerializerFunctionWrapHandler) -> Any:
    return write(dict(table))


Address = Annotated[IPv4Address | IPv6Address, BeforeValidator(parse_ip)]
"""An IP address."""
AddressName = Annotated[str, BeforeValidator(lambda value: str(parse_ip(value)))]
"""An IP address that serves as a name, in its canonical spelling."""
Duration = Annotated[int, BeforeValidator(units.duration)]
"""A length of time in microseconds, written with its unit: "5 ms", "2 d"."""
Lasting = Annotated[Duration, AfterValidator(_above_zero)]
"""A length of time above zero."""
Interval = Annotated[Duration, AfterValidator(_from_one_second)]
"""A time from one second on, after which something is done again."""
Moment = Annotated[ClockTime | datetime | int, BeforeValidator(parse_at)]
"""A time in a run: a duration from its start, a time of the calendar, or a date."""
Recurrence = Annotated[Repeat | int, BeforeValidator(parse_every)]
"""The interval of something that recurs: a length of time above zero, or of the calendar."""
Size = Annotated[int, BeforeValidator(units.size)]
"""A size in bytes, written with its unit: "75 KB"; 1 KB is 1,024 bytes, as Exchange counts."""
Rate = Annotated[Fraction, BeforeValidator(units.rate)]
"""Events per second, written with its unit: "40/min"."""
Bandwidth = Annotated[int | None, BeforeValidator(units.unlimited(units.bandwidth))]
"""Bits per second ("20 Mbit/s"), or None for "unlimited"."""
Limit = Annotated[int | None, BeforeValidator(units.unlimited(units.count))]
"""A largest number, or None for "unlimited"."""
SizeLimit = Annotated[int | None, BeforeValidator(units.unlimited(units.size))]
"""A largest size in bytes, or None for "unlimited"."""
TimeLimit = Annotated[int | None, BeforeValidator(units.unlimited(units.duration))]
"""A longest time in microseconds, or None for "unlimited"."""
Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A probability, or a share of a whole."""
Positive = Annotated[int, Field(ge=1, le=10**9)]
"""A whole number above zero."""
Many = Annotated[tuple[T, ...], BeforeValidator(_listed)]
"""A list of the file, kept as a tuple."""
Keyed = Annotated[Mapping[K, T], AfterValidator(fixed), WrapSerializer(_as_dict)]
"""A table whose keys are themselves checked."""
Named = Keyed[str, T]
"""A table of named things."""
