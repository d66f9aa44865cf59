"""What must follow when one thing is changed and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from worlds.small_world import Played, play

from relaysim.engine.run import run as simulate
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import load
from relaysim.trace.columns import Column
from relaysim.trace.tables import Trace, Visit
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SMALL = ("run.scale=0.02",)

QUEUE = """
[run]
duration = "20 min"
[hubs.HUB01]
max_per_domain_outbound_connections = 4
[hosts.app.streams.load]
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "3.2/s" }
size = "1 KB"
to = { sink = 1.0 }
[destinations.sink]
response_time = { distribution = "exponential", mean = "1 s" }
"""
"""Four connections with exponential response times: M/M/4, 80 % busy."""
CORES = """
[run]
duration = "20 min"
[hubs.HUB01]
cores = 2
receive_cost = { base = "100 ms", per_kb = "0 s", cv = 1.0 }
categorize_cost = { base = "1 s", per_kb = "0 s", cv = 1.0 }
send_cost = { base = "100 ms", per_kb = "0 s", cv = 1.0 }
[hosts.app.streams.load]
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "1.3/s" }
size = "1 KB"
to = { sink = 1.0 }
"""
"""Two cores, 78 % busy."""


def latency(run: Played) -> float:
    """Mean seconds from creation to the end, over the recipients of the load."""
    ends = np.array([end for end, _ in run.ends("app.load")])
    return float(np.mean(ends - run.messages("app.load", "created")))


def first_starts(trace: Trace, stream: str) -> Column:
    """When the first attempt of each message of a stream began; each has one transaction."""
    own = trace.messages["stream"] == trace.names.streams.index(stream)
    first = trace.attempts["attempt"] == 0
    message = trace.transactions["message"][trace.attempts["transaction"][first]]
    start = np.full(len(trace.messages), -1)
    start[message] = trace.attempts["start"][first]
    return start[own]


def test_with_more_arrivals_the_mean_wait_is_no_shorter() -> None:
    """A tenth more of the same stream, for each of some seeds."""
    for seed in range(3):
        usual = latency(play(QUEUE, seed=seed))
        busier = latency(play(QUEUE, "[run]\nscale = 1.1", seed=seed))
        assert busier > usual


def test_no_recipient_is_served_earlier_because_others_came() -> None:
    """First come, first served with several servers: more company never helps."""
    others = """
    [hosts.app.streams.more]
    sender = "app@cozumpark.com"
    arrivals = { process = "bursts", rate = "10/min", burst_factor = 10, burst_length = "10 s" }
    size = "1 KB"
    to = { sink = 1.0 }
    """
    alone = first_starts(play(QUEUE).trace, "app.load")
    together = first_starts(play(QUEUE, others).trace, "app.load")
    assert (together >= alone).all()
    assert (together > alone).any()


def test_with_more_connections_no_recipient_is_served_later() -> None:
    more = "[hubs.HUB01]\nmax_per_domain_outbound_connections = 5"
    four = first_starts(play(QUEUE).trace, "app.load")
    five = first_starts(play(QUEUE, more).trace, "app.load")
    assert (five <= four).all()
    assert (five < four).any()


def test_with_more_cores_mail_is_not_later() -> None:
    """On the mean of each seed: a core may be taken by less urgent work, so not recipient by recipient."""
    for seed in range(3):
        two = latency(play(CORES, seed=seed))
        three = latency(play(CORES, "[hubs.HUB01]\ncores = 3", seed=seed))
        four = latency(play(CORES, "[hubs.HUB01]\ncores = 4", seed=seed))
        assert two > three >= four


def test_a_quiet_host_changes_nothing() -> None:
    quiet = """
    [hosts.quiet]
    kind = "bulk_marketing"
    address = "10.0.0.1"
    server = "192.168.168.169"
    """
    one, other = play(CORES).trace, play(CORES, quiet).trace
    assert other.names.hosts == ("app", "quiet")
    for table in Trace.TABLES:
        before, after = getattr(one, table), getattr(other, table)
        for column in before.columns:
            np.testing.assert_array_equal(before[column], after[column])


def test_twice_the_bandwidth_of_the_line_halves_the_transfer() -> None:
    mail = {"app.load": [(10.0 * k, 1, 1000 * k) for k in range(1, 20)]}
    lengths = []
    for bandwidth in ("64 kbit/s", "128 kbit/s"):
        run = play(f"[egress.'198.51.100.10']\nbandwidth = '{bandwidth}'", mail=mail)
        visits = run.visits("198.51.100.10.line")
        lengths.append([round(end - start, 6) for _, _, start, end in visits])
    assert lengths[0] == [2 * length for length in lengths[1]]
    assert lengths[0] == [0.125 * k for k in range(1, 20)]


def test_replications_do_not_depend_on_those_before_them() -> None:
    """One plan for all of them, forwards, backwards and again: an engine keeps nothing."""
    scenario = load(SCENARIOS / "listing-day.toml", SMALL)
    draws = {replication: draw(scenario, replication, 7) for replication in range(3)}
    plan = compile_plan(scenario)
    forwards = [simulate(plan, draws[r]).fingerprint() for r in (0, 1, 2)]
    backwards = [simulate(plan, draws[r]).fingerprint() for r in (2, 1, 0)]
    alone = [simulate(compile_plan(scenario), draws[r]).fingerprint() for r in (0, 1, 2)]
    assert forwards == backwards[::-1] == alone
    assert len(set(forwards)) == 3


@pytest.fixture(scope="module")
def designs() -> tuple[Trace, Trace]:
    """The same day with one hub for all, and with a hub of its own for the bulk mail."""
    result = []
    for name in ("shared-hub.toml", "dedicated-hub.toml"):
        scenario = load(SCENARIOS / name, SMALL)
        draws = draw(scenario, 0, 1)
        result.append(simulate(compile_plan(scenario), draws))
    return result[0], result[1]


def of_streams(trace: Trace, hub_made: bool = False) -> Column:
    """The messages that hosts made, in both designs the same rows."""
    return np.flatnonzero((trace.messages["parent"] >= 0) == hub_made)


def test_a_message_is_the_same_in_both_designs(designs: tuple[Trace, Trace]) -> None:
    """Created at the same time, of the same size, for the same recipients."""
    shared, dedicated = designs
    own = of_streams(shared)
    assert len(own) == len(of_streams(dedicated)) > 500
    for column in ("number", "created", "size", "first_recipient", "recipients"):
        np.testing.assert_array_equal(shared.messages[column][own], dedicated.messages[column][own])
    streams = [[trace.names.streams[s] for s in trace.messages["stream"][own]] for trace in designs]
    assert streams[0] == streams[1]
    recipients = int(shared.messages["recipients"][own].sum())
    domains = [[t.names.domains[d] for d in t.recipients["domain"][:recipients]] for t in designs]
    assert domains[0] == domains[1]


def test_a_message_costs_the_same_in_both_designs(designs: tuple[Trace, Trace]) -> None:
    """The same core time to receive and to categorize it, on whichever hub."""
    for visit in (Visit.RECEIVE, Visit.CATEGORIZE):
        lengths = []
        for trace in designs:
            rows = np.flatnonzero(trace.visits["visit"] == visit)
            subject = trace.visits["subject"][rows]
            rows = rows[trace.messages["parent"][subject] < 0]
            rows = rows[np.argsort(trace.visits["subject"][rows], kind="stable")]
            lengths.append(trace.visits["end"][rows] - trace.visits["start"][rows])
        np.testing.assert_array_equal(lengths[0], lengths[1])
    assert set(designs[1].messages["hub"].tolist()) == {0, 1}
