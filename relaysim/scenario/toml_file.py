"""The tables of a TOML file, or why it has none."""

import re
import tomllib
from ast import literal_eval
from dataclasses import replace
from pathlib import Path
from typing import Any

from relaysim.scenario.files import ESCAPES, LARGEST_SCENARIO, contents, unreadable
from relaysim.scenario.problem import Problem, ScenarioError, dotted
from relaysim.scenario.raw_tables import unusable

_LINE = re.compile(r"line ([0-9]+), column [0-9]+")
_ESCAPE = re.compile("[Ee]scape|[Hh]ex")
"""Words of tomllib about a backslash that begins no escape."""
_TUPLE = re.compile(r"\(('[^()]*')\)")
"""A path as tomllib writes it: `('hubs', 'HUB01')`."""


def read(path: Path, problem: Problem, typed: bool = False) -> bytes:
    """Return the bytes of a file, which may be a pipe if its name was `typed` by the user.

    ScenarioError with the `problem` if it cannot be read.
    """
    try:
        return contents(path, LARGEST_SCENARIO, any_kind=typed)
    except (OSError, ValueError) as error:
        message = unreadable(path, error, written=bool(problem.path))
        raise ScenarioError([replace(problem, message=message)]) from None


def tables(data: bytes, file: str) -> dict[str, Any]:
    """Return the tables of a file's bytes; problems call it `file`. Raises ScenarioError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem((), "the file is not UTF-8 text", file=f"{file}:{line}")
        raise ScenarioError([problem]) from None
    return parsed(text, file)


def parsed(text: str, file: str) -> dict[str, Any]:
    """Return the tables of a TOML text, which problems call `file`. Raises ScenarioError."""
    try:
        result = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message, _, place = str(error).removesuffix(")").partition(" (at ")
        match = _LINE.fullmatch(place)
        last = text.count("\n") + 1
        # Without numbers the place is the end of the document.
        line = match[1] if match else last if place else None
        message = _TUPLE.sub(_dotted, message)
        if _ESCAPE.search(message):
            message = f"{message}; {ESCAPES}"
        elif message == "Invalid value":
            message = f"{message}; text is written in quotes"
        problem = Problem((), f"not TOML: {message}", file=f"{file}:{line}" if line else file)
        raise ScenarioError([problem]) from None
    wrong = unusable(result)
    if wrong is not None:
        raise ScenarioError([replace(wrong, file=file)])
    return result


def _dotted(match: re.Match[str]) -> str:
    """Return a path as a file writes it."""
    return dotted(tuple(literal_eval(f"({match[1]},)")))
