"""Coupled runs: what harm comes of the culprits, by leaving out first their signals, then them.

On the same draws: in the treatment everything is on. In the control the culprits send the same mail
and get the same answers from every address, but nobody counts anything of it, and no listing is
scripted. In the third run they send nothing, and no listing is scripted.
"""

from dataclasses import dataclass, replace

from relaysim.engine.run import run
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Trace
from relaysim.traffic.workload import Draws


@dataclass(frozen=True)
class Coupled:
    """The traces of the three runs."""

    treatment: Trace
    control: Trace
    absent: Trace


def coupled(scenario: Scenario, draws: Draws) -> Coupled:
    """The three coupled runs of a scenario. `absent` has no rows for the culprits' messages."""
    plan, guilty = compile_plan(scenario), culprits(scenario)
    return Coupled(
        treatment=run(plan, draws),
        control=run(control(plan), draws),
        absent=run(unscripted(plan), draws.without(guilty)),
    )


def control(plan: Plan) -> Plan:
    """The plan in which nobody counts anything of the culprits."""
    streams = tuple(replace(stream, counted=not stream.culprit) for stream in plan.streams)
    return replace(unscripted(plan), streams=streams)


def unscripted(plan: Plan) -> Plan:
    """The plan without scripted listings."""
    script = tuple(event for event in plan.script if event.what != "listing")
    return replace(plan, script=script)
