"""A user's own profiles: TOML files in folders named after their kind, such as `profiles/mta`."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relaysim.profiles import built_in
from relaysim.profiles.collection import Collection
from relaysim.profiles.file import EXTENDS, Reader
from relaysim.profiles.kind import Kind
from relaysim.profiles.profile import Profile, ProfileFile
from relaysim.scenario import toml_file
from relaysim.scenario.problem import Problem, ScenarioError, nearest

FOLDER = "profiles"
"""The folder beside a scenario file in which profiles are sought."""

Folder = str | os.PathLike[str] | None
"""A folder of profiles that a user names; None for the folders beside the scenario files."""
_Key = tuple[Kind, str]


def named(folder: str | os.PathLike[str]) -> Collection:
    """Return the collection with the profiles of a folder that a user names.

    Raises
    ------
    ScenarioError
        If it has no folder of a kind; and with all that is wrong with the files in it.
    """
    path = Path(folder)
    if not _is_ours(path):
        why = f"a folder is needed with one of the folders {', '.join(Kind)} in it"
        raise ScenarioError([Problem((), why, file=str(path))])
    return read([path])


def read(folders: Iterable[Path]) -> Collection:
    """Return the collection with the profiles of some folders. Raises ScenarioError as `named`.

    A folder without a folder of a kind in it has another purpose: nothing in it is read.
    """
    reading = _Reading()
    # Two spellings of one folder, such as "profiles" and "designs/../profiles", are read once.
    for folder in {folder.resolve(): folder for folder in folders}.values():
        if _is_ours(folder):
            reading.collect(folder)
    profiles = [reading.profile(kind, name) for kind, name in reading.files]
    if reading.problems:
        raise ScenarioError(reading.problems)
    return Collection(tuple(file for file in profiles if not _is_base(file.name)))


def _is_ours(folder: Path) -> bool:
    return any((folder / kind).is_dir() for kind in Kind)


def _is_base(name: str) -> bool:
    return name.startswith(built_in.BASE)


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.iterdir()) if file.suffix == built_in.SUFFIX)


@dataclass(frozen=True)
class _File:
    """A profile file: the path that problems name, its tables and the digest of its bytes."""

    path: str
    tables: dict[str, Any]
    digest: str


class _Reading:
    """Reads profile files, each once, and notes all problems."""

    def __init__(self) -> None:
        self.files: dict[_Key, _File] = {}
        self.problems: list[Problem] = []
        self._profiles: dict[_Key, Profile] = {}
        self._open: list[_Key] = []
        self._broken: set[_Key] = set()

    def collect(self, folder: Path) -> None:
        """Read the tables of the files in a folder."""
        kinds = tuple(Kind)
        try:
            for path in sorted(folder.iterdir()):
                if path.suffix == built_in.SUFFIX:
                    why = f"a profile lies in one of the folders {', '.join(kinds)}"
                    self.problems.append(Problem((), why, file=str(path)))
                elif path.name in kinds:
                    for file in _files(path):
                        self._collect(Kind(path.name), file)
                elif path.is_dir() and any(_files(path)):
                    why, near = "there is no such kind of profile", nearest(path.name, kinds)
                    self.problems.append(Problem((), why, kinds, near, str(path)))
        except OSError as error:
            why = f"the folder cannot be read: {error.strerror}"
            self.problems.append(Problem((), why, file=str(error.filename or folder)))

    def _collect(self, kind: Kind, path: Path) -> None:
        name = path.name.removesuffix(built_in.SUFFIX)
        problem = Problem((), "", file=str(path))
        taken = {base.casefold(): base for base in built_in.bases(kind)}.get(name.casefold())
        try:
            if taken is not None:
                why = f'"{taken}" is built in: write {EXTENDS} = "{taken}" under another name'
                raise ScenarioError([Problem((), why, file=str(path))])
            if (kind, name) in self.files:
                why = f"there is {self.files[kind, name].path} already: choose another name"
                raise ScenarioError([Problem((), why, file=str(path))])
            data = toml_file.read(path, problem)
            tables = toml_file.tables(data, str(path))
        except ScenarioError as error:
            self.problems += error.problems
        else:
            self.files[kind, name] = _File(str(path), tables, hashlib.sha256(data).hexdigest())

    def profile(self, kind: Kind, name: str) -> Profile:
        """Return the profile or base of a name, without the values that are wrong."""
        key = kind, name
        if key not in self.files:
            return built_in.profile(kind, name)
        if key not in self._profiles:
            self._open.append(key)
            self._profiles[key] = self._parsed(kind, name)
            self._open.pop()
        return self._profiles[key]

    def _parsed(self, kind: Kind, name: str) -> Profile:
        file, before = self.files[kind, name], len(self.problems)
        below = self._below(kind, file)
        # A file over a broken one lacks its keys: they are not reported a second time.
        sound = len(self.problems) == before
        if below is not None and (kind, below.name) in self._broken:
            sound = False
        reader = Reader(kind, built_in.keys(kind), whole=sound and not _is_base(name))
        files = (ProfileFile(file.path, file.digest), *(below.files if below else ()))
        profile = reader.profile(name, file.tables, below, files)
        for mistake in reader.mistakes:
            near = nearest(mistake.word, mistake.allowed)
            value = _value(file.tables, mistake.path)
            self.problems.append(
                Problem(mistake.path, mistake.message, mistake.allowed, near, file.path, value)
            )
        if reader.mistakes or not sound:
            self._broken.add((kind, name))
        return profile

    def _below(self, kind: Kind, file: _File) -> Profile | None:
        """Return the profile that a file extends."""
        name = file.tables.get(EXTENDS)
        if name is None:
            return None
        loaded = (n for k, n in self.files if k is kind and self.files[k, n] is not file)
        known = tuple(dict.fromkeys([*loaded, *built_in.bases(kind)]))
        why = ""
        # Files that are being read now: one of them again makes a circle.
        if (kind, name) in self._open:
            circle = " → ".join(profile for _, profile in (*self._open, (kind, name)))
            why, known = f"the files extend each other: {circle}", ()
        elif name not in known:
            why = f"there is no such {kind.noun}"
        if why:
            near = nearest(name, known)
            self.problems.append(Problem((EXTENDS,), why, known, near, file.path, name))
            return None
        return self.profile(kind, name)


def _value(tables: Any, path: Iterable[str]) -> Any:
    """Return the value of a file at a path; None where it has none."""
    for step in path:
        tables = tables.get(step) if isinstance(tables, dict) else None
    return tables
