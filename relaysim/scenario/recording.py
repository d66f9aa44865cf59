"""Recorded arrivals: a CSV file with a column `seconds`, read strictly."""

import csv
from array import array
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from relaysim.scenario.files import LARGEST_RECORDING, text_lines, unreadable

# Below it a float holds every microsecond exactly.
_LIMIT = 2**53


@dataclass(frozen=True)
class Recording:
    """Recorded messages in order of time.

    `created` holds microseconds (int64) from the start of the run; `recipients` and `size`
    (bytes) are int64 of the same length, or None where the file has no such column.
    """

    created: npt.NDArray[np.int64]
    recipients: npt.NDArray[np.int64] | None
    size: npt.NDArray[np.int64] | None


def read(path: Path) -> Recording:
    """Return a recording. Raises ValueError that names the line of the first fault."""
    try:
        stat = path.stat()
    except (OSError, ValueError) as error:
        raise ValueError(unreadable(path, error)) from None
    # Time and size are part of the key of the cache, so a changed file is read again.
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _modified: int, _size: int) -> Recording:
    try:
        lines = text_lines(path, LARGEST_RECORDING)
    except (OSError, ValueError) as error:
        raise ValueError(unreadable(path, error)) from None
    try:
        with lines:
            rows = csv.reader(lines)
            names = next(rows, [])
            if "seconds" not in names:
                # Its first line may be of a file that is none of the reader's business.
                raise ValueError("the file has no column seconds in its first line")
            arrays = {
                name: array("d") for name in ("seconds", "recipients", "bytes") if name in names
            }
            columns = [(name, names.index(name), values) for name, values in arrays.items()]
            for row in rows:
                if not row:
                    continue
                for name, place, values in columns:
                    text = row[place] if place < len(row) else ""
                    values.append(_number(text, name, rows.line_num))
    except OSError as error:
        raise ValueError(unreadable(path, error)) from None
    except UnicodeDecodeError:
        raise ValueError("the file cannot be read: it is not UTF-8 text") from None
    except csv.Error as error:
        raise ValueError(f"the file is not CSV: {error}") from None
    if not arrays["seconds"]:
        raise ValueError("the file holds no messages")
    created = np.rint(np.array(arrays["seconds"]) * 1e6).astype(np.int64)
    # Messages of one time keep the order of the file.
    order = np.argsort(created, kind="stable")

    def sorted_(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        values = values[order]
        # The cache gives the same arrays to every caller.
        values.flags.writeable = False
        return values

    def column(name: str) -> npt.NDArray[np.int64] | None:
        return sorted_(np.array(arrays[name]).astype(np.int64)) if name in arrays else None

    return Recording(sorted_(created), column("recipients"), column("bytes"))


def _number(text: str, name: str, line: int) -> float:
    """Return the number in a cell.

    A cell without a number is not repeated in the message: the file may be any file.
    """
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"line {line}: {name} is not a number") from None
    if not 0 <= value * 1e6 < _LIMIT:
        raise ValueError(f"line {line}: {name} is {value:g}, which is out of range")
    if name != "seconds" and value != int(value):
        raise ValueError(f"line {line}: {name} is {value:g}, not a whole number")
    if name == "recipients" and not 1 <= value <= 5000:
        raise ValueError(f"line {line}: recipients is {value:g}, allowed are 1 to 5000")
    return value
