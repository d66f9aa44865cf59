"""Numbers, lists and widths of text that people read."""

import shutil
from collections.abc import Iterable

MOST, FEWEST = 80, 40
_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_SHOWN = 6


def columns() -> int:
    """The columns of the terminal, or of COLUMNS where that is set, from `FEWEST` to `MOST`.

    It is `MOST` where output goes to a file. A table that needs more than `FEWEST` takes them.
    """
    return min(max(shutil.get_terminal_size((MOST, 0)).columns, FEWEST), MOST)


def about(seconds: float) -> str:
    """A length of time to two digits: 90,000 s are "25 h"."""
    for length, unit in _TIMES:
        if seconds >= 2 * length:
            return f"{two_digits(seconds / length)} {unit}"
    return f"{seconds:.2g} s"


def per_time(rate: float) -> str:
    """A rate per second to two digits, in a unit that keeps it above 1: 2/3 is "40/min"."""
    for length, unit in ((1, "s"), (60, "min"), (3600, "h")):
        if rate * length >= 1:
            return f"{two_digits(rate * length)}/{unit}"
    return f"{two_digits(rate * 86400)}/d"


def two_digits(number: float) -> str:
    """A number to two digits, or in whole: 2.25 is "2.2", 1234.5 is "1,234"."""
    return f"{number:.2g}" if number < 10 else f"{number:,.0f}"


def times(load: float) -> str:
    """A load as a multiple of what can be carried: "1.8 times"."""
    return f"{load:.2g} times" if load < 10 else f"{load:,.0f} times"


def share(part: float) -> str:
    """A share in percent, never rounded to all or nothing: "30 %", "0.01 %"."""
    percent = 100 * part
    if 0 < percent < 0.01:
        return "less than 0.01 %"
    if 99.5 <= percent < 100:
        return "more than 99 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.0f} %"


def listed(names: Iterable[str], most: int = _SHOWN) -> str:
    """ "a", "a and b", "a, b and c"; the rest of a long list is counted."""
    shown = list(names)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    head, last = shown[:-1], shown[-1:]
    return " and ".join([", ".join(head), *last] if head else last)
