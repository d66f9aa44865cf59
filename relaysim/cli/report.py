"""`relaysim report`: an architecture comparison to hand on."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import told
from relaysim.cli.finish import hand_over, printed
from relaysim.cli.options import (
    Cluster,
    Jobs,
    Kept,
    NoStore,
    Profiles,
    Replications,
    Seed,
    Set,
    opened,
    read,
    workers,
)
from relaysim.cli.output import ask_writable, note, progress, told_of, typed


def report(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The design to compare with.")],
    others: Annotated[list[Path], typer.Argument(metavar="OTHER", help="Other designs.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where report.html and report.md go.")
    ] = Path("report"),
    settings: Set = None,
    profiles: Profiles = None,
    replications: Replications = None,
    seed: Seed = None,
    no_flip: Annotated[
        bool, typer.Option("--no-flip", help="Do not look for the load at which the answer flips.")
    ] = False,
    no_sizing: Annotated[
        bool, typer.Option("--no-sizing", help="Do not ask what a larger hub alone would buy.")
    ] = False,
    no_sensitivity: Annotated[
        bool, typer.Option("--no-sensitivity", help="Do not try other values of assumptions.")
    ] = False,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
) -> None:
    """Write an architecture report: one HTML page to hand on, and the same as Markdown.

    The answer first, then what differs, the mail and its sources, a normal and a bad day, the
    paired differences, what turns the answer, and what a larger hub alone would buy.
    """
    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import architecture as study
    from relaysim.study import written_results as output
    from relaysim.study.execution.jobs import ClusterError

    for file in (base, *others):
        read(file, settings, profiles)
    ask_writable(out)
    kept = opened(store, no_store)
    with told(ScenarioError, ClusterError, ValueError):
        found = study.report(
            base,
            *others,
            settings=settings or (),
            profiles=profiles,
            replications=replications,
            seed=seed,
            flip=not no_flip,
            sizing=not no_sizing,
            turning=not no_sensitivity,
            jobs=workers(jobs, cluster),
            store=kept,
            stage=lambda what: progress(what, kept),
            command=typed(),
        )
    told_of(kept)

    from relaysim.present.report import first_sentence
    from relaysim.present.report.report_files import write as write_report
    from relaysim.present.text.terminal import show, text

    def written() -> None:
        with told(output.OutputError, OSError):
            place = write_report(found, out)
        note(f"written: {place / 'report.html'}")

    hand_over(printed(lambda: show([text(first_sentence(found))])), ("the report", written))
