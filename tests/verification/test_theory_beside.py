"""The frame `theory` of a run: the value of a formula where it holds, and else why none does."""

import math
from functools import cache
from pathlib import Path

import pytest
from worlds.agreement import MM4
from worlds.golden_sections import Golden
from worlds.listed_time import POISSON
from worlds.listing_world import stream
from worlds.systems import AT_ONCE, SYSTEMS

from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.study.replicate import RunResult, run
from relaysim.study.theory import COLUMNS, beside
from relaysim.study.theory.latency_theory import latency
from relaysim.study.theory.listing_theory import listed_time
from relaysim.study.theory.resource_theory import answers
from relaysim.study.theory.theory_network import Network
from relaysim.theory.batch_queue import batch_members
from relaysim.theory.erlang import erlang_b, mmc_queue_length, mmc_wait
from relaysim.theory.listing_formulas import poisson_listed_share
from relaysim.theory.priority_queue import PriorityClass, mg1_priority_waits
from relaysim.theory.single_server import md1_wait, mg1_wait
from relaysim.theory.stations_in_a_row import Station, tandem_sojourn

SHARED = Path(MM4).with_name("shared-hub.toml")
QUEUE = "HUB01->example.org"


def mm4(*settings: str) -> Network:
    return Network(load(MM4, settings))


def system(name: str) -> Scenario:
    """A system of the verification, by the beginning of its name."""
    return next(each for each in SYSTEMS if each.name.startswith(name)).scenario()


def says(network: Network, resource: str, metric: str = "wait_mean") -> tuple[str, float]:
    """Formula and value."""
    answer = answers(network, resource)[metric]
    assert answer.reasons == ()
    return answer.formula, pytest.approx(answer.theory)


def against(network: Network, resource: str, metric: str = "wait_mean") -> tuple[str, ...]:
    """Why there is none."""
    answer = answers(network, resource)[metric]
    assert answer.formula == ""
    assert math.isnan(answer.theory)
    return answer.reasons


SEED = 2
"""One of the many whose intervals all hold the true values."""


@cache
def short() -> RunResult:
    """The M/M/4 scenario, as long as it takes for narrow intervals."""
    return run(load(MM4, ["run.duration=4000 s"]), replications=4, seed=SEED, jobs=1)


def test_a_run_of_mm4_has_the_formulas_beside_what_was_simulated() -> None:
    frame = beside(short())
    assert tuple(frame.columns) == COLUMNS
    keys = zip(frame["subject"], frame["metric"], frame["formula"], strict=True)
    assert dict(zip(keys, frame["theory"], strict=True)) == {
        (QUEUE, "utilization", "utilization law"): pytest.approx(0.8),
        (QUEUE, "wait_mean", "M/M/4"): pytest.approx(mmc_wait(3.2, 1, 4)),
        (QUEUE, "queue_mean", "M/M/4"): pytest.approx(mmc_queue_length(3.2, 1, 4)),
        ("app.load", "latency_mean", "M/M/4"): pytest.approx(1 + mmc_wait(3.2, 1, 4)),
    }
    assert frame["reason"].tolist() == [""] * 4
    assert frame["inside"].tolist() == [True] * 4


def test_values_and_intervals_are_those_of_the_metrics() -> None:
    metrics = short().metrics.set_index(["scope", "subject", "metric"])
    for row in beside(short()).to_dict("records"):
        same = metrics.loc[(row["scope"], row["subject"], row["metric"])]
        assert (row["value"], row["low"], row["high"]) == (same["value"], same["low"], same["high"])
        assert row["inside"] == (row["low"] <= row["theory"] <= row["high"])


def test_one_replication_has_no_interval_to_be_inside_of() -> None:
    frame = beside(run(load(MM4, ["run.duration=1100 s"]), replications=1, jobs=1))
    assert frame["inside"].isna().all()
    assert frame["theory"].notna().all()


def test_an_interval_elsewhere_does_not_hold_the_value() -> None:
    result = run(load(MM4, ["run.duration=120 s", "run.warm_up=0 s"]), replications=2, jobs=1)
    result.metrics[["low", "high"]] = 0.0
    assert beside(result)["inside"].tolist() == [False] * 4


# One formula after another.


def test_one_core_with_a_gamma_cost_is_mg1() -> None:
    network = Network(system("M/G/1: a core"))
    assert says(network, "HUB01.cpu") == ("M/G/1", mg1_wait(0.5, 1, 0.5))
    assert says(network, "HUB01.submission", "queue_mean") == ("M/G/1", 0.5 * mg1_wait(0.5, 1, 0.5))
    assert "utilization" not in answers(network, "HUB01.submission")


