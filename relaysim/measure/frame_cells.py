"""The cells of a frame: names in place of integers, seconds in place of microseconds."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from relaysim.measure.measured_window import SECOND
from relaysim.trace.columns import Column, Kept


def named(code: Kept, names: Sequence[str]) -> "pd.Categorical[str]":
    """Return the names of codes as categories; several codes may share a name, -1 is absent."""
    place = {name: i for i, name in enumerate(dict.fromkeys(names))}
    if len(place) < len(names):
        # The last element is the code -1, which numpy reads from the end.
        code = np.array([*(place[name] for name in names), -1], np.int64)[code]
    dtype: pd.CategoricalDtype[str] = pd.CategoricalDtype(pd.Index(list(place), dtype=str))
    return pd.Categorical.from_codes(code, dtype=dtype)


def labelled(code: Column, label: Callable[[int], str | None], codes: int) -> "pd.Categorical[str]":
    """Return labels of codes as categories; several codes may share a label, None is absent.

    Parameters
    ----------
    code : int64 array, shape (n,)
        Codes from 0 to `codes` - 1.
    label : callable
        Returns the label of a code, or None.
    codes : int
        The number of codes.
    """
    labels = [label(i) for i in range(codes)]
    names = sorted({text for text in labels if text is not None})
    index = np.array([-1 if text is None else names.index(text) for text in labels], np.int64)
    return named(index[code], names)


def seconds(time: Column) -> "pd.Series[float]":
    """Return times in seconds; -1 is absent."""
    return pd.Series(np.where(time >= 0, time / SECOND, np.nan))
