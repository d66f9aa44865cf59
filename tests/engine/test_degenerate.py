"""Scenarios at the edge: nothing costs anything, everything happens at once, nobody sends."""

import pytest
from worlds.small_world import SECOND_HUB, Mail, play

from relaysim.engine.run import simulate
from relaysim.scenario.load import from_mapping
from relaysim.traffic.workload import draw

OUT = "HUB01->example.org"


def test_with_no_cost_at_all_a_message_is_delivered_the_moment_it_is_created() -> None:
    inside = "[hosts.app.streams.inside]\nto = { internal = 1.0 }"
    run = play(inside, mail={"app.load": [0, 0, 1], "app.inside": [0]})
    assert run.ends("app.load") == [(0.0, "delivered")] * 2 + [(1.0, "delivered")]
    assert run.ends("app.inside") == [(0.0, "delivered")]
    assert run.visits("HUB01.cpu") == run.visits("HUB01.commit") == []
    assert run.trace.end == 1_000_000


def test_ten_thousand_messages_in_one_tick() -> None:
    """No recursion, no repetition: each has its one attempt, in the order of its number."""
    run = play("[hubs.HUB01]\nmax_outbound_connections = 1", mail={"app.load": [5] * 10_000})
    assert run.ends("app.load") == [(5.0, "delivered")] * 10_000
    assert run.trace.attempts["transaction"].tolist() == list(range(10_000))


def test_a_thousand_queues_fail_at_once_and_are_back_at_once() -> None:
    """Each waits for the hub's only connection, which fails for all of them in one tick."""
    many = """
    [hubs.HUB01]
    max_outbound_connections = 1
    [destinations.sink]
    response_time = "1 s"
    [destinations.many]
    profile = "none"
    domain_count = 1000
    [hosts.app.streams.many]
    to = { many = 1.0 }
    [[events]]
    at = "0 s"
    outage = { destination = "many", for = "30 s" }
    """
    run = play(many, mail={"app.load": [0], "app.many": [0.5] * 2000})
    assert run.ends("app.load") == [(1.0, "delivered")]
    failed = run.trace.attempts["reply"] == run.trace.names.replies.index(
        "421 4.2.1 Unable to connect"
    )
    domains = (
        len(set(run.trace.recipients["domain"][run.trace.recipients["status"] > 0].tolist())) - 1
    )
    assert failed.sum() == domains > 800
    assert set(run.ends("app.many")) == {(61.0, "delivered")}


def test_everything_at_one_tick_goes_by_rank() -> None:
    """At 10 s: the hub stops before its delivery ends, and before the next message arrives."""
    slow = "[destinations.sink]\nresponse_time = '10 s'"
    stop = "[[events]]\nat = '10 s'\nstop = { hub = 'HUB01', for = '5 s' }"
    run = play(slow, stop, mail={"app.load": [0, 10]})
    assert run.attempts(OUT) == [
        (0, 0.0, 10.0, "421 4.4.2 Connection dropped"),
        (0, 15.0, 25.0, "250 2.0.0 OK"),
    ]
    assert run.statuses("app.load") == ["delivered", "abandoned"]


def test_a_hub_is_back_before_what_else_happens_at_that_tick() -> None:
    stop = "[[events]]\nat = '5 s'\nstop = { hub = 'HUB01', for = '5 s' }"
    run = play(stop, mail={"app.load": [5, 10]})
    assert run.statuses("app.load") == ["abandoned", "delivered"]


@pytest.mark.parametrize("more", [(), ("a",), ("z",), ("a", "z")])
def test_hubs_and_hosts_keep_their_order_whatever_other_hosts_are_called(
    more: tuple[str, ...],
) -> None:
    """At 8 s one message has come in, and the end of a delivery lets another one be sent.

    Both want the only core. The hub's event is before the host's, whatever the host's number.
    """
    clash = """
    [hubs.HUB01]
    receive_cost = "1 s"
    send_cost = "1 s"
    max_per_domain_outbound_connections = 1
    [destinations.sink]
    response_time = "5 s"
    [hosts.app]
    bandwidth = "8 kbit/s"
    """
    others = [
        f"[hosts.{name}]\nkind = 'none'\naddress = '10.0.0.1'\nserver = '192.168.168.169'"
        for name in more
    ]
    mail: Mail = {"app.load": [(0, 1, 8000), (0, 1, 1000), (0, 1, 2000)]}
    run = play(clash, *others, mail=mail | {f"{name}.load": [100] for name in more})
    assert [(enter, start) for _, enter, start, _ in run.visits("HUB01.cpu")][:6] == [
        (1.0, 1.0),  # receive
        (2.0, 2.0),  # send
        (2.0, 3.0),  # receive
        (8.0, 8.0),  # send
        (8.0, 9.0),  # receive
        (14.0, 14.0),  # send
    ]


