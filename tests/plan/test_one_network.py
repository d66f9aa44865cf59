"""Servers and limits are the same in the plan, the offered load and the trace; checks and theory read the offered load."""

from pathlib import Path

import pytest

from relaysim.analysis.offered_load import stages
from relaysim.engine.recorder import Recorder
from relaysim.plan.compiler import compile_plan
from relaysim.plan.names import QueueKind
from relaysim.scenario.load import load
from relaysim.traffic.workload import draw

FOLDER = Path(__file__).parents[2] / "scenarios"
FILES = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("findings/*.toml")])
SMALL = ["run.scale=0.001"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_servers_and_limits_are_the_same_everywhere(file: Path) -> None:
    scenario = load(file, SMALL)
    plan = compile_plan(scenario)
    names = Recorder(plan, draw(scenario, 0, 1)).trace(0).names

    # The trace has what the plan has.
    assert names.capacity == tuple(station.servers for station in plan.stations)
    assert names.station_kind == tuple(station.kind for station in plan.stations)
    assert names.queue_capacity == tuple(queue.connections for queue in plan.queues)
    assert names.queue_kind == tuple(queue.kind for queue in plan.queues)

    # So has the offered load, of which the checks and theory have the servers.
    servers = {station.name: station.servers for station in plan.stations}
    compared = 0
    for stage in stages(scenario):
        if stage.name in servers:
            assert stage.servers == servers[stage.name]
            compared += 1
    for queue in plan.queues:
        named = [stage for stage in stages(scenario) if stage.name == queue.name]
        for stage in named:
            limits = [queue.connections]
            if queue.kind is QueueKind.REMOTE:
                limits.append(plan.receivers[queue.receiver].connections_per_ip)
            assert stage.servers == min(limit for limit in limits if limit)
            assert stage.place == queue.limited_by
            compared += 1
    assert compared or not stages(scenario)
