"""Arrays of a result: the part that Arrow holds. The JSON header refers to an array by number."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Json: TypeAlias = Any
"""What the header holds: None, bool, int, float, str, and lists and dicts of them."""


class EncodingError(TypeError):
    """A value that cannot be kept as Arrow and JSON, or a header that does not fit the type."""


class Arrays:
    """Numbered arrays, each with a name for readers of the file."""

    def __init__(self, names: Sequence[str] = (), columns: Sequence[pa.Array] = ()) -> None:
        self.names, self.columns = list(names), list(columns)

    def add(self, name: str, values: npt.NDArray[Any] | Sequence[Any], kind: Any = None) -> int:
        """Add the values under a name; return their number.

        Parameters
        ----------
        name
            Where in the result the values stand, such as `metrics.value`.
        values
            One dimension. None in a sequence of texts is a missing text.
        kind
            The Arrow type; by default that of the NumPy array.

        Raises
        ------
        EncodingError
            If Arrow has no such type, or a value does not fit it.
        """
        try:
            self.columns.append(pa.array(values, kind, from_pandas=False))
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            raise EncodingError(f"{name}: {error}") from error
        self.names.append(name)
        return len(self.names) - 1

    def numbers(self, number: Json) -> npt.NDArray[Any]:
        """Return an array as a new NumPy array that may be written to."""
        # Arrow's memory is read-only, so this is a copy.
        return np.array(self.columns[number].to_numpy(zero_copy_only=False))

    def values(self, number: Json) -> list[Any]:
        """Return an array as Python values."""
        values: list[Any] = self.columns[number].to_pylist()
        return values
