"""Encoding: every result that a task may return comes back bit for bit, and nothing else is read."""

import ast
import importlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import relaysim
from relaysim.scenario.load import load
from relaysim.study.execution.encoding.arrow_stream import from_bytes, kind_of_result, to_bytes
from relaysim.study.execution.encoding.declared_types import kind_of
from relaysim.study.execution.encoding.encoded_arrays import Arrays, EncodingError
from relaysim.study.replicate import KeptOutput, replicate
from relaysim.trace.tables import Status

PACKAGE = Path(relaysim.__file__).parent
SCENARIOS = PACKAGE.parent / "scenarios"
Floats = npt.NDArray[np.float64]


class Pair(NamedTuple):
    name: str
    value: float


@dataclass(frozen=True)
class Part:
    pair: Pair
    frame: pd.DataFrame


@dataclass(frozen=True)
class Whole:
    none: None
    flag: bool
    count: int
    share: float
    name: str
    maybe: Part | None
    flat: tuple[str, ...]
    counts: list[int]
    shares: tuple[float, ...]
    fixed: tuple[int, str, bool]
    parts: list[Part]
    by_name: dict[str, Floats]
    by_set: dict[frozenset[str], Pair]
    floats: Floats
    counted: npt.NDArray[np.int64]
    chosen: npt.NDArray[np.bool_]
    statuses: list[Status]


def returns_whole() -> Whole:
    raise NotImplementedError


TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
INTS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats() | st.sampled_from([np.nan, -np.nan, np.inf, -np.inf, -0.0, 5e-324])
SHAPES = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
FLOAT_ARRAYS = npst.arrays(np.float64, SHAPES, elements=FLOATS)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 4))
    lists = {
        "float64": st.lists(FLOATS, min_size=rows, max_size=rows),
        "int64": st.lists(INTS, min_size=rows, max_size=rows),
        "bool": st.lists(st.booleans(), min_size=rows, max_size=rows),
        "str": st.lists(TEXT, min_size=rows, max_size=rows),
    }
    columns: dict[str, Any] = {}
    for name in draw(st.lists(TEXT, max_size=4, unique=True)):
        kind = draw(st.sampled_from([*lists, "category"]))
        if kind == "category":
            known = pd.Index(draw(st.lists(TEXT, max_size=3, unique=True)), dtype="str")
            codes = st.lists(st.integers(-1, len(known) - 1), min_size=rows, max_size=rows)
            ordered = draw(st.booleans())
            columns[name] = pd.Categorical.from_codes(draw(codes), known, ordered=ordered)  # type: ignore[arg-type]
        else:
            columns[name] = pd.Series(draw(lists[kind]), dtype=kind)
    index: pd.Index[Any] = pd.RangeIndex(rows)
    if draw(st.booleans()):
        index = pd.Index(np.array(draw(lists["float64"]), np.float64), name="seconds")
    frame = pd.DataFrame(columns, index=pd.RangeIndex(rows))
    frame.index = index
    return frame


PAIRS = st.builds(Pair, TEXT, FLOATS)
PARTS = st.builds(Part, PAIRS, frames())
WHOLES = st.builds(
    Whole,
    none=st.none(),
    flag=st.booleans(),
    count=st.integers(-(10**100), 10**100),
    share=FLOATS,
    name=TEXT,
    maybe=st.none() | PARTS,
    flat=st.lists(TEXT, max_size=3).map(tuple),
    counts=st.lists(INTS, max_size=3),
    shares=st.lists(FLOATS, max_size=3).map(tuple),
    fixed=st.tuples(INTS, TEXT, st.booleans()),
    parts=st.lists(PARTS, max_size=2),
    by_name=st.dictionaries(TEXT, FLOAT_ARRAYS, max_size=2),
    by_set=st.dictionaries(st.frozensets(TEXT, max_size=3), PAIRS, max_size=2),
    floats=FLOAT_ARRAYS,
    counted=npst.arrays(np.int64, SHAPES),
    chosen=npst.arrays(np.bool_, SHAPES),
    statuses=st.lists(st.sampled_from(Status), max_size=2),
)


def bits(value: Any) -> Any:
    """The value as nested tuples in which equal means equal bit for bit, types included."""
    if isinstance(value, float):
        return (type(value), struct.pack(">d", value))
    if isinstance(value, np.ndarray):
        items = tuple(map(bits, value.tolist())) if value.dtype == object else value.tobytes()
        return (value.dtype, value.shape, value.flags.writeable, items)
    if isinstance(value, pd.DataFrame):
        columns = tuple(bits(value.iloc[:, i]) for i in range(value.shape[1]))
        return (bits(value.index), bits(value.columns), columns)
    if isinstance(value, pd.Series | pd.Index):
        dtype = value.dtype
        name = value.name if isinstance(value, pd.Index) else None
        if isinstance(dtype, pd.CategoricalDtype):
            content = (dtype.ordered, bits(dtype.categories), bits(pd.Series(value).cat.codes))
        elif dtype.kind == "O" or dtype == "str":
            content = tuple(map(bits, value.tolist()))
        else:
            content = value.to_numpy().tobytes()
        return (type(value), str(dtype), name, content)
    if isinstance(value, dict):
        return tuple((bits(key), bits(item)) for key, item in value.items())
    if hasattr(value, "__dataclass_fields__"):
        return (type(value), *(bits(getattr(value, name)) for name in value.__dataclass_fields__))
    if isinstance(value, list | tuple):
        return (type(value), *map(bits, value))
    return (type(value), value)


