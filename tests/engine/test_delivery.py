"""Steps 8 and 9: connections to the next hop, the line, verdicts, message retries."""

import pytest
from worlds.ground_truth import stated
from worlds.small_world import play

from relaysim.mail.remote_reply import TOO_MANY_CONNECTIONS
from relaysim.trace.tables import Level

OUT = "HUB01->example.org"
OK = "250 2.0.0 OK"

SLOW = """
[destinations.sink]
connect_time = "1 s"
response_time = "2 s"
"""
TWO_DOMAINS = """
[destinations.other]
profile = "none"
domains = ["example.net"]
connect_time = "1 s"
response_time = "2 s"
[hosts.app.streams.other]
to = { other = 1.0 }
"""


# Connections.


def test_an_attempt_is_connect_send_transfer_and_response() -> None:
    costs = """
    [hubs.HUB01]
    send_cost = "4 s"
    [egress."198.51.100.10"]
    bandwidth = "8 kbit/s"
    """
    run = play(SLOW, costs, mail={"app.load": [(0, 1, 3000)]})
    assert run.attempts(OUT) == [(0, 0.0, 10.0, OK)]
    assert run.visits("HUB01.cpu") == [(0, 1.0, 1.0, 5.0)]
    assert run.visits("198.51.100.10.line") == [(0, 5.0, 5.0, 8.0)]
    assert run.ends("app.load") == [(10.0, "delivered")]


def test_each_waiting_transaction_opens_a_connection_while_there_is_no_limit() -> None:
    run = play(SLOW, mail={"app.load": [0, 0, 0]})
    assert [end for end, _ in run.ends("app.load")] == [3.0, 3.0, 3.0]
    assert run.opened(OUT) == [1, 1, 1]


def test_at_the_limit_of_the_domain_a_connection_is_used_again_without_connecting() -> None:
    run = play(
        SLOW, "[hubs.HUB01]\nmax_per_domain_outbound_connections = 2", mail={"app.load": [0] * 4}
    )
    assert [end for end, _ in run.ends("app.load")] == [3.0, 3.0, 5.0, 5.0]
    assert run.opened(OUT) == [1, 1, 0, 0]


THRESHOLD = "smtp_connector_queue_message_count_threshold_for_concurrent_connections"


def test_a_further_connection_takes_so_many_more_messages_in_the_queue() -> None:
    """The fourth message makes the queue two connections long; those on connections count."""
    run = play(SLOW, f"[hubs.HUB01]\n{THRESHOLD} = 2", mail={"app.load": [0] * 5})
    assert [end for end, _ in run.ends("app.load")] == [3.0, 3.0, 5.0, 5.0, 7.0]
    assert run.opened(OUT) == [1, 1, 0, 0, 0]


def test_a_queue_to_a_slow_smart_host_is_as_long_as_the_threshold() -> None:
    """Microsoft's case of mail stuck for minutes without a 4xx (support article, 2024).

    A message a second meets a smart host that takes two seconds. One connection sends half of the
    mail until two thresholds of messages are in the queue; then two connections send as much as
    arrives, so the queue stays two thresholds long, and so does the latency in seconds.
    """
    slow = "[destinations.sink]\nresponse_time = '2 s'"
    waits = []
    for threshold, second_at in ((20, 77), (2, 5)):
        run = play(
            slow, f"[hubs.HUB01]\n{THRESHOLD} = {threshold}", mail={"app.load": list(range(200))}
        )
        starts = [attempt[1] for attempt in run.attempts(OUT)]
        opened = [start for start, new in zip(starts, run.opened(OUT), strict=True) if new]
        assert opened == [0, second_at]
        waits.append(f"{run.ends('app.load')[150][0] - 150:.0f} s")
    assert ", ".join(waits) == stated("Mail stuck in a queue without a 4xx")


def test_other_hubs_and_mailboxes_need_no_threshold() -> None:
    """Only connections to the outside belong to a send connector."""
    inside = """
    [hosts.app.streams.load]
    to = { internal = 1.0 }
    [mailboxes]
    delivery_time = "2 s"
    """
    run = play(inside, f"[hubs.HUB01]\n{THRESHOLD} = 20", mail={"app.load": [0, 0, 0]})
    assert [end for end, _ in run.ends("app.load")] == [2.0, 2.0, 2.0]


def test_a_connection_closes_after_so_many_messages() -> None:
    limits = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [send_connectors.internet]
    smtp_max_messages_per_connection = 2
    """
    run = play(SLOW, limits, mail={"app.load": [0] * 5})
    assert [end for end, _ in run.ends("app.load")] == [3.0, 5.0, 8.0, 10.0, 13.0]
    assert run.opened(OUT) == [1, 0, 1, 0, 1]


def test_the_destination_may_close_it_earlier() -> None:
    limits = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [send_connectors.internet]
    smtp_max_messages_per_connection = 20
    [destinations.sink]
    max_messages_per_connection = 1
    """
    assert play(SLOW, limits, mail={"app.load": [0, 0]}).opened(OUT) == [1, 1]


