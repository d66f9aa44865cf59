"""Lost worker: one that is killed while it sends its result ends the study, which would wait."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

from joblib.externals.loky import reusable_executor

_PAUSE = 1.0
"""Seconds between two looks at the workers."""
_PATIENCE = 10
"""Looks until a worker that has ended counts as lost: joblib itself notices most at once."""


@contextmanager
def lost_workers_noticed() -> Iterator[None]:
    """Let joblib notice a worker that ended in the middle of a result.

    Notes
    -----
    joblib waits for results and for ends of workers, but once a result has begun it reads all of
    it. If the worker is killed before it has written the rest, nothing more comes: joblib holds
    the other end of the pipe open itself.
    """
    over = threading.Event()
    threading.Thread(target=_watch, args=(over,), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(over: threading.Event) -> None:
    """Look at the workers until it is over, and end the result of a lost one."""
    looks = Counter[object]()
    while not over.wait(_PAUSE):
        looks = Counter({place: looks[place] + 1 for place in _ended()})
        if max(looks.values(), default=0) >= _PATIENCE:
            _end_result()
            return


def _ended() -> list[object]:
    """Return the sentinels of workers that have ended and that joblib still counts on."""
    executor: Any = reusable_executor._executor
    workers = [] if executor is None else list(executor._processes.values())
    return list(wait([worker.sentinel for worker in workers], 0)) if workers else []


def _end_result() -> None:
    """Let joblib come to the end of the result that it reads."""
    executor: Any = reusable_executor._executor
    # The others may still write, or wait for their turn to do it.
    for worker in list(executor._processes.values()):
        worker.terminate()
    executor._result_queue._writer.close()
