"""`relaysim size`: the smallest value that meets targets."""

from typing import Annotated

import typer

from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.number_options import number
from relaysim.cli.options import MOST_REPLICATIONS, File, Targets, once
from relaysim.cli.study_command import Study, study_command


@study_command()
def size(
    scenario: File,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="PATH=VALUES",
            help="The values, the weakest first: LOW:HIGH[:STEP], or with commas between them.",
        ),
    ],
    study: Study,
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
) -> None:
    """Find the smallest value of a setting that meets all targets.

    By bisection, with as many replications of each value as its verdict takes.
    """
    from relaysim.measure.quantity import QuantityError
    from relaysim.measure.target import Target
    from relaysim.study.sampling import Sampling
    from relaysim.study.size import SizeError, find_size
    from relaysim.study.varied_values import Vary

    if not target:
        raise UserError('give a --target, such as "class.bulk.on_time > 99 %"')
    if len(vary) > 1:
        raise UserError("--vary is given twice: a size varies one path")
    with as_user_error(ValueError):
        targets = [Target.parse(text) for text in once(target, "--target")]
        varied = Vary.parse(vary[0])
    sampling = Sampling(replications, study.seed)
    result = study.compute(
        lambda execution: find_size(
            study.files(scenario), varied, targets, sampling, execution, confidence=confidence
        ),
        QuantityError,
        SizeError,
    )
    study.hand_over(result)
