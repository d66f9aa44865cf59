"""`relaysim sensitivity`: which assumptions matter."""

from pathlib import Path
from typing import Annotated

import typer

from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.options import File
from relaysim.cli.study_command import Study, study_command


@study_command()
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
    study: Study,
    other: Annotated[
        Path | None,
        typer.Option(
            "--with",
            metavar="OTHER",
            help="Another design: what changes is then its value less that of the first, pair by "
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
            help="Sobol indices too, of the numbers of --over or else of the five largest: "
            "N x (numbers + 2) points. A power of two.",
        ),
    ] = None,
) -> None:
    """Find the assumptions that decide a quantity: each at half and at double its value.

    All runs see the same draws, and each change is paired with the scenario as it is. With another
    design the quantity is the difference of the two. Without --over a point has at most five
    replications, unless --replications asks for another number.
    """
    from relaysim.measure.quantity import Quantity
    from relaysim.study.factors import over as parse
    from relaysim.study.sensitivity import measure_sensitivity

    with as_user_error(ValueError):
        quantity = Quantity.parse(metric)
        inputs = [parse(text) for text in over or ()]
    paths = [path for path, _ in inputs]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise UserError(f"--over {twice} is given twice")
    files = study.files(scenario, *((other,) if other is not None else ()))
    result = study.compute(
        lambda execution: measure_sensitivity(
            files, quantity, dict(inputs) or None, study.sampling, execution, sobol=sobol
        ),
        ValueError,
    )
    study.hand_over(result)
