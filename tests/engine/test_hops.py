"""Draws of mail that one hub hands to another: each hub its own, the destination the same.

The scenarios are the shared hub, and a design in which a relay hub takes the newsletter and hands
it to HUB01. The same recipients draw the same numbers in both, so differences are exact.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from relaysim.engine.run import simulate
from relaysim.scenario.load import load
from relaysim.trace.tables import Trace, Visit
from relaysim.traffic.draw import Decision, draw32, hop_counter, name_key
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
COMMON = [
    "run.scale=0.01",
    "run.duration=6 h",
    # A cost that does not depend on size, and no line: what is left of an attempt is the answer.
    *(
        f'hubs.HUB01.{cost}={{base = "1 s", per_kb = "0 s", cv = 1.0}}'
        for cost in ("receive_cost", "categorize_cost", "send_cost")
    ),
    "hubs.HUB01.cores=1000",
    "lines.main.bandwidth=unlimited",
]
HANDED = [
    *COMMON,
    'send_connectors.internet.source_transport_servers=["HUB01"]',
    *(
        f'hubs.HUB02.{cost}={{base = "1 s", per_kb = "0 s", cv = 1.0}}'
        for cost in ("receive_cost", "categorize_cost", "send_cost")
    ),
    "hubs.HUB02.cores=1000",
]


@cache
def trace(handed: bool) -> Trace:
    """Return the trace of the shared hub, or of the design that hands the newsletter over."""
    name, settings = ("dedicated-hub-same-ip", HANDED) if handed else ("shared-hub", COMMON)
    scenario = load(SCENARIOS / f"{name}.toml", settings)
    return simulate(scenario, draw(scenario, 0, 1))


def newsletters(run: Trace) -> list[int]:
    """Return the messages of the newsletter, each with one recipient."""
    stream = run.names.streams.index("marketing.newsletter")
    return np.flatnonzero(run.messages["stream"] == stream).tolist()


def core_times(run: Trace, hub: str, visit: Visit) -> dict[int, int]:
    """Return by message the core time for one kind of work at a hub, at the first attempt."""
    visits, station = run.visits, run.names.stations.index(f"{hub}.cpu")
    rows = np.flatnonzero((visits["station"] == station) & (visits["visit"] == visit))
    rows = rows[visits["attempt"][rows] == 0]
    subjects, times = visits["subject"][rows], visits["end"][rows] - visits["start"][rows]
    if visit is Visit.SEND:
        subjects = run.transactions["message"][subjects]
    wanted = set(newsletters(run))
    return {m: t for m, t in zip(subjects.tolist(), times.tolist(), strict=True) if m in wanted}


def answer_times(run: Trace) -> dict[int, int]:
    """Return by message how long the destination took to accept it at the first attempt."""
    attempts, visits = run.attempts, run.visits
    sent = np.flatnonzero((visits["visit"] == Visit.SEND) & (visits["attempt"] == 0))
    end_of_send = dict(
        zip(visits["subject"][sent].tolist(), visits["end"][sent].tolist(), strict=True)
    )
    result = {}
    for transaction, attempt, egress, end, reply in zip(
        *(attempts[name].tolist() for name in ("transaction", "attempt", "egress", "end", "reply")),
        strict=True,
    ):
        accepted = end >= 0 and run.names.replies[reply].startswith("250")
        if egress >= 0 and attempt == 0 and accepted:
            message = int(run.transactions["message"][transaction])
            result[message] = end - end_of_send[transaction]
    return {message: result[message] for message in newsletters(run) if message in result}


WORK = (Visit.RECEIVE, Visit.CATEGORIZE, Visit.SEND)


@pytest.mark.parametrize("visit", WORK)
def test_the_first_hub_draws_the_same_core_time_in_both_designs(visit: Visit) -> None:
    alone = core_times(trace(handed=False), "HUB01", visit)
    first = core_times(trace(handed=True), "HUB02", visit)
    both = alone.keys() & first.keys()
    assert len(both) > 400
    assert {m: alone[m] for m in both} == {m: first[m] for m in both}


@pytest.mark.parametrize("visit", WORK)
def test_the_second_hub_draws_a_core_time_of_its_own(visit: Visit) -> None:
    """Exponential times of the two hubs are not correlated: within 3.9 standard errors."""
    first = core_times(trace(handed=True), "HUB02", visit)
    second = core_times(trace(handed=True), "HUB01", visit)
    both = sorted(first.keys() & second.keys())
    assert len(both) > 400
    pairs = np.array([(first[m], second[m]) for m in both], dtype=np.float64)
    correlation = np.corrcoef(pairs.T)[0, 1]
    assert abs(correlation) < 3.9 / np.sqrt(len(both))


def test_a_recipient_has_the_same_answer_time_in_both_designs() -> None:
    alone, handed = answer_times(trace(handed=False)), answer_times(trace(handed=True))
    both = alone.keys() & handed.keys()
    assert len(both) > 300
    assert {m: alone[m] for m in both} == {m: handed[m] for m in both}


def test_the_counter_of_the_first_hub_is_the_attempt_and_no_two_counters_agree() -> None:
    assert [hop_counter(0, attempt) for attempt in range(4)] == [0, 1, 2, 3]
    pairs = [(hop, attempt) for hop in range(4) for attempt in (0, 1, 2880, 2**32 - 1)]
    assert len({hop_counter(*pair) for pair in pairs}) == len(pairs)
    key = name_key(1, 0, "copy")
    draws = {draw32(key, Decision.SEND_COST, hop_counter(*pair)) for pair in pairs}
    assert len(draws) == len(pairs)
