"""Frames: each column is an array; the header holds the index, the labels and the dtypes."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from relaysim.study.execution.encoding.encoded_arrays import Arrays, EncodingError, Json

TEXT = pd.Series(["text"]).dtype
"""The dtype of a column of text: `str`, or `object` before pandas 3."""
NUMBERS = "biuf"
"""The kinds of NumPy's dtypes that are kept: truth values, integers, floating point numbers."""


class FrameKind:
    """A pandas DataFrame of numbers, truth values, texts and categories."""

    def write(self, value: Any, place: str, arrays: Arrays) -> Json:
        """Put the columns into the arrays; return the header of the frame."""
        if type(value) is not pd.DataFrame or value.attrs:
            raise EncodingError(f"{place}: a DataFrame without attrs is declared, not {value!r}")
        columns = [value.iloc[:, i] for i in range(value.shape[1])]
        return {
            "index": _index(value.index, f"{place}.index", arrays),
            "labels": _index(value.columns, f"{place}.labels", arrays),
            "columns": [
                _column(column, f"{place}.{label}", arrays)
                for label, column in zip(value.columns, columns, strict=True)
            ],
        }

    def read(self, written: Json, arrays: Arrays) -> pd.DataFrame:
        """Return the frame."""
        index = _read_index(written["index"], arrays)
        columns = {i: _read_column(column, arrays) for i, column in enumerate(written["columns"])}
        frame = pd.DataFrame(columns, index=index)
        frame.columns = _read_index(written["labels"], arrays)
        return frame


def _column(values: "pd.Series[Any] | pd.Index[Any]", place: str, arrays: Arrays) -> Json:
    """Return the description of a column, with the number of its array."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = pd.Series(values).cat.codes.to_numpy()
        return {
            "codes": arrays.add(place, codes),
            "categories": _index(dtype.categories, f"{place}.categories", arrays),
            "ordered": bool(dtype.ordered),
        }
    if dtype == TEXT:
        texts = values.to_numpy(object, copy=True)
        # From pandas 3 on a missing text is NaN, which Arrow does not take for a text.
        if np.dtype(object) != TEXT:
            texts[pd.isna(texts)] = None
        elif not all(type(text) is str for text in texts):
            raise EncodingError(f"{place}: a column of objects that are not all text")
        return {"text": arrays.add(place, texts, pa.large_string())}
    if isinstance(dtype, np.dtype) and dtype.kind in NUMBERS:
        return {"numbers": arrays.add(place, values.to_numpy())}
    raise EncodingError(f"{place}: a column of dtype {dtype} is not kept")


def _read_column(written: Json, arrays: Arrays) -> Any:
    if "text" in written:
        return pd.Series(arrays.values(written["text"]), dtype=TEXT).array
    if "codes" in written:
        categories = _read_index(written["categories"], arrays)
        codes, ordered = arrays.numbers(written["codes"]), written["ordered"]
        return pd.Categorical.from_codes(codes, categories=categories, ordered=ordered)
    return arrays.numbers(written["numbers"])


def _index(index: "pd.Index[Any]", place: str, arrays: Arrays) -> Json:
    """Return the description of an index: of rows, of columns, or of categories."""
    if index.name is not None and type(index.name) is not str:
        raise EncodingError(f"{place}: the name of an index is a text, not {index.name!r}")
    if type(index) is pd.RangeIndex:
        return {"name": index.name, "range": [index.start, index.stop, index.step]}
    # A subclass, such as MultiIndex, has more than values and a name.
    if type(index) is not pd.Index:
        raise EncodingError(f"{place}: an index of type {type(index).__name__} is not kept")
    return {"name": index.name, "values": _column(index, place, arrays)}


def _read_index(written: Json, arrays: Arrays) -> "pd.Index[Any]":
    if "range" in written:
        start, stop, step = written["range"]
        return pd.RangeIndex(start, stop, step, name=written["name"])
    index: pd.Index[Any] = pd.Index(_read_column(written["values"], arrays), name=written["name"])
    return index
