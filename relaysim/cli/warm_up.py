"""`relaysim warmup`: how much of the start of a run to leave out."""

from relaysim.cli.options import File
from relaysim.cli.study_command import Study, study_command


@study_command()
def warmup(scenario: File, study: Study) -> None:
    """Find the warm-up of a run that has a steady state, by MSER-5 over its replications.

    `warm_up = "auto"` in a scenario does the same before anything else runs.
    """
    design = study.read(scenario)

    from relaysim.study.warm_up import find_warm_up

    result = study.compute(
        lambda execution: find_warm_up(design, study.sampling, execution), label=design.name
    )
    study.hand_over(result)
