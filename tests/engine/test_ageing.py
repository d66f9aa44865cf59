"""Delay notices, expiry, NDRs, and mail without a route."""

from worlds.small_world import play

from relaysim.mail import reply

OUT = "HUB01->example.org"
HOUR = 3600.0
DAY = 24 * HOUR

OUTAGE = """
[run]
drain = "5 d"
[[events]]
at = "0 s"
outage = { destination = "sink", for = "4 d" }
"""
NOWHERE = """
[send_connectors.internet]
address_spaces = ["SMTP:example.net;1"]
"""


def test_a_delay_notice_is_sent_after_four_hours_and_the_message_expires_after_two_days() -> None:
    run = play(OUTAGE, mail={"app.load": [60]})
    assert run.ends("app.load") == [(60 + 2 * DAY, "expired")]
    assert run.verdicts("app.load") == ["550 4.4.7 QUEUE.Expired; message expired"]
    assert run.messages("HUB01.dsn", "created") == [60 + 4 * HOUR, 60 + 2 * DAY]
    assert run.trace.messages["parent"].tolist() == [-1, 0, 0]
    assert run.ends("HUB01.dsn") == [(60 + 4 * HOUR, "delivered"), (60 + 2 * DAY, "delivered")]


def test_a_message_that_is_delivered_in_time_causes_no_notice() -> None:
    short = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '3 h' }"
    run = play(short, mail={"app.load": [0]})
    assert run.messages("HUB01.dsn", "created") == []


def test_without_time_for_it_there_is_no_delay_notice() -> None:
    soon = "[hubs.HUB01]\nmessage_expiration_timeout = '4 h'"
    run = play(OUTAGE, soon, mail={"app.load": [0]})
    assert run.messages("HUB01.dsn", "created") == [4 * HOUR]


def test_delay_notices_can_be_switched_off() -> None:
    never = "[hubs.HUB01]\ndelay_notification_timeout = 'unlimited'"
    run = play(OUTAGE, never, mail={"app.load": [0]})
    assert run.messages("HUB01.dsn", "created") == [2 * DAY]


def test_every_message_has_its_own_age() -> None:
    run = play(OUTAGE, mail={"app.load": [0, 10, 4 * HOUR]})
    assert [end for end, _ in run.ends("app.load")] == [2 * DAY, 2 * DAY + 10, 2 * DAY + 4 * HOUR]
    assert run.messages("HUB01.dsn", "created")[:3] == [4 * HOUR, 4 * HOUR + 10, 8 * HOUR]


def test_what_is_being_sent_does_not_expire_but_is_not_tried_again() -> None:
    """The attempt at 60 s ends at 80 s: by then the message is 20 s too old, yet is delivered.

    The same attempt deferred ends the message's life.
    """
    soon = """
    [hubs.HUB01]
    message_expiration_timeout = "1 min"
    [destinations.sink]
    response_time = "80 s"
    """
    run = play(soon, mail={"app.load": [0]})
    assert run.ends("app.load") == [(80.0, "delivered")]
    run = play(soon, "[destinations.sink]\ndefer = 1.0", mail={"app.load": [0]})
    assert run.ends("app.load") == [(80.0, "expired")]
    assert len(run.attempts(OUT)) == 1


def test_a_message_that_waits_for_its_retry_expires_too() -> None:
    later = """
    [hubs.HUB01]
    message_expiration_timeout = "90 s"
    [destinations.sink]
    defer = 1.0
    """
    run = play(later, mail={"app.load": [0]})
    assert run.ends("app.load") == [(90.0, "expired")]
    assert [start for _, start, _, _ in run.attempts(OUT)] == [0.0, 60.0]


def test_the_wait_of_an_expired_message_stands_in_the_trace() -> None:
    run = play(OUTAGE, mail={"app.load": [0, 10]})
    assert run.attempts(OUT)[-2:] == [(0, -1.0, 2 * DAY, ""), (1, -1.0, 2 * DAY + 10, "")]


def test_mail_without_a_send_connector_is_unreachable_until_it_expires() -> None:
    run = play(NOWHERE, mail={"app.load": [0]})
    assert run.ends("app.load") == [(2 * DAY, "expired")]
    assert run.attempts("HUB01.unreachable") == [(0, -1.0, 2 * DAY, "")]
    assert run.messages("HUB01.dsn", "created") == [4 * HOUR, 2 * DAY]


def test_mail_too_large_for_every_route_bounces_in_the_categorizer() -> None:
    small = "[hubs.HUB01]\ncategorize_cost = '1 s'\n[send_connectors.internet]\nmax_message_size = '1 KB'"
    run = play(small, mail={"app.load": [(0, 1, 1025), (10, 1, 1024)]})
    assert run.ends("app.load") == [(1.0, "bounced"), (11.0, "delivered")]
    assert run.verdicts("app.load")[0] == str(reply.NO_ROUTE_FOR_SIZE)
    assert run.messages("HUB01.dsn", "created") == [1.0]


