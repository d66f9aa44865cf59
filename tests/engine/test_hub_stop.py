"""A hub stops and starts again: committed messages survive, open sessions are cut off."""

import pytest
from worlds.small_world import SECOND_HUB, play

from relaysim.trace.tables import Level

RELAY = "HUB01/relay"
OUT = "HUB01->example.org"
OVER = "HUB01->HUB02"
OK = "250 2.0.0 OK"
DROPPED = "421 4.4.2 Connection dropped"
UNABLE = "421 4.2.1 Unable to connect"
DAY = 86_400.0


def stop(at: str, length: str, hub: str = "HUB01") -> str:
    return f"""
    [[events]]
    at = "{at}"
    stop = {{ hub = "{hub}", for = "{length}" }}
    """


SESSION = """
[hosts.app]
round_trip = "1 s"
[hubs.HUB01]
receive_cost = "4 s"
queue_database_batch_size = 40
queue_database_batch_timeout = "5 s"
commit_write = "5 s"
"""
"""Set-up until 2 s, dialog until 6 s, receive until 10 s, batch until 15 s, write until 20 s."""
RETRY = """
[hosts.app]
on_failure = { retry_every = "5 min", give_up_after = "1 d" }
"""


# While a message is being submitted.


@pytest.mark.parametrize(
    ("at", "noticed"),
    [("1 s", 2.0), ("3 s", 6.0), ("7 s", 10.0), ("11 s", 11.0), ("16 s", 20.0)],
)
def test_a_message_that_is_not_yet_committed_is_lost_with_its_session(
    at: str, noticed: float
) -> None:
    """The host notices when the step it is in would have ended; in an open batch at once."""
    run = play(SESSION, stop(at, "1 min"), mail={"app.load": [0]})
    assert run.ends("app.load") == [(noticed, "abandoned")]
    assert run.verdicts("app.load") == [DROPPED]
    assert run.messages("app.load", "committed") == [-1.0]
    assert run.visits(RELAY) == [(0, 0.0, 0.0, float(at.removesuffix(" s")))]


def test_a_host_that_retries_loses_nothing() -> None:
    run = play(SESSION, RETRY, stop("7 s", "1 min"), mail={"app.load": [0]})
    assert run.messages("app.load", "connected") == [310.0]
    assert run.statuses("app.load") == ["delivered"]
    assert run.submissions("app.load") == [2]


def test_who_waits_for_a_core_is_cut_off_at_once() -> None:
    """The second message waits to be received from 6.5 s on; the first is in work until 10 s."""
    run = play(SESSION, stop("8 s", "1 min"), mail={"app.load": [0, 0.5]})
    assert run.ends("app.load") == [(10.0, "abandoned"), (8.0, "abandoned")]
    assert run.visits("HUB01.cpu") == [(0, 6.0, 6.0, 10.0), (1, 6.5, -1.0, 8.0)]


def test_the_open_batch_is_lost_and_its_wait_ends_with_the_stop() -> None:
    run = play(SESSION, stop("11 s", "1 min"), mail={"app.load": [0]})
    assert run.visits("HUB01.commit") == [(0, 10.0, -1.0, 11.0)]


def test_connections_are_refused_while_the_hub_is_down() -> None:
    run = play(stop("10 s", "10 s"), mail={"app.load": [9, 10, 19, 20]})
    assert run.statuses("app.load") == ["delivered", "abandoned", "abandoned", "delivered"]
    assert run.verdicts("app.load")[1:3] == [UNABLE] * 2
    assert run.levels(Level.HUB_DOWN, "HUB01") == [(10.0, 1), (20.0, 0)]


def test_the_places_of_cut_sessions_are_free_after_the_restart() -> None:
    """One place. Its session is cut at 10 s and noticed at 1000 s; another comes at 20 s."""
    one = """
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection = 1
    [hosts.app]
    bandwidth = "8 kbit/s"
    """
    run = play(one, stop("10 s", "5 s"), mail={"app.load": [(0, 1, 1_000_000), (20, 1, 1000)]})
    assert run.visits(RELAY) == [(1, 20.0, 20.0, 21.0), (0, 0.0, 0.0, 10.0)]
    assert run.ends("app.load") == [(1000.0, "abandoned"), (21.0, "delivered")]


