"""Execution: the options by which the runs of a study are computed, and its provenance."""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Self, TypedDict, TypeVar

from relaysim.engine.choice import Engine, chosen, current
from relaysim.scenario.model import Scenario
from relaysim.study.execution.jobs import Jobs, Progress, in_order
from relaysim.study.execution.provenance import Provenance, now
from relaysim.study.execution.store import Store
from relaysim.study.execution.task import Task, runs_of

T = TypeVar("T")


class ExecutionOptions(TypedDict, total=False):
    """The keyword arguments of a study for its execution; see `Execution`."""

    jobs: Jobs
    store: Store | None
    progress: Progress | None
    command: str
    engine: str


@dataclass(frozen=True)
class Execution:
    """The execution of the runs of a study; no result depends on it.

    Parameters
    ----------
    jobs
        The number of processes (None: one on each core; 1: this one alone), or the address of a
        Dask scheduler, such as "tcp://10.0.0.1:8786".
    store
        Where finished replications are kept, so that none is computed twice.
    progress
        Called after each run with the number of finished runs and the number of all.
    command
        The command with the same result, for the provenance.
    started
        When the study began (UTC), for the provenance.
    engine
        "fast", "reference", or "auto": the compiled engine if it is here, else the reference
        engine. By default the engine in use (`relaysim.engine.choice`).
    runs
        By engine the results so far, for the provenance.
    """

    jobs: Jobs = None
    store: Store | None = None
    progress: Progress | None = None
    command: str = ""
    started: datetime = field(default_factory=now)
    engine: str = ""
    runs: Counter[str] = field(default_factory=Counter, compare=False)

    @cached_property
    def engine_in_use(self) -> Engine:
        """Return the engine that computes the runs. LibraryError if it cannot run here."""
        return chosen(self.engine) if self.engine else current()

    def results(self, tasks: Sequence[Callable[[], T]]) -> Generator[T]:
        """Compute tasks; return their results in order.

        Parameters
        ----------
        tasks
            Tasks that do not depend on each other.

        Returns
        -------
        generator
            Each result as soon as it and those before it are there; see `jobs.in_order`.
        """
        engine = self.engine_in_use
        chosen_tasks = [
            task.with_engine(engine) if isinstance(task, Task) else task for task in tasks
        ]
        results = in_order(chosen_tasks, self.jobs, self.progress, self.store)
        with closing(results):
            for task, result in zip(chosen_tasks, results, strict=True):
                self.runs[engine] += runs_of(task)
                yield result

    def with_progress(self, progress: Progress | None) -> Self:
        """Return the same with another listener to its progress; None for none."""
        return replace(self, progress=progress)

    def provenance(self, scenarios: Sequence[Scenario], replications: int, seed: int) -> Provenance:
        """Return the provenance of a study that ends now.

        Parameters
        ----------
        scenarios
            The designs of the study.
        replications, seed
            Its draws.
        """
        # A study that keeps no results of its runs has made them here, one a replication.
        runs = dict(self.runs) or {self.engine_in_use: replications}
        return Provenance.of(scenarios, seed, replications, self.command, self.started, runs)
