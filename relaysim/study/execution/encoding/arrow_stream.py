"""A result as bytes: one Arrow IPC stream of one row, with a JSON header in its metadata.

Each array of the result is a cell of the row, a list named by where it stands (`metrics.value`).
The header says how the arrays go together. `pyarrow.ipc.open_stream(file)` opens it.
"""

import json
import struct
from collections.abc import Callable
from typing import Any, TypeVar, get_type_hints

import pyarrow as pa

from relaysim.study.execution.encoding.declared_types import Kind, kind_of
from relaysim.study.execution.encoding.encoded_arrays import Arrays, EncodingError
from relaysim.study.execution.task import FORMAT

T = TypeVar("T")
_HEADER = b"relaysim"
_MALFORMED = (
    *(pa.ArrowException, AttributeError, LookupError, OverflowError),
    *(OSError, StopIteration, TypeError, ValueError, struct.error),
)
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd", use_threads=False)


def kind_of_result(function: Callable[..., Any]) -> Kind:
    """Return how the results of a function are kept, by its annotation. Raises EncodingError."""
    name = f"{function.__module__}.{function.__qualname__}"
    hints = get_type_hints(function) if not isinstance(function, type) else {}
    if "return" not in hints:
        raise EncodingError(f"{name} does not declare the type of its result")
    try:
        return kind_of(hints["return"])
    except EncodingError as error:
        raise EncodingError(f"{name}: {error}") from error


def to_bytes(function: Callable[..., T], result: T) -> bytes:
    """Encode what a function returned.

    Raises
    ------
    EncodingError
        If the result is not of the declared type, or a part of it has no kind.
    """
    arrays = Arrays()
    header = {
        "format": FORMAT,
        "function": f"{function.__module__}.{function.__qualname__}",
        "result": kind_of_result(function).write(result, "", arrays),
    }
    # Large lists have 64-bit offsets, so no array is too long for a cell.
    fields = [
        pa.field(name, pa.large_list(column.type))
        for name, column in zip(arrays.names, arrays.columns, strict=True)
    ]
    schema = pa.schema(fields, {_HEADER: json.dumps(header, allow_nan=False)})
    row = [
        pa.LargeListArray.from_arrays(pa.array([0, len(column)], pa.int64()), column)
        for column in arrays.columns
    ]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=_OPTIONS) as stream:
        stream.write_batch(pa.RecordBatch.from_arrays(row, schema=schema))
    content: bytes = sink.getvalue().to_pybytes()
    return content


def from_bytes(function: Callable[..., T], content: bytes) -> T:
    """Decode what `to_bytes` made of a result of the same function.

    Raises
    ------
    EncodingError
        If the content is not in this format, or not of the declared type.
    """
    kind = kind_of_result(function)
    try:
        with pa.ipc.open_stream(pa.BufferReader(content)) as stream:
            header = json.loads(stream.schema.metadata[_HEADER])
            batch = stream.read_next_batch()
        if header["format"] != FORMAT:
            raise EncodingError(f"format {header['format']}, not {FORMAT}")
        arrays = Arrays(batch.schema.names, [column.flatten() for column in batch.columns])
        result: T = kind.read(header["result"], arrays)
    except _MALFORMED as error:
        raise EncodingError(f"not a finished run in this format: {error}") from error
    return result
