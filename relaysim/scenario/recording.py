"""Recorded arrivals: a CSV file with a column `seconds`, read strictly."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from relaysim.scenario.place import unreadable

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
    """Read a recording. Raises ValueError that names the line of the first fault."""
    try:
        stat = path.stat()
    except OSError as error:
        raise ValueError(unreadable(path, error)) from None
    return _read(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=8)
def _read(path: Path, _modified: int, _size: int) -> Recording:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            names = rows.fieldnames or []
            if "seconds" not in names:
                raise ValueError(
                    f"the file has no column seconds: its columns are {', '.join(names) or 'none'}"
                )
            found: dict[str, list[float]] = {
                name: [] for name in ("seconds", "recipients", "bytes") if name in names
            }
            for row in rows:
                for name, values in found.items():
                    values.append(_number(row[name], name, rows.line_num))
    except OSError as error:
        raise ValueError(unreadable(path, error)) from None
    except UnicodeDecodeError:
        raise ValueError("the file cannot be read: it is not UTF-8 text") from None
    except csv.Error as error:
        raise ValueError(f"the file is not CSV: {error}") from None
    if not found["seconds"]:
        raise ValueError("the file holds no messages")
    created = np.rint(np.array(found["seconds"]) * 1e6).astype(np.int64)
    order = np.argsort(created, kind="stable")

    def sorted_(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        values = values[order]
        values.flags.writeable = False
        return values

    def column(name: str) -> npt.NDArray[np.int64] | None:
        return sorted_(np.array(found[name]).astype(np.int64)) if name in found else None

    return Recording(sorted_(created), column("recipients"), column("bytes"))


def _number(text: str | None, name: str, line: int) -> float:
    try:
        value = float(text or "")
    except ValueError:
        raise ValueError(f'line {line}: {name} is "{text}", not a number') from None
    if not 0 <= value * 1e6 < _LIMIT:
        raise ValueError(f"line {line}: {name} is {text}, which is out of range")
    if name != "seconds" and value != int(value):
        raise ValueError(f"line {line}: {name} is {text}, not a whole number")
    if name == "recipients" and not 1 <= value <= 5000:
        raise ValueError(f"line {line}: recipients is {text}, allowed are 1 to 5000")
    return value
