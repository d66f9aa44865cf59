"""Text to integers and back: "5 min", "75 KB", "20 Mbit/s", "40/min".

Inside the program time is whole microseconds, a size is bytes, a bandwidth is bits per second and
a rate is an exact fraction of events per second. Sizes count in powers of 1024, as Exchange does;
bits count in powers of 1000, as lines are sold. Conversion is pint's, over a registry that knows
these units only; it is built at the first use, because importing pint is slow.
"""

import re
import reprlib
from collections.abc import Callable
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    import pint

__all__ = [
    "LIMIT",
    "bandwidth",
    "count",
    "duration",
    "format_bandwidth",
    "format_duration",
    "format_rate",
    "format_size",
    "rate",
    "size",
    "unlimited",
]

LIMIT = 2**62
"""Every quantity stays below this, so that a sum of two still fits a signed 64-bit integer."""

T = TypeVar("T")

# Definitions as pint reads them: name = value = symbol (none) = further spellings.
_TIME = (
    "us = [time] = _ = microsecond = microseconds",
    "ms = 1000 us = _ = millisecond = milliseconds",
    "s = 1000 ms = _ = second = seconds",
    "min = 60 s = _ = minute = minutes",
    "h = 60 min = _ = hour = hours",
    "d = 24 h = _ = day = days",
    "w = 7 d = _ = week = weeks",
)
_BITS = ("bit = [information]", "kbit = 1000 bit", "Mbit = 1000 kbit", "Gbit = 1000 Mbit")
_BYTES = (
    "B = 8 bit = _ = byte = bytes",
    "KB = 1024 B",
    "MB = 1024 KB",
    "GB = 1024 MB",
    "TB = 1024 GB",
)

_TEXT_LENGTH = 64
_EXPONENT = 30
_NUMBER = re.compile(r"(?P<number>[+-]?[0-9]*\.?[0-9]+(?:[eE](?P<exponent>[+-]?[0-9]+))?)")
# The form of a TimeSpan in Exchange's own output: 00:10:00, 2.00:00:00, 00:00:00.1000000.
_TIME_SPAN = re.compile(
    r"(?:(?P<days>[0-9]{1,8})\.)?(?P<hours>[0-9]{1,2}):(?P<minutes>[0-9]{2})"
    r":(?P<seconds>[0-9]{2}(?:\.[0-9]{1,7})?)"
)


def _spellings(definitions: tuple[str, ...], before: str = "", after: str = "") -> dict[str, str]:
    """Every accepted spelling of some units, each with the unit's own name."""
    names = {}
    for definition in definitions:
        name, _, *others = definition.split(" = ")
        for spelling in (name, *others):
            if spelling != "_":
                names[before + spelling + after] = before + name + after
    return names


_NAMES = _spellings(_TIME + _BITS + _BYTES)
# Go and KumoMTA write minutes as "m"; by its letters alone the nearest unit would be ms.
_MEANT = {"m": "min", "/m": "/min"}


class _Kind(NamedTuple):
    """One kind of quantity: how it is called, written and stored."""

    noun: str
    example: str
    zero: str
    base: str
    spellings: dict[str, str]

    def units(self) -> tuple[str, ...]:
        """The units by their own names, in the order of their definition."""
        return tuple(dict.fromkeys(self.spellings.values()))

    def wrong(self, given: str, guess: str = "") -> ValueError:
        """The error that says what is allowed, with the nearest correct text if there is one."""
        units = ", ".join(self.units())
        meant = f'; did you mean "{guess}"?' if guess else ""
        return ValueError(
            f"{given} is not {self.noun}: write a number and one of {units},"
            f' such as "{self.example}"{meant}'
        )

    def out_of_range(self, given: str) -> ValueError:
        """The error for a number too large to store."""
        return ValueError(f"{given} is out of range: {self.noun} is below 2**62 in {self.base}")

    def guess(self, unit: str) -> str:
        """The unit whose spelling is nearest to an unknown one; "" if none is near."""
        known = {spelling.lower(): name for spelling, name in self.spellings.items()}
        known |= {wrong: name for wrong, name in _MEANT.items() if name in self.spellings}
        near = get_close_matches(unit.lower(), known, n=1, cutoff=0.5)
        if not near:
            return ""
        name = known[near[0]]
        # "10 MB/s" is well spelled, so "10 Mbit/s" would be no correction but a factor of eight.
        head = _NAMES.get(unit.strip("/").partition("/")[0], "")
        return name if head in name else ""


