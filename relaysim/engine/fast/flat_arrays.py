"""Flat arrays: what goes from Python to C++, in the layout of the header."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from relaysim.engine.fast.layout import STRUCTS

Integers = npt.NDArray[np.int64]
Row = dict[str, Any]
"""The fields of a struct."""
NONE = -1
"""What stands for no number, and for no limit."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """Arrays in the order of a declaration; `laws` keeps the tables alive to which they point."""

    values: tuple[npt.NDArray[Any], ...]
    lengths: tuple[int, ...]
    laws: object = None

    def addresses(self) -> Integers:
        """Return pointer and length of each array: what C++ takes as a struct of `Array`."""
        pairs = [(a.ctypes.data, n) for a, n in zip(self.values, self.lengths, strict=True)]
        return np.array(pairs, dtype=np.int64)


def fields(value: Any, *names: str) -> Row:
    """Return some attributes of an object."""
    return {name: getattr(value, name) for name in names}


def limits(value: Any, *names: str) -> Row:
    """Return fields in which None stands for no limit."""
    return {name: NONE if limit is None else limit for name, limit in fields(value, *names).items()}


def _table(struct: str, rows: Iterable[Mapping[str, Any]]) -> Integers:
    names = STRUCTS[struct]
    table = [[int(row[name]) for name in names] for row in rows]
    return np.array(table, dtype=np.int64).reshape(-1, len(names))


def arrays(
    declared: Sequence[tuple[str, str]], values: Mapping[str, Any], laws: object = None
) -> Arrays:
    """Return values by name as arrays in the order of a declaration."""
    packed_arrays, lengths = list[npt.NDArray[Any]](), list[int]()
    for name, kind in declared:
        value = values[name]
        if kind in STRUCTS and not isinstance(value, np.ndarray):
            value = _table(kind, value)
        dtype = {"u64": np.uint64, "u8": np.uint8, "i32": np.int32}.get(kind, np.int64)
        packed = np.ascontiguousarray(value, dtype=dtype)
        lengths.append(len(packed) if kind in STRUCTS or kind == "Law" else packed.size)
        packed_arrays.append(packed)
    return Arrays(tuple(packed_arrays), tuple(lengths), laws)
