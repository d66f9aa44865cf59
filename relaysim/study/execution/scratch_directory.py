"""A directory for unfinished files."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_KEPT = 32
"""Letters of the name that are kept."""


@contextmanager
def scratch(folder: Path, name: str) -> Iterator[Path]:
    """Yield a new hidden directory in `folder` with the rights of its other files.

    Remove it afterwards.

    A directory of `tempfile` belongs to its owner alone, and on Windows stays so when it, or a file
    from it, is moved to its place. Raises OSError.
    """
    # Not the whole name: with more around it, a long one would be too long for the file system.
    made = folder / f".{name[:_KEPT]}-{secrets.token_hex(8)}"
    made.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
