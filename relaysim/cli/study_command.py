"""What the commands of all studies have in common: their options, and the course of a study.

A command names its own arguments and options, and one parameter `study`. `study_command` adds the
common options to the command line, and hands their values over as a `Study`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.finish import Step, results
from relaysim.cli.options import (
    Cluster,
    EngineName,
    Figures,
    Jobs,
    Json,
    Kept,
    NoStore,
    Out,
    Profiles,
    Replications,
    Seed,
    Set,
    opened,
    read,
    use_engine,
    workers,
)
from relaysim.cli.output import note_store_use, progress, require_drawable, require_writable, typed

if TYPE_CHECKING:
    from relaysim.scenario.model import Scenario
    from relaysim.study.design_files import DesignFiles
    from relaysim.study.execution.execution import Execution
    from relaysim.study.sampling import Sampling

R = TypeVar("R")


@dataclass(frozen=True)
class Study:
    """The common options of a study, as they were given, and its name: that of the command."""

    name: str
    settings: Set = None
    profiles: Profiles = None
    replications: Replications = None
    seed: Seed = None
    out: Out = None
    figures: Figures = None
    jobs: Jobs = None
    cluster: Cluster = None
    store: Kept = None
    no_store: NoStore = False
    engine: EngineName = None
    json: Json = False

    @property
    def sampling(self) -> "Sampling":
        """Return the replications that are asked for."""
        from relaysim.study.sampling import Sampling

        return Sampling(self.replications, self.seed)

    def read(self, file: Path) -> "Scenario":
        """Return the scenario of a file, with a note about the messages that a run leaves out."""
        return read(file, self.settings, self.profiles)

    def files(self, *paths: Path) -> "DesignFiles":
        """Return scenario files with the settings and profiles of this study."""
        from relaysim.study.design_files import DesignFiles

        return DesignFiles.of(paths, self.settings or (), self.profiles)

    def compute(
        self,
        work: "Callable[[Execution], R]",
        *errors: type[Exception],
        label: str | None = None,
    ) -> R:
        """Compute a result, with a progress bar, after the places of its output were checked.

        Parameters
        ----------
        work
            The study.
        errors
            Errors that the user can correct, beside those of scenario files and clusters.
        label
            What the progress bar says, by default the name of the command; "" for no bar.
        """
        from relaysim.engine.fast.binding import LibraryError
        from relaysim.scenario.problem import ScenarioError
        from relaysim.study.execution.execution import Execution
        from relaysim.study.execution.jobs import ClusterError

        require_writable(self.out)
        require_drawable(self.figures, self.name)
        use_engine(self.engine)
        store = opened(self.store, self.no_store)
        execution = Execution(workers(self.jobs, self.cluster), store, command=typed())
        # The library of the engine may be removed while workers start.
        with as_user_error(ScenarioError, ClusterError, LibraryError, *errors):
            if label == "":
                result = work(execution)
            else:
                with progress(label or self.name, store) as shown:
                    result = work(execution.with_progress(shown))
        note_store_use(store)
        return result

    def hand_over(
        self, result: Any, *more: Step, full: bool = False, explain: bool = False
    ) -> None:
        """Print, write and draw a result; see `finish.results`."""
        results(result, self.json, self.out, self.figures, *more, full=full, explain=explain)


def study_command(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that gives a command the common options of studies.

    Parameters
    ----------
    *without
        The names of common options that the command has not. An option that the command declares
        itself replaces the common one of the same name, and its value is in `Study` too.

    Returns
    -------
    callable
        A decorator of functions with a parameter `study`. The result has a signature from which
        Typer makes the command line.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command)
        options = [parameter for name, parameter in signature.parameters.items() if name != "study"]
        own_names = {parameter.name for parameter in options}
        kinds = {field.name: field.type for field in fields(Study) if field.name != "name"}
        defaults = {field.name: field.default for field in fields(Study)}
        common = [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=defaults[name],
                annotation=kind,
            )
            for name, kind in kinds.items()
            if name not in own_names and name not in without
        ]

        @wraps(command)
        def decorated(**values: Any) -> None:
            given = {name: values[name] for name in kinds if name in values}
            study = Study(command.__name__, **given)
            command(study=study, **{name: values[name] for name in own_names})

        parameters = [*options, *common]
        decorated.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        decorated.__annotations__ = {
            parameter.name: parameter.annotation for parameter in parameters
        }
        return decorated

    return decorate
