"""From a scenario file to a scenario: strict, and all problems at once."""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from relaysim.scenario import override
from relaysim.scenario.defaults import merged, with_defaults
from relaysim.scenario.files import ESCAPES, LARGEST_SCENARIO, contents, sought, unreadable
from relaysim.scenario.model import Scenario
from relaysim.scenario.name_checks import name_problems, outside
from relaysim.scenario.named_things import missing
from relaysim.scenario.problem import KeyPath, Problem, ScenarioError
from relaysim.scenario.raw_tables import unusable
from relaysim.scenario.reference import reference_problems
from relaysim.scenario.translate import translate

Raw = dict[str, Any]

_LINE = re.compile(r"line ([0-9]+), column [0-9]+")
_ESCAPE = re.compile("[Ee]scape|[Hh]ex")
"""What tomllib says of a backslash that begins no escape."""


@dataclass(frozen=True)
class _Source:
    """The tables of one file as it wrote them, what problems call it, and its folder."""

    file: str
    tables: Raw
    folder: Path = Path()


def load(path: str | os.PathLike[str], overrides: Iterable[str] = ()) -> Scenario:
    """The scenario of a TOML file over the files that it extends, under `path=value` overrides.

    A scenario without a `name` bears that of its file; `name` and `title` are not inherited.
    Raises ScenarioError with all that is wrong.
    """
    path = Path(path)
    source = _Source(str(path), _read(path, Problem((), "", file=str(path))), path.parent)
    return _scenario(_chain(source, (path.resolve(),)), overrides, path.stem)


def loads(text: str, name: str = "<text>", overrides: Iterable[str] = ()) -> Scenario:
    """The scenario of a TOML text, which problems call `name`; files are sought from here."""
    return _scenario(_chain(_Source(name, _parsed(text, name))), overrides)


def from_mapping(
    tables: Mapping[str, Any], name: str = "<mapping>", overrides: Iterable[str] = ()
) -> Scenario:
    """The scenario of tables such as `tomllib` gives, which are not changed; else as `loads`."""
    missing = [Problem(path, "there is no value", file=name) for path in _nothings(tables)]
    if missing:
        raise ScenarioError(missing)
    return _scenario(_chain(_Source(name, deepcopy(dict(tables)))), overrides)


