"""From a scenario file to a scenario: strict, and all problems at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from relaysim.profiles.collection import Collection
from relaysim.scenario import override, own_profiles, toml_file
from relaysim.scenario.default_tables import merged, with_defaults
from relaysim.scenario.files import sought
from relaysim.scenario.model import Scenario
from relaysim.scenario.name_checks import name_problems, outside
from relaysim.scenario.named_things import missing
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import KeyPath, Problem, ScenarioError
from relaysim.scenario.profile_place import in_profile
from relaysim.scenario.reference import reference_problems
from relaysim.scenario.smart_hubs import circles
from relaysim.scenario.translate import translate

Raw = dict[str, Any]
FORMAT = 1
"""The version of the format of scenario files. A file without `format` has version 1."""
_HEAD = ("format", "extends")
"""Keys about the file itself, which are no part of the scenario."""


@dataclass(frozen=True)
class _Source:
    """The tables of one file as it wrote them, what problems call it, and its folder."""

    file: str
    tables: Raw
    folder: Path = Path()


def load(
    path: str | os.PathLike[str],
    overrides: Iterable[str] = (),
    profiles: Folder = None,
) -> Scenario:
    """Return the scenario of a TOML file.

    Parameters
    ----------
    path : path
        The file. What it extends lies beneath it.
    overrides : iterable of str
        Settings `path=value`, such as "hubs.HUB01.cores=8", that lie above it.
    profiles : path, optional
        A folder with profiles of your own in `mta`, `host`, `destination`, `blocklist` and `relay`.
        By default `profiles` beside the file, and beside the files that it extends.

    Returns
    -------
    Scenario
        Without a `name` it bears that of its file; `name` and `title` are not inherited.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    path = Path(path)
    source = _Source(str(path), _read(path, Problem((), "", file=str(path))), path.parent)
    files = _chain(source, (path.resolve(),))
    return _scenario(files, overrides, _collection(files, profiles), path.stem)


def loads(
    text: str,
    name: str = "<text>",
    overrides: Iterable[str] = (),
    profiles: Folder = None,
) -> Scenario:
    """Return the scenario of a TOML text.

    Parameters
    ----------
    text : str
        The text of a scenario file; files that it names are sought from the working directory.
    name : str
        What problems call it.
    overrides, profiles
        As for `load`. Profiles are sought beside the files that it extends.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    files = _chain(_Source(name, toml_file.parsed(text, name)))
    return _scenario(files, overrides, _collection(files[:-1], profiles))


def from_mapping(
    tables: Mapping[str, Any],
    name: str = "<mapping>",
    overrides: Iterable[str] = (),
    profiles: Folder = None,
) -> Scenario:
    """Return the scenario of tables such as `tomllib` gives.

    Parameters
    ----------
    tables : mapping
        The tables of a scenario file, which are not changed.
    name, overrides, profiles
        As for `loads`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With all that is wrong, such as a value None, which a file cannot write.
    """
    missing = [Problem(path, "there is no value", file=name) for path in _nothings(tables)]
    if missing:
        raise ScenarioError(missing)
    files = _chain(_Source(name, deepcopy(dict(tables))))
    return _scenario(files, overrides, _collection(files[:-1], profiles))


def _nothings(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Return the paths where tables have None, which a file cannot write."""
    if value is None:
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _nothings(item, (*path, key))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _nothings(item, (*path, place))


def _chain(source: _Source, seen: tuple[Path, ...] = ()) -> list[_Source]:
    """Return the files that a scenario extends, the lowest first, and then its own file."""
    _check_format(source)
    base = source.tables.pop("extends", None)
    if base is None:
        return [source]
    problem = Problem(("extends",), "", file=source.file, value=base)
    if not isinstance(base, str):
        raise ScenarioError([replace(problem, message="text in quotes is needed")])
    path = sought(source.folder, base)
    below = _Source(str(path), _read(path, problem), path.parent)
    if below.tables and not below.tables.keys() & {*_HEAD, *Scenario.model_fields}:
        # Its keys and values are not repeated: it may be any file.
        raise ScenarioError([replace(problem, message="the file is not a scenario")])
    if path.resolve() in seen:
        circle = " → ".join(file.name for file in (*seen, path))
        raise ScenarioError([replace(problem, message=f"the files extend each other: {circle}")])
    return [*_chain(below, (*seen, path.resolve())), source]


