"""Store: finished tasks on disk, so that no study computes one again.

An entry is one file, named by the identity of its task: an Arrow stream with a JSON header (see
`study.execution.encoding`), then its signature, made with a key that only the owner of the store
can read. An entry that is cut short, altered or signed with another key is not even parsed; its
task is computed anew. Nothing from the disk is unpickled: an entry holds numbers and texts, and no
code.

A store is an optimization. Where it cannot be read or written, a study goes on without it, and the
store counts what it did not keep.
"""

import hmac
import os
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_path

from relaysim.study.execution import store_folder as folder
from relaysim.study.execution.encoding.arrow_stream import from_bytes, to_bytes
from relaysim.study.execution.encoding.encoded_arrays import EncodingError
from relaysim.study.execution.task import Task

T = TypeVar("T")
_SIGNATURE = 32


class Store:
    """A directory of results.

    Parameters
    ----------
    directory
        In the user's cache, unless it is given.

    Attributes
    ----------
    used, kept, unkept
        How many runs were found, were written, and could not be written.
    distrusted
        Identities of the entries that were there and could not be used.
    closed
        Why nothing is read and nothing kept, such as a directory to which others may write; empty
        where the directory can be used.
    why
        Why the first of the results that are not kept could not be written; empty if all are.

    Raises
    ------
    NotADirectoryError, FileExistsError
        If the directory is a file, or holds something else.
    """

    def __init__(self, directory: str | os.PathLike[str] | None = None) -> None:
        cache = default_directory() if directory is None else None
        self.directory = cache or Path(directory or "")
        self.distrusted: set[str] = set()
        self.used = self.kept = self.unkept = 0
        self.closed = self.why = ""
        self._secret = b""
        try:
            if directory is None and cache is None:
                self.closed = "no home directory, so no cache: --store DIR names a place"
            else:
                self._secret = folder.opened(self.directory)
        # The user named a wrong place: an error, not a store that is merely closed.
        except (FileExistsError, NotADirectoryError):
            raise
        except OSError as error:
            self.closed = f"{error.filename or self.directory}: {error.strerror or error}"
        self.why = self.closed

    def __contains__(self, task: Task[Any]) -> bool:
        """Return whether there is a result of the task that can be trusted."""
        return self._body(task) is not None

    def get(self, task: Task[T]) -> T | None:
        """Return the result of a task; None if it is not here or cannot be trusted."""
        body = self._body(task)
        if body is None:
            return None
        try:
            result = from_bytes(task.function, body)
        except EncodingError:
            self.distrusted.add(task.identity)
            return None
        self.used += task.runs
        return result

    def put(self, task: Task[T], result: T) -> None:
        """Keep a result, whole or not at all; count it in `kept` or `unkept`."""
        try:
            if not self.closed:
                body = to_bytes(task.function, result)
                path = self._path(task)
                path.parent.mkdir(mode=0o700, exist_ok=True)
                folder.write(self.directory, path, body + self._signature(task, body))
        except EncodingError as error:
            self._count_unkept(task, str(error))
        except OSError as error:
            self._count_unkept(task, error.strerror or str(error))
        else:
            if self.closed:
                self._count_unkept(task, self.closed)
            else:
                self.kept += task.runs

    def _count_unkept(self, task: Task[Any], why: str) -> None:
        self.unkept += task.runs
        self.why = self.why or why

    def _body(self, task: Task[Any]) -> bytes | None:
        if self.closed:
            return None
        try:
            content = self._path(task).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.distrusted.add(task.identity)
            return None
        body, signature = content[:-_SIGNATURE], content[-_SIGNATURE:]
        # The comparison takes the same time whatever differs, so it gives no hint about the key.
        if not hmac.compare_digest(signature, self._signature(task, body)):
            self.distrusted.add(task.identity)
            return None
        return body

    def _path(self, task: Task[Any]) -> Path:
        return self.directory / task.identity[:2] / f"{task.identity[2:]}.arrows"

    def _signature(self, task: Task[Any], body: bytes) -> bytes:
        # With its identity, so that an entry is of no use under another one.
        return hmac.digest(self._secret, task.identity.encode() + body, "sha256")


def default_directory() -> Path | None:
    """Return where replications are kept by default.

    None where HOME is not set and the user has no home directory, as in some containers.
    """
    try:
        cache = user_cache_path("relaysim", appauthor=False)
    except RuntimeError:
        return None
    # Older versions of platformdirs return "~/.cache" as it is.
    return cache / "replications" if cache.is_absolute() else None
