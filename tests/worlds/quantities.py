"""The numbers of a sentence with their units, so that a test asserts values and no words."""

import re
from collections.abc import Iterable

_UNITS = "us|ms|s|min|h|d|w|B|KB|MB|GB|bit/s|kbit/s|Mbit/s|Gbit/s|pp"
_QUANTITY = (
    # Not within a word, an address (198.51.100.10, /24) or an enhanced status code (5.7.1).
    r"(?<![\w.:/-])[-+]?\d(?:[\d,]*\d)?(?:\.\d+)?(?!\.?\d)(?:±[\d,]*\d(?:\.\d+)?)?"
    rf"(?:/(?:s|min|h|d)\b| ?%| (?:{_UNITS})\b|(?!\w))"
)


def quantities(text: str) -> set[str]:
    """Return the numbers of a text, such as "2.2", "40/s", "6,000", "2.5 min" and "30 %"."""
    return set(re.findall(_QUANTITY, text))


def quantities_after(text: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return each of the names that a number follows, with it: `css (45 %)` or `css: 45 %`."""
    known = "|".join(map(re.escape, names))
    return re.findall(rf"(?<![\w.-])({known})(?![\w-])\W+({_QUANTITY})", text)