def _check_format(source: _Source) -> None:
    """Remove the version of the format from the tables of a file; refuse one that is not read."""
    version = source.tables.pop("format", FORMAT)
    # `true` equals 1 in Python, but is no version.
    if version == FORMAT and not isinstance(version, bool):
        return
    newer = isinstance(version, int) and version > FORMAT
    advice = "install a newer relaysim" if newer else f"write format = {FORMAT}, or leave it out"
    message = f"this version of relaysim reads format {FORMAT}: {advice}"
    raise ScenarioError([Problem(("format",), message, file=source.file, value=version)])


def _read(path: Path, problem: Problem) -> Raw:
    """Return the tables of a file; `problem` names the setting that refers to it."""
    # The file of the command line may be a pipe; one that a file names may not.
    return toml_file.tables(toml_file.read(path, problem, typed=not problem.path), str(path))


def _collection(files: list[_Source], profiles: Folder) -> Collection:
    """Return the profiles of a folder or, without one, of the folders beside the files."""
    if profiles is not None:
        return own_profiles.named(profiles)
    return own_profiles.read(source.folder / own_profiles.FOLDER for source in files)


def _scenario(
    files: list[_Source], overrides: Iterable[str], collection: Collection, name: str | None = None
) -> Scenario:
    tables: Raw = {}
    for source in files:
        # The name and title of a file are not those of a file that extends it.
        tables.pop("name", None)
        tables.pop("title", None)
        tables = merged(tables, _with_paths(source.tables, source.folder))
    if name is not None:
        tables.setdefault("name", name)
    tables, settings, problems = _overridden(tables, overrides, collection)
    full = with_defaults(tables, collection)
    named = name_problems(tables)
    all_problems = reference_problems(tables, full, collection)
    try:
        scenario = Scenario.model_validate(full)
        all_problems += [] if all_problems or named else circles(scenario)
    except ValidationError as error:
        all_problems += translate(error, full)
    all_problems = [*named, *outside(all_problems, named)]
    problems += [
        _placed(problem, [*files, *settings], tables, collection)
        for problem in sorted(
            dict.fromkeys(all_problems), key=lambda problem: _order(problem, tables)
        )
    ]
    if problems:
        raise ScenarioError(problems)
    return scenario.with_profiles(collection)


def _with_paths(tables: Any, folder: Path) -> Any:
    """Return the tables with each `file` relative to the folder of the file that wrote it."""

    def placed(key: str, value: Any) -> Any:
        # Domains of the organization are keys, and one of them may be "file".
        if isinstance(value, dict) and key != "organization":
            return _with_paths(value, folder)
        is_file = key == "file" and isinstance(value, str)
        return str(sought(folder, value).absolute()) if is_file else value

    return {key: placed(key, value) for key, value in tables.items()}


def _overridden(
    tables: Raw, overrides: Iterable[str], collection: Collection
) -> tuple[Raw, list[_Source], list[Problem]]:
    """Return the tables with the overrides, one source for each, and the problems of overrides."""
    settings, problems = [], []
    for text in overrides:
        try:
            path, value = override.parse(text)
            absent = missing(tables, path, collection)
            if absent is not None:
                raise override.OverrideError(absent)
            tables = override.put(tables, path, value)
        except override.OverrideError as error:
            problems.append(error.problem)
        else:
            settings.append(_Source(override.SOURCE, override.put({}, path, value)))
    return tables, settings, problems


def _placed(
    problem: Problem, sources: list[_Source], tables: Raw, collection: Collection
) -> Problem:
    """Return the problem with the value in question and the file that wrote it.

    That is the topmost file that has the path; for a key that is missing, the lowest of those that
    come closest, or the topmost if it put a whole table in the place of one that had the key.
    """
    depths = [len(list(_steps(source.tables, problem.path))) for source in sources]
    depth = len(list(_steps(tables, problem.path)))
    if depth < len(problem.path):
        placed = in_profile(problem, tables, collection)
        if placed is not None:
            return placed
        closest = [source.file for source, own in zip(sources, depths, strict=True) if own >= depth]
        return replace(problem, file=closest[-1 if max(depths) > depth else 0])
    source = [source for source, own in zip(sources, depths, strict=True) if own >= depth][-1]
    *_, value = [source.tables, *_steps(source.tables, problem.path)]
    return replace(problem, file=source.file, value=value)


def _steps(value: Any, path: KeyPath) -> Iterator[Any]:
    """Return the values along a path, as far as they exist; a setting has positions for keys."""
    for step in path:
        try:
            value = value[step if isinstance(value, list) else str(step)]
        except (LookupError, TypeError):
            return
        yield value


def _order(problem: Problem, tables: Raw) -> tuple[list[int], str]:
    """Return the place of a problem in the merged tables; a missing key comes last in its table."""
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
