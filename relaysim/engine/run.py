"""The reference engine: a pure function of plan and draws."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from relaysim.engine.kernel import Actor
from relaysim.engine.relay.host import Host
from relaysim.engine.relay.hub import Hub
from relaysim.engine.relay.mailbox_server import MailboxServer
from relaysim.engine.reputation.administrator import Administrator
from relaysim.engine.reputation.list_operator import Blocklist
from relaysim.engine.reputation.receiver import Internet
from relaysim.engine.reputation.signal_reports import Signals
from relaysim.engine.script import play, source, watch
from relaysim.engine.world import World
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Trace
from relaysim.traffic.draw import name_key
from relaysim.traffic.workload import Draws


def run(plan: Plan, draws: Draws) -> Trace:
    """Simulate. The run ends when every recipient is final, at the latest at the horizon."""
    with _own_garbage():
        return _run(plan, draws)


@contextmanager
def _own_garbage() -> Iterator[None]:
    """Free the actors of a run when it ends, without a look at what else the process holds.

    Actors refer to each other, so only the garbage collector frees them; several runs' worth of
    them would pile up before it comes round. While it is off, all that a run makes stays in its
    youngest generation, and that alone is collected. A look at libraries and other results takes
    longer than many a run; what a run itself throws away before its end is little.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_on:
            gc.enable()


def _run(plan: Plan, draws: Draws) -> Trace:
    world = World(plan, draws)
    world.blocklists.extend(
        Blocklist(
            world,
            number,
            name_key(draws.seed, draws.replication, "blocklist operator", blocklist.name),
        )
        for number, blocklist in enumerate(plan.blocklists)
    )
    world.internet = Internet(world, draws)
    world.signals = Signals(world, draws)
    world.administrator = Administrator(
        world, name_key(draws.seed, draws.replication, "administrator", "")
    )
    world.hubs.extend(Hub(world, number) for number in range(len(plan.hubs)))
    for number, host in enumerate(plan.hosts):
        kind = MailboxServer if host.by_mailbox_server else Host
        world.hosts.append(kind(world, number))
    for event in plan.script:
        play(world, event)
    bounds = np.searchsorted(draws.stream, np.arange(len(draws.streams) + 1)).tolist()
    for number, name in enumerate(draws.streams):
        host_number = plan.streams[plan.stream_index[name]].host
        submitter = world.hosts[host_number]
        Actor(source(world, host_number, submitter, bounds[number], bounds[number + 1]))
    if not world.record.open:
        return world.record.trace(0)
    watch(world)
    end = world.clock.run_until(plan.horizon)
    for hub in world.hubs:
        hub.close()
    for submitter in world.hosts:
        submitter.close()
    return world.record.trace(end)


def simulate(scenario: Scenario, draws: Draws) -> Trace:
    """Compile a scenario and run it on draws."""
    return run(compile_plan(scenario), draws)
