"""A hub of Postfix: its cores, its replies, and who may relay."""

from worlds.small_world import play

POSTFIX = """
[hubs.HUB01]
mta = "postfix"
receive_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
process_start_time = "0 s"
"""
COSTS = """
[hubs.HUB01]
receive_cost = "3 s"
send_cost = "1 s"
"""


def test_mail_that_comes_in_slows_delivery() -> None:
    """One core, three messages within 0.2 s; receiving takes 3 s, sending 1 s.

    Postfix works first in, first out: it receives all until 9 s, then it sends, each 1 s. Exchange
    sends first. A free core takes its next work before the message that it finished goes on: so at
    3 s it receives the second message, and at 6 s it sends the first, then the second.
    """
    mail = {"app.load": [0, 0.1, 0.2]}
    assert play(POSTFIX, COSTS, mail=mail).ends("app.load") == [
        (10.0, "delivered"),
        (11.0, "delivered"),
        (12.0, "delivered"),
    ]
    assert play(COSTS, mail=mail).ends("app.load") == [
        (7.0, "delivered"),
        (8.0, "delivered"),
        (12.0, "delivered"),
    ]


STRANGER = """
[hubs.HUB01.receive_connectors.relay]
permissions = []
[hosts.app]
on_failure = { retry_every = "1 min", give_up_after = "150 s" }
"""


def test_relaying_without_the_right_is_deferred() -> None:
    """The host tries at 0, 60 and 120 s; at 180 s the message would be older than 150 s."""
    run = play(POSTFIX, STRANGER, mail={"app.load": [0]})
    assert run.ends("app.load") == [(120.0, "abandoned")]
    assert run.submissions("app.load") == [3]
    assert run.replies("app.load") == ["454 4.7.1 <recipient>: Relay access denied"]
    assert play(STRANGER, mail={"app.load": [0]}).ends("app.load") == [(0.0, "refused")]


def test_a_deferred_recipient_beside_an_accepted_one_is_not_tried_again() -> None:
    """Of six recipients those inside are accepted, and the host sends no second message."""
    mixed = "[hosts.app.streams.load]\nto = { internal = 0.5, sink = 0.5 }"
    run = play(POSTFIX, STRANGER, mixed, mail={"app.load": [(0, 6)]})
    assert set(run.ends("app.load")) == {(0.0, "delivered"), (0.0, "abandoned")}
    assert run.submissions("app.load") == [1]


NETWORKS = """
[hubs.HUB01.receive_connectors.mynetworks]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["192.168.168.0/24"]
"""


def test_mynetworks_may_relay_and_has_no_limit_of_one_client() -> None:
    """60 messages at once: 50 sessions of a stranger fit, and all of a host of mynetworks.

    The connector of this name needs no more than its ranges.
    """
    slow = '[hosts.app]\nbandwidth = "8 kbit/s"'
    few = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection_per_source = 50"
    mail = {"app.load": [0] * 60}
    assert play(POSTFIX, slow, few, NETWORKS, mail=mail).statuses("app.load") == ["delivered"] * 60
    run = play(POSTFIX, slow, few, mail=mail)
    assert run.statuses("app.load").count("delivered") == 50
    assert set(run.replies("app.load")[50:]) == {"421 4.7.0 Error: too many connections"}


FULL = """
[hubs.HUB01]
qmgr_message_active_limit = 2
[destinations.sink]
response_time = "10 s"
[hosts.app.streams.inside]
to = { internal = 1.0 }
"""


def test_mail_waits_for_room_in_the_active_queue_whatever_its_next_hop() -> None:
    """Two messages to a slow domain fill the active queue until 10 s.

    The third one, to a mailbox, waits so long, though its next hop is free. Each message that comes
    in while the queue is full is delayed by 1 s: the one of 1 s is with the hub at 2 s.
    """
    run = play(POSTFIX, FULL, mail={"app.load": [0, 0], "app.inside": [1]})
    assert run.ends("app.load") == [(10.0, "delivered")] * 2
    assert run.messages("app.inside", "committed") == [2.0]
    assert run.ends("app.inside") == [(10.0, "delivered")]


def test_what_gets_room_when_another_part_of_its_message_expires() -> None:
    """One message for two domains, and room for one of them; the hub is stopped from 5 to 105 s.

    At 105 s the first part expires, so the other one gets room. Its connection fails, and it
    expires by that.
    """
    stopped = """
    [hubs.HUB01]
    message_expiration_timeout = "60 s"
    qmgr_message_active_limit = 1
    [destinations.sink]
    response_time = "10 s"
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    response_time = "10 s"
    [hosts.app.streams.load]
    to = { sink = 0.5, other = 0.5 }
    [[events]]
    at = "5 s"
    stop = { hub = "HUB01", for = "100 s" }
    [[events]]
    at = "100 s"
    outage = { destination = "sink", for = "1 min" }
    [[events]]
    at = "100 s"
    outage = { destination = "other", for = "1 min" }
    """
    run = play(POSTFIX, stopped, mail={"app.load": [(0, 6)]})
    assert run.ends("app.load") == [(105.0, "expired")] * 6


def test_a_full_active_queue_lets_in_100_messages_a_second() -> None:
    """100 sessions, and each message takes 1 s while ten messages are active.

    The first message of ten sessions is taken in at once.
    """
    busy = """
    [hubs.HUB01]
    qmgr_message_active_limit = 10
    [destinations.sink]
    response_time = "1 h"
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection_per_source = "unlimited"
    [hosts.app]
    sessions = 100
    """
    run = play(POSTFIX, busy, mail={"app.load": [0] * 310})
    committed = run.messages("app.load", "committed")
    assert [committed.count(second) for second in (0, 1, 2, 3)] == [10, 100, 100, 100]


def test_deferred_mail_is_not_in_the_active_queue() -> None:
    """Two deferred messages wait for 300 s elsewhere: mail to a mailbox passes at once."""
    defers = "[destinations.sink]\ndefer = 1.0\nresponse_time = '0 s'"
    mail = {"app.load": [0, 0], "app.inside": [5]}
    run = play(POSTFIX, FULL, defers, "[hubs.HUB01]\nreject_time = '0 s'", mail=mail)
    assert run.ends("app.inside") == [(5.0, "delivered")]


def test_what_a_hub_of_postfix_says() -> None:
    large = "[hubs.HUB01.receive_connectors.relay]\nmax_message_size = '1 KB'"
    run = play(POSTFIX, large, mail={"app.load": [(0, 1, 2048), (1, 1, 1024)]})
    assert run.replies("app.load") == [
        "552 5.3.4 Message size exceeds fixed limit",
        "250 2.0.0 Ok: queued as id",
    ]


def test_a_message_above_the_rate_does_not_end_the_session() -> None:
    """450 leaves the session open, where Exchange closes it with 421."""
    rate = """
    [hubs.HUB01.receive_connectors.relay]
    message_rate_limit = "1/min"
    [hosts.app]
    sessions = 1
    """
    run = play(POSTFIX, rate, mail={"app.load": [0, 0]})
    assert run.replies("app.load") == [
        "250 2.0.0 Ok: queued as id",
        "450 4.7.1 Error: too much mail from client",
    ]
    assert run.statuses("app.load") == ["delivered", "abandoned"]