_DURATION = _Kind("a duration", "5 ms", "0 s", "us", _spellings(_TIME))
_SIZE = _Kind("a size", "75 KB", "0 B", "B", _spellings(_BYTES))
_BANDWIDTH = _Kind("a bandwidth", "20 Mbit/s", "0 bit/s", "bit/s", _spellings(_BITS, after="/s"))
_RATE = _Kind("a rate", "40/min", "0/s", "/s", _spellings(_TIME[2:], before="/"))


@cache
def _registry() -> "pint.UnitRegistry[Fraction]":
    """The pint registry with our units and no others; exact, because it computes in fractions."""
    import pint

    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(None, non_int_type=Fraction)
    for definition in _TIME + _BITS + _BYTES:
        registry.define(definition)
    return registry


@cache
def _factor(unit: str, base: str) -> Fraction:
    """How many of `base` one `unit` is, exactly. A rate's unit starts with "/"."""
    one, other = (f"1{name}" if name.startswith("/") else name for name in (unit, base))
    return Fraction(_registry().Quantity(Fraction(1), one).to(other).magnitude)


def _joined(number: str, unit: str) -> str:
    return number + unit if unit.startswith("/") else f"{number} {unit}"


def _quoted(value: object) -> str:
    """A value for a message: on one line, and shortened if it is long."""
    if not isinstance(value, str) or not value.isprintable():
        return reprlib.repr(value)
    return f'"{value}"' if len(value) <= _TEXT_LENGTH else f'"{value[:_TEXT_LENGTH]}..."'


def _parse(value: object, kind: _Kind) -> Fraction:
    """A number with a unit, in the kind's base unit; not negative and below LIMIT."""
    given = _quoted(value)
    if not isinstance(value, str) or len(value) > _TEXT_LENGTH:
        raise kind.wrong(given)
    text = value.strip()
    match = _NUMBER.match(text)
    if match is None:
        raise kind.wrong(given)
    number = match["number"]
    if number.startswith("-"):
        raise ValueError(f"{given} is negative: {kind.noun} is 0 or more")
    # Looked at before the number is built: a fraction with an exponent of 10**9 would take days.
    if abs(int(match["exponent"] or 0)) > _EXPONENT:
        raise kind.out_of_range(given)
    written = re.sub(r"\s*/\s*", "/", text[match.end() :].strip())
    unit = kind.spellings.get(written)
    if unit is None:
        near = kind.guess(written)
        raise kind.wrong(given, _joined(number, near) if near else "")
    result = Fraction(number) * _factor(unit, kind.base)
    if result >= LIMIT:
        raise kind.out_of_range(given)
    return result


def _whole(value: Fraction, given: object, kind: _Kind) -> int:
    """The nearest integer, a half to the even one."""
    rounded = round(value)
    if rounded >= LIMIT:
        raise kind.out_of_range(_quoted(given))
    return rounded


def duration(text: object) -> int:
    """Microseconds of "5 ms", "1.5 h", "2 d" or, as Exchange writes them, "00:10:00", "2.00:00:00".

    Rounded to the nearest microsecond. ValueError if the text is no duration, has no unit, is
    negative or too large.
    """
    span = _TIME_SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if span is None:
        return _whole(_parse(text, _DURATION), text, _DURATION)
    hours, minutes, seconds = int(span["hours"]), int(span["minutes"]), Fraction(span["seconds"])
    if hours > 23 or minutes > 59 or seconds >= 60:
        raise ValueError(
            f"{_quoted(text)} is not a duration: in days.hours:minutes:seconds the hours end at 23,"
            ' minutes and seconds at 59, such as "1.00:00:00" for a day'
        )
    total = ((int(span["days"] or 0) * 24 + hours) * 60 + minutes) * 60 + seconds
    return _whole(total * 1_000_000, text, _DURATION)


