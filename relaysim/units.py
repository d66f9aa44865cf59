"""Text to integers and back: "5 min", "75 KB", "20 Mbit/s", "40/min".

Inside the program time is whole microseconds, a size is bytes, a bandwidth is bits per second and
a rate is an exact fraction of events per second. Sizes count in powers of 1024, as Exchange does;
bits count in powers of 1000, as lines are sold.
"""

import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TypeVar

__all__ = [
    "BITS",
    "BYTES",
    "DAY",
    "HOUR",
    "LIMIT",
    "MICROSECONDS",
    "MINUTE",
    "NUMBER",
    "SECOND",
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

SECOND = 1_000_000
"""One second in the microseconds that all times are kept in."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MICROSECONDS = {
    "us": 1,
    "ms": 1000,
    "s": SECOND,
    "min": MINUTE,
    "h": HOUR,
    "d": DAY,
    "w": 7 * DAY,
}
"""The microseconds of each unit of time."""
BITS = {"bit": 1, "kbit": 1000, "Mbit": 1000**2, "Gbit": 1000**3}
"""The bits of each unit of bandwidth, before "/s": powers of 1000."""
BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
"""The bytes of each unit of size: powers of 1024."""
_LONG_NAMES = {
    "us": "microsecond",
    "ms": "millisecond",
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "B": "byte",
}
"""The units that may be written out, in singular or plural."""

_TEXT_LENGTH = 64
_EXPONENT = 30
NUMBER = r"(?P<number>[+-]?[0-9]*\.?[0-9]+(?:[eE](?P<exponent>[+-]?[0-9]+))?)"
"""A regular expression of a number as a scenario file writes it, before its unit."""
_NUMBER = re.compile(NUMBER)
# The form of a TimeSpan in Exchange's own output: 00:10:00, 2.00:00:00, 00:00:00.1000000.
_TIME_SPAN = re.compile(
    r"(?:(?P<days>[0-9]{1,8})\.)?(?P<hours>[0-9]{1,2}):(?P<minutes>[0-9]{2})"
    r":(?P<seconds>[0-9]{2}(?:\.[0-9]{1,7})?)"
)


def _spellings(units: Mapping[str, object]) -> dict[str, str]:
    """Return each accepted spelling of some units, with the name of the unit.

    A unit may have a prefix or a suffix, as in "/min" and "Mbit/s".
    """
    names = {}
    for unit in units:
        names[unit] = unit
        short = unit.strip("/")
        if short in _LONG_NAMES:
            for long in (_LONG_NAMES[short], f"{_LONG_NAMES[short]}s"):
                names[unit.replace(short, long)] = unit
    return names


_NAMES = _spellings(MICROSECONDS | BITS | BYTES)
# Go and KumoMTA write minutes as "m"; by its letters alone the nearest unit would be ms.
_MEANT = {"m": "min", "/m": "/min"}


@dataclass(frozen=True, eq=False)
class _Kind:
    """One kind of quantity: its name, an example, the text of nothing, its base unit, its units.

    `factors` has how many of the base one of each unit is.
    """

    noun: str
    example: str
    zero: str
    base: str
    factors: Mapping[str, int | Fraction]

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Return each accepted spelling of a unit, with the name of the unit."""
        return _spellings(self.factors)

    def wrong(self, given: str, guess: str = "") -> ValueError:
        """Return the error with what is allowed and the nearest correct text, if any."""
        units = ", ".join(self.factors)
        meant = f'; did you mean "{guess}"?' if guess else ""
        return ValueError(
            f"{given} is not {self.noun}: write a number and one of {units},"
            f' such as "{self.example}"{meant}'
        )

    def out_of_range(self, given: str) -> ValueError:
        """Return the error for a number too large to store."""
        return ValueError(f"{given} is out of range: {self.noun} is below 2**62 in {self.base}")

    def guess(self, unit: str) -> str:
        """Return the unit whose spelling is nearest to an unknown one; "" if none is near."""
        known = {spelling.lower(): name for spelling, name in self.spellings.items()}
        known |= {wrong: name for wrong, name in _MEANT.items() if name in self.spellings}
        near = get_close_matches(unit.lower(), known, n=1, cutoff=0.5)
        if not near:
            return ""
        name = known[near[0]]
        # "10 MB/s" is well spelled, so "10 Mbit/s" would be no correction but a factor of eight.
        head = _NAMES.get(unit.strip("/").partition("/")[0], "")
        return name if head in name else ""


_DURATION = _Kind("a duration", "5 ms", "0 s", "us", MICROSECONDS)
_SIZE = _Kind("a size", "75 KB", "0 B", "B", BYTES)
_BANDWIDTH = _Kind(
    "a bandwidth",
    "20 Mbit/s",
    "0 bit/s",
    "bit/s",
    {f"{unit}/s": factor for unit, factor in BITS.items()},
)
_PRINTED_SIZE = re.compile(r"(?P<about>[^()]+)\((?P<bytes>\d[\d,.\s'\u2019]*)bytes\)")
"""A size as Exchange prints it, with the separators of any language."""
_RATE = _Kind(
    "a rate",
    "40/min",
    "0/s",
    "/s",
    {
        f"/{unit}": Fraction(SECOND, length)
        for unit, length in MICROSECONDS.items()
        if length >= SECOND
    },
)


def _joined(number: str, unit: str) -> str:
    return number + unit if unit.startswith("/") else f"{number} {unit}"


def _quoted(value: object) -> str:
    """Return a value for a message: on one line, and shortened if it is long."""
    if not isinstance(value, str) or not value.isprintable():
        return reprlib.repr(value)
    return f'"{value}"' if len(value) <= _TEXT_LENGTH else f'"{value[:_TEXT_LENGTH]}..."'


def _parse(value: object, kind: _Kind) -> Fraction:
    """Return a number with a unit in the kind's base unit; not negative and below LIMIT."""
    if not isinstance(value, str) or len(value) > _TEXT_LENGTH:
        raise kind.wrong(_quoted(value))
    return _quantity(value, kind)


# Defaults of profiles are the same few texts in each scenario.
@lru_cache(maxsize=4096)
def _quantity(value: str, kind: _Kind) -> Fraction:
    given = _quoted(value)
    text = value.strip()
    match = _NUMBER.match(text)
    if match is None:
        raise kind.wrong(given)
    number = match["number"]
    if number.startswith("-"):
        raise ValueError(f"{given} is negative: {kind.noun} is 0 or more")
    # Checked before the number is built: a fraction with an exponent of 10**9 would take days.
    if abs(int(match["exponent"] or 0)) > _EXPONENT:
        raise kind.out_of_range(given)
    written = re.sub(r"\s*/\s*", "/", text[match.end() :].strip())
    unit = kind.spellings.get(written)
    if unit is None:
        near = kind.guess(written)
        raise kind.wrong(given, _joined(number, near) if near else "")
    result = Fraction(number) * kind.factors[unit]
    if result >= LIMIT:
        raise kind.out_of_range(given)
    return result


def _whole(value: Fraction, given: object, kind: _Kind) -> int:
    """Return the nearest integer, for a half the even one."""
    rounded = round(value)
    if rounded >= LIMIT:
        raise kind.out_of_range(_quoted(given))
    return rounded


def duration(text: object) -> int:
    """Return the microseconds of a duration.

    Parameters
    ----------
    text
        A number with a unit, such as "5 ms", "1.5 h" or "2 d", or Exchange's form of a time span,
        such as "00:10:00" or "2.00:00:00".

    Returns
    -------
    int
        Microseconds, rounded to the nearest one, a half to the even one.

    Raises
    ------
    ValueError
        If the text is no duration, has no unit, is negative or too large.
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
    return _whole(total * SECOND, text, _DURATION)


def size(text: object) -> int:
    """Return the bytes of a size.

    Parameters
    ----------
    text
        A number with a unit, such as "75 KB"; 1 KB is 1024 bytes, as in Exchange. The form that
        Exchange prints, "36 MB (37,748,736 bytes)", has the bytes too, which count.

    Returns
    -------
    int
        Bytes, rounded to the nearest one.

    Raises
    ------
    ValueError
        If the text is no size, has no unit, is negative or too large, or if the bytes in
        parentheses are another size than the number before them.
    """
    printed = _PRINTED_SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if printed is None:
        return _whole(_parse(text, _SIZE), text, _SIZE)
    about, exact = _parse(printed["about"], _SIZE), int(re.sub(r"\D", "", printed["bytes"]))
    # Exchange prints four digits of the number.
    if abs(about - exact) * 1000 > exact:
        raise ValueError(f"{_quoted(text)}: the bytes in parentheses are another size")
    return _whole(Fraction(exact), text, _SIZE)


def bandwidth(text: object) -> int:
    """Return the bits per second of a bandwidth.

    Parameters
    ----------
    text
        A number with a unit, such as "20 Mbit/s"; 1 Mbit is 1,000,000 bits.

    Returns
    -------
    int
        Bits per second, rounded to the nearest one.

    Raises
    ------
    ValueError
        If the text is no bandwidth, has no unit, is negative, too large, or below 1 bit/s.
    """
    bits = _whole(_parse(text, _BANDWIDTH), text, _BANDWIDTH)
    if bits == 0:
        raise ValueError(f"{_quoted(text)} carries nothing: a bandwidth is at least 1 bit/s")
    return bits


def rate(text: object) -> Fraction:
    """Return the events per second of a rate, exactly.

    Parameters
    ----------
    text
        A number with a unit, such as "40/min", "6000/d" or "0/s".

    Returns
    -------
    Fraction
        Events per second.

    Raises
    ------
    ValueError
        If the text is no rate, has no unit, is negative or too large.
    """
    return _parse(text, _RATE)


def count(value: object) -> int:
    """Return a positive integer, such as a number of connections.

    Raises
    ------
    ValueError
        For anything else, also for true and false.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < LIMIT:
        raise ValueError(f"{_quoted(value)} is not a count: write an integer from 1, such as 20")
    return value


def unlimited(parse: Callable[[object], T]) -> Callable[[object], T | None]:
    """Return a parser that also accepts Exchange's word "unlimited", in any case.

    Parameters
    ----------
    parse
        The parser of the quantity, such as `count`.

    Returns
    -------
    callable
        It returns None for "unlimited", else what `parse` returns.
    """

    def parse_limit(value: object) -> T | None:
        if isinstance(value, str) and value.strip().lower() == "unlimited":
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise ValueError(f'{error} (or "unlimited")') from error

    return parse_limit


def _decimal(value: Fraction) -> str | None:
    """Return the value in decimal digits; None if it does not end within 20 places."""
    for places in range(21):
        if 10**places % value.denominator == 0:
            digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
            whole = len(digits) - places
            sign = "-" if value < 0 else ""
            return f"{sign}{digits[:whole]}.{digits[whole:]}" if places else sign + digits
    return None


def _format(value: Fraction, kind: _Kind) -> str:
    """Return the exact text with the fewest digits, in the largest unit that is not above it."""
    if value == 0:
        return kind.zero
    units = {unit: value / factor for unit, factor in kind.factors.items()}
    exact = {unit: text for unit, length in units.items() if (text := _decimal(length)) is not None}

    def clumsiness(unit: str) -> tuple[bool, int, int | Fraction]:
        below_one = abs(units[unit]) < 1
        return below_one, sum(map(str.isdigit, exact[unit])), -kind.factors[unit]

    if exact:
        unit = min(exact, key=clumsiness)
        text = exact[unit]
    else:
        unit = next((name for name in units if abs(units[name]) >= 1), list(kind.factors)[-1])
        text = f"{float(units[unit]):.6g}"
    return _joined(text, unit)


def format_duration(microseconds: int) -> str:
    """Return the shortest exact text: 1_500_000 is "1.5 s". A difference may be negative."""
    return _format(Fraction(microseconds), _DURATION)


def format_size(size_bytes: int) -> str:
    """Return the shortest exact text: 76_800 is "75 KB". A difference may be negative."""
    return _format(Fraction(size_bytes), _SIZE)


def format_bandwidth(bits_per_second: int) -> str:
    """Return the shortest exact text: 20_000_000 is "20 Mbit/s"."""
    return _format(Fraction(bits_per_second), _BANDWIDTH)


def format_rate(per_second: Fraction) -> str:
    """Return the shortest exact text: 2/3 is "40/min"; six digits if no decimal is exact."""
    return _format(per_second, _RATE)
