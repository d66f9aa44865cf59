"""Coupled runs: the harm of the culprits, as the difference to runs without their signals and mail.

All three runs have the same draws. In the treatment everything has its effect. In the control the
culprits send the same mail and get the same replies from every address, but no operator and no
provider counts signals or volume of their mail, and no listing is scripted. In the third run the
culprits send nothing, and no listing is scripted.
"""

from dataclasses import dataclass, replace

from relaysim.engine.choice import run
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
    """Simulate the three coupled runs; `absent` has no rows for the messages of the culprits."""
    plan, guilty = compile_plan(scenario), culprits(scenario)
    return Coupled(
        treatment=run(plan, draws),
        control=run(control(plan), draws),
        absent=run(unscripted(plan), draws.without(guilty)),
    )


def control(plan: Plan) -> Plan:
    """Return the plan in which no operator and no provider counts anything about the culprits."""
    streams = tuple(replace(stream, counted=not stream.culprit) for stream in plan.streams)
    return replace(unscripted(plan), streams=streams)


def unscripted(plan: Plan) -> Plan:
    """Return the plan without scripted listings."""
    script = tuple(event for event in plan.script if event.what != "listing")
    return replace(plan, script=script)
