"""Kinds: the encoding and decoding of a value by its declared type.

The declared types decide, never the file: a file names no class, and reading creates only instances
of the types in the annotations of a task's function. There is no general way to keep an object. A
value that is not plain, an array, a frame, or a dataclass or named tuple of these has no kind, and
the error of `kind_of` has its place.
"""

import dataclasses
import math
import struct
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Protocol, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa

from relaysim.study.execution.encoding.encoded_arrays import Arrays, EncodingError, Json
from relaysim.study.execution.encoding.encoded_frame import NUMBERS, FrameKind


class Kind(Protocol):
    """The encoding of the values of one type; `write` and `read` are inverse, bit for bit."""

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Put arrays among the arrays; return the rest for the header. Raises EncodingError."""

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the value."""


_FLAT = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.large_string()}
"""Types whose sequences are one array."""


@dataclasses.dataclass(frozen=True)
class Plain:
    """None, a truth value, an integer or a text, as JSON."""

    of: type

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return the value itself."""
        _require_type(value, self.of, place)
        return value

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the value."""
        _require_type(written, self.of, "header")
        return written


@dataclasses.dataclass(frozen=True)
class Float:
    """A floating point number; JSON has no NaN and no infinity, so their bits are a text."""

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return the number, or its bits."""
        _require_type(value, float, place)
        return value if math.isfinite(value) else struct.pack(">d", value).hex()

    def read(self, written: Json, arrays: Arrays) -> float:
        """Return the number."""
        if isinstance(written, str):
            return float(struct.unpack(">d", bytes.fromhex(written))[0])
        _require_type(written, float, "header")
        return float(written)


@dataclasses.dataclass(frozen=True)
class Member:
    """A member of an enumeration, by its name."""

    of: type[Enum]

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return the name."""
        _require_type(value, self.of, place)
        return value.name

    def read(self, written: Json, arrays: Arrays) -> Enum:
        """Return the member."""
        return self.of[written]


@dataclasses.dataclass(frozen=True)
class Optional:
    """A value or None."""

    of: Kind

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return null, or a list of one."""
        return None if value is None else [self.of.write(value, place, arrays)]

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the value."""
        return None if written is None else self.of.read(written[0], arrays)


@dataclasses.dataclass(frozen=True)
class Flat:
    """A list or tuple of any length of truth values, numbers or texts: one array."""

    container: type
    of: type

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return the number of the array."""
        _require_type(value, self.container, place)
        for i, item in enumerate(value):
            _require_type(item, self.of, f"{place}[{i}]")
        return arrays.add(place, value, _FLAT[self.of])

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the sequence."""
        return self.container(arrays.values(written))


@dataclasses.dataclass(frozen=True)
class Several:
    """A list, tuple or frozen set of any length; the items of a set stand in order."""

    container: type
    of: Kind

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return a list."""
        _require_type(value, self.container, place)
        # A set has no order, and the same result must have the same bytes.
        items = sorted(value) if self.container is frozenset else value
        return [self.of.write(item, f"{place}[{i}]", arrays) for i, item in enumerate(items)]

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the container."""
        return self.container(self.of.read(item, arrays) for item in written)


@dataclasses.dataclass(frozen=True)
class Mapping:
    """A dict: pairs of key and value, in the order of the dict."""

    key: Kind
    value: Kind

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return a list of pairs."""
        _require_type(value, dict, place)
        return [
            [
                self.key.write(key, f"{place} key", arrays),
                self.value.write(item, f"{place}.{key}" if type(key) is str else place, arrays),
            ]
            for key, item in value.items()
        ]

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the dict."""
        return {self.key.read(k, arrays): self.value.read(v, arrays) for k, v in written}


@dataclasses.dataclass(frozen=True)
class Record:
    """A dataclass, a named tuple or a tuple of fixed length: each field by its name."""

    of: type
    make: Callable[[dict[str, Any]], Any]
    fields: tuple[tuple[str, Kind], ...]

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return a dict by the names of the fields."""
        _require_type(value, self.of, place)
        plain = self.of is tuple
        if plain and len(value) != len(self.fields):
            raise EncodingError(f"{place}: {len(self.fields)} items are declared, not {value!r}")
        return {
            name: kind.write(
                value[int(name)] if plain else getattr(value, name),
                f"{place}[{name}]" if plain else f"{place}.{name}".removeprefix("."),
                arrays,
            )
            for name, kind in self.fields
        }

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the instance."""
        if written.keys() != {name for name, _ in self.fields}:
            raise EncodingError(f"header: {self.of.__name__} has other fields")
        return self.make({name: kind.read(written[name], arrays) for name, kind in self.fields})


