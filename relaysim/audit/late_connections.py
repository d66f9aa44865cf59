"""The check of late connections: mail waits until a queue is long enough for another connection."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from relaysim.analysis.message_rates import campaign, edges, host_and_stream, steady
from relaysim.analysis.offered_load import Stage, stages
from relaysim.audit.finding import Finding, Severity
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.theory.offered_work import utilization
from relaysim.wording import about, counted, per_time

_KEY = "smtp_connector_queue_message_count_threshold_for_concurrent_connections"
_FEW = 2
"""The value that Microsoft advises for a smart host (messages stuck in queues, 2024)."""
_NOTICED = 5.0
"""Seconds of wait below which there is no finding."""


class _Late(NamedTuple):
    """A queue whose mail waits `wait` seconds, because `needed` connections open late.

    `rate` is in messages a second; `step` messages in the queue open a further connection.
    """

    wait: float
    rate: float
    needed: int
    step: int
    connections: str


def late_connections(scenario: Scenario) -> Iterator[Finding]:
    """A queue opens further connections late, so its mail waits although nothing refuses it.

    Where mail keeps k connections busy, the k-th one opens at k times the threshold in the queue.
    By Little's law the mail then waits k times the threshold over the rate.
    """
    late: dict[str, list[_Late]] = {}
    hubs = compile_plan(scenario).hubs
    for stage in stages(scenario):
        queue = stage.queue
        if queue is None or queue.per_further_connection == 1:
            continue
        step = queue.per_further_connection
        rate, busy = max(_moments(scenario, stage), key=lambda moment: moment[1])
        needed = min(math.ceil(busy), stage.servers)
        wait = step * needed / rate if rate else 0.0
        if needed > 1 and wait >= _NOTICED:
            place = dotted(("hubs", hubs[queue.hub].name, _KEY))
            late.setdefault(place, []).append(_Late(wait, rate, needed, step, stage.what))
    for place, queues in late.items():
        wait, rate, needed, step, connections = max(queues, key=lambda each: each.wait)
        others = (
            f" {counted(len(queues), 'queue')} of the hub wait like this."
            if len(queues) > 1
            else ""
        )
        yield Finding(
            Severity.INFO,
            place,
            f"At {per_time(rate)} mail keeps {needed} of {connections} busy. The hub opens a "
            f"further connection only for {counted(step, 'message')} in the queue, so "
            f"{counted(step * needed, 'message')} wait there all the time, about {about(wait)} "
            f"each, without any refusal.{others}",
            f"Set {place} = {_FEW}, as Microsoft advises for a smart host: about "
            f"{about(wait * _FEW / step)} instead.",
        )


def _moments(scenario: Scenario, stage: Stage) -> Iterator[tuple[float, float]]:
    """Yield transactions a second and busy connections, by hour and for each campaign."""
    streams, hours = host_and_stream(scenario), edges(scenario.run)
    rates = np.zeros(len(hours) - 1)
    busy = np.zeros(len(hours) - 1)
    for part in stage.parts:
        hourly = steady(scenario, *streams[part.stream])
        rates += hourly * part.visits
        busy += hourly * utilization(1.0, part.visits * part.service.seconds, 1)
    yield from zip(rates.tolist(), busy.tolist(), strict=True)
    for name in stage.demand:
        burst = campaign(scenario, *streams[name])
        if burst is None:
            continue
        hour = int(np.searchsorted(hours, burst.start, side="right")) - 1
        parts = [part for part in stage.parts if part.stream == name]
        sent = burst.rate * sum(part.visits for part in parts)
        work = burst.rate * sum(part.visits * part.service.seconds for part in parts)
        yield float(rates[hour]) + sent, float(busy[hour]) + work
