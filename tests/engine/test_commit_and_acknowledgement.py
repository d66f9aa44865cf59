"""Steps 4 and 5: the queue database takes messages in batches, and the host gets its 250."""

from worlds.small_world import play

RELAY = "HUB01/relay"
COMMIT = "HUB01.commit"

BATCHES = """
[hubs.HUB01]
queue_database_batch_size = 40
queue_database_batch_timeout = "100 ms"
commit_write = "10 ms"
"""


def delay(time: str) -> str:
    return f"""
    [hubs.HUB01.receive_connectors.relay]
    max_acknowledgement_delay = "{time}"
    """


SLOW = """
[destinations.sink]
response_time = "2 s"
"""


# The commit.


def test_a_lone_message_waits_100_ms_for_company_and_10_ms_for_the_write() -> None:
    run = play(BATCHES, mail={"app.load": [1]})
    assert run.visits(COMMIT) == [(0, 1.0, 1.1, 1.11)]
    assert run.messages("app.load", "committed") == [1.11]


def test_a_batch_closes_100_ms_after_its_first_message_and_not_after_its_last() -> None:
    run = play(BATCHES, mail={"app.load": [0, 0.09, 0.1, 0.11]})
    assert run.messages("app.load", "committed") == [0.11, 0.11, 0.21, 0.21]
    assert run.visits(COMMIT) == [
        (0, 0.0, 0.1, 0.11),
        (1, 0.09, 0.1, 0.11),
        (2, 0.1, 0.2, 0.21),
        (3, 0.11, 0.2, 0.21),
    ]


def test_a_batch_of_forty_does_not_wait() -> None:
    run = play(BATCHES, mail={"app.load": [0.001 * k for k in range(40)]})
    assert set(run.messages("app.load", "committed")) == {0.049}


def test_batches_are_written_one_after_another() -> None:
    """Three full batches at once: the writer takes 10 ms for each."""
    run = play(BATCHES, mail={"app.load": [0] * 120})
    committed = run.messages("app.load", "committed")
    assert [committed.count(time) for time in (0.01, 0.02, 0.03)] == [40, 40, 40]
    assert run.visits(COMMIT)[119] == (119, 0.0, 0.02, 0.03)


def test_without_a_time_out_each_message_is_written_at_once() -> None:
    run = play(
        BATCHES, "[hubs.HUB01]\nqueue_database_batch_timeout = '0 s'", mail={"app.load": [0, 0]}
    )
    assert run.messages("app.load", "committed") == [0.01, 0.02]


# The acknowledgement.


def test_without_a_delay_the_host_gets_its_250_at_the_commit() -> None:
    run = play(BATCHES, SLOW, delay("0 s"), mail={"app.load": [0]})
    assert run.messages("app.load", "acknowledged") == [0.11]
    assert run.ends("app.load") == [(2.11, "delivered")]


def test_a_delayed_acknowledgement_comes_with_the_delivery() -> None:
    run = play(SLOW, delay("30 s"), mail={"app.load": [0]})
    assert run.messages("app.load", "acknowledged") == [2.0]
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 2.0)]


def test_it_comes_at_the_latest_when_the_delay_is_over() -> None:
    run = play(BATCHES, SLOW, delay("1500 ms"), mail={"app.load": [0]})
    assert run.messages("app.load", "acknowledged") == [1.61]
    assert run.ends("app.load") == [(2.11, "delivered")]


def test_it_comes_when_all_transactions_of_the_message_are_done() -> None:
    """A mailbox after 5 s and a domain outside after 2 s."""
    both = """
    [mailboxes]
    delivery_time = "5 s"
    [hosts.app.streams.load]
    to = { sink = 0.5, internal = 0.5 }
    """
    run = play(SLOW, both, delay("30 s"), mail={"app.load": [(0, 6)]})
    assert {end for end, _ in run.ends("app.load")} == {2.0, 5.0}
    assert run.messages("app.load", "acknowledged") == [5.0]


def test_a_bounce_ends_the_wait() -> None:
    listed = """
    [blocklists.css]
    profile = "spamhaus-css"
    [destinations.sink]
    refuses_on = { css = 1.0 }
    [hubs.HUB01]
    reject_time = "200 ms"
    [[events]]
    at = "0 s"
    listing = { egress = "198.51.100.10", blocklist = "css", for = "1 h" }
    """
    run = play(SLOW, listed, delay("30 s"), mail={"app.load": [0]})
    assert run.ends("app.load") == [(0.2, "bounced")]
    assert run.messages("app.load", "acknowledged") == [0.2]


def test_a_message_too_large_for_any_route_ends_the_wait() -> None:
    small = "[send_connectors.internet]\nmax_message_size = '1 KB'"
    run = play(small, delay("30 s"), mail={"app.load": [(1, 1, 1025)]})
    assert run.messages("app.load", "acknowledged") == [1.0]


def test_a_deferral_does_not_end_the_wait() -> None:
    """The destination is down for a minute; the message goes out at the first retry."""
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '30 s' }"
    run = play(outage, delay("30 s"), mail={"app.load": [0]})
    assert run.messages("app.load", "acknowledged") == [30.0]
    run = play(outage, delay("90 s"), mail={"app.load": [0]})
    assert run.messages("app.load", "acknowledged") == [60.0]


def test_the_session_is_held_until_the_acknowledgement() -> None:
    """One session, so at most one of its messages is in the hub at any time."""
    run = play(SLOW, delay("30 s"), "[hosts.app]\nsessions = 1", mail={"app.load": [0, 0, 0]})
    assert run.messages("app.load", "acknowledged") == [2.0, 4.0, 6.0]
    assert run.messages("app.load", "connected") == [0.0, 2.0, 4.0]
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 6.0)]


def test_a_slow_destination_throttles_the_client_to_its_sessions_a_delay() -> None:
    """Nothing goes out: two sessions at 30 s each give four messages a minute."""
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '10 min' }"
    run = play(outage, delay("30 s"), "[hosts.app]\nsessions = 2", mail={"app.load": [0] * 6})
    assert run.messages("app.load", "acknowledged") == [30.0, 30.0, 60.0, 60.0, 90.0, 90.0]


def test_a_run_that_ends_early_has_messages_that_nobody_acknowledged() -> None:
    short = "[run]\nduration = '1 s'\ndrain = '1 s'"
    run = play(SLOW, short, delay("30 s"), mail={"app.load": [0.5]})
    assert run.ends("app.load") == [(-1.0, "in_flight")]
    assert run.messages("app.load", "acknowledged") == [-1.0]
    assert run.replies("app.load") == [""]
    assert run.visits(RELAY) == [(0, 0.5, 0.5, -1.0)]
    assert run.attempts("HUB01->example.org") == [(0, 0.5, -1.0, "")]
