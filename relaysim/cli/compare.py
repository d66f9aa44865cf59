"""`relaysim compare`: what another design changes."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import told
from relaysim.cli.finish import results
from relaysim.cli.options import (
    Cluster,
    Figures,
    Invariants,
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
    workers,
)
from relaysim.cli.output import ask_drawable, ask_intact, ask_writable, progress, told_of, typed


def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The design to compare with.")],
    others: Annotated[list[Path], typer.Argument(metavar="OTHER", help="Other designs.")],
    settings: Set = None,
    profiles: Profiles = None,
    replications: Replications = None,
    seed: Seed = None,
    out: Out = None,
    figures: Figures = None,
    smallest: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=VALUE",
            help="The smallest difference that matters, such as latency_p95='30 s' or "
            "on_time='1 %'. May be repeated.",
        ),
    ] = None,
    no_blast: Annotated[
        bool,
        typer.Option(
            "--no-blast", help="Leave out the blast radius of culprits: it takes two more runs."
        ),
    ] = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
    check_invariants: Invariants = False,
    json: Json = False,
) -> None:
    """Compare designs on the very same mail, recipient by recipient.

    Every difference comes with its confidence interval and a verdict; the verdicts on one metric of
    one subject hold together with 95 % confidence, however many designs there are. --set changes
    all designs.
    """
    from relaysim.cli.margin import parse
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import compare as study
    from relaysim.study.execution.jobs import ClusterError

    designs = [read(file, settings, profiles) for file in (base, *others)]
    with told(ValueError):
        matters = dict(parse(text) for text in smallest or ())
        study.ask_sense(designs, matters)
    ask_writable(out)
    kept = opened(store, no_store)
    ask_drawable(figures, "compare")

    names = ", ".join(design.name for design in designs)
    with told(ScenarioError, ClusterError), progress(names, kept) as shown:
        found = study.compare(
            *designs,
            replications=replications,
            seed=seed,
            progress=shown,
            jobs=workers(jobs, cluster),
            store=kept,
            check_invariants=check_invariants,
            blast=not no_blast,
            matters=matters,
            command=typed(),
        )
    told_of(kept)
    broken = [(f"{name}, replication {i}", violation) for name, i, violation in found.violations]
    results(found, json, out, figures, ("the invariants", lambda: ask_intact(broken)))
