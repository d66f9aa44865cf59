"""Whatever a file says, it gives a scenario or a list of problems."""

import tomllib
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relaysim.scenario.load import from_mapping
from relaysim.scenario.override import OverrideError, parse, put
from relaysim.scenario.problem import Problem, ScenarioError

Path_ = tuple[Any, ...]

TABLES = tomllib.loads((Path(__file__).parent / "every_key.toml").read_text(encoding="utf-8"))


def places(value: Any, path: Path_ = ()) -> list[Path_]:
    result = [path] if path else []
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return result + [place for key in keys for place in places(value[key], (*path, key))]


def problems_of(tables: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        from_mapping(tables)
    except ScenarioError as error:
        return error.problems
    return ()


def value_at(path: Path_) -> Any:
    value: Any = TABLES
    for key in path:
        value = value[key]
    return value


def changed(paths: Iterable[Path_], value: Any) -> dict[str, Any]:
    """The tables with the value at some places, none of which is within another one."""
    tables = deepcopy(TABLES)
    for path in paths:
        here = tables
        for key in path[:-1]:
            here = here[key]
        here[path[-1]] = value
    return tables


def groups() -> Iterator[list[Path_]]:
    """All places, some at a time: far apart in the file, and none within another one."""
    inner = [path for path in places(TABLES) if isinstance(value_at(path), dict | list)]
    outer = [path for path in places(TABLES) if not isinstance(value_at(path), dict | list)]
    for depth in range(1, max(map(len, inner)) + 1):
        together = [path for path in inner if len(path) == depth]
        yield from (together[first::3] for first in range(3))
    yield from (outer[first::12] for first in range(12))


@pytest.mark.parametrize("value", [[], {}, [[]], [{}], "", -1, float("inf"), True], ids=repr)
def test_a_value_of_each_type_in_the_place_of_each_key(value: Any) -> None:
    """Nothing reads a value as a name or a number before its type is checked."""
    for paths in groups():
        if paths:
            problems = problems_of(changed(paths, value))
            assert len({(problem.path, problem.message) for problem in problems}) == len(problems)


scalars = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.datetimes()
    | st.text(max_size=8)
    | st.sampled_from(["5 min", "unlimited", "exponential", "poisson", "0 s", "\0", "1/s", "KB"])
)
keys = st.sampled_from(["distribution", "process", "mean", "median", "file", "name", "at", "x.y"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(places(TABLES)), value=values)
def test_any_value_anywhere(place: Path_, value: Any) -> None:
    problems = problems_of(changed([place], value))
    assert all(problem.message for problem in problems)
    assert len({(problem.path, problem.message) for problem in problems}) == len(problems)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_any_setting(text: str) -> None:
    try:
        path, value = parse(text)
    except OverrideError:
        return
    assert put({}, path, value)
