"""Step 9: a failed connection, and the clock of a queue in Retry."""

from worlds.small_world import play

from relaysim.trace.tables import Level

OUT = "HUB01->example.org"
OK = "250 2.0.0 OK"
UNABLE = "421 4.2.1 Unable to connect"


def outage(start: str, length: str) -> str:
    return f"""
    [[events]]
    at = "{start}"
    outage = {{ destination = "sink", for = "{length}" }}
    """


SLOW = """
[destinations.sink]
connect_time = "1 s"
response_time = "2 s"
"""


def starts(run: object) -> list[float]:
    return [start for _, start, _, _ in run.attempts(OUT)]  # type: ignore[attr-defined]


def test_the_retry_clock() -> None:
    """Minutes after the first failure: four glitches, six transient failures, then every ten."""
    run = play(outage("0 s", "65 min"), mail={"app.load": [0]})
    minutes = [0, 1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54, 64, 74]
    assert starts(run) == [60.0 * minute for minute in minutes]
    assert run.ends("app.load") == [(74 * 60.0, "delivered")]
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(0.0, 1), (74 * 60.0, 0)]


def test_the_clock_runs_from_the_end_of_a_failed_attempt() -> None:
    run = play(SLOW, outage("0 s", "90 s"), mail={"app.load": [0]})
    assert run.attempts(OUT) == [
        (0, 0.0, 1.0, UNABLE),
        (0, 61.0, 62.0, UNABLE),
        (0, 122.0, 125.0, OK),
    ]


def test_a_success_sets_the_clock_back() -> None:
    """Two outages of 150 s each: the second begins with the glitch retries again."""
    twice = outage("0 s", "150 s"), outage("1000 s", "150 s")
    run = play(*twice, mail={"app.load": [0, 1000]})
    assert starts(run) == [0.0, 60.0, 120.0, 180.0, 1000.0, 1060.0, 1120.0, 1180.0]


def test_the_whole_queue_waits_and_a_success_drains_it_at_full_parallelism() -> None:
    """Nothing but one attempt a minute; then the others connect as soon as one is through."""
    three = "[hubs.HUB01]\nmax_per_domain_outbound_connections = 3"
    run = play(SLOW, three, outage("0 s", "90 s"), mail={"app.load": [0, 10, 20, 30, 40]})
    assert run.attempts(OUT) == [
        (0, 0.0, 1.0, UNABLE),
        (0, 61.0, 62.0, UNABLE),
        (0, 122.0, 125.0, OK),
        (1, 123.0, 126.0, OK),
        (2, 123.0, 126.0, OK),
        (3, 125.0, 127.0, OK),
        (4, 126.0, 128.0, OK),
    ]


def test_connections_that_fail_together_count_once() -> None:
    """Three connections fail at 1 s: one Retry, whose clock then allows one attempt."""
    run = play(SLOW, outage("0 s", "90 s"), mail={"app.load": [0, 0, 0]})
    assert starts(run) == [0.0, 0.0, 0.0, 61.0, 122.0, 123.0, 123.0]
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(1.0, 1), (123.0, 0)]


def test_the_queue_is_not_in_retry_while_another_connection_is_open() -> None:
    """The outage begins while the first is being sent. The second waits for its connection."""
    run = play(SLOW, outage("2 s", "1 h"), mail={"app.load": [0, 1.5]})
    assert run.attempts(OUT) == [(1, 1.5, 2.5, UNABLE), (0, 0.0, 3.0, OK), (1, 3.0, 5.0, OK)]
    assert run.levels(Level.QUEUE_RETRY, OUT) == []


def test_at_once_failing_connections_do_not_repeat_while_another_is_open() -> None:
    """Without connect time: each arrival makes one attempt, and the open connection takes all."""
    at_once = "[destinations.sink]\nresponse_time = '10 s'"
    run = play(at_once, outage("1 s", "1 h"), mail={"app.load": [0, 2, 3]})
    assert run.attempts(OUT) == [
        (1, 2.0, 2.0, UNABLE),
        (1, 3.0, 3.0, UNABLE),
        (0, 0.0, 10.0, OK),
        (1, 10.0, 20.0, OK),
        (2, 20.0, 30.0, OK),
    ]


def test_a_connection_that_was_on_its_way_ends_the_retry() -> None:
    """The first attempt fails after 1 s, before the second one's connection stands at 1.5 s.

    Both began in the outage, which is over when the second asks to be let in.
    """
    run = play(SLOW, outage("0 s", "1200 ms"), mail={"app.load": [0, 0.5]})
    assert run.attempts(OUT) == [(0, 0.0, 1.0, UNABLE), (1, 0.5, 3.5, OK), (0, 1.5, 4.5, OK)]
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(1.0, 1), (1.5, 0)]


def test_only_the_queues_of_the_destination_that_is_down_are_in_retry() -> None:
    other = """
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    [hosts.app.streams.other]
    to = { other = 1.0 }
    """
    run = play(other, outage("0 s", "30 s"), mail={"app.load": [0], "app.other": [0]})
    assert run.ends("app.load") == [(60.0, "delivered")]
    assert run.ends("app.other") == [(0.0, "delivered")]


def test_a_smart_host_is_one_queue_so_its_failure_holds_up_every_domain() -> None:
    smart = """
    [send_connectors.internet]
    smart_hosts = ["mx.provider.example"]
    dns_routing_enabled = false
    [destinations.provider]
    profile = "none"
    domains = ["mx.provider.example"]
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    [hosts.app.streams.other]
    to = { other = 1.0 }
    [[events]]
    at = "0 s"
    outage = { destination = "provider", for = "30 s" }
    """
    run = play(smart, mail={"app.load": [0], "app.other": [0]})
    assert run.ends("app.load") == [(60.0, "delivered")]
    assert run.ends("app.other") == [(60.0, "delivered")]


def test_a_queue_in_retry_keeps_to_the_limit_of_the_hub() -> None:
    """At 60 s the clock allows an attempt, but the hub's only connection is taken until 70 s."""
    limit = """
    [hubs.HUB01]
    max_outbound_connections = 1
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    response_time = "60 s"
    [hosts.app.streams.other]
    to = { other = 1.0 }
    """
    run = play(limit, outage("0 s", "30 s"), mail={"app.load": [0], "app.other": [10]})
    assert run.ends("app.other") == [(70.0, "delivered")]
    assert run.ends("app.load") == [(70.0, "delivered")]


def test_a_queue_whose_mail_has_all_expired_leaves_retry() -> None:
    soon = "[hubs.HUB01]\nmessage_expiration_timeout = '30 s'\ndelay_notification_timeout = '1 h'"
    run = play(soon, outage("0 s", "1 h"), mail={"app.load": [0, 3000]})
    assert run.ends("app.load") == [(30.0, "expired"), (3030.0, "expired")]
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(0.0, 1), (60.0, 0), (3000.0, 1)]


def test_the_intervals_are_those_of_the_hub() -> None:
    clock = """
    [hubs.HUB01]
    queue_glitch_retry_count = 1
    queue_glitch_retry_interval = "10 s"
    transient_failure_retry_count = 2
    transient_failure_retry_interval = "20 s"
    outbound_connection_failure_retry_interval = "30 s"
    """
    run = play(clock, outage("0 s", "100 s"), mail={"app.load": [0]})
    assert starts(run) == [0.0, 10.0, 30.0, 50.0, 80.0, 110.0]
