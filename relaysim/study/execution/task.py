"""Task: a computation on a scenario, with an identity that holds on any day."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Generic, TypeVar

from relaysim.engine.choice import Engine, using
from relaysim.engine.fast.binding import load_library
from relaysim.scenario.digest import digest
from relaysim.scenario.latest import keep_latest
from relaysim.scenario.model import Scenario

T = TypeVar("T")
FORMAT = 1
"""The version of the format of the store. It is part of each identity: an entry of another format
is not found, and its task is computed anew."""
_LIBRARIES = ("numpy", "pandas", "scipy", "simpy")
_ABOVE = ("/cli/", "/present/")
"""Folders that import what computes, and are imported by none of it."""


@dataclass(frozen=True)
class Task(Generic[T]):
    """A function of a module, the scenario, and the other arguments."""

    function: Callable[..., T]
    scenario: Scenario
    arguments: tuple[Any, ...]
    engine: Engine | None = None
    """The engine of its runs; None: that in use."""
    runs: int = 1
    """How many runs it is in a progress, and in the count of a store."""
    coupled: bool = False
    """Whether it asks for a blast radius: with a culprit it keeps three traces at a time."""

    def __call__(self) -> T:
        """Return the result."""
        if self.engine is None:
            return self.function(self.scenario, *self.arguments)
        with using(self.engine):
            return self.function(self.scenario, *self.arguments)

    def with_engine(self, engine: Engine) -> "Task[T]":
        """Return the same task for an engine."""
        return replace(self, engine=engine)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenarios of its runs: further ones are arguments."""
        further = [value for value in self.arguments if isinstance(value, tuple)]
        every = (self.scenario, *(item for values in further for item in values))
        return tuple(item for item in every if isinstance(item, Scenario))

    @cached_property
    def identity(self) -> str:
        """Return 64 hexadecimal digits.

        The same for the same result, in any process and on any day.
        """
        name = f"{self.function.__module__}.{self.function.__qualname__}"
        engine = self.engine or ""
        made_of = source() if engine != Engine.FAST else f"{source()} {load_library().digest}"
        arguments = _text(self.arguments)
        parts = (f"format {FORMAT}", name, _digest(self.scenario), arguments, engine, made_of)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _text(value: Any) -> str:
    """Return the value as text, the same in every process: sets in order."""
    # The order of a set of texts differs from process to process.
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(_text, value)))}}}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    if isinstance(value, Scenario):
        return _digest(value)
    if is_dataclass(value):
        named = (_text(getattr(value, field.name)) for field in fields(value))
        return f"{type(value).__name__}({', '.join(named)})"
    return repr(value)


def runs_of(call: Callable[[], Any]) -> int:
    """Return the runs of a task; any other call counts as one."""
    return call.runs if isinstance(call, Task) else 1


@keep_latest
def _digest(scenario: Scenario) -> str:
    """Return the digest of a scenario, which many tasks have in common."""
    return digest(scenario)


@cache
def source() -> str:
    """Return what computes, in a line: a digest of relaysim's files, and the versions it runs on.

    Files that only show what was computed are left out: no run can depend on them.
    """
    digest_of_files = hashlib.sha256()
    # Sorted, because the order of a directory depends on the file system.
    for name, source in sorted(_sources(files("relaysim"), "")):
        if name.startswith(_ABOVE):
            continue
        digest_of_files.update(f"{name}\n".encode() + source)
    used = [platform.python_version(), *map(version, _LIBRARIES)]
    return f"{digest_of_files.hexdigest()} {' '.join(used)}"


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    """Return the Python files and profiles below a folder of the package, by name."""
    result = []
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            result += _sources(entry, name)
        elif name.endswith((".py", ".toml")):
            result.append((name, entry.read_bytes()))
    return result
