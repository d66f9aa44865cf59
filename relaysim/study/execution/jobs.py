"""Many independent jobs, here, on all cores or on a cluster: results in the order of the jobs."""

import os
import re
import socket
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any, TypeVar, cast

from joblib import Parallel, cpu_count, delayed, parallel_config

from relaysim.study.execution.freed_memory import return_freed_memory
from relaysim.study.execution.lost_worker import lost_workers_noticed
from relaysim.study.execution.memory import require_room
from relaysim.study.execution.store import Store
from relaysim.study.execution.task import Task, runs_of, source
from relaysim.study.execution.worker import begin, interrupts_blocked, start_tracker

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called after each job with how many runs are done and how many there are."""
Jobs = int | str | None
"""Processes (None: one on each core; 1: this one alone), or the address of a Dask scheduler."""
_ADDRESS = re.compile(r"((tcp|tls)://)?(?P<host>\[[0-9a-fA-F:.]+\]|[^:/\s]+):(?P<port>[0-9]+)")


_SIGNAL = re.compile(r"SIG[A-Z0-9]+")


class ClusterError(Exception):
    """The cluster does not answer, has other versions than this computer, or lost a worker."""


class WorkerError(ClusterError):
    """A worker process, here or in a cluster, ended without a result, or had too little memory."""


def in_order(
    calls: Sequence[Callable[[], T]],
    jobs: Jobs = None,
    progress: Progress | None = None,
    store: Store | None = None,
) -> Generator[T]:
    """Compute independent calls; return their results in order.

    Parameters
    ----------
    calls
        Calls without arguments. A `Task` that the store holds is not computed again; any other is
        kept there as soon as it is computed.
    jobs
        Processes, or the address of a Dask scheduler; no result depends on it.
    progress
        Called after each job with how many runs are done and how many there are.
    store
        Where results of tasks are kept.

    Returns
    -------
    generator
        Each result as soon as it and those before it are there. When it is closed, or interrupted,
        jobs that have not begun are dropped.

    Raises
    ------
    ClusterError
        If a scheduler cannot be used.
    ScenarioError
        If the runs would not fit into the memory of this computer.
    WorkerError
        If a worker is killed or has too little memory; the message says what is kept, and what to
        do.
    ValueError
        For less than one process.
    """
    if isinstance(jobs, int) and jobs < 1:
        raise ValueError(f"{jobs} processes: at least 1 is needed")
    # Found first, so that workers start at once on what is missing.
    held = {i for i, call in enumerate(calls) if store and isinstance(call, Task) and call in store}
    missing = [i for i in range(len(calls)) if i not in held]
    tasks = [call for i in missing if isinstance(call := calls[i], Task)]
    if not isinstance(jobs, str):
        every = [scenario for task in tasks for scenario in task.scenarios]
        coupled = any(task.coupled for task in tasks)
        require_room(every, min(jobs or cpu_count(), len(tasks)), coupled)
    # Results come in any order and are yielded in the order of the calls.
    runs = [runs_of(call) for call in calls]
    total, done, results_ahead = sum(runs), sum(runs[i] for i in held), dict[int, T]()
    unkept_before = store.unkept if store else 0
    try:
        with closing(_computed([calls[i] for i in missing], jobs)) as results:
            for i, call in enumerate(calls):
                if i in held and store and isinstance(call, Task):
                    # The store may have been emptied since the entry was found.
                    kept_result = store.get(call)
                    results_ahead[i] = call() if kept_result is None else kept_result
                    if progress is not None:
                        progress(done, total)
                while i not in results_ahead:
                    place, result = next(results)
                    number = missing[place]
                    results_ahead[number], call_done = result, calls[number]
                    if store and isinstance(call_done, Task):
                        store.put(call_done, result)
                    done += runs[number]
                    if progress is not None:
                        progress(done, total)
                yield results_ahead.pop(i)
    except (BrokenExecutor, MemoryError) as error:
        kept = 0 if store is None else done - (store.unkept - unkept_before)
        where = f"{kept} in {store.directory}" if store and kept else "none"
        raise WorkerError(_ended(error, f"{done} of {total}", where)) from error


def _ended(error: Exception, done: str, kept: str) -> str:
    """Return what ended a study, how many of its runs are kept, and what to do."""
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
    """Return the results as they come, each with the number of its call."""
    workers = min(jobs or cpu_count(), len(calls)) if not isinstance(jobs, str) else 0
    # One worker is this process: no other one has to start.
    if workers == 1 or not calls:
        for i, call in enumerate(calls):
            yield _numbered(i, call)
        return
    with _cluster(jobs) if isinstance(jobs, str) else _processes(workers), ExitStack() as stack:
        parallel = Parallel(return_as="generator_unordered")
        with interrupts_blocked():
            results = parallel(delayed(_numbered)(i, call) for i, call in enumerate(calls))
            stack.callback(_close, results)
        # Not `yield from`, which would close it by itself.
        for result in results:  # noqa: UP028
            yield result


def _close(results: Generator[Any]) -> None:
    """Drop the calls that have not begun, without a warning about unfinished ones."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*still being processed", UserWarning)
        results.close()


@contextmanager
def _processes(workers: int) -> Iterator[None]:
    """A context in which joblib uses processes here, which end with this one."""
    start_tracker()
    processes: Any = parallel_config(
        "loky", n_jobs=workers, initializer=begin, initargs=(os.getpid(),)
    )
    with processes, lost_workers_noticed():
        yield


def _numbered(number: int, call: Callable[[], T]) -> tuple[int, T]:
    """Return the number and the result of a call.

    joblib takes memory that a worker keeps for a leak, from 300 MB on, and starts another worker.
    """
    result = call()
    return_freed_memory()
    return number, result


def _require_answer(address: str) -> None:
    """Raise ClusterError unless a scheduler answers.

    Dask would retry for a while and log a traceback.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise ClusterError(f'"{address}" is no scheduler: write tcp://HOST:PORT')
    try:
        socket.create_connection((match["host"].strip("[]"), int(match["port"])), 10).close()
    except (OSError, OverflowError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """A context in which joblib uses the workers of a Dask scheduler."""
    try:
        from dask.distributed import Client, KilledWorker
    except ImportError as error:
        raise ClusterError('a cluster takes Dask: install "relaysim[cluster]"') from error
    _require_answer(address)
    try:
        client: Any = cast("Any", Client)(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        others = [
            worker
            for worker, worker_source in client.run(source).items()
            if worker_source != source()
        ]
        if others:
            raise ClusterError(
                f"{', '.join(others)}: other versions of relaysim or its libraries than here"
            )
        with parallel_config("dask", client=client, n_jobs=-1):
            try:
                yield
            except KilledWorker as error:
                raise BrokenExecutor(str(error)) from error
