"""Problems of a scenario file: place, message, and what would be right."""

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from relaysim.wording import filled

KeyPath = tuple[str | int, ...]
"""The keys that lead to a value: names of tables and keys, positions in lists."""

_SHOWN = 60
_LISTED = 20
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dotted(path: KeyPath) -> str:
    """Return a path as TOML and `--set` write it; names with other characters stand in quotes."""
    return ".".join(str(step) if _BARE.fullmatch(str(step)) else quoted(str(step)) for step in path)


def quoted(text: str) -> str:
    """Return a text in the double quotes of TOML; what cannot be printed stands as an escape."""
    return printable(json.dumps(text, ensure_ascii=False))


def printable(text: str) -> str:
    """Return a text for a screen: what cannot be printed stands as an escape of TOML."""
    return "".join(
        character if character.isprintable() else _escape(character) for character in text
    )


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"


TOO_LONG = 10**1000
"""No number of a scenario is as large; Python writes none of more than 4,300 digits in decimal."""


def shown(value: Any) -> str:
    """Return a value as TOML writes it, shortened where it is long.

    The text is empty for a table and for no value.
    """
    if value is None or isinstance(value, dict):
        return ""
    text = _toml(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return "{...}"
    # Python refuses to write a longer number in decimal.
    return hex(value) if isinstance(value, int) and abs(value) >= TOO_LONG else repr(value)


def nearest(word: object, known: Iterable[str]) -> str | None:
    """Return the known word with the most similar spelling, in any case; None if none is near."""
    by_lower = {name.casefold(): name for name in known if name != word}
    close = difflib.get_close_matches(str(word).casefold(), by_lower, 1)
    return by_lower[close[0]] if close else None


@dataclass(frozen=True)
class Problem:
    """One problem of a scenario file.

    `file` is the file that wrote the value, or "--set"; `value` is None where there is nothing to
    show; `allowed` lists what would be right and `nearest` is the likeliest of it.
    """

    path: KeyPath
    message: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None
    file: str = ""
    value: Any = None

    def __str__(self) -> str:
        head = ": ".join(filter(None, (self.file, dotted(self.path))))
        value = shown(self.value)
        text = f"{head} = {value}" if value else head
        text += f": {self.message}"
        if self.allowed:
            more = ", ..." if len(self.allowed) > _LISTED else ""
            text += f"; allowed: {', '.join(self.allowed[:_LISTED])}{more}"
        if self.nearest is not None:
            text += f'; did you mean "{self.nearest}"?'
        return filled(printable(text), rest="    ")


def unknown(path: KeyPath, word: str, noun: str, known: Iterable[str]) -> Problem:
    """Return the problem of a name that nothing has."""
    allowed = tuple(known)
    return Problem(path, f"there is no such {noun}", allowed, nearest(word, allowed))


class ScenarioError(Exception):
    """A scenario that cannot be used, with all its `problems`, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 problem:" if count == 1 else f"{count} problems:"
        return "\n".join([head, *map(str, self.problems)])
