"""Whatever a file says, it gives a scenario or a list of problems."""

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from relaysim.scenario.load import from_mapping
from relaysim.scenario.override import OverrideError, parse, put
from relaysim.scenario.problem import Problem, ScenarioError

Path_ = tuple[Any, ...]

TABLES = tomllib.loads((Path(__file__).parent / "small.toml").read_text(encoding="utf-8"))
TABLES["events"] = [{"at": "1 h", "listing": {"of": "crm", "blocklist": "css", "for": "12 h"}}]


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
    tables = deepcopy(TABLES)
    here = tables
    for key in place[:-1]:
        here = here[key]
    here[place[-1]] = value
    problems = problems_of(tables)
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
