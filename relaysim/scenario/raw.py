"""Reading the tables of a file before they are checked, passing over what is of a wrong type."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relaysim.scenario.problem import Problem

Raw = Mapping[str, Any]
Found = Iterator[Problem]


def at(raw: Any, *path: str) -> Raw:
    """The table at a path; an empty one where there is none."""
    for key in path:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, Mapping) else {}


def named(raw: Any, *path: str) -> Iterator[tuple[str, Raw]]:
    """The tables of a table of named things, by name."""
    for name, value in at(raw, *path).items():
        if isinstance(value, Mapping):
            yield name, value


def texts(value: Any) -> Iterator[tuple[int, str]]:
    """The texts of a list, each with its position."""
    for position, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield position, item


def streams(raw: Raw) -> Iterator[tuple[str, str, Raw]]:
    """The tables of all streams, each with the names of its host and its own."""
    for host, found in named(raw, "hosts"):
        for name, stream in named(found, "streams"):
            yield host, name, stream


def parsed(parse: Callable[[object], Any], value: Any) -> Any:
    """What the text means; None where it is wrong, which the model reports."""
    try:
        return parse(value)
    except ValueError:
        return None