@given(WHOLES)
def test_a_value_of_every_kind_comes_back_bit_for_bit(whole: Whole) -> None:
    content = to_bytes(returns_whole, whole)
    again = from_bytes(returns_whole, content)
    assert bits(again) == bits(whole)
    assert to_bytes(returns_whole, again) == content


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(EncodingError):
        from_bytes(returns_whole, content)


def task_functions() -> dict[str, Callable[..., Any]]:
    """The functions that relaysim makes tasks of: the first argument of each `Task(...)`."""
    result = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Task":
                name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
                function = node.args[0]
                assert isinstance(function, ast.Name), f"{path}:{node.lineno}: name the function"
                result[f"{name}.{function.id}"] = getattr(
                    importlib.import_module(name), function.id
                )
    return result


TASKS = task_functions()


def test_the_tasks_are_found() -> None:
    assert {function.__name__ for function in TASKS.values()} >= {"replicate", "latencies"}


@pytest.mark.parametrize("name", TASKS)
def test_what_a_task_declares_to_return_can_be_kept(name: str) -> None:
    kind_of_result(TASKS[name])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("shared-hub", ["run.duration=4 h", "run.scale=0.02"]),
        ("listing-day", ["run.duration=4 h", "run.scale=0.02"]),
        ("mm4", ["run.duration=20 s", "run.warm_up=0 s"]),
    ],
)
def test_what_a_replication_returns_is_what_it_declares(name: str, settings: list[str]) -> None:
    scenario = load(SCENARIOS / f"{name}.toml", settings)
    own = frozenset(f"{host}.{s}" for host, h in scenario.hosts.items() for s in h.streams)
    some = (own, frozenset(sorted(own)[:1]))
    wanted = KeptOutput(
        series=True, frames=True, violations=True, among=some, blast=True, harmed=True
    )
    made = replicate(scenario, 0, 1, wanted)
    assert bits(from_bytes(replicate, to_bytes(replicate, made))) == bits(made)


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (object, "a value of type <class 'object'> is not kept"),
        (complex, "a value of type <class 'complex'> is not kept"),
        (dict[str, Callable[[], None]], r"\[\]: a value of type .*Callable"),
        (int | str, r"a value of type int \| str is not kept"),
        (npt.NDArray[np.object_], "declare one dtype of numbers"),
        (npt.NDArray[Any], "declare one dtype of numbers"),
        (npt.NDArray[np.integer], "declare one dtype of numbers"),
    ],
)
def test_a_type_that_is_not_kept_is_named(hint: Any, message: str) -> None:
    with pytest.raises(EncodingError, match=message):
        kind_of(hint)


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        (float, 1, "float is declared, not int: 1"),
        (float, np.float64(1), "float is declared, not float64"),
        (int, True, "int is declared, not bool: True"),
        (Pair, Pair("x", 1), r"there\.value: float is declared, not int: 1"),
        (Pair, ("x", 1.0), "Pair is declared, not tuple"),
        (tuple[int, ...], (1, 2.0), r"there\[1\]: int is declared, not float"),
        (tuple[int, ...], (2**63,), "there: .*too (big|large)"),
        (tuple[int, str], (1,), "2 items are declared"),
        (Floats, np.arange(3), "an array of float64 is declared, not ndarray int64"),
        (pd.DataFrame, pd.Series([1]), "a DataFrame without attrs is declared"),
        (pd.DataFrame, pd.DataFrame({"x": [1j]}), r"there\.x: a column of dtype complex128"),
        (
            pd.DataFrame,
            pd.DataFrame({"x": pd.Series([1, "a"], dtype=object)}),
            r"there\.x: a column of",
        ),
        (
            pd.DataFrame,
            pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([("a", 1)])),
            r"there\.index: an index of type MultiIndex is not kept",
        ),
    ],
)
def test_a_value_of_another_type_than_declared_is_named(
    hint: Any, value: Any, message: str
) -> None:
    with pytest.raises(EncodingError, match=message):
        kind_of(hint).write(value, "there", Arrays())


def test_a_function_has_to_declare_what_it_returns() -> None:
    def silent():  # type: ignore[no-untyped-def]
        return 1

    with pytest.raises(EncodingError, match="silent does not declare the type of its result"):
        to_bytes(silent, 1)
