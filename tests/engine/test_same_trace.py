"""INV-6, 9, 10 and 12: what must not change a trace, with both engines.

A random world is played by one of them: that their traces are equal is a test of its own.
"""

import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds.named_rows import named_rows, reputation
from worlds.random_neighbours import neighbours, reputed_neighbours
from worlds.random_worlds import Tables, worlds

from relaysim.engine.choice import Engine, simulate, using
from relaysim.engine.coupled_runs import coupled
from relaysim.scenario.load import from_mapping, load
from relaysim.trace.tables import Trace, first_divergence
from relaysim.traffic.save_arrivals import save_arrivals
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parents[2] / "scenarios"

fuzz = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

engines = st.sampled_from(Engine)
both_engines = pytest.mark.parametrize("engine", list(Engine))


def run(tables: Tables) -> Trace:
    scenario = from_mapping(tables)
    return simulate(scenario, draw(scenario, 0, 1))


# INV-6: the same plan and draws, in any process.

FINGERPRINT = """
import sys
from relaysim.engine.choice import Engine, simulate, use
from relaysim.scenario.load import load
from relaysim.traffic.workload import draw
use(Engine(sys.argv[1]))
files, settings = sys.argv[2].split("|"), sys.argv[3:]
for scenario in (load(file, settings) for file in files):
    print(simulate(scenario, draw(scenario, 0, 1)).fingerprint())
"""
SMALL = ("run.scale=0.02", "hosts.marketing.streams.newsletter.arrivals.messages=60000")
NAMES = ("listing-day.toml", "dedicated-hub-same-ip.toml")


@both_engines
def test_another_process_gives_the_same_trace(engine: Engine) -> None:
    """With other hash seeds, which decide the order of sets and of nothing that counts."""
    files = [str(SCENARIOS / name) for name in NAMES]
    scenarios = [load(file, SMALL) for file in files]
    with using(engine):
        here = [simulate(scenario, draw(scenario, 0, 1)).fingerprint() for scenario in scenarios]
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", FINGERPRINT, engine, "|".join(files), *SMALL],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert there.stdout.split() == here


def test_another_seed_or_replication_gives_another_trace() -> None:
    scenario = load(SCENARIOS / "listing-day.toml", SMALL)
    result = {
        simulate(scenario, draw(scenario, replication, seed)).fingerprint()
        for replication, seed in ((0, 1), (1, 1), (0, 2))
    }
    assert len(result) == 3


# INV-9: a stream that sends nothing.

QUIET: Tables = {
    "sender": "quiet@quiet.example",
    "size": "1 KB",
    "to": {"internal": 0.5, "many": 0.5},
    "arrivals": {"process": "campaign", "at": "30 d", "messages": 5, "rate": "1/s"},
}
LISTED: Tables = {"mailing_list": {"addresses": 5, "trap_share": 1.0, "unknown_rate": 0.5}}
"""What it would do if it did send."""


@fuzz
@given(tables=worlds(), guilty=st.booleans(), engine=engines)
def test_a_stream_that_sends_nothing_changes_no_row(
    engine: Engine, tables: Tables, guilty: bool
) -> None:
    """It comes first in the order of names, on a new host and on one that is there."""
    more = deepcopy(tables)
    more["hosts"]["a-quiet-one"] = {
        "kind": "none",
        "address": "10.0.0.9",
        "server": "one",
        "streams": {"nothing": QUIET | LISTED | {"culprit": guilty}},
    }
    there = next(iter(more["hosts"].values()))["streams"]
    beside = next(iter(there.values()))
    # It writes where the host writes anyway, by the same IP: a scripted listing is of the IPs that
    # carry its mail.
    same = {key: beside[key] for key in ("to", "culprit", "sender") if key in beside}
    there["0-nothing"] = QUIET | LISTED | same
    with using(engine):
        one, other = run(tables), run(more)
    streams = {name for name in one.names.streams if not name.endswith(".dsn")}
    assert named_rows(other) == named_rows(one)
    assert reputation(other, streams=streams) == reputation(one)


# INV-10: a run's arrivals, saved and replayed.


@fuzz
@given(tables=worlds(), engine=engines)
def test_replayed_arrivals_give_the_same_trace(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, tables: Tables
) -> None:
    """A mailing list keeps its length, and a hijacked host stays one: files say neither."""
    folder = tmp_path_factory.mktemp("arrivals")
    scenario = from_mapping(tables)
    draws = draw(scenario, 0, 1)
    again = deepcopy(tables)
    for number, name in enumerate(draws.streams):
        host, _, stream = name.partition(".")
        table = again["hosts"][host]["streams"][stream]
        if not (draws.stream == number).any() or table["arrivals"]["process"] == "compromise":
            continue
        file = folder / f"{name}.csv"
        save_arrivals(draws, name, file)
        table["arrivals"] = {"process": "replay", "file": str(file)}
        if "mailing_list" in table:
            table["mailing_list"]["addresses"] = int(draws.list_size[number])
    with using(engine):
        assert first_divergence(simulate(scenario, draws), run(again)) is None


# INV-12: a culprit with a hub, a line, an IP and a domain of its own.


@fuzz
@given(both=neighbours(), engine=engines)
def test_a_culprit_on_a_hub_of_its_own_changes_no_row_of_the_others(
    engine: Engine, both: tuple[Tables, Tables]
) -> None:
    with_it, without_it = both
    with using(engine):
        beside, alone = run(with_it), run(without_it)
    others = {name for name in alone.names.streams if not name.startswith("HUB01")}
    assert "crm.a" in others or "crm.b" in others
    assert named_rows(beside, others) == named_rows(alone, others)


@fuzz
@given(tables=reputed_neighbours(), engine=engines)
def test_nor_do_the_signals_of_a_culprit_with_an_ip_and_a_domain_of_its_own(
    engine: Engine, tables: Tables
) -> None:
    """Whether they are counted, whether the culprit is there: nobody else sees a difference."""
    scenario = from_mapping(tables)
    draws = draw(scenario, 0, 1)
    with using(engine):
        runs = coupled(scenario, draws)
    names = runs.treatment.names
    others = {name for name in names.streams if not name.startswith(("HUB01", "mailer"))}
    egress = set(names.egress) - {"198.51.100.10"}
    domains = set(names.registered_domains) - {"bulk.example"}
    result = [
        (named_rows(trace, others), reputation(trace, egress, others, domains))
        for trace in (runs.treatment, runs.control, runs.absent)
    ]
    assert result[0] == result[1]
    assert result[0] == result[2]
