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
from relaysim.scenario.latest import keep_latest
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
    treatment, counting_no_culprit, absent = _plans(scenario)
    return Coupled(
        treatment=run(treatment, draws),
        control=run(counting_no_culprit, draws),
        absent=run(absent, draws.without(culprits(scenario))),
    )


@keep_latest
def _plans(scenario: Scenario) -> tuple[Plan, Plan, Plan]:
    """Return the plans of the three runs: the same objects each time, so they are packed once."""
    plan = compile_plan(scenario)
    return plan, control(plan), unscripted(plan)


def control(plan: Plan) -> Plan:
    """Return the plan in which no operator and no provider counts anything about the culprits."""
    # DSNs count for nobody in any run.
    streams = tuple(
        replace(stream, counted=stream.counted and not stream.culprit) for stream in plan.streams
    )
    return replace(unscripted(plan), streams=streams)


def unscripted(plan: Plan) -> Plan:
    """Return the plan without scripted listings."""
    script = tuple(event for event in plan.script if event.what != "listing")
    return replace(plan, script=script)