def test_a_line_with_messages_of_one_size_is_md1() -> None:
    network = Network(system("M/D/1: a line"))
    assert says(network, "198.51.100.10.line") == ("M/D/1", md1_wait(0.5, 1))
    assert says(network, "198.51.100.10.line", "utilization") == ("utilization law", 0.5)


def test_a_line_with_two_kinds_of_mail_has_the_moments_of_both() -> None:
    # 0.3/s of 1 s with cv 0.7 and 0.4/s of 0.5 s: W = sum of rate x E[S^2] / 2 (1 - 0.5).
    network = mm4(
        *AT_ONCE,
        'egress."198.51.100.10".bandwidth=819200 bit/s',
        "hosts.app.streams.load.arrivals.rate=0.3/s",
        'hosts.app.streams.load.size={distribution = "gamma", mean = "100 KB", cv = 0.7}',
        'hosts.app.streams.more={sender = "more@cozumpark.com", size = "50 KB", to = {sink = 1.0}, '
        'arrivals = {process = "poisson", rate = "0.4/s"}}',
    )
    wait = 0.3 * 1.49 + 0.4 * 0.25
    assert says(network, "198.51.100.10.line") == ("M/G/1", wait)
    assert latency(network, "app.load").theory == pytest.approx(1 + wait)
    assert latency(network, "app.more").theory == pytest.approx(0.5 + wait)


def test_three_priorities_at_one_connection_are_cobham_s() -> None:
    scenario = system("M/G/1, three")
    waits = mg1_priority_waits([PriorityClass(0.2, 1, 0.5)] * 3)
    assert says(Network(scenario), QUEUE) == ("M/G/1, 3 priorities", sum(waits) / 3)
    brief = run(load(MM4, [*SYSTEMS[10].settings, "run.duration=400 s"]), replications=2, jobs=1)
    frame = beside(brief)
    mine = frame[frame["metric"] == "wait_delivery"].set_index("subject")["theory"]
    assert mine["app.urgent"] == pytest.approx(waits[0])
    assert mine["app.load"] == pytest.approx(waits[1])
    assert mine["app.later"] == pytest.approx(waits[2])


def test_a_connector_that_turns_away_is_erlang_s_loss_system() -> None:
    network = Network(system("M/G/3/3"))
    busy = 2 * (1 - erlang_b(3, 2)) / 3
    assert says(network, "HUB01/relay", "utilization") == ("Erlang B", busy)


def test_round_trips_of_the_dialog_are_offered_load_too() -> None:
    settings = [*SYSTEMS[8].settings, "hosts.app.round_trip=50 ms", "hosts.app.bandwidth=unlimited"]
    # TCP and EHLO, MAIL, RCPT, DATA and its end: the connector offers no TLS.
    offered = 2 * 6 * 0.05
    busy = offered * (1 - erlang_b(3, offered)) / 3
    assert says(mm4(*settings), "HUB01/relay", "utilization") == ("Erlang B", busy)


def test_cores_then_connections_are_a_tandem() -> None:
    answer = latency(Network(system("M/M/2, then")), "app.load")
    assert answer.formula == "M/M/2 + M/M/3"
    assert answer.theory == pytest.approx(tandem_sojourn(1, [Station(1, 2), Station(0.5, 3)]))


def test_batches_of_the_queue_database() -> None:
    network = Network(system("batches"))
    wait = SYSTEMS[-1].expected["wait"][0]
    assert says(network, "HUB01.commit") == ("batches", wait)
    assert says(network, "HUB01.commit", "queue_mean") == ("batches", 40 * wait)


def test_writes_one_after_another_are_md1_and_in_batches_only_their_share_is_known(
    golden_section: Golden,
) -> None:
    each = mm4(*AT_ONCE, "hubs.HUB01.commit_write=100 ms")
    assert says(each, "HUB01.commit") == ("M/D/1", md1_wait(3.2, 0.1))
    batches = mm4(
        *AT_ONCE,
        "hubs.HUB01.commit_write=5 ms",
        "hubs.HUB01.queue_database_batch_size=5",
        "hubs.HUB01.queue_database_batch_timeout=100 ms",
    )
    share = 3.2 * 0.005 / batch_members(3.2, 5, 0.1)
    assert says(batches, "HUB01.commit", "utilization") == ("utilization law", share)
    (reason,) = against(batches, "HUB01.commit")
    golden_section("theory/reasons", reason)


def test_counted_domains_are_so_many_queues_alike() -> None:
    network = mm4(
        "destinations.many.profile=none",
        "destinations.many.domain_count=4",
        'destinations.many.response_time={distribution="exponential", mean="2 s"}',
        "hosts.app.streams.load.to={many=1.0}",
    )
    assert says(network, "HUB01->many") == ("M/M/4", mmc_wait(0.8, 0.5, 4))
    assert says(network, "HUB01->many", "queue_mean") == (
        "M/M/4",
        4 * mmc_queue_length(0.8, 0.5, 4),
    )


