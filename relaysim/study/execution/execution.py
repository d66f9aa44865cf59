"""Execution: the options by which the runs of a study are computed, and its provenance."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypedDict, TypeVar

from relaysim.scenario.model import Scenario
from relaysim.study.execution.jobs import Jobs, Progress, in_order
from relaysim.study.execution.provenance import Provenance, now
from relaysim.study.execution.store import Store

T = TypeVar("T")


class ExecutionOptions(TypedDict, total=False):
    """The keyword arguments of a study for its execution; see `Execution`."""

    jobs: Jobs
    store: Store | None
    progress: Progress | None
    command: str


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
    """

    jobs: Jobs = None
    store: Store | None = None
    progress: Progress | None = None
    command: str = ""
    started: datetime = field(default_factory=now)

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
        return in_order(tasks, self.jobs, self.progress, self.store)

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
        return Provenance.of(scenarios, seed, replications, self.command, self.started)