def test_a_session_that_two_stops_have_passed_over_ended_with_the_first() -> None:
    slow = "[hosts.app]\nbandwidth = '8 kbit/s'"
    twice = stop("10 s", "5 s"), stop("50 s", "5 s")
    run = play(slow, *twice, mail={"app.load": [(0, 1, 100_000)]})
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 10.0)]


# While a message waits for its acknowledgement.

LATE = """
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "30 s"
[destinations.sink]
response_time = "20 s"
"""


def test_a_message_whose_session_is_cut_in_the_wait_stays_with_the_hub() -> None:
    """The host drops it, because it never got a 250; the hub delivers it all the same."""
    run = play(LATE, stop("10 s", "1 min"), mail={"app.load": [0]})
    assert run.messages("app.load", "committed") == [0.0]
    assert run.messages("app.load", "acknowledged") == [-1.0]
    assert run.replies("app.load") == [DROPPED]
    assert run.submissions("app.load") == [1]
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 10.0)]
    assert run.ends("app.load") == [(90.0, "delivered")]


# What the hub owns.


def test_a_transaction_that_was_being_sent_is_sent_again_after_the_restart() -> None:
    run = play(
        "[destinations.sink]\nresponse_time = '20 s'", stop("10 s", "1 min"), mail={"app.load": [0]}
    )
    assert run.attempts(OUT) == [(0, 0.0, 10.0, DROPPED), (0, 70.0, 90.0, OK)]
    assert run.opened(OUT) == [1, 1]
    assert run.statuses("app.load") == ["delivered"]


@pytest.mark.parametrize("at", ["500 ms", "2 s", "4 s", "8 s", "12 s"])
def test_a_stop_in_any_part_of_an_attempt(at: str) -> None:
    """Connect until 1 s, send until 3 s, transfer until 7 s, response until 10 s, or after it."""
    costs = """
    [hubs.HUB01]
    send_cost = "2 s"
    [egress."198.51.100.10"]
    bandwidth = "8 kbit/s"
    [destinations.sink]
    connect_time = "1 s"
    response_time = "3 s"
    """
    run = play(costs, stop(at, "1 min"), mail={"app.load": [(0, 1, 4000)]})
    if at == "12 s":
        assert run.attempts(OUT) == [(0, 0.0, 10.0, OK)]
    else:
        cut = 0.5 if at == "500 ms" else float(at.removesuffix(" s"))
        assert run.attempts(OUT) == [(0, 0.0, cut, DROPPED), (0, cut + 60, cut + 70, OK)]


