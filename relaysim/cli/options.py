"""Arguments and options that several commands have, and how they read a scenario file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.number_options import number
from relaysim.cli.output import note

if TYPE_CHECKING:
    from relaysim.scenario.model import Scenario
    from relaysim.study.execution.store import Store

MOST_REPLICATIONS = 100_000
"""The most that a scenario may ask for, too (`run.replications`)."""

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value of the scenario, such as hubs.HUB01.cores=8. May be repeated.",
    ),
]
Profiles = Annotated[
    Path | None,
    typer.Option(
        "--profiles",
        metavar="DIR",
        help="A folder with profiles of your own, in mta, host, destination, blocklist and relay; "
        "by default profiles beside the scenario.",
    ),
]
Full = Annotated[
    bool, typer.Option("--full", help="Print all tables, not only the answer and its numbers.")
]
Explain = Annotated[
    bool,
    typer.Option("--explain", help="Print how to read the tables, and the assumptions."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Replications = Annotated[
    int | None,
    typer.Option(
        parser=number(int, "--replications", 1, MOST_REPLICATIONS),
        metavar="N",
        help="Replications, instead of the scenario's.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        parser=number(int, "--seed", 0, 2**63 - 1),
        metavar="N",
        help="Seed, instead of the scenario's.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        parser=number(int, "--jobs", 1),
        metavar="N",
        help="Processes; by default one on each core.",
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Run on a Dask cluster: its scheduler, such as tcp://10.0.0.1:8786."
    ),
]
Kept = Annotated[
    Path | None,
    typer.Option(
        "--store",
        envvar="RELAYSIM_STORE",
        metavar="DIR",
        help="Where finished replications are kept, for this study and others; "
        "by default in your cache.",
    ),
]
NoStore = Annotated[
    bool, typer.Option("--no-store", help="Neither use nor keep finished replications.")
]
Chosen = Annotated[
    list[str] | None,
    typer.Option(
        metavar="QUANTITY",
        help="What is shown: SCOPE.SUBJECT.METRIC, such as class.bulk.on_time, or total.METRIC; "
        "may be repeated.",
    ),
]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TARGET",
        help='A bound for a quantity, such as "class.bulk.on_time > 99 %"; may be repeated.',
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write the tables and their provenance into this directory."),
]
Figures = Annotated[
    Path | None,
    typer.Option(
        "--figures", metavar="DIR", help="Draw figures into this directory, as PNG and SVG."
    ),
]
Replication = Annotated[
    int,
    typer.Option(
        parser=number(int, "--replication", 0, MOST_REPLICATIONS),
        metavar="I",
        help="The replication, from 0.",
    ),
]
Invariants = Annotated[
    bool, typer.Option("--check-invariants", help="Check every run against the invariants.")
]


EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="What simulates: fast (compiled), reference (on SimPy, the same result), or auto: "
        "fast if it is here.",
    ),
]


def use_engine(name: str | None) -> None:
    """Simulate with the engine of a name from here on; note why a fast one cannot be had."""
    from relaysim.engine.choice import AUTO, Engine, chosen, fallback, use, why_not_fast
    from relaysim.engine.fast.binding import LibraryError
    from relaysim.scenario.problem import nearest

    known = [AUTO, *Engine]
    if name is not None and name not in known:
        near = nearest(name, known)
        also = f'; did you mean "{near}"?' if near else ""
        raise UserError(f"--engine {name}: there are {', '.join(known)}{also}")
    reason = "" if name in (Engine.FAST, Engine.REFERENCE) else why_not_fast()
    if reason:
        note(fallback(reason))
    with as_user_error(LibraryError):
        use(Engine.REFERENCE if reason else chosen(name or AUTO))


def require_both_engines() -> None:
    """Refuse to compare the engines where the compiled one cannot run. Raises UserError."""
    from relaysim.engine.choice import why_not_fast

    reason = why_not_fast()
    if reason:
        raise UserError(f"--check-engine needs both engines, and {reason}")


def once(given: list[str] | None, option: str) -> list[str]:
    """Return the values of an option that may be repeated.

    Raises UserError if one is given twice.
    """
    texts = given or []
    for text in texts:
        if texts.count(text) > 1:
            raise UserError(f"{option} {text} is given twice")
    return texts


def workers(jobs: int | None, cluster: str | None) -> int | str | None:
    """Return where replications run: processes here, or the address of a cluster."""
    if cluster is not None and jobs is not None:
        raise UserError("--jobs is for processes here: leave it out with --cluster")
    return jobs if cluster is None else cluster


def opened(directory: Path | None, none: bool) -> "Store | None":
    """Return the store of finished replications, if one is wanted and can be used.

    A directory that cannot be a store is an error of the user. One that cannot be used costs time,
    and never a result: the study goes on without it.
    """
    from relaysim.study.execution.store import Store

    if none:
        return None
    try:
        store = Store(directory)
    except OSError as error:
        if directory is not None:
            raise UserError(f"--store {directory}: {error.strerror}") from error
        note(f"no finished run is kept: {error.filename}: {error.strerror}")
        return None
    if store.closed:
        note(f"no finished run is kept: {store.closed}")
        return None
    return store


def read(
    file: Path, settings: list[str] | None, profiles: Path | None, to_run: bool = True
) -> "Scenario":
    """Return the scenario of a file under the settings of `--set`, with the profiles of a folder.

    A note names the messages that a run of it leaves out, unless it is not read `to_run`.
    """
    from relaysim.audit.unfinished_mail import cuts
    from relaysim.scenario.load import load
    from relaysim.scenario.problem import ScenarioError
    from relaysim.units import format_duration

    with as_user_error(ScenarioError):
        design = load(file, settings or (), profiles)
    for cut in cuts(design) if to_run else ():
        note(f"{design.name}: {cut}, and run.duration is {format_duration(design.run.duration)}")
    return design
