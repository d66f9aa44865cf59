"""`relaysim sweep`: how designs behave as values change."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import told
from relaysim.cli.finish import results
from relaysim.cli.options import (
    Chosen,
    Cluster,
    Figures,
    File,
    Jobs,
    Json,
    Kept,
    NoStore,
    Out,
    Profiles,
    Replications,
    Seed,
    Set,
    Targets,
    once,
    opened,
    workers,
)
from relaysim.cli.output import ask_drawable, ask_writable, progress, told_of, typed


def sweep(
    scenario: File,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="PATH=VALUES",
            help="What changes: values between commas, or LOW:HIGH[:STEP] for whole numbers. "
            "Several make a grid.",
        ),
    ],
    others: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="OTHER", help="Another design, paired with the first."),
    ] = None,
    metric: Chosen = None,
    target: Targets = None,
    settings: Set = None,
    profiles: Profiles = None,
    replications: Replications = None,
    seed: Seed = None,
    out: Out = None,
    figures: Figures = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
    json: Json = False,
) -> None:
    """Run designs at each point of a grid, all on the same draws.

    A target such as "class.bulk.on_time > 99 %" shows how far it holds, where one number varies.
    """
    from relaysim.measure.quantity import Quantity, QuantityError
    from relaysim.measure.target import Target
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import sweep as study
    from relaysim.study.execution.jobs import ClusterError
    from relaysim.study.varied_values import Vary, grid

    with told(ValueError):
        targets = [Target.parse(text) for text in once(target, "--target")]
        chosen = [Quantity.parse(text) for text in once(metric, "--metric")]
        varied = [Vary.parse(text) for text in vary]
        grid(varied)
    ask_writable(out)
    ask_drawable(figures, "sweep")
    kept = opened(store, no_store)
    with (
        told(ScenarioError, ClusterError, QuantityError, study.SweepError),
        progress("sweep", kept) as shown,
    ):
        found = study.sweep(
            scenario,
            varied,
            *(others or ()),
            quantities=chosen,
            targets=targets,
            settings=settings or (),
            profiles=profiles,
            replications=replications,
            seed=seed,
            jobs=workers(jobs, cluster),
            store=kept,
            progress=shown,
            command=typed(),
        )
    told_of(kept)
    results(found, json, out, figures)