def test_what_was_cut_goes_first_and_in_its_order() -> None:
    two = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 2
    [destinations.sink]
    response_time = "20 s"
    """
    run = play(two, stop("10 s", "10 s"), mail={"app.load": [0, 1, 2, 3]})
    assert [(t, start) for t, start, _, _ in run.attempts(OUT)] == [
        (1, 1.0),
        (0, 0.0),
        (0, 20.0),
        (1, 20.0),
        (2, 40.0),
        (3, 40.0),
    ]


def test_the_limit_of_a_domain_holds_across_a_stop() -> None:
    """The old connection would have ended at 100 s; nobody waits for it, and nobody counts it."""
    one = """
    [run]
    duration = "40 s"
    drain = "10 s"
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [destinations.sink]
    response_time = "100 s"
    """
    run = play(one, stop("10 s", "5 s"), mail={"app.load": [0, 1]})
    assert run.attempts(OUT) == [(0, 0.0, 10.0, DROPPED), (0, 15.0, -1.0, ""), (1, -1.0, -1.0, "")]


def test_the_categorizer_ends_the_message_it_is_at_and_begins_no_other() -> None:
    run = play(
        "[hubs.HUB01]\ncategorize_cost = '4 s'", stop("6 s", "1 min"), mail={"app.load": [0, 0, 0]}
    )
    assert run.visits("HUB01.cpu") == [(0, 0.0, 0.0, 4.0), (1, 0.0, 4.0, 8.0), (2, 0.0, 66.0, 70.0)]
    assert [end for end, _ in run.ends("app.load")] == [4.0, 66.0, 70.0]


def test_a_stopped_hub_does_not_try_its_queues() -> None:
    """The retry is due at 60 s, the deferred message too; the hub is down until 100 s."""
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '30 s' }"
    run = play(outage, stop("50 s", "50 s"), mail={"app.load": [0]})
    assert run.attempts(OUT) == [(0, 0.0, 0.0, UNABLE), (0, 100.0, 100.0, OK)]
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(0.0, 1), (100.0, 0)]
    deferring = "[destinations.sink]\ndefer = 0.5"
    result = [
        play(deferring, stop("50 s", "50 s"), mail={"app.load": [0]}, seed=seed).attempts(OUT)
        for seed in range(8)
    ]
    second = {attempts[1][1] for attempts in result if len(attempts) > 1}
    assert second == {100.0}


def test_a_restart_sets_the_retry_clock_back_and_tries_at_once() -> None:
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '1000 s' }"
    run = play(outage, stop("250 s", "50 s"), mail={"app.load": [0]})
    starts = [start for _, start, _, _ in run.attempts(OUT)]
    assert starts == [
        0.0,
        60.0,
        120.0,
        180.0,
        240.0,
        300.0,
        360.0,
        420.0,
        480.0,
        540.0,
        840.0,
        1140.0,
    ]


def test_nothing_expires_in_a_stopped_hub_but_all_that_is_too_old_does_at_the_restart() -> None:
    run = play(
        "[run]\ndrain = '9 d'\n[send_connectors.internet]\naddress_spaces = ['SMTP:example.net;1']",
        stop("1 h", "3 d"),
        mail={"app.load": [0]},
    )
    assert run.ends("app.load") == [(3600 + 3 * DAY, "expired")]
    assert run.messages("HUB01.dsn", "created") == [3600 + 3 * DAY] * 2


def test_an_attempt_that_a_stop_ends_after_the_expiry_was_the_last() -> None:
    soon = """
    [hubs.HUB01]
    message_expiration_timeout = "10 s"
    [destinations.sink]
    response_time = "100 s"
    """
    run = play(soon, stop("50 s", "5 s"), mail={"app.load": [0]})
    assert run.ends("app.load") == [(50.0, "expired")]
    assert run.statuses("HUB01.dsn") == ["delivered"]


# Stops upon stops.


def test_a_second_stop_while_the_hub_is_down_lengthens_it() -> None:
    run = play(stop("10 s", "20 s"), stop("20 s", "40 s"), mail={"app.load": [35, 59, 60]})
    assert run.levels(Level.HUB_DOWN, "HUB01") == [(10.0, 1), (60.0, 0)]
    assert run.statuses("app.load") == ["abandoned", "abandoned", "delivered"]


def test_a_stop_within_a_stop_changes_nothing() -> None:
    run = play(stop("10 s", "50 s"), stop("20 s", "10 s"), mail={"app.load": [35, 60]})
    assert run.levels(Level.HUB_DOWN, "HUB01") == [(10.0, 1), (60.0, 0)]


def test_stops_that_touch_are_one() -> None:
    for order in (1, -1):
        both = (stop("10 s", "10 s"), stop("20 s", "10 s"))[::order]
        run = play(*both, mail={"app.load": [20, 30]})
        assert run.levels(Level.HUB_DOWN, "HUB01") == [(10.0, 1), (30.0, 0)]
        assert run.statuses("app.load") == ["abandoned", "delivered"]


def test_a_hub_that_is_down_at_the_end_of_the_run_keeps_its_mail_in_flight() -> None:
    run = play(
        "[run]\nduration = '1 min'\ndrain = '1 min'\n[destinations.sink]\nresponse_time = '20 s'",
        stop("10 s", "1 h"),
        mail={"app.load": [0]},
    )
    assert run.ends("app.load") == [(-1.0, "in_flight")]
    assert run.attempts(OUT) == [(0, 0.0, 10.0, DROPPED), (0, -1.0, -1.0, "")]
    assert run.trace.end == 120_000_000


# Between hubs.

BY_HUB02 = """
[send_connectors.internet]
source_transport_servers = ["HUB02"]
[hubs.HUB01]
send_cost = "10 s"
[hubs.HUB02]
commit_write = "10 s"
queue_database_batch_size = 40
queue_database_batch_timeout = "10 s"
"""
"""A hand-over: core time until 10 s, 10 s on the LAN for 125 MB, batch until 30 s, write until 40 s."""
SIZE = 125_000_000


@pytest.mark.parametrize(
    ("at", "noticed"), [("5 s", 20.0), ("15 s", 20.0), ("25 s", 25.0), ("35 s", 40.0)]
)
def test_a_hand_over_to_a_hub_that_stops_is_tried_again(at: str, noticed: float) -> None:
    """The queue is in Retry, a minute from when it is noticed; then the other hub is back."""
    run = play(SECOND_HUB, BY_HUB02, stop(at, "10 s", "HUB02"), mail={"app.load": [(0, 1, SIZE)]})
    due = noticed + 60
    if at == "5 s":  # core time and transfer go on, since nobody has noticed
        assert run.visits("HUB01.cpu")[0][:4] == (0, 0.0, 0.0, 10.0)
    assert run.attempts(OVER) == [(0, 0.0, noticed, DROPPED), (0, due, due + 40, OK)]
    assert run.levels(Level.QUEUE_RETRY, OVER) == [(noticed, 1), (due, 0)]
    assert run.ends("app.load") == [(due + 40, "delivered")]


def test_a_hand_over_to_a_hub_that_is_down_waits_for_the_retry_clock() -> None:
    run = play(
        SECOND_HUB, BY_HUB02, stop("0 s", "90 s", "HUB02"), mail={"app.load": [(0, 1, SIZE)]}
    )
    assert run.attempts(OVER) == [
        (0, 0.0, 0.0, UNABLE),
        (0, 60.0, 60.0, UNABLE),
        (0, 120.0, 160.0, OK),
    ]


@pytest.mark.parametrize("at", ["5 s", "15 s", "25 s", "35 s"])
def test_a_hand_over_by_a_hub_that_stops_is_made_again(at: str) -> None:
    run = play(SECOND_HUB, BY_HUB02, stop(at, "50 s"), mail={"app.load": [(0, 1, SIZE)]})
    cut = float(at.removesuffix(" s"))
    # HUB01's core ends the work that it has begun, so the second attempt may wait for it no longer.
    assert run.attempts(OVER) == [(0, 0.0, cut, DROPPED), (0, cut + 50, cut + 90, OK)]
    assert run.statuses("app.load") == ["delivered"]
    assert len(run.trace.transactions) == 2


def test_a_connection_to_a_hub_that_was_down_meanwhile_is_broken() -> None:
    """HUB02 stops for a moment between two messages of one connection, while a core is at work."""
    one = (
        "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1\n[hubs.HUB02]\ncommit_write = '0 s'"
    )
    quick = "[hubs.HUB02]\nqueue_database_batch_timeout = '0 s'"
    run = play(
        SECOND_HUB,
        BY_HUB02,
        one,
        quick,
        stop("15 s", "1 s", "HUB02"),
        mail={"app.load": [(0, 1, 1), (0, 1, 1)]},
    )
    attempts = [(t, start, round(end), reply) for t, start, end, reply in run.attempts(OVER)]
    assert attempts[:2] == [(0, 0.0, 10, OK), (1, 10.0, 20, DROPPED)]
    assert attempts[2][2:] == (90, OK)
