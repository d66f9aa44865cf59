"""`relaysim qshape`: the entries of the queues at a time, by age."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.finish import drawn, hand_over, printed
from relaysim.cli.options import (
    EngineName,
    Figures,
    File,
    Json,
    Profiles,
    Replication,
    Seed,
    Set,
    read,
    use_engine,
)
from relaysim.cli.output import print_json, require_drawable, typed

if TYPE_CHECKING:
    from relaysim.present.text.queue_table import QShape


def qshape(
    scenario: File,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help='When: a time of day ("11:00", "day 2 09:30"), or how long after the start '
            '("3 h"); by default when most is in the queues.',
        ),
    ] = None,
    hub: Annotated[
        str | None, typer.Option(metavar="NAME", help="The queues of this hub alone.")
    ] = None,
    replication: Replication = 0,
    settings: Set = None,
    profiles: Profiles = None,
    seed: Seed = None,
    figures: Figures = None,
    engine: EngineName = None,
    json: Json = False,
) -> None:
    """Show the queues of one replication by age, as Postfix's qshape does.

    One row a queue, one column for each span of ages; the fullest queue comes first.
    """
    use_engine(engine)
    design = read(scenario, settings, profiles)
    require_drawable(figures, "qshape")

    from relaysim.present.text.queue_table import moment, queue_ages_text
    from relaysim.present.text.queue_table import qshape as look
    from relaysim.present.text.terminal import show
    from relaysim.scenario.problem import ScenarioError

    with as_user_error(ScenarioError, ValueError):
        time = None if at is None else moment(design, at)
        result = look(design, time, hub, replication, seed, typed())
    if json:
        text = printed(lambda: print_json(_object(result)))
    else:
        text = printed(lambda: show(queue_ages_text(result)))
    hand_over(text, drawn(result, figures))


def _object(result: "QShape") -> dict[str, Any]:
    """Return the shape for JSON: time in seconds, one object a queue."""
    import relaysim
    from relaysim.measure.qshape import TOTAL
    from relaysim.present.text.queue_table import clock

    rows = [(TOTAL, result.total), *((str(name), row) for name, row in result.shape.iterrows())]
    return {
        "relaysim": relaysim.__version__,
        "seed": result.provenance.seed,
        "replication": result.replication,
        "at": result.at / 1e6,
        "clock": clock(result.scenario, result.at),
        "hub": result.hub,
        "queues": [
            {"queue": name, **{age: int(row[age]) for age in row.index}} for name, row in rows
        ],
        "provenance": result.provenance.facts(),
    }
