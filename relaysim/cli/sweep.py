"""`relaysim sweep`: how designs behave as values change."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.options import Chosen, File, Targets, once
from relaysim.cli.study_command import Study, study_command


@study_command()
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
    study: Study,
    others: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="OTHER", help="Another design, paired with the first."),
    ] = None,
    metric: Chosen = None,
    target: Targets = None,
) -> None:
    """Run designs at each point of a grid, all on the same draws.

    A target such as "class.bulk.on_time > 99 %" shows how far it holds, where one number varies.
    """
    from relaysim.measure.quantity import Quantity, QuantityError
    from relaysim.measure.target import Target
    from relaysim.study.sweep import SweepError, sweep_files
    from relaysim.study.varied_values import Vary, grid

    with as_user_error(ValueError):
        targets = [Target.parse(text) for text in once(target, "--target")]
        quantities = [Quantity.parse(text) for text in once(metric, "--metric")]
        varied = tuple(Vary.parse(text) for text in vary)
        grid(varied)
    files = study.files(scenario, *(others or ()))
    result = study.compute(
        lambda execution: sweep_files(
            files, varied, study.sampling, execution, quantities=quantities, targets=targets
        ),
        QuantityError,
        SweepError,
    )
    study.hand_over(result)