def test_events_without_length_change_nothing() -> None:
    brief = """
    [[events]]
    at = "5 s"
    stop = { hub = "HUB01", for = "0 s" }
    [[events]]
    at = "5 s"
    outage = { destination = "sink", for = "0 s" }
    """
    assert play(brief, mail={"app.load": [5]}).ends("app.load") == [(5.0, "delivered")]


def test_a_run_is_from_zero_up_to_its_horizon_and_not_at_it() -> None:
    """What is due at the horizon does not happen."""
    short = "[run]\nduration = '10 s'\ndrain = '0 s'\n[destinations.sink]\nresponse_time = '1 s'"
    run = play(short, mail={"app.load": [0, 8, 9, 9.999999]})
    assert run.ends("app.load") == [
        (1.0, "delivered"),
        (9.0, "delivered"),
        (-1.0, "in_flight"),
        (-1.0, "in_flight"),
    ]
    assert run.trace.end == 10_000_000
    stop = "[[events]]\nat = '5 s'\nstop = { hub = 'HUB01', for = '5 s' }"
    run = play(short, stop, mail={"app.load": [0, 9]})
    assert run.trace.levels["time"].tolist() == [5_000_000]


def test_a_run_ends_with_the_last_status() -> None:
    run = play("[destinations.sink]\nresponse_time = '7 s'", mail={"app.load": [0, 1]})
    assert run.trace.end == 8_000_000


def test_it_does_not_end_before_the_last_message_is_created() -> None:
    run = play(mail={"app.load": [0, 80_000]})
    assert run.trace.end == 80_000_000_000


def test_no_host_sends() -> None:
    tables = {
        "name": "silence",
        "organization": {"domains": {"cozumpark.com": "Authoritative"}},
        "hubs": {
            "HUB01": {
                "mta": "exchange-2010",
                "cores": 1,
                "addresses": ["192.168.168.169"],
                "egress": "198.51.100.10",
            }
        },
        "egress": {"198.51.100.10": {}},
        "hosts": {"app": {"kind": "none", "address": "10.0.0.1", "server": "192.168.168.169"}},
        "events": [{"at": "5 s", "stop": {"hub": "HUB01", "for": "5 s"}}],
    }
    scenario = from_mapping(tables)
    trace = simulate(scenario, draw(scenario, 0, 1))
    assert trace.end == 0
    assert [len(getattr(trace, name)) for name in trace.TABLES] == [0] * len(trace.TABLES)


def test_two_hosts_of_mailbox_users_share_the_places_of_a_hub() -> None:
    """One place; two mailbox servers with a message each, which take turns of 2 s."""
    users = """
    [hubs.HUB01]
    max_concurrent_mailbox_submissions = 1
    [hosts.app]
    kind = "mailbox_users"
    round_trip = "1 s"
    bandwidth = "unlimited"
    [hosts.more]
    kind = "mailbox_users"
    address = "192.168.168.21"
    server = "192.168.168.169"
    round_trip = "1 s"
    bandwidth = "unlimited"
    """
    run = play(users, mail={"app.load": [0, 0], "more.load": [0]})
    assert run.visits("HUB01.mailboxsubmission") == [
        (0, 0.0, 0.0, 2.0),
        (1, 2.0, 2.0, 4.0),
        (2, 4.0, 4.0, 6.0),
    ]


def test_a_session_for_every_message_and_a_hub_for_none() -> None:
    """Hosts that send to a hub without any connector at all, beside one that works."""
    bare = "[hubs.HUB02.receive_connectors.relay]\nenabled = false\n[hosts.app]\nserver = '192.168.168.172'"
    run = play(SECOND_HUB, bare, mail={"app.load": [0, 0]})
    assert run.statuses("app.load") == ["abandoned", "abandoned"]
    assert run.verdicts("app.load") == ["421 4.3.2 Service not available"] * 2
