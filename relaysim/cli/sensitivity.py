"""`relaysim sensitivity`: which assumptions matter."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import UserError, told
from relaysim.cli.finish import results
from relaysim.cli.options import (
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
    opened,
    workers,
)
from relaysim.cli.output import ask_drawable, ask_writable, progress, told_of, typed


def sensitivity(
    scenario: File,
    metric: Annotated[
        str,
        typer.Option(
            metavar="QUANTITY",
            help="What may change: SCOPE.SUBJECT.METRIC, such as class.bulk.on_time, or "
            "total.METRIC.",
        ),
    ],
    other: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="OTHER",
            help="Another design: what changes is then its figure less that of the first, pair by "
            "pair.",
        ),
    ] = None,
    over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=LOW:HIGH",
            help="A number and its ends, instead of all assumptions; may be repeated.",
        ),
    ] = None,
    sobol: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Sobol indices too, of what stands in --over or else of the five largest: "
            "N x (numbers + 2) points. A power of two.",
        ),
    ] = None,
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
    """Find the assumptions that decide a quantity: each at half and at double its value.

    All runs see the same draws, and each change is paired with the scenario as it is. With another
    design it is told what turns the answer.
    """
    from relaysim.measure.quantity import Quantity, QuantityError
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import sensitivity as study
    from relaysim.study.execution.jobs import ClusterError
    from relaysim.study.factors import over as parse

    with told(ValueError):
        quantity = Quantity.parse(metric)
        inputs = [parse(text) for text in over or ()]
    twice = next((path for path, _ in inputs if [p for p, _ in inputs].count(path) > 1), None)
    if twice is not None:
        raise UserError(f"--over {twice} is given twice")
    ask_writable(out)
    ask_drawable(figures, "sensitivity")
    kept = opened(store, no_store)
    with (
        told(ScenarioError, ClusterError, QuantityError, ValueError),
        progress("sensitivity", kept) as shown,
    ):
        found = study.sensitivity(
            scenario,
            quantity,
            dict(inputs) or None,
            other=other,
            settings=settings or (),
            profiles=profiles,
            sobol=sobol,
            replications=replications,
            seed=seed,
            jobs=workers(jobs, cluster),
            store=kept,
            progress=shown,
            command=typed(),
        )
    told_of(kept)
    results(found, json, out, figures)
