"""`relaysim warmup`: how much of the start of a run to leave out."""

from relaysim.cli.command_errors import told
from relaysim.cli.finish import drawn, hand_over, printed
from relaysim.cli.options import (
    Cluster,
    Figures,
    File,
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
from relaysim.cli.output import ask_drawable, print_text, progress, told_of, typed


def warmup(
    scenario: File,
    settings: Set = None,
    profiles: Profiles = None,
    replications: Replications = None,
    seed: Seed = None,
    figures: Figures = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
) -> None:
    """Find the warm-up of a run that has a steady state, by MSER-5 over its replications.

    `warm_up = "auto"` in a scenario does the same before anything else runs.
    """
    design = read(scenario, settings, profiles)
    ask_drawable(figures, "warmup")
    kept = opened(store, no_store)

    from relaysim.scenario.problem import ScenarioError
    from relaysim.study.execution.jobs import ClusterError
    from relaysim.study.warm_up import warm_up

    with told(ScenarioError, ClusterError), progress(design.name, kept) as shown:
        found = warm_up(
            design,
            replications,
            seed,
            jobs=workers(jobs, cluster),
            progress=shown,
            store=kept,
            command=typed(),
        )
    told_of(kept)
    hand_over(printed(lambda: print_text(found)), drawn(found, figures))