@pytest.mark.parametrize("listed", POISSON, ids=lambda listed: listed.name)
def test_a_list_with_poisson_hits(listed: "POISSON[0].__class__") -> None:
    scenario = listed.scenario()
    answer = listed_time(Network(scenario), "list")
    window = (scenario.run.duration - scenario.run.warm_up) / 1e6
    share, _ = listed.expected["share of time"]
    assert answer.formula == "M/D/oo"
    assert answer.theory == pytest.approx(share * window)


def test_a_run_has_the_list_too_and_holds_the_value() -> None:
    first = POISSON[0]
    brief = type(first)(first.name, (*first.settings, '[run]\nduration = "130 d"'), {})
    frame = beside(run(brief.scenario(), replications=4, jobs=1))
    (row,) = frame[frame["scope"] == "blocklist"].to_dict("records")
    assert row["theory"] == pytest.approx(poisson_listed_share(0.405, 1) * 100 * 86_400)
    assert row["inside"]


# No formula, and why.

LIGHT = ["hosts.app.streams.load.arrivals.rate=2/s"]
"""So little mail that three connections carry it too."""


BROKEN = [
    "hosts.app.streams.load.arrivals.profile=office-hours",
    'hosts.app.streams.load.arrivals={process="every", every="1 s"}',
    'events=[{at="1 h", rate={stream="app.load", factor=2.0, for="1 h"}}]',
    'events=[{at="1 h", outage={destination="sink", for="1 h"}}]',
    "hosts.app.sessions=3",
    "hubs.HUB01.max_connection_rate_per_minute=600",
    "hubs.HUB01.receive_connectors.relay.message_rate_limit=600/min",
    "hubs.HUB01.receive_connectors.relay.max_inbound_connection=9",
    "hubs.HUB01.receive_connectors.relay.max_inbound_connection_per_source=9",
    "hubs.HUB01.receive_connectors.relay.max_message_size=1000 B",
    "hubs.HUB01.back_pressure.version_bucket_size=1 MB",
    "destinations.sink.defer=0.01",
    "destinations.sink.connect_failure=0.01",
    "hosts.app.streams.load.unknown_rate=0.01",
    "destinations.sink.connect_time=1 s",
    "destinations.sink.max_connections_per_ip=3",
    "hubs.HUB01.max_outbound_connections=3",
    "hubs.HUB01.send_cost=1 ms",
    'egress."198.51.100.10".bandwidth=1 Mbit/s',
    "hubs.HUB01.receive_cost=1 ms",
    "hubs.HUB01.commit_write=1 ms",
    "destinations.sink.response_time=1 s",
    pytest.param(
        'send_connectors.internet.dns_routing_enabled=false and send_connectors.internet.smart_hosts=["192.0.2.1"] and destinations.gate={profile="none", domains=["192.0.2.1"]}',
        id="smart hosts",
    ),
]
KEPT = [
    "hubs.HUB01.receive_connectors.relay.max_message_size=1 KB",
    "send_connectors.internet.max_message_size=20 MB",
    "destinations.sink.max_connections_per_ip=4",
    "hubs.HUB01.max_outbound_connections=4",
    'hubs.HUB01.receive_cost={base="1 ms", per_kb="0 s", cv=1.0}',
    "hosts.app.streams.load.recipients=3",
]


def with_little_mail(setting: str) -> Network:
    return mm4(*LIGHT * ("arrivals" not in setting), *setting.split(" and "))


@pytest.mark.parametrize("setting", BROKEN)
def test_each_condition_of_mm4_that_is_broken_is_the_one_reason(
    golden_section: Golden, setting: str
) -> None:
    network = with_little_mail(setting)
    (queue,) = network.queues
    (reason,) = answers(network, queue)["wait_mean"].reasons
    golden_section("theory/reasons", reason)


@pytest.mark.parametrize("setting", KEPT)
def test_what_breaks_no_condition_of_mm4_has_the_formula(setting: str) -> None:
    network = with_little_mail(setting)
    (queue,) = network.queues
    assert answers(network, queue)["wait_mean"].reasons == ()


def test_priorities_with_quotas_have_no_formula_and_without_they_have(
    golden_section: Golden,
) -> None:
    settings = ["hubs.HUB01.priority_queuing_enabled=true"]
    assert says(mm4(*settings), QUEUE) == ("M/M/4", mmc_wait(3.2, 1, 4))
    settings.append("hubs.HUB01.max_per_domain_normal_priority_connections=3")
    (reason,) = against(mm4(*settings), QUEUE)
    golden_section("theory/reasons", reason)


