"""`relaysim run`: simulate one design."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from relaysim.cli.command_errors import as_user_error
from relaysim.cli.options import Explain, File, Full, Invariants, require_both_engines
from relaysim.cli.output import note, require_no_violations
from relaysim.cli.study_command import Study, study_command
from relaysim.wording import counted

if TYPE_CHECKING:
    from relaysim.study.execution.execution import Execution
    from relaysim.study.precision import Precision
    from relaysim.study.run_result import RunResult


@study_command()
def run(
    scenario: File,
    study: Study,
    check_invariants: Invariants = False,
    check_engine: Annotated[
        bool,
        typer.Option(
            "--check-engine", help="Run every replication with both engines and compare the traces."
        ),
    ] = False,
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
    full: Full = False,
    explain: Explain = False,
) -> None:
    """Simulate a design: counts, delays and losses of its mail.

    Printed are the answer and the numbers that carry it, as means over the replications with 95 %
    confidence intervals; --full prints delays, waits, resources and losses in detail.
    """
    design = study.read(scenario)
    with as_user_error(ValueError):
        requested = _precision(precision, metric or [], study.replications)
        if requested is not None:
            requested.require_known(design)

    from relaysim.measure.quantity import QuantityError
    from relaysim.study.run_result import run_scenario
    from relaysim.study.warm_up import settle

    def work(execution: "Execution") -> "RunResult":
        settled = settle(design, study.sampling, execution.with_progress(None), note)
        return run_scenario(
            settled,
            replace(study.sampling, precision=requested),
            execution,
            frames=study.out is not None,
            check_invariants=check_invariants,
            check_engine=check_engine,
        )

    if check_engine:
        require_both_engines()
    result = study.compute(work, QuantityError, label=design.name)
    if check_engine and not result.violations:
        note(f"both engines gave the same trace ({counted(result.replications, 'replication')})")
    broken = [(f"replication {i}", violation) for i, violation in result.violations]
    checked = ("the invariants", lambda: require_no_violations(broken))
    study.hand_over(result, checked, full=full, explain=explain)


def _precision(width: str | None, metrics: list[str], most: int | None) -> "Precision | None":
    """Return the precision that is asked for. Raises ValueError."""
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