@dataclasses.dataclass(frozen=True)
class Array:
    """A NumPy array of one dtype and any shape; it comes back in C order."""

    dtype: np.dtype[Any]

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Return its shape and the number of the array."""
        # No conversion: a result that is read must equal the one that was computed, bit for bit.
        if type(value) is not np.ndarray or value.dtype != self.dtype:
            kind = f"{type(value).__name__} {getattr(value, 'dtype', '')}".rstrip()
            raise EncodingError(f"{place}: an array of {self.dtype} is declared, not {kind}")
        return {"shape": list(value.shape), "numbers": arrays.add(place, value.reshape(-1))}

    def read(self, written: Json, arrays: Arrays) -> Any:
        """Return the array."""
        values = arrays.numbers(written["numbers"]).reshape(written["shape"])
        if values.dtype != self.dtype:
            raise EncodingError(f"header: an array of {values.dtype}, not {self.dtype}")
        return values


@cache
def kind_of(hint: Any, place: str = "") -> Kind:
    """Return how values of a declared type are kept.

    Parameters
    ----------
    hint
        A type as `typing.get_type_hints` returns it.
    place
        Where the type stands, for the message.

    Raises
    ------
    EncodingError
        If the type, or that of one of its parts, is not kept.
    """
    origin, parts = get_origin(hint), get_args(hint)
    if hint is float:
        return Float()
    if hint in (bool, int, str, None, NoneType):
        return Plain(hint or NoneType)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Member(hint)
    if hint is pd.DataFrame:
        return FrameKind()
    if origin in (Union, UnionType) and len(parts) == 2 and NoneType in parts:
        (part_,) = (part for part in parts if part is not NoneType)
        return Optional(kind_of(part_, place))
    if origin is list or (origin is tuple and parts[1:] == (...,)):
        flat = parts[0] in _FLAT
        return Flat(origin, parts[0]) if flat else Several(origin, kind_of(parts[0], f"{place}[]"))
    if origin is frozenset and parts[0] in (int, str):
        return Several(origin, Plain(parts[0]))
    if origin is dict:
        return Mapping(kind_of(parts[0], f"{place} key"), kind_of(parts[1], f"{place}[]"))
    if origin is np.ndarray:
        return _array(parts[1], place)
    return _record(hint, origin, parts, place)


def _array(dtype: Any, place: str) -> Array:
    (of,) = get_args(dtype) or (None,)
    if isinstance(of, type) and issubclass(of, np.number | np.bool_):
        try:
            declared = np.dtype(of)
        except TypeError:  # an abstract one, such as np.integer
            declared = np.dtype(object)
        if declared.kind in NUMBERS:
            return Array(declared)
    raise EncodingError(f"{place}: an array of {of} is not kept: declare one dtype of numbers")


def _record(hint: Any, origin: Any, parts: tuple[Any, ...], place: str) -> Record:
    if origin is tuple:
        hints, make = {str(i): part for i, part in enumerate(parts)}, _as_tuple
        return _of_fields(tuple, make, hints, place)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        known = get_type_hints(hint)
        hints = {field.name: known[field.name] for field in dataclasses.fields(hint)}
        return _of_fields(hint, lambda fields: hint(**fields), hints, place)
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        return _of_fields(hint, lambda fields: hint(**fields), get_type_hints(hint), place)
    raise EncodingError(
        f"{place or 'the result'}: a value of type {hint} is not kept. A result is made of None, "
        "bool, int, float, str, lists, tuples, dicts, frozensets of str, NumPy arrays of one "
        "dtype, DataFrames, dataclasses and named tuples"
    )


def _as_tuple(fields: dict[str, Any]) -> Any:
    return tuple(fields.values())


def _of_fields(
    of: type, make: Callable[[dict[str, Any]], Any], hints: dict[str, Any], place: str
) -> Record:
    fields = ((name, kind_of(hint, f"{place}.{name}".lstrip("."))) for name, hint in hints.items())
    return Record(of, make, tuple(fields))


def _require_type(value: Any, of: type, place: str) -> None:
    """Refuse a value of another type than is declared, subclasses included."""
    # Not `isinstance`: True is an int, and np.float64 is a float, but they would be read as others.
    if type(value) is not of:
        where, actual = place or "the result", type(value).__name__
        raise EncodingError(f"{where}: {of.__name__} is declared, not {actual}: {value!r:.80}")
