"""Many independent jobs, here, on all cores or on a cluster: results in the order of the jobs."""

import os
import re
import socket
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing, contextmanager
from typing import Any, TypeVar, cast

from joblib import Parallel, cpu_count, delayed, parallel_config

from relaysim.study.execution.store import Store
from relaysim.study.execution.task import Task, source
from relaysim.study.execution.worker import begin, start_tracker

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called after each job with how many are done and how many there are."""
Jobs = int | str | None
"""Processes (None: one on each core; 1: this one alone), or the address of a Dask scheduler."""
_ADDRESS = re.compile(r"((tcp|tls)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^:/\s]+):(?P<port>[0-9]+)")


_SIGNAL = re.compile(r"SIG[A-Z0-9]+")


class ClusterError(Exception):
    """The cluster is not there, would compute something else, or lost a worker."""


class WorkerError(ClusterError):
    """A worker process, here or in a cluster, ended without a result, or had too little memory."""


def in_order(
    calls: Sequence[Callable[[], T]],
    jobs: Jobs = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Generator[T]:
    """The result of each call, in order, as soon as it and those before it are there.

    Results do not depend on `jobs`. A task that the `store` holds is not computed again; any other
    is in it as soon as it is done. When the iterator is closed, or interrupted, what has not begun
    is dropped. ClusterError if a scheduler cannot be used, WorkerError (what is kept, and what to
    do) if a worker is killed or has too little memory, ValueError for less than one process.
    """
    if isinstance(jobs, int) and jobs < 1:
        raise ValueError(f"{jobs} processes: at least 1 is needed")
    held = {i for i, call in enumerate(calls) if store and isinstance(call, Task) and call in store}
    missing = [i for i in range(len(calls)) if i not in held]
    done, early = len(held), dict[int, T]()
    unkept = store.unkept if store else 0
    try:
        with closing(_computed([calls[i] for i in missing], jobs)) as results:
            for i, call in enumerate(calls):
                if i in held and store and isinstance(call, Task):
                    # Between two looks somebody may have emptied the store.
                    found = store.get(call)
                    early[i] = call() if found is None else found
                    if progress is not None:
                        progress(done, len(calls))
                while i not in early:
                    which, result = next(results)
                    number = missing[which]
                    early[number], of = result, calls[number]
                    if store and isinstance(of, Task):
                        store.put(of, result)
                    done += 1
                    if progress is not None:
                        progress(done, len(calls))
                yield early.pop(i)
    except (BrokenExecutor, MemoryError) as error:
        kept = 0 if store is None else done - (store.unkept - unkept)
        where = f"{kept} in {store.directory}" if store and kept else "none"
        raise WorkerError(_ended(error, f"{done} of {len(calls)}", where)) from error


def _ended(error: Exception, done: str, kept: str) -> str:
    """Say what ended a study, what is kept of it, and what to do."""
    if isinstance(error, MemoryError):
        why = "a run had too little memory"
    else:
        signal = _SIGNAL.search(str(error))
        how = f" by {signal[0]}" if signal else ""
        why = f"a worker process was killed{how}, most often because memory ran out"
    return (
        f"{why}\nfinished runs: {done}, kept: {kept}\n"
        "run fewer processes at a time (--jobs 1) or a smaller run.scale; "
        "the same command uses what is kept"
    )


def _computed(calls: Sequence[Callable[[], T]], jobs: Jobs) -> Generator[tuple[int, T]]:
    """The results as they come, each with the number of its call."""
    workers = min(jobs or cpu_count(), len(calls)) if not isinstance(jobs, str) else 0
    if workers == 1 or not calls:
        for i, call in enumerate(calls):
            yield i, call()
        return
    with _cluster(jobs) if isinstance(jobs, str) else _processes(workers):
        parallel = Parallel(return_as="generator_unordered")
        found = parallel(delayed(_numbered)(i, call) for i, call in enumerate(calls))
        try:
            # Not `yield from`, which would close it by itself.
            for each in found:  # noqa: UP028
                yield each
        finally:
            # A reader who has enough wants no word on what was under way.
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", ".*still being processed", UserWarning)
                found.close()


def _processes(workers: int) -> Any:
    """What joblib runs meanwhile goes to processes here, which end with this one."""
    start_tracker()
    return parallel_config("loky", n_jobs=workers, initializer=begin, initargs=(os.getpid(),))


def _numbered(number: int, call: Callable[[], T]) -> tuple[int, T]:
    return number, call()


def _ask_answering(address: str) -> None:
    """Knock before Dask does, which would go on for a while and leave a traceback in the log."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ClusterError(f'"{address}" is no scheduler: write tcp://HOST:PORT')
    try:
        socket.create_connection((found["host"].strip("[]"), int(found["port"])), 10).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """What joblib runs meanwhile goes to the workers of a Dask scheduler."""
    try:
        from dask.distributed import Client, KilledWorker
    except ImportError as error:
        raise ClusterError('a cluster takes Dask: install "relaysim[cluster]"') from error
    _ask_answering(address)
    try:
        client: Any = cast("Any", Client)(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        others = [worker for worker, theirs in client.run(source).items() if theirs != source()]
        if others:
            raise ClusterError(
                f"{', '.join(others)}: other versions of relaysim or its libraries than here"
            )
        with parallel_config("dask", client=client, n_jobs=-1):
            try:
                yield
            except KilledWorker as error:
                raise BrokenExecutor(str(error)) from error