def test_a_connection_closes_when_its_queue_is_empty() -> None:
    run = play(
        SLOW,
        "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1",
        mail={"app.load": [0, 3, 3.5]},
    )
    assert run.attempts(OUT) == [(0, 0.0, 3.0, OK), (1, 3.0, 6.0, OK), (2, 6.0, 8.0, OK)]
    assert run.opened(OUT) == [1, 1, 0]


def test_the_limit_of_the_hub_binds_all_domains_together() -> None:
    """One connection: the queue that has waited for it longest has the next turn."""
    limit = """
    [hubs.HUB01]
    max_outbound_connections = 1
    [send_connectors.internet]
    smtp_max_messages_per_connection = 1
    """
    run = play(SLOW, TWO_DOMAINS, limit, mail={"app.load": [0, 0.7], "app.other": [0.5]})
    assert [end for end, _ in run.ends("app.load")] == [3.0, 9.0]
    assert run.ends("app.other") == [(6.0, "delivered")]


def test_a_queue_that_no_longer_wants_a_connection_passes_it_on() -> None:
    """Two connections in all, both to the first domain, where a third message has waited too.

    Its own connection takes that message. When one is closed, the third queue gets its place.
    """
    third = """
    [hubs.HUB01]
    max_outbound_connections = 2
    [destinations.third]
    profile = "none"
    domains = ["example.com"]
    [hosts.app.streams.third]
    to = { third = 1.0 }
    [destinations.sink]
    response_time = "7 s"
    """
    run = play(
        SLOW,
        TWO_DOMAINS,
        third,
        mail={"app.load": [0], "app.other": [0, 0.1], "app.third": [0.2]},
    )
    assert [end for end, _ in run.ends("app.other")] == [3.0, 5.0]
    assert run.ends("app.third") == [(5.0, "delivered")]
    assert run.ends("app.load") == [(8.0, "delivered")]


def test_mailbox_delivery_does_not_count_against_the_limit_of_the_hub() -> None:
    inside = """
    [hubs.HUB01]
    max_outbound_connections = 1
    [hosts.app.streams.inside]
    to = { internal = 1.0 }
    """
    run = play(SLOW, inside, mail={"app.load": [0], "app.inside": [0.5]})
    assert run.ends("app.inside") == [(0.5, "delivered")]


def test_the_line_sends_one_message_after_another_and_the_connection_is_held() -> None:
    line = "[egress.'198.51.100.10']\nbandwidth = '8 kbit/s'"
    run = play(line, mail={"app.load": [(0, 1, 3000), (1, 1, 1000)]})
    assert run.visits("198.51.100.10.line") == [(0, 0.0, 0.0, 3.0), (1, 1.0, 3.0, 4.0)]
    assert run.attempts(OUT) == [(0, 0.0, 3.0, OK), (1, 1.0, 4.0, OK)]


def test_egress_addresses_may_share_a_line() -> None:
    shared = """
    [lines.main]
    bandwidth = "8 kbit/s"
    [hubs.HUB02]
    mta = "none"
    cores = 1
    addresses = ["192.168.168.172"]
    egress = "203.0.113.25"
    [egress."198.51.100.10"]
    line = "main"
    [egress."203.0.113.25"]
    line = "main"
    [send_connectors.internet]
    source_transport_servers = ["HUB01", "HUB02"]
    [hosts.app]
    kind = "mailbox_users"
    round_trip = "0 s"
    bandwidth = "unlimited"
    """
    run = play(shared, mail={"app.load": [(0, 1, 1000), (0, 1, 1000)]})
    assert run.hubs("app.load") == ["HUB01", "HUB02"]
    assert [end for end, _ in run.ends("app.load")] == [1.0, 2.0]
    assert run.visits("main.line") == [(0, 0.0, 0.0, 1.0), (1, 0.0, 1.0, 2.0)]


def test_a_destination_takes_only_so_many_connections_of_an_ip() -> None:
    """The second connection is turned away 0.5 s after it was made; its message takes the first."""
    limit = """
    [hubs.HUB01]
    reject_time = "500 ms"
    [destinations.sink]
    max_connections_per_ip = 1
    """
    run = play(SLOW, limit, mail={"app.load": [0, 0]})
    assert run.attempts(OUT) == [
        (1, 0.0, 1.5, str(TOO_MANY_CONNECTIONS.filled(ip="198.51.100.10"))),
        (0, 0.0, 3.0, OK),
        (1, 3.0, 5.0, OK),
    ]
    assert run.levels(Level.QUEUE_RETRY, OUT) == []


# Priority queuing.

