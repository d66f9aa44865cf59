"""Hubs in a row against Jackson's formulas: each hub draws its own core time for a message."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from worlds.agreement import MM4, NARROW, REPLICATIONS, SURE, Outcome, System, agreement
from worlds.hub_systems import HUB_SYSTEMS, handed_over, hub, hub_seeds, latency, wait_at

from relaysim.engine.choice import run
from relaysim.plan.compiler import compile_plan
from relaysim.plan.plan import Plan
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import interval
from relaysim.theory.single_server import mm1_wait
from relaysim.theory.stations_in_a_row import Station, tandem_sojourn
from relaysim.traffic.workload import draw

SEED = 2024


@pytest.mark.parametrize("system", HUB_SYSTEMS, ids=lambda system: system.name)
def test_a_network_of_hubs_agrees_with_jackson(system: System) -> None:
    """One seed keeps this short; `benchmarks/verification.py` takes twenty."""
    for quantity, result in agreement(system.lasting(20_000), hub_seeds(system, 1)).items():
        assert result.widest < NARROW, quantity
        assert result.contains, quantity


def outcomes(scenario: Scenario, change: Callable[[Plan], Plan]) -> list[Outcome]:
    """Return the outcome of each replication of a scenario whose plan is changed."""
    result = []
    for replication in range(REPLICATIONS):
        draws = draw(scenario, replication, SEED)
        result.append(Outcome(scenario, run(change(compile_plan(scenario)), draws)))
    return result


@pytest.mark.parametrize(
    ("rate", "duration", "same_core_times"), [("0.8/s", 7_000, 2.52), ("0.5/s", 12_000, 1.14)]
)
def test_a_second_hub_waits_as_long_as_a_hub_alone(
    rate: str, duration: int, same_core_times: float
) -> None:
    """Where both hubs draw the same core time for a message, the wait is another one."""
    scenario = load(MM4, handed_over(rate, duration, 1_000))
    runs = outcomes(scenario, lambda plan: plan)
    estimate = interval(np.array([wait_at(each, "HUB02") for each in runs]), SURE)
    assert estimate.low <= mm1_wait(float(rate.removesuffix("/s")), 1) <= estimate.high
    assert not estimate.low <= same_core_times <= estimate.high


def chain(plan: Plan) -> Plan:
    """Return a plan in which HUB01 hands all mail to HUB02, and HUB02 to HUB03.

    The rules of send connectors never make such a chain: a source server sends by itself. The
    engine must not depend on that.
    """
    second = [each.name for each in plan.hubs].index("HUB02")
    return replace(
        plan,
        queues=tuple(
            replace(queue, to_hubs=(second,)) if queue.name == "HUB01->HUB03" else queue
            for queue in plan.queues
        ),
    )


def test_a_chain_of_three_hubs_agrees_with_jackson() -> None:
    third = hub("HUB03", "192.168.168.173")
    scenario = load(MM4, [third, *handed_over("0.5/s", 20_000, 300, '["HUB03"]')])
    runs = outcomes(scenario, chain)
    expected = {
        "HUB01": (mm1_wait(0.5, 1), [wait_at(each, "HUB01") for each in runs]),
        "HUB02": (mm1_wait(0.5, 1), [wait_at(each, "HUB02") for each in runs]),
        "HUB03": (mm1_wait(0.5, 1), [wait_at(each, "HUB03") for each in runs]),
        "all": (tandem_sojourn(0.5, [Station(1, 1)] * 3), [latency(each) for each in runs]),
    }
    for name, (theory, values) in expected.items():
        sure, usual = interval(np.array(values), SURE), interval(np.array(values))
        assert sure.low <= theory <= sure.high, name
        assert usual.high - usual.value < NARROW * usual.value, name
