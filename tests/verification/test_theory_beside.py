"""The frame `theory` of a run: formulas where they hold, beside what was simulated."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from worlds.agreement import MM4
from worlds.systems import AT_ONCE, SYSTEMS

from relaysim.scenario.load import load
from relaysim.study.run_result import RunResult, run
from relaysim.study.theory_beside import COLUMNS, beside
from relaysim.theory.erlang import mmc_queue_length, mmc_wait
from relaysim.theory.single_server import md1_wait, mg1_wait

SHARED = Path(MM4).with_name("shared-hub.toml")
QUEUE = "HUB01->example.org"
LINE = "198.51.100.10.line"
SEED = 2
"""One of the many whose intervals all hold the true values."""


@cache
def short() -> RunResult:
    """The M/M/4 scenario, as long as it takes for narrow intervals."""
    return run(load(MM4, ["run.duration=4000 s"]), replications=4, seed=SEED, jobs=1)


def brief(*settings: str) -> pd.DataFrame:
    """The frame of a few minutes of the M/M/4 scenario with other settings."""
    scenario = load(MM4, ["run.duration=300 s", "run.warm_up=0 s", *settings])
    return beside(run(scenario, replications=1, jobs=1)).set_index(["subject", "metric"])


def formula(frame: pd.DataFrame, resource: str, metric: str) -> tuple[str, float]:
    """Formula and value."""
    row = frame.loc[(resource, metric)]
    return row["formula"], pytest.approx(row["theory"])


def test_a_run_of_mm4_has_the_formulas_beside_what_was_simulated() -> None:
    frame = beside(short())
    assert tuple(frame.columns) == COLUMNS
    keys = zip(frame["subject"], frame["metric"], frame["formula"], strict=True)
    assert dict(zip(keys, frame["theory"], strict=True)) == {
        (QUEUE, "utilization", "utilization law"): pytest.approx(0.8),
        (QUEUE, "wait_mean", "M/M/4"): pytest.approx(mmc_wait(3.2, 1, 4)),
        (QUEUE, "queue_mean", "M/M/4"): pytest.approx(mmc_queue_length(3.2, 1, 4)),
    }
    assert frame["inside"].tolist() == [True] * 3


def test_values_and_intervals_are_those_of_the_metrics() -> None:
    metrics = short().metrics.set_index(["scope", "subject", "metric"])
    for row in beside(short()).to_dict("records"):
        same = metrics.loc[("resource", row["subject"], row["metric"])]
        assert (row["value"], row["low"], row["high"]) == (same["value"], same["low"], same["high"])
        assert row["inside"] == (row["low"] <= row["theory"] <= row["high"])


def test_one_replication_has_no_interval_to_be_inside_of() -> None:
    frame = brief()
    assert frame["inside"].isna().all()
    assert frame["theory"].notna().all()


def test_an_interval_elsewhere_does_not_contain_the_value() -> None:
    result = run(load(MM4, ["run.duration=120 s", "run.warm_up=0 s"]), replications=2, jobs=1)
    result.metrics[["low", "high"]] = 0.0
    assert beside(result)["inside"].tolist() == [False] * 3


def test_one_core_with_a_gamma_cost_is_mg1() -> None:
    system = next(each for each in SYSTEMS if each.name.startswith("M/G/1: a core"))
    frame = brief(*system.settings)
    assert formula(frame, "HUB01.cpu", "wait_mean") == ("M/G/1", mg1_wait(0.5, 1, 0.5))
    assert formula(frame, "HUB01.cpu", "queue_mean") == ("M/G/1", 0.5 * mg1_wait(0.5, 1, 0.5))


def test_a_line_with_messages_of_one_size_is_md1() -> None:
    system = next(each for each in SYSTEMS if each.name.startswith("M/D/1: a line"))
    frame = brief(*system.settings)
    assert formula(frame, LINE, "wait_mean") == ("M/D/1", md1_wait(0.5, 1))
    assert formula(frame, LINE, "utilization") == ("utilization law", 0.5)


def test_a_line_with_two_kinds_of_mail_has_the_moments_of_both() -> None:
    # 0.3/s of 1 s with cv 0.7 and 0.4/s of 0.5 s: W = sum of rate x E[S^2] / 2 (1 - 0.5).
    frame = brief(
        *AT_ONCE,
        'egress."198.51.100.10".bandwidth=819200 bit/s',
        "hosts.app.streams.load.arrivals.rate=0.3/s",
        'hosts.app.streams.load.size={distribution = "gamma", mean = "100 KB", cv = 0.7}',
        'hosts.app.streams.more={sender = "more@cozumpark.com", size = "50 KB", to = {sink = 1.0}, '
        'arrivals = {process = "poisson", rate = "0.4/s"}}',
    )
    assert formula(frame, LINE, "wait_mean") == ("M/G/1", 0.3 * 1.49 + 0.4 * 0.25)


def test_counted_domains_are_so_many_queues_alike() -> None:
    frame = brief(
        "destinations.many.profile=none",
        "destinations.many.domain_count=4",
        'destinations.many.response_time={distribution="exponential", mean="2 s"}',
        "hosts.app.streams.load.to={many=1.0}",
    )
    assert formula(frame, "HUB01->many", "wait_mean") == ("M/M/4", mmc_wait(0.8, 0.5, 4))
    queue_length = 4 * mmc_queue_length(0.8, 0.5, 4)
    assert formula(frame, "HUB01->many", "queue_mean") == ("M/M/4", queue_length)


TWO_STAGES = [
    "hubs.HUB01.send_cost=1 ms",
    "hubs.HUB01.receive_cost=1 ms",
    'egress."198.51.100.10".bandwidth=1 Mbit/s',
]
"""Two resources take time: the utilization law holds for both, and waits have no formula."""


@pytest.mark.parametrize("setting", TWO_STAGES)
def test_where_two_resources_take_time_only_the_utilization_law_holds(setting: str) -> None:
    frame = brief(setting).reset_index()
    assert set(frame["metric"]) == {"utilization"}
    assert len(frame) == 2
    (load,) = frame.loc[frame["subject"] == QUEUE, "theory"]
    assert load == pytest.approx(0.8)


NOT_STEADY = [
    "hosts.app.streams.load.arrivals.profile=office-hours",
    'hosts.app.streams.load.arrivals={process="every", every="1 s"}',
    'events=[{at="100 s", rate={stream="app.load", factor=2.0, for="1 min"}}]',
    'events=[{at="100 s", outage={destination="sink", for="1 min"}}]',
    "hosts.app.streams.load.recipients=2",
    "destinations.sink.connect_time=1 s",
    # From here on the run shows it: mail waits elsewhere, or an attempt fails.
    "hosts.app.sessions=1 and hosts.app.round_trip=100 ms",
    "hubs.HUB01.receive_connectors.relay.message_rate_limit=60/min",
    "hubs.HUB01.receive_connectors.relay.max_message_size=1000 B",
    "destinations.sink.defer=0.01",
    "destinations.sink.connect_failure=0.01",
    "hosts.app.streams.load.unknown_rate=0.01",
    "destinations.sink.max_connections_per_ip=3",
]


@pytest.mark.parametrize("setting", NOT_STEADY)
def test_a_design_that_is_no_steady_state_of_poisson_mail_has_no_formula(setting: str) -> None:
    assert brief(*setting.split(" and ")).empty


@pytest.mark.parametrize(
    "setting",
    [
        "destinations.sink.response_time=1 s",
        "hosts.app.streams.load.arrivals.rate=4.1/s",
        "hubs.HUB01.commit_write=1 ms",
    ],
    ids=["M/D/4", "load above 1", "a wait before the queue"],
)
def test_a_queue_without_a_formula_has_no_wait(setting: str) -> None:
    assert "wait_mean" not in set(brief(setting).reset_index()["metric"])


@pytest.mark.parametrize(
    "setting",
    [
        "hubs.HUB01.receive_connectors.relay.max_message_size=1 KB",
        "send_connectors.internet.max_message_size=20 MB",
        "destinations.sink.max_connections_per_ip=4",
        "hubs.HUB01.priority_queuing_enabled=true",
        "hubs.HUB01.receive_connectors.relay.max_inbound_connection=9000",
    ],
)
def test_a_limit_that_is_not_reached_changes_no_formula(setting: str) -> None:
    assert formula(brief(setting), QUEUE, "wait_mean") == ("M/M/4", mmc_wait(3.2, 1, 4))


def test_connections_that_wait_for_a_longer_queue_have_no_formula() -> None:
    key = "smtp_connector_queue_message_count_threshold_for_concurrent_connections"
    frame = brief(f"hubs.HUB01.{key}=2")
    assert set(frame["formula"]) == {"utilization law"}


def test_a_limit_of_the_plan_is_the_number_of_servers() -> None:
    frame = brief(
        "hubs.HUB01.max_per_domain_outbound_connections=2",
        "hosts.app.streams.load.arrivals.rate=1.2/s",
    )
    assert formula(frame, QUEUE, "wait_mean") == ("M/M/2", mmc_wait(1.2, 1, 2))


def test_a_company_has_no_formula() -> None:
    result = run(load(SHARED, ["run.scale=0.01", "run.drain=1 h"]), replications=1, jobs=1)
    assert beside(result).empty
