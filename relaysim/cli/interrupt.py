"""Ctrl-C before a study begins: the process ends at once, with one line and no traceback."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130
"""The exit code of a command that was interrupted."""


def _end(*_: object) -> None:
    os.write(2, b"relaysim: interrupted\n")
    os._exit(INTERRUPTED)


def _handle(handler: Any) -> Any:
    """Handle SIGINT from now on; return the handler of before, None where none can be set."""
    try:
        return signal.signal(signal.SIGINT, handler)
    except ValueError:  # not the main thread
        return None


def end_at_once() -> None:
    """End the process at Ctrl-C: nothing has begun, and nothing is lost.

    A KeyboardInterrupt would come in the midst of imports, which answer it with tracebacks.
    """
    _handle(_end)


def raise_again() -> None:
    """Raise KeyboardInterrupt at Ctrl-C again, if `end_at_once` was called: a study begins."""
    if signal.getsignal(signal.SIGINT) is _end:
        _handle(signal.default_int_handler)


@contextmanager
def ended_at_once() -> Iterator[None]:
    """End the process at Ctrl-C within; afterwards all is as before."""
    before = _handle(_end)
    try:
        yield
    finally:
        if before is not None:
            _handle(before)
