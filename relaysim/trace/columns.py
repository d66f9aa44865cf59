"""Columns of integers and tables of them, in as few bits as their values need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
Rows = slice | npt.NDArray[np.signedinteger[Any]]
"""Which rows of a table: a range of them, or their numbers."""
Small = npt.NDArray[np.int32]
"""Row numbers, which fit into 32 bits."""
Kept = npt.NDArray[np.signedinteger[Any]]
"""A column in the bits in which it is kept: 64 or fewer."""


@dataclass(frozen=True)
class ShortColumn:
    """A column that keeps most of its values in few bits, and the others apart.

    Attributes
    ----------
    values : array of int, shape (n,)
        The values; the least number of the type for a row whose value stands apart.
    rows, apart : int64 array, shape (m,)
        These rows, ascending, and their values.
    since : str
        The column of times from which these times count, except -1; "" for none.
    """

    values: Kept = field(repr=False)
    rows: Column = field(repr=False)
    apart: Column = field(repr=False)
    since: str = ""

    @classmethod
    def of(cls, column: Column) -> Self:
        """Return a column in 32 bits; what does not fit stands apart."""
        least = np.iinfo(np.int32).min
        values = column.astype(np.int32)
        # The least number stands for a value apart, so it is none itself.
        rows = np.flatnonzero((values != column) | (values == least))
        values[rows] = least
        return cls(values, rows, column[rows])

    @property
    def nbytes(self) -> int:
        """The memory of the column, bytes."""
        return self.values.nbytes + self.rows.nbytes + self.apart.nbytes

    def __len__(self) -> int:
        return len(self.values)

    def at(self, rows: Rows, since: Column | None) -> Column:
        """Return the values in some rows; `since` are the times in them from which times count."""
        kept = self.values[rows]
        column = kept.astype(np.int64)
        if since is not None:
            column += since
            column[kept < 0] = -1
        if len(self.rows):
            # The least number of the type stands for a value apart.
            places = np.flatnonzero(kept == np.iinfo(kept.dtype).min)
            row = places + (rows.start or 0) if isinstance(rows, slice) else rows[places]
            column[places] = self.apart[np.searchsorted(self.rows, row)]
        return column


@dataclass(frozen=True)
class Table:
    """Columns of equal length, by name.

    `data` may keep a column in fewer bits; a column that is read has 64, so that sums and products
    of it are right.
    """

    columns: tuple[str, ...]
    data: Mapping[str, Kept | ShortColumn] = field(repr=False)

    def __getitem__(self, name: str) -> Column:
        return self.at(slice(None), name)[0]

    def at(self, rows: Rows, *names: str) -> tuple[Column, ...]:
        """Return some columns in some rows, without reading the others.

        Parameters
        ----------
        rows : slice or array of int
            A slice has no step, and no negative numbers.
        *names : str
            The columns.
        """
        known: dict[str, Column] = {}
        for name in names:
            self._read(name, rows, known)
        return tuple(known[name] for name in names)

    def _read(self, name: str, rows: Rows, known: dict[str, Column]) -> Column:
        """Return a column in some rows; `known` has the columns that were read for these rows."""
        if name not in known:
            kept = self.data[name]
            if isinstance(kept, ShortColumn):
                since = self._read(kept.since, rows, known) if kept.since else None
                known[name] = kept.at(rows, since)
            else:
                known[name] = kept[rows].astype(np.int64, copy=False)
        return known[name]

    def __len__(self) -> int:
        return len(self.data[self.columns[0]])
