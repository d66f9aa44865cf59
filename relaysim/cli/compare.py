"""`relaysim compare`: what another design changes."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.options import Explain, Full, Invariants
from relaysim.cli.output import require_no_violations
from relaysim.cli.study_command import Study, study_command


@study_command()
def compare(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The design to compare with.")],
    others: Annotated[list[Path], typer.Argument(metavar="OTHER", help="Other designs.")],
    study: Study,
    margin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=VALUE",
            help="The equivalence margin of a metric, such as latency_p95='30 s' or "
            "on_time='1 %'. May be repeated.",
        ),
    ] = None,
    no_blast: Annotated[
        bool,
        typer.Option(
            "--no-blast", help="Leave out the blast radius of culprits: it takes two more runs."
        ),
    ] = False,
    check_invariants: Invariants = False,
    full: Full = False,
    explain: Explain = False,
) -> None:
    """Compare designs on the very same mail, recipient by recipient.

    Every difference comes with its confidence interval and a verdict; the verdicts on one metric of
    one subject hold together with 95 % confidence, however many designs there are. --set changes
    all designs.
    """
    from relaysim.cli.margin import parse
    from relaysim.study.compare import compare_designs, require_comparable

    designs = [study.read(file) for file in (base, *others)]
    with as_user_error(ValueError):
        margins = dict(parse(text) for text in margin or ())
        require_comparable(designs, margins)
    result = study.compute(
        lambda execution: compare_designs(
            designs,
            study.sampling,
            execution,
            check_invariants=check_invariants,
            blast=not no_blast,
            margins=margins,
        ),
        label=", ".join(design.name for design in designs),
    )
    broken = [(f"{name}, replication {i}", violation) for name, i, violation in result.violations]
    checked = ("the invariants", lambda: require_no_violations(broken))
    study.hand_over(result, checked, full=full, explain=explain)
