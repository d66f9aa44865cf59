"""Worker: the preparation of each process that runs replications."""

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker as standard_tracker

from joblib.externals.loky.backend import resource_tracker

from relaysim.study.execution.freed_memory import keep_freed_memory

_PAUSE = 1.0
"""Seconds between two looks at the parent."""


def begin(parent: int) -> None:
    """Prepare a worker process.

    Ctrl-C in a terminal reaches every process of the command. The parent answers it, and ends its
    workers. A parent that is killed can end nothing: the worker sees that it has another parent,
    and exits.

    Parameters
    ----------
    parent
        Process id of the parent.

    Notes
    -----
    Linux could send a signal when the parent dies (`PR_SET_PDEATHSIG`), but sends it when the
    *thread* that started the worker ends, and workers are used again by other threads. Windows
    keeps the id of a dead parent: there an idle worker ends by joblib's timeout of 300 s.
    """
    # As in the command itself: a worker still has most libraries to import.
    gc.set_threshold(50_000)
    keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """Exit as soon as the process has another parent."""
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os._exit(1)


def start_tracker() -> None:
    """Start the process that removes what workers share: SIGHUP does not end it, and it is silent.

    Notes
    -----
    A terminal that closes sends SIGHUP to every process of the command. A command that handles it
    still needs this process, which else ends first: joblib then prints a traceback for each
    semaphore. The process ignores what its parent ignores when it is started.

    A command that is interrupted may end between the removal of a semaphore and the word to this
    process that it is gone. The warning about that would be the last line that a user reads.
    """
    with _ignored_hangup(), _without_warnings():
        resource_tracker.ensure_running()


@contextmanager
def _ignored_hangup() -> Iterator[None]:
    """A context in which this process, and what it starts, ignores SIGHUP if it handles it."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(hangup)
    if not callable(before):
        yield
        return
    signal.signal(hangup, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(hangup, before)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """A context in which a Python that is started prints no warnings."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = before


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Block SIGINT while workers start: they inherit that, and this process handles it later.

    Notes
    -----
    A new worker imports joblib and NumPy before it calls `begin`: an interrupt meanwhile would
    print a traceback. The thread that replaces workers inherits the blocked SIGINT too. Other
    threads of this process may still receive the signal, so its handler is held back as well.
    Windows blocks no signals.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python before 3.13 unblocks SIGINT when it starts its own tracker.
    standard_tracker.ensure_running()
    resource_tracker.ensure_running()
    handler, pending = signal.getsignal(signal.SIGINT), list[int]()
    held_back = callable(handler) and threading.current_thread() is threading.main_thread()
    if held_back:
        signal.signal(signal.SIGINT, lambda number, _: pending.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if held_back:
            signal.signal(signal.SIGINT, handler)
        if pending:
            signal.raise_signal(signal.SIGINT)
