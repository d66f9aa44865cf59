"""Words and widths of text for people: lists, plurals, lines, and numbers to two digits."""

import shutil
import textwrap
from collections.abc import Iterable

MOST, FEWEST = 80, 40
"""The most and the fewest columns of text."""
_TIMES = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_SHOWN = 6


def columns() -> int:
    """Return the columns of the terminal, or of COLUMNS where that is set.

    Returns
    -------
    int
        From `FEWEST` to `MOST`; `MOST` where output goes to a file. A table that needs more than
        `FEWEST` takes them.
    """
    return min(max(shutil.get_terminal_size((MOST, 0)).columns, FEWEST), MOST)


def wrapped(text: str, first: str = "", rest: str = "", width: int | None = None) -> list[str]:
    """Return a paragraph as lines.

    Parameters
    ----------
    text
        One paragraph.
    first, rest
        What the first line begins with, and each further line.
    width
        Columns; by default those of the terminal.

    Returns
    -------
    list of str
        Lines broken at spaces. A word stays whole, such as a path: it is copied.
    """
    return textwrap.wrap(
        text,
        width or columns(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def filled(text: str, first: str = "", rest: str = "", width: int | None = None) -> str:
    """Return a paragraph with line breaks; see `wrapped`."""
    return "\n".join(wrapped(text, first, rest, width))


def listed(names: Iterable[str], most: int = _SHOWN) -> str:
    """Return names as a list in a sentence: "a", "a and b", "a, b and c".

    Parameters
    ----------
    names
        The names in their order.
    most
        The most items of the list; the rest of a longer list is counted ("a, b and 7 more").
    """
    shown = list(names)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    head, last = shown[:-1], shown[-1:]
    return " and ".join([", ".join(head), *last] if head else last)


def counted(number: int, noun: str, several: str = "") -> str:
    """Return a number of things, such as "1 mailbox" or "30,000 messages".

    Parameters
    ----------
    number
        How many.
    noun
        One of them.
    several
        More of them; by default the noun with an s.
    """
    return f"{number:,} {noun if number == 1 else several or f'{noun}s'}"


def about(seconds: float) -> str:
    """Return a length of time to two digits: 90,000 s are "25 h"."""
    for length, unit in _TIMES:
        if seconds >= 2 * length:
            return f"{two_digits(seconds / length)} {unit}"
    return f"{seconds:.2g} s"


def per_time(rate: float) -> str:
    """Return a rate per second to two digits, in a unit that keeps it above 1: 2/3 is "40/min"."""
    for length, unit in ((1, "s"), (60, "min"), (3600, "h")):
        if rate * length >= 1:
            return f"{two_digits(rate * length)}/{unit}"
    return f"{two_digits(rate * 86400)}/d"


def two_digits(number: float) -> str:
    """Return a number to two digits, or in whole: 2.25 is "2.2", 1234.5 is "1,234"."""
    return f"{number:.2g}" if number < 10 else f"{number:,.0f}"


def times(load: float) -> str:
    """Return a load as a multiple of a capacity: "1.8 times"."""
    return f"{two_digits(load)} times"


def share(part: float) -> str:
    """Return a share in percent, never rounded to all or nothing: "30 %", "0.01 %"."""
    percent = 100 * part
    if 0 < percent < 0.01:
        return "less than 0.01 %"
    if 99.5 <= percent < 100:
        return "more than 99 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.0f} %"
