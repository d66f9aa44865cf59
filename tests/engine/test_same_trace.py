"""INV-6, 9, 10 and 12: what must not change a trace."""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from random_worlds import Tables, neighbours, worlds
from told import told

from relaysim.engine.run import simulate
from relaysim.engine.trace import Trace, first_divergence
from relaysim.scenario.load import from_mapping, load
from relaysim.traffic.saving import save_arrivals
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parents[2] / "scenarios"

fuzz = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def run(tables: Tables) -> Trace:
    scenario = from_mapping(tables)
    return simulate(scenario, draw(scenario, 0, 1))


# INV-6: the same plan and draws, in any process.

FINGERPRINT = """
import sys
from relaysim.engine.run import simulate
from relaysim.scenario.load import load
from relaysim.traffic.workload import draw
scenario = load(sys.argv[1], sys.argv[2:])
print(simulate(scenario, draw(scenario, 0, 1)).fingerprint())
"""
SMALL = ("run.scale=0.02", "hosts.marketing.streams.newsletter.arrivals.messages=60000")


@pytest.mark.parametrize("name", ["listing-day.toml", "dedicated-hub-same-ip.toml"])
def test_another_process_gives_the_same_trace(name: str) -> None:
    """With other hash seeds, which decide the order of sets and of nothing that counts."""
    file = SCENARIOS / name
    scenario = load(file, SMALL)
    here = simulate(scenario, draw(scenario, 0, 1)).fingerprint()
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", FINGERPRINT, str(file), *SMALL],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert there.stdout.strip() == here


def test_another_seed_or_replication_gives_another_trace() -> None:
    scenario = load(SCENARIOS / "listing-day.toml", SMALL)
    found = {
        simulate(scenario, draw(scenario, replication, seed)).fingerprint()
        for replication, seed in ((0, 1), (1, 1), (0, 2))
    }
    assert len(found) == 3


# INV-9: a stream that sends nothing.

QUIET: Tables = {
    "sender": "quiet@quiet.example",
    "size": "1 KB",
    "to": {"internal": 0.5, "many": 0.5},
    "arrivals": {"process": "campaign", "at": "9 d", "messages": 5, "rate": "1/s"},
}


@fuzz
@given(worlds())
def test_a_stream_that_sends_nothing_changes_no_row(tables: Tables) -> None:
    """It comes first in the order of names, on a new host and on one that is there."""
    before = told(run(tables))
    more = deepcopy(tables)
    more["hosts"]["a-quiet-one"] = {
        "kind": "none",
        "address": "10.0.0.9",
        "server": "one",
        "streams": {"nothing": QUIET},
    }
    next(iter(more["hosts"].values()))["streams"]["0-nothing"] = QUIET
    assert told(run(more)) == before


# INV-10: a run's arrivals, saved and replayed.


@fuzz
@given(worlds())
def test_replayed_arrivals_give_the_same_trace(
    tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> None:
    folder = tmp_path_factory.mktemp("arrivals")
    scenario = from_mapping(tables)
    draws = draw(scenario, 0, 1)
    again = deepcopy(tables)
    for name in draws.streams:
        host, _, stream = name.partition(".")
        if not (draws.stream == draws.streams.index(name)).any():
            continue
        file = folder / f"{name}.csv"
        save_arrivals(draws, name, file)
        table = again["hosts"][host]["streams"][stream]
        table["arrivals"] = {"process": "replay", "file": str(file)}
    assert first_divergence(simulate(scenario, draws), run(again)) is None


# INV-12: a culprit with a hub, a line, an IP and a domain of its own.


@fuzz
@given(neighbours())
def test_a_culprit_on_a_hub_of_its_own_changes_no_row_of_the_others(
    both: tuple[Tables, Tables],
) -> None:
    with_it, without_it = both
    alone = run(without_it)
    others = {name for name in alone.names.streams if not name.startswith("HUB01")}
    assert "crm.a" in others or "crm.b" in others
    beside = run(with_it)
    assert told(beside, others) == told(alone, others)
