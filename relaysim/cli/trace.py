"""`relaysim trace`: the events of one message."""

from json import loads
from typing import TYPE_CHECKING, Annotated, Any

import typer

import relaysim
from relaysim.cli.command_errors import UserError, as_user_error
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
from relaysim.cli.output import print_json, print_text, require_drawable, typed

if TYPE_CHECKING:
    import pandas as pd


def trace(
    scenario: File,
    message: Annotated[
        str | None,
        typer.Option(
            metavar="STREAM:N",
            help="The message: the N-th of a stream, from 0, such as crm.invoices:17. Without it, "
            "some that are worth a look are listed.",
        ),
    ] = None,
    replication: Replication = 0,
    settings: Set = None,
    profiles: Profiles = None,
    seed: Seed = None,
    figures: Figures = None,
    engine: EngineName = None,
    json: Json = False,
) -> None:
    """Print all events of one message: sessions, queues, attempts, replies, final status."""
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import message_trace as study

    if figures is not None and message is None:
        raise UserError("--figures draws the path of one message: give --message STREAM:N")
    use_engine(engine)
    design = read(scenario, settings, profiles)
    require_drawable(figures, "trace")
    with as_user_error(ScenarioError, study.TranscriptError):
        if message is None:
            _list(study.examples(design, replication=replication, seed=seed), design.name, json)
            return
        result = study.transcript(
            design, message, replication=replication, seed=seed, command=typed()
        )
    if json:
        notes = result.provenance.notes
        facts = {"message": result.message, "replication": replication, "notes": notes}
        frames = {"events": result.events, "recipients": result.recipients}
        rest = {"provenance": result.provenance.facts()}
        text = printed(lambda: _print(facts, frames, rest))
    else:
        text = printed(lambda: print_text(result))
    hand_over(text, drawn(result, figures))


def _list(examples: "pd.DataFrame", name: str, json: bool) -> None:
    if json:
        _print({"scenario": name}, {"messages": examples}, {})
        return
    from relaysim.present.text.terminal import show
    from relaysim.present.text.transcript import listed

    show(listed(examples, name))


def _print(facts: dict[str, Any], frames: dict[str, "pd.DataFrame"], rest: dict[str, Any]) -> None:
    """Print one JSON object, with a list of rows for each frame; NaN is null."""
    rows = {name: loads(frame.to_json(orient="records")) for name, frame in frames.items()}
    print_json({"relaysim": relaysim.__version__, **facts, **rows, **rest})
