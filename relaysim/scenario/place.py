"""Files that a scenario names: where they are sought, and why one cannot be read.

A path may have / or, as on Windows, a backslash between its steps: what was written there is read
anywhere.
"""

import re
from pathlib import Path, PureWindowsPath

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ESCAPES = (
    "in double quotes a backslash begins an escape: write / in a path, or put it into single quotes"
)


def sought(folder: Path, text: str) -> Path:
    """The file that a scenario in this folder means."""
    path = folder / text
    if "\\" in text and not path.exists():
        return folder / PureWindowsPath(text).as_posix()
    return path


def unreadable(path: object, reason: object) -> str:
    """Why a file cannot be read; `reason` is an OSError, or what else is wrong with the path."""
    why = getattr(reason, "strerror", None) or reason
    hint = f"; {ESCAPES}" if _CONTROL.search(str(path)) else ""
    return f"the file cannot be read: {why}{hint}"
