"""`--set path=value`: one value of a scenario, written on the command line.

The path is dotted as in TOML, with quotes around names that hold other characters, and a position
leads into a list: `egress."198.51.100.10".age=3 d`, `events.0.at=4 h`. The value is read as TOML
and, if it is not TOML, as text.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from relaysim.scenario.default_tables import without_rivals
from relaysim.scenario.problem import Problem
from relaysim.scenario.raw_tables import DEEPEST, unusable

Keys = tuple[str, ...]

SOURCE = "--set"
"""What problems name as the file of such a value."""


class OverrideError(Exception):
    """A setting that cannot be read, or whose path does not exist; `problem` has the reason."""

    def __init__(self, problem: Problem) -> None:
        self.problem = replace(problem, file=SOURCE)
        super().__init__(str(self.problem))


def parse(text: str) -> tuple[Keys, Any]:
    """Return the path and the value of `path=value`. Raises OverrideError."""
    for at, character in enumerate(text):
        # A quoted name may hold "=": the first one that ends a path is the right one.
        path = _path(text[:at]) if character == "=" else ()
        if len(path) > DEEPEST:
            raise OverrideError(Problem(path[:1], f"a path has at most {DEEPEST} steps"))
        if path:
            value = _value(text[at + 1 :].strip())
            wrong = unusable(value)
            if wrong is not None:
                raise OverrideError(replace(wrong, path=(*path, *wrong.path)))
            return path, value
    raise OverrideError(
        Problem((), f"{text!r} is no setting: write path=value, such as run.duration=2 h")
    )


def _path(text: str) -> Keys:
    table = one_key(f"{text} = 0")
    return tuple(_single_keys(table)) if table else ()


def _single_keys(table: Any) -> Iterator[str]:
    while isinstance(table, dict):
        ((key, table),) = table.items()
        yield key


def _value(text: str) -> Any:
    table = one_key(f"value = {text}")
    return text if table is None else table["value"]


def one_key(text: str) -> dict[str, Any] | None:
    """Return the one key of a line of TOML with its value; None for any other text."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    # More lines would be more settings than one.
    return table if len(table) == 1 and "\n" not in text else None


def put(tables: Any, path: Keys, value: Any, seen: Keys = ()) -> Any:
    """Return a copy of `tables` with the value at `path`.

    Tables on the path are made where there are none; a key that this one excludes is removed, as
    with `extends`. Raises OverrideError where the path leads through a value that is neither table
    nor list, or to a position that a list does not have.
    """
    if not path:
        return value
    step, rest = path[0], path[1:]
    here = (*seen, step)
    if isinstance(tables, Mapping):
        below = put(tables.get(step, {}), rest, value, here)
        return {**without_rivals(tables, [step], seen), step: below}
    if isinstance(tables, list):
        position = _position(tables, step, here)
        changed = put(tables[position], rest, value, here)
        return [*tables[:position], changed, *tables[position + 1 :]]
    raise OverrideError(Problem(seen, "neither a table nor a list", value=tables))


def _position(items: list[Any], text: str, path: Keys) -> int:
    if not text.isdecimal() or int(text) >= len(items):
        allowed = f"0 to {len(items) - 1}" if items else "none, as the list is empty"
        raise OverrideError(Problem(path, f"no such position in the list: allowed are {allowed}"))
    return int(text)