def test_a_queue_that_does_not_settle_is_named_wherever_mail_goes(golden_section: Golden) -> None:
    network = mm4("hosts.app.streams.load.arrivals.rate=4.1/s")
    assert QUEUE in against(network, QUEUE)[0]
    golden_section("theory/reasons", against(network, QUEUE)[0])
    assert against(network, QUEUE, "utilization") == against(network, QUEUE)[:1]
    assert latency(network, "app.load").reasons[0] == against(network, QUEUE)[0]


def test_cores_that_do_two_kinds_of_work_have_a_load_and_no_wait(golden_section: Golden) -> None:
    network = mm4("hubs.HUB01.receive_cost=50 ms", "hubs.HUB01.categorize_cost=100 ms")
    assert says(network, "HUB01.cpu", "utilization") == ("utilization law", 3.2 * 0.15)
    golden_section("theory/reasons", against(network, "HUB01.cpu")[0])


def test_recipients_of_one_message_meet_at_the_line_but_not_at_a_queue(
    golden_section: Golden,
) -> None:
    line = [*AT_ONCE, 'egress."198.51.100.10".bandwidth=1 Mbit/s', "hosts.app.streams.load.recipients=2"]  # fmt: skip
    assert says(mm4(*line), "198.51.100.10.line")[0] == "M/D/1"
    several = mm4(*line, 'destinations.sink.domains=["a.example", "b.example"]')
    (reason,) = against(several, "198.51.100.10.line")
    golden_section("theory/reasons", reason)


def test_a_session_that_waits_for_a_core_is_no_loss_system(golden_section: Golden) -> None:
    network = mm4(*SYSTEMS[8].settings, "hubs.HUB01.receive_cost=1 ms")
    (held,) = against(network, "HUB01/relay", "utilization")
    again = mm4(
        *SYSTEMS[8].settings, 'hosts.app.on_failure={retry_every="5 min", give_up_after="1 d"}'
    )
    (repeated,) = against(again, "HUB01/relay", "utilization")
    golden_section("theory/reasons", f"{held}\n{repeated}")


@pytest.mark.parametrize(
    "change",
    [
        "threshold = 2",
        "growth = 2.0",
        'lifetime = "31 d"',
        'widening = "vicinity"\nvicinity_listings = 2\nvicinity_prefix = 29\nvicinity_probability = 0.1',
    ],
    ids=["threshold", "growth", "lifetime", "widening"],
)
def test_each_condition_of_a_list_that_is_broken_is_the_one_reason(
    golden_section: Golden, change: str
) -> None:
    first = POISSON[0]
    scenario = type(first)("", (*first.settings, f"[blocklists.list]\n{change}"), {}).scenario()
    (reason,) = listed_time(Network(scenario), "list").reasons
    golden_section("theory/reasons", reason)


@pytest.mark.parametrize(
    "mail",
    [
        stream("mail", 'process = "every", every = "1 d"', "trap_rate = 1.0"),
        stream("mail", 'process = "poisson", rate = "1/d"', "trap_rate = 1.0\nrecipients = 2"),
        stream("mail", 'process = "poisson", rate = "1/d"', "mailing_list = {trap_share = 1.0}"),
        '[coupling]\nreaction = true\n[operations]\ndelisting = "at_once"',
        '[[events]]\nat = "1 d"\nlisting = {of = "app", blocklist = "list", for = "1 d"}',
    ],
    ids=["arrivals", "recipients", "mailing list", "reaction", "events"],
)
def test_each_condition_of_hits_that_is_broken_is_the_one_reason(
    golden_section: Golden, mail: str
) -> None:
    first = POISSON[0]
    settings = [*first.settings]
    if "streams.mail" in mail:
        settings = [each for each in settings if "streams.mail" not in each]
    scenario = type(first)("", (*settings, mail), {}).scenario()
    (reason,) = listed_time(Network(scenario), "list").reasons
    golden_section("theory/reasons", reason)


def test_a_company_has_reasons_and_no_formula(golden_section: Golden) -> None:
    result = run(load(SHARED, ["run.scale=0.01", "run.drain=1 h"]), replications=1, jobs=1)
    frame = beside(result)
    assert set(frame["formula"]) == {""}
    assert frame["theory"].isna().all()
    assert (frame["reason"] != "").all()
    at = frame.set_index(["subject", "metric"])["reason"]
    cores = at["HUB01.cpu", "wait_mean"].split("; ")
    assert len(cores) == len(set(cores))
    queue = at["HUB01->gmail.com", "wait_mean"].split("; ")
    golden_section("theory/reasons", "\n".join(["HUB01.cpu", *cores, "HUB01->gmail.com", *queue]))