def size(text: object) -> int:
    """Bytes of "75 KB" or "10 MB", where 1 KB is 1024 bytes; rounded to the nearest byte.

    ValueError if the text is no size, has no unit, is negative or too large.
    """
    return _whole(_parse(text, _SIZE), text, _SIZE)


def bandwidth(text: object) -> int:
    """Bits per second of "20 Mbit/s", where 1 Mbit is 1,000,000 bits; rounded to the nearest.

    ValueError if the text is no bandwidth, has no unit, is negative, too large, or so small that
    nothing would ever get through.
    """
    bits = _whole(_parse(text, _BANDWIDTH), text, _BANDWIDTH)
    if bits == 0:
        raise ValueError(f"{_quoted(text)} carries nothing: a bandwidth is at least 1 bit/s")
    return bits


def rate(text: object) -> Fraction:
    """Events per second of "40/min", "6000/d" or "3.2/s", exactly; 0 is a rate.

    ValueError if the text is no rate, has no unit, is negative or too large.
    """
    return _parse(text, _RATE)


def count(value: object) -> int:
    """A positive integer, such as a number of connections; ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < LIMIT:
        raise ValueError(f"{_quoted(value)} is not a count: write an integer from 1, such as 20")
    return value


def unlimited(parse: Callable[[object], T]) -> Callable[[object], T | None]:
    """Also accept Exchange's word "unlimited", in any case, which gives None: no limit."""

    def parse_limit(value: object) -> T | None:
        if isinstance(value, str) and value.strip().lower() == "unlimited":
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f'{error} (or "unlimited")') from error

    return parse_limit


def _decimal(value: Fraction) -> str | None:
    """The value in plain decimal digits; None if it does not end within 20 places."""
    for places in range(21):
        if 10**places % value.denominator == 0:
            digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
            whole = len(digits) - places
            sign = "-" if value < 0 else ""
            return f"{sign}{digits[:whole]}.{digits[whole:]}" if places else sign + digits
    return None


def _format(value: Fraction, kind: _Kind) -> str:
    """The text with the fewest digits that is exact, in the largest unit that is not above it."""
    if value == 0:
        return kind.zero
    units = {unit: value / _factor(unit, kind.base) for unit in kind.units()}
    exact = {unit: text for unit, each in units.items() if (text := _decimal(each)) is not None}

    def clumsiness(unit: str) -> tuple[bool, int, Fraction]:
        below_one = abs(units[unit]) < 1
        return below_one, sum(map(str.isdigit, exact[unit])), -_factor(unit, kind.base)

    if exact:
        unit = min(exact, key=clumsiness)
        text = exact[unit]
    else:
        unit = next((name for name in units if abs(units[name]) >= 1), kind.units()[-1])
        text = f"{float(units[unit]):.6g}"
    return _joined(text, unit)


def format_duration(microseconds: int) -> str:
    """The shortest exact text: 1_500_000 is "1.5 s". A difference may be negative."""
    return _format(Fraction(microseconds), _DURATION)


def format_size(size_bytes: int) -> str:
    """The shortest exact text: 76_800 is "75 KB". A difference may be negative."""
    return _format(Fraction(size_bytes), _SIZE)


def format_bandwidth(bits_per_second: int) -> str:
    """The shortest exact text: 20_000_000 is "20 Mbit/s"."""
    return _format(Fraction(bits_per_second), _BANDWIDTH)


def format_rate(per_second: Fraction) -> str:
    """The shortest exact text: 2/3 is "40/min". Six digits where no unit gives a finite decimal."""
    return _format(per_second, _RATE)