def test_a_large_message_goes_by_the_connector_that_takes_it() -> None:
    large = """
    [send_connectors.internet]
    max_message_size = "1 KB"
    [send_connectors.large]
    address_spaces = ["SMTP:*;5"]
    source_transport_servers = ["HUB01"]
    max_message_size = "2 KB"
    smart_hosts = ["mx.large.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.large.example"]
    """
    run = play(large, mail={"app.load": [(0, 1, 1024), (0, 1, 1025), (0, 1, 2048), (0, 1, 2049)]})
    names = run.trace.names.queues
    assert [names[queue] for queue in run.trace.transactions["queue"]][:3] == [
        OUT,
        "HUB01->mx.large.example",
        "HUB01->mx.large.example",
    ]
    assert run.statuses("app.load") == ["delivered"] * 3 + ["bounced"]


# DSNs.


def test_an_ndr_is_mail_of_the_hub_to_the_sender() -> None:
    """It takes the categorizer and a mailbox; nobody submits it and nobody acknowledges it."""
    costs = """
    [hubs.HUB01]
    categorize_cost = "1 s"
    [send_connectors.internet]
    max_message_size = "1 KB"
    [mailboxes]
    delivery_time = "2 s"
    """
    run = play(costs, mail={"app.load": [(0, 1, 2000)]})
    assert run.messages("HUB01.dsn", "committed") == [1.0]
    assert run.messages("HUB01.dsn", "acknowledged") == [-1.0]
    assert run.ends("HUB01.dsn") == [(4.0, "delivered")]
    assert run.trace.messages["size"].tolist() == [2000, 5 * 1024]
    assert run.hubs("HUB01.dsn") == ["HUB01"]


def test_an_ndr_to_a_sender_elsewhere_leaves_by_the_send_connector() -> None:
    outside = "[hosts.app.streams.load]\nsender = 'news@example.net'\n[send_connectors.internet]\nmax_message_size = '6 KB'"
    run = play(outside, mail={"app.load": [(0, 1, 9000)]})
    assert run.ends("HUB01.dsn") == [(0.0, "delivered")]
    assert run.attempts("HUB01->example.net") == [(0, 0.0, 0.0, "250 2.0.0 OK")]


def test_a_dsn_never_makes_another_one() -> None:
    """The sender's domain cannot be reached: the NDR expires in silence."""
    lost = """
    [hosts.app.streams.load]
    sender = "news@elsewhere.example"
    [send_connectors.internet]
    address_spaces = ["SMTP:example.net;1"]
    """
    run = play(lost, mail={"app.load": [0]})
    assert run.messages("HUB01.dsn", "created") == [4 * HOUR, 2 * DAY]
    run = play(lost, "[run]\ndrain = '10 d'", mail={"app.load": [0]})
    assert run.ends("HUB01.dsn") == [(2 * DAY + 4 * HOUR, "expired"), (4 * DAY, "expired")]


def test_mail_of_the_null_sender_causes_no_dsn() -> None:
    null = "[hosts.app.streams.load]\nsender = '<>'"
    run = play(OUTAGE, null, mail={"app.load": [0]})
    assert run.statuses("app.load") == ["expired"]
    assert run.messages("HUB01.dsn", "created") == []


def test_each_transaction_of_a_message_has_its_own_ndr() -> None:
    both = """
    [send_connectors.internet]
    address_spaces = ["SMTP:example.net;1"]
    [destinations.other]
    profile = "none"
    domains = ["example.com"]
    [hosts.app.streams.load]
    to = { sink = 0.5, other = 0.5 }
    [send_connectors.closed]
    address_spaces = ["SMTP:example.com;1"]
    source_transport_servers = ["HUB01"]
    max_message_size = "1 KB"
    """
    run = play(both, mail={"app.load": [(0, 8, 2000)]})
    assert set(run.statuses("app.load")) == {"expired", "bounced"}
    assert run.messages("HUB01.dsn", "created") == [0.0, 4 * HOUR, 2 * DAY]


def test_mail_that_waited_too_long_for_the_categorizer_expires_there() -> None:
    """One core, a day and a half for each message: the second is routed after three days."""
    slow = "[hubs.HUB01]\ncategorize_cost = '1.5 d'\n[run]\ndrain = '9 d'"
    run = play(slow, mail={"app.load": [0, 1]})
    assert run.ends("app.load") == [(1.5 * DAY, "delivered"), (3 * DAY, "expired")]
    run = play(slow, NOWHERE, mail={"app.load": [0, 1]})
    assert [end for end, _ in run.ends("app.load")] == [2 * DAY, 3 * DAY]
