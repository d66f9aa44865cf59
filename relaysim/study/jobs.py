"""Many independent jobs: on all cores or in this process, with results in the order of the jobs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

from joblib import Parallel, cpu_count, delayed

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called after each job with how many are done and how many there are."""


def in_order(
    calls: Sequence[Callable[[], T]], jobs: int | None = None, progress: Progress | None = None
) -> Iterator[T]:
    """The result of each call, in order, as soon as it and those before it are there.

    `jobs` is the number of processes: None for one on each core, 1 for none but this one. Results
    do not depend on it. When the iterator is closed, or interrupted, what has not begun is dropped.
    """
    workers = min(jobs or cpu_count(), len(calls))
    if workers > 1:
        results = Parallel(n_jobs=workers, return_as="generator")(delayed(call)() for call in calls)
    else:
        results = (call() for call in calls)
    with closing(results):
        for done, result in enumerate(results, 1):
            if progress is not None:
                progress(done, len(calls))
            yield result