def _nothings(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where tables have None, which a file cannot say."""
    if value is None:
        yield path
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _nothings(each, (*path, key))
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from _nothings(each, (*path, place))


def _chain(source: _Source, seen: tuple[Path, ...] = ()) -> list[_Source]:
    """The files that a scenario extends, the lowest first, and then itself."""
    base = source.tables.pop("extends", None)
    if base is None:
        return [source]
    problem = Problem(("extends",), "", file=source.file, value=base)
    if not isinstance(base, str):
        raise ScenarioError([replace(problem, message="text in quotes is needed")])
    path = sought(source.folder, base)
    below = _Source(str(path), _read(path, problem), path.parent)
    if below.tables and not below.tables.keys() & {"extends", *Scenario.model_fields}:
        # Its keys and values are not repeated: it may be any file.
        raise ScenarioError([replace(problem, message="the file is not a scenario")])
    if path.resolve() in seen:
        circle = " → ".join(each.name for each in (*seen, path))
        raise ScenarioError([replace(problem, message=f"the files extend each other: {circle}")])
    return [*_chain(below, (*seen, path.resolve())), source]


def _read(path: Path, problem: Problem) -> Raw:
    """The tables of a file; `problem` says who asked for it."""
    try:
        # The file of the command line may be a pipe; one that a file names may not.
        data = contents(path, LARGEST_SCENARIO, any_kind=not problem.path)
    except (OSError, ValueError) as error:
        raise ScenarioError(
            [replace(problem, message=unreadable(path, error, bool(problem.path)))]
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem((), "the file is not UTF-8 text", file=f"{path}:{line}")
        raise ScenarioError([problem]) from None
    return _parsed(text, str(path))


def _parsed(text: str, file: str) -> Raw:
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        message, _, place = str(error).removesuffix(")").partition(" (at ")
        found = _LINE.fullmatch(place)
        last = text.count("\n") + 1
        line = found[1] if found else last if place else None
        if _ESCAPE.search(message):
            message = f"{message}; {ESCAPES}"
        problem = Problem((), f"not TOML: {message}", file=f"{file}:{line}" if line else file)
        raise ScenarioError([problem]) from None
    wrong = unusable(tables)
    if wrong is not None:
        raise ScenarioError([replace(wrong, file=file)])
    return tables


def _scenario(files: list[_Source], overrides: Iterable[str], name: str | None = None) -> Scenario:
    tables: Raw = {}
    for each in files:
        tables.pop("name", None)
        tables.pop("title", None)
        tables = merged(tables, _with_paths(each.tables, each.folder))
    if name is not None:
        tables.setdefault("name", name)
    tables, settings, problems = _overridden(tables, overrides)
    full = with_defaults(tables)
    named = name_problems(tables)
    found = reference_problems(tables)
    try:
        scenario = Scenario.model_validate(full)
    except ValidationError as error:
        found += translate(error, full)
    found = [*named, *outside(found, named)]
    problems += [
        _placed(problem, [*files, *settings])
        for problem in sorted(dict.fromkeys(found), key=lambda each: _order(each, tables))
    ]
    if problems:
        raise ScenarioError(problems)
    return scenario


def _with_paths(tables: Any, folder: Path) -> Any:
    """The tables with each `file` sought from the folder of the file that wrote it."""

    def placed(key: str, value: Any) -> Any:
        if isinstance(value, dict) and key != "organization":
            return _with_paths(value, folder)
        is_file = key == "file" and isinstance(value, str)
        return str(sought(folder, value).absolute()) if is_file else value

    return {key: placed(key, value) for key, value in tables.items()}


def _overridden(tables: Raw, overrides: Iterable[str]) -> tuple[Raw, list[_Source], list[Problem]]:
    """The tables with the overrides put in, one source for each, and what is wrong with them."""
    settings, problems = [], []
    for text in overrides:
        try:
            path, value = override.parse(text)
            absent = missing(tables, path)
            if absent is not None:
                raise override.OverrideError(absent)
            tables = override.put(tables, path, value)
        except override.OverrideError as error:
            problems.append(error.problem)
        else:
            settings.append(_Source(override.SOURCE, override.put({}, path, value)))
    return tables, settings, problems


def _placed(problem: Problem, sources: list[_Source]) -> Problem:
    """The problem with the value in question and the file that wrote it.

    That is the topmost file that has the path; for a key that is missing, the lowest of those that
    come closest.
    """
    depths = [len(list(_steps(source.tables, problem.path))) for source in sources]
    deepest = max(depths)
    if deepest < len(problem.path):
        return replace(problem, file=sources[depths.index(deepest)].file)
    source = [each for each, depth in zip(sources, depths, strict=True) if depth == deepest][-1]
    *_, value = [source.tables, *_steps(source.tables, problem.path)]
    return replace(problem, file=source.file, value=value)


def _steps(value: Any, path: KeyPath) -> Iterator[Any]:
    """The values along a path, as far as it leads; a setting has positions for keys."""
    for step in path:
        try:
            value = value[step if isinstance(value, list) else str(step)]
        except (LookupError, TypeError):
            return
        yield value


def _order(problem: Problem, tables: Raw) -> tuple[list[int], str]:
    """Where the problem stands among the merged tables; what is missing comes last in its table."""
    order: list[int] = []
    here: Any = tables
    for step in problem.path:
        if isinstance(here, dict):
            keys = list(here)
            order.append(keys.index(str(step)) if step in here else len(keys))
            here = here.get(str(step), {})
        elif isinstance(here, list):
            order.append(int(step))
            here = here[int(step)]
    return order, problem.message
