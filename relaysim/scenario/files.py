"""Files that a scenario names: where they are, and why one cannot be read.

A path may have / or, as on Windows, a backslash between its steps, on any system.
"""

import io
import os
import re
import stat
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ESCAPES = (
    "in double quotes a backslash begins an escape: write / in a path, or put it into single quotes"
)


def sought(folder: Path, text: str) -> Path:
    """Return the file that a scenario in this folder means."""
    path = folder / text
    if "\\" in text and not path.exists():
        return folder / PureWindowsPath(text).as_posix()
    return path


MB = 2**20
LARGEST_SCENARIO = 16 * MB
"""Largest scenario file, bytes: some 40,000 hosts."""
LARGEST_VALUES = 16 * MB
"""Largest file of an empirical law, bytes: some two million values."""
LARGEST_RECORDING = 512 * MB
"""Largest recording, bytes: some 25 million messages."""


def opened(path: Path, most: int, any_kind: bool = False) -> BinaryIO:
    """Open a file that a scenario names, if it is a regular one of a bounded size.

    Parameters
    ----------
    path
        The file.
    most
        The largest size, bytes.
    any_kind
        Also take a pipe or a device, as for the scenario that the command line names; what is read
        of it is not bounded here.

    Returns
    -------
    BinaryIO
        The open file, which the caller closes.

    Raises
    ------
    ValueError
        If it is no regular file, or too large. The message says how large it is.
    OSError
        If it cannot be opened.

    Notes
    -----
    A named pipe would wait for a writer, and a device such as /dev/zero has no end; so the file is
    opened without waiting, and looked at before it is read.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(handle)
        if any_kind:
            return os.fdopen(handle, "rb")
        if not stat.S_ISREG(status.st_mode):
            what = "a directory" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise ValueError(f"it is {what}")
        if status.st_size > most:
            raise ValueError(_too_large(status.st_size, most))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def contents(path: Path, most: int, any_kind: bool = False) -> bytes:
    """Return the bytes of a file, as `opened` has it. Raises ValueError and OSError as there."""
    with opened(path, most, any_kind) as file:
        # A pipe has no size: one byte more shows that it is too long.
        data = _first_bytes(file) + file.read(most + 1)
    if len(data) > most:
        raise ValueError(_too_large(None, most))
    return data


def _first_bytes(file: BinaryIO) -> bytes:
    """Return what a pipe holds now, and wait for the rest from now on.

    A pipe without bytes and without a writer has ended, or is a named pipe that no process opened
    to write. A writer that waits for a reader counts as a writer, so no writer comes too late.
    """
    handle = file.fileno()
    if not hasattr(os, "O_NONBLOCK") or stat.S_ISREG(os.fstat(handle).st_mode):
        return b""
    first = b""
    if stat.S_ISFIFO(os.fstat(handle).st_mode):
        try:
            first = os.read(handle, MB)
        except BlockingIOError:
            pass  # a process has the pipe open to write
        else:
            if not first:
                raise ValueError("it is not a regular file but a pipe, and nobody writes to it")
    os.set_blocking(handle, True)
    return first


def text_lines(path: Path, most: int) -> io.TextIOWrapper:
    """Open a UTF-8 text file to be read line by line. Raises ValueError and OSError as `opened`."""
    return io.TextIOWrapper(opened(path, most), encoding="utf-8-sig", newline="")


def _too_large(size: int | None, most: int) -> str:
    has = "more" if size is None else f"{size:,} bytes"
    return f"it has {has}, and at most {most // MB} MB are read"


def unreadable(path: object, reason: object, written: bool = True) -> str:
    """Return why a file cannot be read; `reason` is an OSError, or another fault of the path.

    Where the path is `written` in a TOML file, a control character in it is most often a backslash.
    """
    why = getattr(reason, "strerror", None) or reason
    hint = f"; {ESCAPES}" if written and _CONTROL.search(str(path)) else ""
    return f"the file cannot be read: {why}{hint}"
