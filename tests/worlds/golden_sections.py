"""Golden files with one section for each test that writes into them, sorted by title."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Golden = Callable[[str, str], None]
"""The fixtures `golden` and `golden_section`: they compare the file of this name with a text."""
Wording = Callable[..., None]
"""The fixture `wording`: it compares findings with the file of their check."""

_TITLE = re.compile(r"^## (test_.+)\n", re.MULTILINE)
_LONGEST_WAIT = 30.0
"""Seconds; a section is written in a millisecond."""


def read(file: Path) -> dict[str, str]:
    """Return the texts of a file by title."""
    if not file.exists():
        return {}
    _, *parts = _TITLE.split(file.read_text(encoding="utf-8") + "\n")
    return {
        title: text.removesuffix("\n\n")
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    }


def write(file: Path, title: str, text: str) -> None:
    """Write one section and keep the others."""
    with _alone(file):
        sections = sorted((read(file) | {title: text}).items())
        content = "\n".join(f"## {title}\n{text}\n" for title, text in sections)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep the other workers of pytest-xdist away: making a folder succeeds for one of them."""
    lock = Path(tempfile.gettempdir()) / f"relaysim-{'-'.join(file.parts[-3:])}.lock"
    end = time.monotonic() + _LONGEST_WAIT
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            if time.monotonic() > end:
                raise TimeoutError(f"{lock} is left from a killed run: remove it") from None
            time.sleep(0.01)
    try:
        yield
    finally:
        lock.rmdir()
