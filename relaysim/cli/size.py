"""`relaysim size`: the smallest value that meets targets."""

from typing import Annotated

import typer

from relaysim.cli.command_errors import UserError, told
from relaysim.cli.finish import results
from relaysim.cli.number_options import number
from relaysim.cli.options import (
    MOST_REPLICATIONS,
    Cluster,
    Figures,
    File,
    Jobs,
    Json,
    Kept,
    NoStore,
    Out,
    Profiles,
    Seed,
    Set,
    Targets,
    once,
    opened,
    workers,
)
from relaysim.cli.output import ask_drawable, ask_writable, progress, told_of, typed


def size(
    scenario: File,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="PATH=VALUES",
            help="The values, the weakest first: LOW:HIGH[:STEP], or with commas between them.",
        ),
    ],
    target: Targets = None,
    confidence: Annotated[
        float,
        typer.Option(
            parser=number(float, "--confidence", 0.5, 0.9999),
            metavar="P",
            help="How sure a verdict on a value has to be, from 0.5 to 0.9999.",
        ),
    ] = 0.95,
    replications: Annotated[
        int | None,
        typer.Option(
            parser=number(
                int, "--replications", 5, MOST_REPLICATIONS, "the first look at a value takes 5"
            ),
            metavar="N",
            help="The most replications of a value (80).",
        ),
    ] = None,
    settings: Set = None,
    profiles: Profiles = None,
    seed: Seed = None,
    out: Out = None,
    figures: Figures = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
    json: Json = False,
) -> None:
    """Find the smallest value of a setting that meets all targets.

    By bisection, with as many replications of each value as its verdict takes.
    """
    from relaysim.measure.quantity import QuantityError
    from relaysim.measure.target import Target
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import size as study
    from relaysim.study.execution.jobs import ClusterError
    from relaysim.study.varied_values import Vary

    if not target:
        raise UserError('give a --target, such as "class.bulk.on_time > 99 %"')
    if len(vary) > 1:
        raise UserError("--vary stands there twice: a size varies one path")
    with told(ValueError):
        targets = [Target.parse(text) for text in once(target, "--target")]
        varied = Vary.parse(vary[0])
    ask_writable(out)
    ask_drawable(figures, "size")
    kept = opened(store, no_store)
    with (
        told(ScenarioError, ClusterError, QuantityError, study.SizeError),
        progress("size", kept) as shown,
    ):
        found = study.size(
            scenario,
            varied,
            targets,
            confidence=confidence,
            most=study.MOST if replications is None else replications,
            settings=settings or (),
            profiles=profiles,
            seed=seed,
            jobs=workers(jobs, cluster),
            store=kept,
            progress=shown,
            command=typed(),
        )
    told_of(kept)
    results(found, json, out, figures)
