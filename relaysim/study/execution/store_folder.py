"""The folder of a store: private to its owner, with a key that only the owner can have written.

| name | content |
| --- | --- |
| `key` | 32 random bytes, which sign the entries |
| `unfinished/` | files that are being written |
| `ab/` | entries whose identity begins with `ab` |
"""

import errno
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

KEY, KEY_SIZE, UNFINISHED = "key", 32, "unfinished"
_ABANDONED_AFTER = 86_400.0
"""Seconds after which a temporary file is abandoned: its process is gone."""
_OWN = re.compile(r"key|unfinished|[0-9a-f]{2}|tmp[a-z0-9_]{8}|lost\+found|\..*")
"""Names that a store may hold, temporary files of version 0.1.0 among them."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OPEN |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class UnusableError(OSError):
    """A folder, or a key, that is not safe to use; `strerror` has the reason and what to do."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(errno.EPERM, why, str(path))


def opened(folder: Path) -> bytes:
    """Make a folder a store, unless it is one, and return its key.

    Raises
    ------
    NotADirectoryError, FileExistsError
        If there is a file, or a folder that holds something else.
    UnusableError
        If others may write to the folder, or the key cannot be trusted.
    OSError
        If the folder cannot be made or read.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "it is no directory", str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Only the owner may write here, whatever the umask.
    folder.mkdir(mode=0o700, exist_ok=True)
    _require_private(folder)
    key = folder / KEY
    try:
        secret = _read(key)
    except FileNotFoundError:
        if any(_OWN.fullmatch(path.name) is None for path in folder.iterdir()):
            what = "it holds other files, and no finished replications"
            raise FileExistsError(errno.EEXIST, what, str(folder)) from None
        with suppress(FileExistsError):  # another process was first: its key holds
            write(folder, key, secrets.token_bytes(KEY_SIZE), _name_once)
        secret = _read(key)
    _remove_abandoned(folder)
    return secret


def write(
    folder: Path, path: Path, content: bytes, name: Callable[[str, Path], None] = os.replace
) -> None:
    """Write a file that only its owner can read, whole or not at all. Raises OSError."""
    unfinished = folder / UNFINISHED
    unfinished.mkdir(mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=unfinished)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        name(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _own_uid() -> int:
    """Return the user id of this process; 0 where users have none, as on Windows."""
    own: int = getattr(os, "getuid", int)()
    return own


def _require_private(folder: Path) -> None:
    """Refuse a folder to which others may write: they could put a key and entries there."""
    if os.name == "nt":
        return  # no owner and no mode to ask
    status = folder.stat()
    if status.st_uid != _own_uid():
        raise UnusableError(folder, f"the directory belongs to another user (uid {status.st_uid})")
    # Writable by group or others.
    if status.st_mode & 0o022:
        mode = f"{stat.S_IMODE(status.st_mode):o}"
        why = f"others may write to this directory (mode {mode}): chmod go-w stops them"
        raise UnusableError(folder, why)


def _read(path: Path) -> bytes:
    """Return the key: the file is opened first and checked then, so it cannot be exchanged."""
    try:
        handle = os.open(path, _OPEN)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise _unusable(path, "is a symbolic link") from error
        raise
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(path, "is no regular file")
        if os.name != "nt" and status.st_uid != _own_uid():
            raise _unusable(path, f"belongs to another user (uid {status.st_uid})")
        # Nobody else may even read the key.
        if os.name != "nt" and status.st_mode & 0o077:
            raise _unusable(path, f"is open to others (mode {stat.S_IMODE(status.st_mode):o})")
        # One byte more shows a file that is too long.
        key = os.read(handle, KEY_SIZE + 1)
    finally:
        os.close(handle)
    if len(key) != KEY_SIZE:
        raise _unusable(path, f"is damaged ({status.st_size} bytes, not {KEY_SIZE})")
    return key


def _unusable(path: Path, why: str) -> UnusableError:
    return UnusableError(path, f"the key {why}: remove it, and kept runs are computed anew")


def _name_once(temporary: str, path: Path) -> None:
    """Give a file its name unless the name is taken: FileExistsError.

    Where there are no hard links (FAT, some network drives) the file is renamed. Of two processes
    at the same moment the last one wins there, and the first one's entries are computed anew.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.rename(temporary, path)  # noqa: PTH104 -- beside os.link


def _remove_abandoned(folder: Path) -> None:
    """Remove the temporary files of processes that were killed."""
    before = time.time() - _ABANDONED_AFTER
    for path in [*folder.glob("tmp????????"), *(folder / UNFINISHED).glob("*")]:
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
