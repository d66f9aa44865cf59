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
    """Handle SIGINT from now on; return the handler of before, None where none can be set.

    A command that a shell starts in the background ignores SIGINT, and goes on to do so.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return None
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


def _interrupt(*_: object) -> None:
    """Do what Ctrl-C does now."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(signal.SIGINT, None)
    raise KeyboardInterrupt


def handle_as_interrupts() -> None:
    """Handle SIGTERM, and the SIGHUP of a closed terminal, as Ctrl-C.

    A signal that is ignored stays ignored: nohup ignores SIGHUP. Windows has no SIGHUP.
    """
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
