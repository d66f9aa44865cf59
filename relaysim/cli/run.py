"""`relaysim run`: simulate one design."""

from relaysim.cli.errors import told
from relaysim.cli.options import (
    Cluster,
    File,
    Invariants,
    Jobs,
    Json,
    Kept,
    NoStore,
    Out,
    Replications,
    Seed,
    Set,
    opened,
    read,
    workers,
)
from relaysim.cli.output import (
    ask_intact,
    ask_writable,
    print_json,
    progress,
    told_of,
    typed,
    write,
)


def run(
    scenario: File,
    settings: Set = None,
    replications: Replications = None,
    seed: Seed = None,
    out: Out = None,
    jobs: Jobs = None,
    cluster: Cluster = None,
    store: Kept = None,
    no_store: NoStore = False,
    check_invariants: Invariants = False,
    json: Json = False,
) -> None:
    """Simulate a design and say what became of its mail.

    Shown are counts, delays and losses by class, where the time goes, and the busiest resources,
    as means over the replications with 95 % confidence intervals.
    """
    design = read(scenario, settings)
    ask_writable(out)
    kept = opened(store, no_store)

    from relaysim.scenario.problem import ScenarioError
    from relaysim.study import output, replicate
    from relaysim.study.jobs import ClusterError

    with told(ScenarioError, ClusterError), progress(design.name) as shown:
        result = replicate.run(
            design,
            replications,
            seed,
            progress=shown,
            jobs=workers(jobs, cluster),
            store=kept,
            frames=out is not None,
            check_invariants=check_invariants,
            command=typed(),
        )
    told_of(kept)
    write(result, out)
    if json:
        print_json(output.to_json(result))
    else:
        from relaysim.present import happened
        from relaysim.present.terminal import show

        show(happened.report(result))
    ask_intact([(f"replication {i}", broken) for i, broken in result.violations])
