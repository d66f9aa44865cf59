"""Little's law and the utilization law on traces, where they are identities and not estimates.

Every run here is counted from its first message to its last, so no stay is cut. Occupancy is
integrated again from scratch, event by event.
"""

from itertools import pairwise

import numpy as np
import pytest
from worlds.agreement import MM4, Outcome
from worlds.systems import AT_ONCE

from relaysim.measure.measured_window import SECOND
from relaysim.scenario.load import load
from relaysim.study.replicate import trace_of
from relaysim.theory.littles import little
from relaysim.theory.offered_work import utilization
from relaysim.trace.columns import Column
from relaysim.trace.occupancy import Occupancy, queues, stations
from relaysim.trace.tables import Trace

SETTINGS = {
    "connections": ("HUB01->example.org", 4, ()),
    "cores": (
        "HUB01.cpu",
        2,
        (
            *AT_ONCE,
            "hubs.HUB01.cores=2",
            'hubs.HUB01.receive_cost={base = "100 ms", per_kb = "20 ms", cv = 0.5}',
            'hubs.HUB01.categorize_cost={base = "200 ms", per_kb = "0 s", cv = 1.0}',
            "hubs.HUB01.send_cost=100 ms",
        ),
    ),
    "line": (
        "198.51.100.10.line",
        1,
        (*AT_ONCE, 'egress."198.51.100.10".bandwidth=32 kbit/s'),
    ),
}


def run(settings: tuple[str, ...]) -> Outcome:
    scenario = load(MM4, ["run.duration=1000 s", "run.warm_up=0 s", *settings])
    return Outcome(scenario, trace_of(scenario, replication=0, seed=1))


def occupancy(trace: Trace, name: str) -> Occupancy:
    return next(each for each in (*stations(trace), *queues(trace)) if each.name == name)


def present_area(enter: Column, leave: Column, until: int) -> int:
    """The integral of how many are there, from 0 to `until`, in microseconds."""
    came, went = sorted(enter.tolist()), sorted(leave.tolist())
    area = present = i = j = 0
    for time, following in pairwise([0, *sorted({*came, *went, until})]):
        while i < len(came) and came[i] <= time:
            present, i = present + 1, i + 1
        while j < len(went) and went[j] <= time:
            present, j = present - 1, j + 1
        if following <= until:
            area += present * (following - time)
    return area


@pytest.mark.parametrize("place", SETTINGS)
def test_mean_number_waiting_is_rate_times_mean_wait(place: str) -> None:
    name, _, settings = SETTINGS[place]
    outcome = run(settings)
    trace, result = outcome.trace, occupancy(outcome.trace, name)
    waits = result.until - result.enter
    assert waits.max() > 0
    area = present_area(result.enter, result.until, trace.end)
    assert area == waits.sum()
    rate, length = len(waits) / trace.end, area / trace.end
    assert length == pytest.approx(little(rate, float(waits.mean())), rel=1e-12)


@pytest.mark.parametrize("place", SETTINGS)
def test_utilization_is_rate_times_mean_service_over_servers(place: str) -> None:
    name, servers, settings = SETTINGS[place]
    outcome = run(settings)
    trace, result = outcome.trace, occupancy(outcome.trace, name)
    service = result.end - result.begin
    area = present_area(result.begin, result.end, trace.end)
    assert area == service.sum()
    law = utilization(len(service) / trace.end, float(service.mean()), servers)
    assert area / (servers * trace.end) == pytest.approx(law, rel=1e-12)


@pytest.mark.parametrize("place", SETTINGS)
def test_the_metrics_are_these_integrals_up_to_the_end_of_the_window(place: str) -> None:
    name, servers, settings = SETTINGS[place]
    outcome = run(settings)
    end, result = outcome.scenario.run.duration, occupancy(outcome.trace, name)
    waiting = present_area(result.enter, result.until, end) / end
    busy = present_area(result.begin, result.end, end) / (servers * end)
    assert outcome.resource(name, "queue_mean") == pytest.approx(waiting, rel=1e-12)
    assert outcome.resource(name, "utilization") == pytest.approx(busy, rel=1e-12)


@pytest.mark.parametrize("place", SETTINGS)
def test_mean_number_in_the_whole_system_is_rate_times_mean_latency(place: str) -> None:
    outcome = run(SETTINGS[place][2])
    trace = outcome.trace
    created, end = trace.messages["created"], trace.recipients["end"]
    assert np.array_equal(trace.recipients["message"], np.arange(len(created)))
    present = present_area(created, end, trace.end) / trace.end
    latency = outcome.metric("total", "total", "latency_mean") * SECOND
    assert present == pytest.approx(little(len(created) / trace.end, latency), rel=1e-12)
