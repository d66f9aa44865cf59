"""Store: finished replications on disk, so that no study repeats what another has done.

An entry is one file, named by the identity of its task. Its content is signed with a key that lies
in the store, readable by its owner alone: an entry that is cut short, altered or somebody else's is
not even unpickled, and computed anew.
"""

import errno
import hmac
import os
import pickle
import secrets
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path

from relaysim.study.task import Task

T = TypeVar("T")
_KEY, _KEY_SIZE = "key", 32
_IN_THE_WAY: tuple[type[OSError], ...] = (
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
    # Windows's word for a directory, and for a file that somebody reads just now.
    *((PermissionError,) if os.name == "nt" else ()),
)


class Store:
    """A directory of results.

    `used` counts the results that were found, `distrusted` has the identities of the entries that
    were there and could not be used, `unkept` counts results for which there was no place. OSError
    if the directory cannot be written, holds anything else, or has somebody else's key.
    """

    def __init__(self, directory: str | os.PathLike[str] | None = None) -> None:
        """In the user's cache, unless a directory is given."""
        self.directory = Path(directory) if directory is not None else default_directory()
        if self.directory.exists() and not self.directory.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is no directory", str(self.directory))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.distrusted: set[str] = set()
        self.used = self.unkept = 0
        self._secret = self._key()

    def __contains__(self, task: Task[Any]) -> bool:
        """Whether there is a result of the task that can be trusted."""
        return self._body(task) is not None

    def get(self, task: Task[T]) -> T | None:
        """The result of a task; None if it is not here or cannot be trusted."""
        body = self._body(task)
        if body is None:
            return None
        self.used += 1
        found: T = pickle.loads(zlib.decompress(body))
        return found

    def put(self, task: Task[T], result: T) -> None:
        """Keep a result, whole or not at all: if something else stands in its way, not at all."""
        body = zlib.compress(pickle.dumps(result, protocol=5), 1)
        path = self._path(task)
        try:
            path.parent.mkdir(exist_ok=True)
            _write(path, self._signed(task, body) + body)
        except _IN_THE_WAY:
            self.unkept += 1

    def _body(self, task: Task[Any]) -> bytes | None:
        try:
            content = self._path(task).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.distrusted.add(task.identity)
            return None
        signature, body = content[:32], content[32:]
        if not hmac.compare_digest(signature, self._signed(task, body)):
            self.distrusted.add(task.identity)
            return None
        return body

    def _path(self, task: Task[Any]) -> Path:
        return self.directory / task.identity[:2] / task.identity[2:]

    def _signed(self, task: Task[Any], body: bytes) -> bytes:
        # With its name, so that an entry is of no use under another one.
        return hmac.digest(self._secret, task.identity.encode() + body, "sha256")

    def _key(self) -> bytes:
        path = self.directory / _KEY
        if not path.exists():
            if any(self.directory.iterdir()):
                what = "it holds other files, and no finished replications"
                raise FileExistsError(errno.EEXIST, what, str(self.directory))
            with suppress(FileExistsError):
                _write(path, secrets.token_bytes(_KEY_SIZE), _place_first)
        key = path.read_bytes()
        # Where there are owners, another's key would make us trust what they wrote.
        if len(key) != _KEY_SIZE or path.stat().st_uid != getattr(os, "getuid", int)():
            raise PermissionError(
                errno.EPERM, "its key is damaged or not yours: remove it", str(path)
            )
        return key


def default_directory() -> Path:
    """Where replications are kept unless the user says otherwise."""
    return user_cache_path("relaysim", appauthor=False) / "replications"


def _place_first(name: str, path: Path) -> None:
    """Give a file its name unless it is taken: FileExistsError.

    Where there are no hard links (FAT, some network drives) it is renamed. Windows keeps to the
    rule then; elsewhere the last of two at the same moment wins, and trusts nothing of the other.
    """
    try:
        os.link(name, path)
    except FileExistsError:
        raise
    except OSError:
        os.rename(name, path)  # noqa: PTH104 -- beside os.link


def _write(path: Path, content: bytes, place: Callable[[str, Path], None] = os.replace) -> None:
    """A file of its owner, there as a whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        place(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
