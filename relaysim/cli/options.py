"""Arguments and options that several commands have, and how a scenario file is read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relaysim.cli.errors import told

if TYPE_CHECKING:
    from relaysim.scenario.model import Scenario

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value of the scenario, such as hubs.HUB01.cores=8. May be repeated.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Replications = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Replications, instead of the scenario's.")
]
Seed = Annotated[
    int | None, typer.Option(min=0, metavar="N", help="Seed, instead of the scenario's.")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes; by default one on each core.")
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write the tables and their provenance into this directory."),
]
Invariants = Annotated[
    bool, typer.Option("--check-invariants", help="Check every run against the invariants.")
]


def read(file: Path, settings: list[str] | None) -> "Scenario":
    """The scenario of a file under the settings of `--set`."""
    from relaysim.scenario.load import load
    from relaysim.scenario.problem import ScenarioError

    with told(ScenarioError):
        return load(file, settings or ())
