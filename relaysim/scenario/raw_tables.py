"""Reading the tables of a file before they are checked; values of a wrong type are skipped."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relaysim.scenario.problem import TOO_LONG, KeyPath, Problem

Raw = Mapping[str, Any]
Found = Iterator[Problem]


def at(raw: Any, *path: str) -> Raw:
    """Return the table at a path; an empty one where there is none."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, Mapping) else {}


def named(raw: Any, *path: str) -> Iterator[tuple[str, Raw]]:
    """Return the tables of a table of named things, by name."""
    for name, value in at(raw, *path).items():
        if isinstance(value, Mapping):
            yield name, value


def texts(value: Any) -> Iterator[tuple[int, str]]:
    """Return the texts of a list, each with its position."""
    for position, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield position, item


def streams(raw: Raw) -> Iterator[tuple[str, str, Raw]]:
    """Return the tables of all streams, each with the names of its host and its own."""
    for host, table in named(raw, "hosts"):
        for name, stream in named(table, "streams"):
            yield host, name, stream


def parsed(parse: Callable[[object], Any], value: Any) -> Any:
    """Return the parsed value of a text; None where it is wrong, which the model reports."""
    try:
        return parse(value)
    except ValueError:
        return None


DEEPEST = 32
"""Levels of tables and lists that a scenario may have; the deepest key of relaysim is at 7."""


def unusable(tables: Any) -> Problem | None:
    """Return why no part of relaysim can work with what a file says; None if all can.

    Parameters
    ----------
    tables
        The tables of the file, or one value.

    Notes
    -----
    Tables and lists may be nested in `DEEPEST` levels, and a number may have 1,000 digits. Without
    recursion, as the depth is in question.
    """
    level: list[tuple[KeyPath, Any]] = [((), tables)]
    for _ in range(DEEPEST + 1):
        inner: list[tuple[KeyPath, Any]] = []
        for path, value in level:
            if isinstance(value, int) and abs(value) >= TOO_LONG:
                return Problem(path, "a number has at most 1,000 digits", value=value)
            items = value.items() if isinstance(value, dict) else ()
            inner += [((*path, key), item) for key, item in items]
            if isinstance(value, list):
                inner += [((*path, place), item) for place, item in enumerate(value)]
        level = inner
        if not level:
            return None
    return Problem((), f"tables or lists are nested in more than {DEEPEST} levels")