PRIORITY = """
[hubs.HUB01]
priority_queuing_enabled = true
max_per_domain_outbound_connections = 1
max_per_domain_high_priority_connections = "unlimited"
max_per_domain_normal_priority_connections = "unlimited"
max_per_domain_low_priority_connections = "unlimited"
[hosts.app.streams.high]
priority = "high"
[hosts.app.streams.low]
priority = "low"
"""


def test_a_freed_connection_takes_the_highest_priority_first() -> None:
    """Strict and non-preemptive: the low one that was there first is sent to its end."""
    run = play(
        SLOW, PRIORITY, mail={"app.low": [0, 0.1], "app.load": [0.2], "app.high": [0.3, 0.4]}
    )
    assert [end for end, _ in run.ends("app.low")] == [3.0, 11.0]
    assert [end for end, _ in run.ends("app.high")] == [5.0, 7.0]
    assert [end for end, _ in run.ends("app.load")] == [9.0]


def test_low_priority_gets_no_more_connections_than_its_quota() -> None:
    """Two of three connections at most for low, whether or not the third is free."""
    quota = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 3
    max_per_domain_low_priority_connections = 2
    """
    mail = {"app.low": [0, 0, 0, 0], "app.load": [0.5], "app.high": [60]}
    run = play(SLOW, PRIORITY, quota, mail=mail)
    assert [end for end, _ in run.ends("app.low")] == [3.0, 3.0, 5.0, 5.0]
    assert run.ends("app.load") == [(3.5, "delivered")]


def test_a_full_quota_of_high_priority_lets_the_next_one_through() -> None:
    quota = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 2
    max_per_domain_high_priority_connections = 1
    """
    run = play(SLOW, PRIORITY, quota, mail={"app.high": [0, 0], "app.low": [0.1]})
    assert [end for end, _ in run.ends("app.high")] == [3.0, 5.0]
    assert run.ends("app.low") == [(3.1, "delivered")]


def test_without_priority_queuing_the_oldest_goes_first() -> None:
    off = "[hubs.HUB01]\npriority_queuing_enabled = false"
    run = play(SLOW, PRIORITY, off, mail={"app.low": [0, 0.1], "app.high": [0.2]})
    assert [end for end, _ in run.ends("app.low")] == [3.0, 5.0]
    assert run.ends("app.high") == [(7.0, "delivered")]


# Verdicts.

LATER = "451 4.7.1 Please try again later"


def deferred(share: float, seed: int) -> list[tuple[int, float, float, str]]:
    defer = f"[destinations.sink]\ndefer = {share}"
    return play(SLOW, defer, mail={"app.load": [0]}, seed=seed).attempts(OUT)


def test_a_message_that_got_a_4xx_reply_is_tried_again_after_a_minute() -> None:
    """Its queue goes on: only this message waits, and it connects anew."""
    result = [deferred(0.5, seed) for seed in range(8)]
    assert {len(attempts) for attempts in result} > {1, 2}
    for attempts in result:
        assert attempts == [
            *((0, 63.0 * k, 63.0 * k + 3.0, LATER) for k in range(len(attempts) - 1)),
            (0, 63.0 * (len(attempts) - 1), 63.0 * (len(attempts) - 1) + 3.0, OK),
        ]


def test_a_deferred_message_holds_nobody_up() -> None:
    """One connection for all: the deferral of some leaves it to the others."""
    limits = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [destinations.sink]
    defer = 0.5
    """
    run = play(SLOW, limits, mail={"app.load": [0] * 10})
    first_round = run.attempts(OUT)[:10]
    assert [transaction for transaction, *_ in first_round] == list(range(10))
    assert [end for _, _, end, _ in first_round] == [3.0 + 2 * k for k in range(10)]
    assert {reply for *_, reply in first_round} == {OK, LATER}
    assert run.statuses("app.load") == ["delivered"] * 10
    assert run.levels(Level.QUEUE_RETRY, OUT) == []


def test_a_connection_that_fails_by_chance_puts_the_queue_in_retry() -> None:
    """A share of the attempts to connect fails; each one waits for its place in the retry clock."""
    chance = "[destinations.sink]\nconnect_failure = 0.5"
    result = [play(chance, mail={"app.load": [0]}, seed=seed).attempts(OUT) for seed in range(8)]
    assert {len(attempts) for attempts in result} > {1, 2}
    for attempts in result:
        starts = [start for _, start, _, _ in attempts]
        assert starts == [0.0, 60.0, 120.0, 180.0, 240.0, 540.0, 840.0][: len(starts)]
        assert [reply for *_, reply in attempts[:-1]] == ["421 4.2.1 Unable to connect"] * (
            len(attempts) - 1
        )


@pytest.mark.parametrize("recipients", [1, 3])
def test_all_recipients_of_a_transaction_meet_their_status_together(recipients: int) -> None:
    run = play(SLOW, mail={"app.load": [(0, recipients)]})
    assert run.ends("app.load") == [(3.0, "delivered")] * recipients
    assert run.trace.attempts["recipients"].tolist() == [recipients]
