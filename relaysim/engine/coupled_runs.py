"""Coupled runs: the harm of the culprits, measured by leaving out their signals, then their mail.

All three runs have the same draws. In the treatment everything acts. In the control the culprits
send the same mail and get the same replies from every address, but nobody counts anything about
it, and no listing is scripted. In the third run they send nothing, and no listing is scripted.
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
    """Simulate the three coupled runs; `absent` has no rows for the messages of the culprits."""
    plan, guilty = compile_plan(scenario), culprits(scenario)
    return Coupled(
        treatment=run(plan, draws),
        control=run(control(plan), draws),
        absent=run(unscripted(plan), draws.without(guilty)),
    )


def control(plan: Plan) -> Plan:
    """Return the plan in which nobody counts anything about the culprits."""
    streams = tuple(replace(stream, counted=not stream.culprit) for stream in plan.streams)
    return replace(unscripted(plan), streams=streams)


def unscripted(plan: Plan) -> Plan:
    """Return the plan without scripted listings."""
    script = tuple(event for event in plan.script if event.what != "listing")
    return replace(plan, script=script)
