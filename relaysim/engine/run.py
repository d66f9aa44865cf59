"""The reference engine: a pure function of plan and draws."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from relaysim.engine.kernel import Process
from relaysim.engine.script import keep_open, play, source
from relaysim.engine.wiring import wire
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Trace
from relaysim.traffic.workload import Draws


def run(plan: Plan, draws: Draws) -> Trace:
    """Simulate one replication.

    The run ends when every recipient is final, at the latest at the horizon.

    Parameters
    ----------
    plan : Plan
        The scenario in integers.
    draws : Draws
        The messages and recipients of the replication.

    Returns
    -------
    Trace
        The same plan and the same draws always give the same trace.
    """
    with _collected_at_the_end():
        return _run(plan, draws)


@contextmanager
def _collected_at_the_end() -> Iterator[None]:
    """Free the actors of a run at its end; collect no garbage before.

    Actors refer to each other, so only the garbage collector frees them; without this call the
    actors of several runs would accumulate. While the collector is off, all objects of a run are in
    its youngest generation, and only this generation is collected at the end. A search of libraries
    and other results would take longer than many a run. The garbage of a run before its end is
    small.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_enabled:
            gc.enable()


def _run(plan: Plan, draws: Draws) -> Trace:
    actors = wire(plan, draws)
    context = actors.context
    for event in plan.script:
        play(actors, event)
    bounds = np.searchsorted(draws.stream, np.arange(len(draws.streams) + 1)).tolist()
    for number, name in enumerate(draws.streams):
        host = plan.streams[plan.stream_index[name]].host
        first, last = bounds[number], bounds[number + 1]
        submitter = actors.hosts[host]
        Process(source(context, actors.mailing_lists, host, submitter, first, last))
    if not context.record.open:  # no mail at all
        return context.record.trace(0)
    keep_open(context)
    end = context.loop.run_until(plan.horizon)
    for hub in actors.hubs:
        hub.close()
    for submitter in actors.hosts:
        submitter.close()
    return context.record.trace(end)


def simulate(scenario: Scenario, draws: Draws) -> Trace:
    """Compile a scenario and simulate one replication, see `run`."""
    return run(compile_plan(scenario), draws)
