"""`relaysim run`: simulate one design."""

from typing import TYPE_CHECKING, Annotated

import typer

from relaysim.cli.command_errors import told
from relaysim.cli.finish import results
from relaysim.cli.options import (
    Cluster,
    Figures,
    File,
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
from relaysim.cli.output import (
    ask_drawable,
    ask_intact,
    ask_writable,
    note,
    progress,
    told_of,
    typed,
)

if TYPE_CHECKING:
    from relaysim.study.precision import Precision


def run(
    scenario: File,
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
    check_invariants: Invariants = False,
    precision: Annotated[
        str | None,
        typer.Option(
            metavar="WIDTH",
            help="Go on until half the 95 % interval of each quantity is at most this share of its "
            "mean, such as 0.05, or until there are as many as --replications says (100).",
        ),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUANTITY[=WIDTH]",
            help="What has to be precise, such as class.bulk.on_time or total.latency_p95='2 s', "
            "where the width is an absolute one. May be repeated.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Simulate a design and say what became of its mail.

    Shown are counts, delays and losses by class, where the time goes, and the busiest resources,
    as means over the replications with 95 % confidence intervals.
    """
    design = read(scenario, settings, profiles)
    ask_writable(out)
    ask_drawable(figures, "run")
    with told(ValueError):
        wanted = _precision(precision, metric or [], replications)
        if wanted is not None:
            wanted.ask_known(design)
    kept = opened(store, no_store)

    from relaysim.measure.quantity import QuantityError
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import replicate
    from relaysim.study.execution.jobs import ClusterError
    from relaysim.study.warm_up import settle

    with told(ScenarioError, ClusterError, QuantityError), progress(design.name, kept) as shown:
        runs_on = workers(jobs, cluster)
        design = settle(design, replications, seed, jobs=runs_on, store=kept, tell=note)
        result = replicate.run(
            design,
            replications,
            seed,
            progress=shown,
            jobs=runs_on,
            store=kept,
            frames=out is not None,
            check_invariants=check_invariants,
            precision=wanted,
            command=typed(),
        )
    told_of(kept)
    broken = [(f"replication {i}", violation) for i, violation in result.violations]
    results(result, json, out, figures, ("the invariants", lambda: ask_intact(broken)))


def _precision(width: str | None, metrics: list[str], most: int | None) -> "Precision | None":
    """The precision that is asked for; ValueError if it makes no sense."""
    from relaysim.measure.amount import amount
    from relaysim.measure.quantity import Quantity
    from relaysim.study.precision import MOST, Precision

    if width is None:
        if metrics:
            raise ValueError("--metric says what has to be precise: give --precision too")
        return None
    absolute: dict[Quantity | str, float] = {}
    quantities: list[Quantity] = []
    for text in metrics:
        name, equals, size = text.partition("=")
        quantity = Quantity.parse(name)
        if quantity in quantities:
            raise ValueError(f"--metric {quantity} is given twice")
        quantities.append(quantity)
        if equals:
            absolute[quantity] = amount(size.strip(), quantity.of.unit)
    try:
        relative = amount(width.strip(), "share")
    except ValueError as error:
        raise ValueError(f"--precision {width}: {error}") from None
    return Precision(relative, quantities, absolute, MOST if most is None else most)
