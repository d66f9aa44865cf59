"""The laws of a plan as numbers."""

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt


class Laws:
    """The laws of a plan by number: 32 bits a value where all of them fit."""

    def __init__(self) -> None:
        self.values: list[npt.NDArray[Any]] = []
        self._numbers: dict[int, int] = {}

    def number(self, law: "array[int]") -> int:
        """Return the number of a law, which is packed once."""
        number = self._numbers.get(id(law))
        if number is None:
            number = self._numbers[id(law)] = len(self.values)
            values = np.frombuffer(law, dtype=np.int64)
            fits = values.min() >= -(2**31) and values.max() < 2**31
            self.values.append(values.astype(np.int32) if fits else values)
        return number

    def rows(self) -> list[tuple[int, int, int]]:
        """Return pointer, length and whether the values have 64 bits."""
        return [(v.ctypes.data, len(v), int(v.itemsize == 8)) for v in self.values]
