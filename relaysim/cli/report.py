"""`relaysim report`: an architecture comparison to hand on."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.finish import hand_over, printed
from relaysim.cli.output import note, progress
from relaysim.cli.study_command import Study, study_command


@study_command("figures", "json")
def report(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The design to compare with.")],
    others: Annotated[list[Path], typer.Argument(metavar="OTHER", help="Other designs.")],
    study: Study,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Directory for report.html and report.md.")
    ] = Path("report"),
    no_flip: Annotated[
        bool, typer.Option("--no-flip", help="Do not compute the load at which the answer changes.")
    ] = False,
    no_sizing: Annotated[
        bool, typer.Option("--no-sizing", help="Do not look for a number of cores that would do.")
    ] = False,
    no_sensitivity: Annotated[
        bool, typer.Option("--no-sensitivity", help="Do not vary the assumptions.")
    ] = False,
) -> None:
    """Write an architecture report: one HTML page to hand on, and the same as Markdown.

    The answer first, then what differs, the workload and its sources, latency and waits,
    listings, paired differences, sensitivity, and the base with more cores.
    """
    from relaysim.study.architecture import architecture_report
    from relaysim.study.execution.output_directory import OutputError

    for file in (base, *others):
        study.read(file)
    result = study.compute(
        lambda execution: architecture_report(
            study.files(base, *others),
            study.sampling,
            execution,
            flip=not no_flip,
            sizing=not no_sizing,
            turning=not no_sensitivity,
            stage=lambda name: progress(name, execution.store),
        ),
        ValueError,
        label="",
    )

    from relaysim.present.report import first_sentence
    from relaysim.present.report.report_files import write as write_report
    from relaysim.present.text.terminal import show, text

    def written() -> None:
        with as_user_error(OutputError, OSError):
            place = write_report(result, out)
        note(f"written: {place / 'report.html'}")

    hand_over(printed(lambda: show([text(first_sentence(result))])), ("the report", written))
