"""Ctrl-C in the middle of a run in C++."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def deferred(stop: Callable[[], None]) -> Iterator[None]:
    """Let a signal end the run, and handle it after the run.

    A handler raises an exception wherever Python is. Inside a call from C++ nobody would get it.
    So `stop` is called in its place, and the handler at the end of the block.

    Parameters
    ----------
    stop : callable
        Ends the run after the current event.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are for the main thread
        return
    arrived: list[tuple[int, FrameType | None]] = []

    def note(number: int, frame: FrameType | None) -> None:
        arrived.append((number, frame))
        stop()

    before: dict[int, Any] = {}
    for number in _ENDING:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number] = handler
            signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number, frame in arrived:
            before[number](number, frame)
    if arrived:
        # The handler raised nothing, but the run is cut short.
        raise KeyboardInterrupt
