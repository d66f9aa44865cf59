"""Outages of the mailbox server and of an Internet line: what each does to the queues."""

import pytest
from worlds.small_world import SECOND_HUB, play, tables

from relaysim.scenario.load import from_mapping
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import Level

OUT, BOXES = "HUB01->example.org", "HUB01.mailbox"
UNABLE, DROPPED, OK = "421 4.2.1 Unable to connect", "421 4.4.2 Connection dropped", "250 2.0.0 OK"
INSIDE = "[hosts.app.streams.inside]\nto = { internal = 1.0 }"
MAIN = """
[lines.main]
bandwidth = "unlimited"
[egress."198.51.100.10"]
line = "main"
"""
USERS = """
[hosts.users]
kind = "mailbox_users"
address = "10.0.0.1"
server = "192.168.168.169"
round_trip = "0 s"
bandwidth = "unlimited"
"""


def outage(of: str, at: str, length: str) -> str:
    key, name = of.split()
    return f"[[events]]\nat = '{at}'\noutage = {{ {key} = '{name}', for = '{length}' }}"


def test_mail_for_mailboxes_waits_in_retry_and_other_mail_does_not() -> None:
    """Down from 10 to 1,000 s. Mail of 20 s is tried every 5 min: at 320, 620, 920 and 1,220 s.

    Mail of 1,100 s waits behind it, because the queue is in Retry; mail to outside is not delayed.
    """
    down = outage("destination internal", "10 s", "990 s")
    run = play(INSIDE, down, mail={"app.inside": [0, 20, 1100], "app.load": [30]})
    assert run.ends("app.inside") == [(0.0, "delivered"), *[(1220.0, "delivered")] * 2]
    assert run.ends("app.load") == [(30.0, "delivered")]
    assert [attempt[1:] for attempt in run.attempts(BOXES)] == [
        (0.0, 0.0, OK),
        *((start, start, UNABLE) for start in (20.0, 320.0, 620.0, 920.0)),
        *[(1220.0, 1220.0, OK)] * 2,
    ]
    assert run.levels(Level.QUEUE_RETRY, BOXES) == [(20.0, 1), (1220.0, 0)]
    assert run.levels(Level.OUTAGE, "internal") == [(10.0, 1), (1000.0, 0)]


def test_a_delivery_under_way_is_cut() -> None:
    """It would take from 5 to 15 s, and the server is down from 10 to 60 s: 5 min later again."""
    slow = "[mailboxes]\ndelivery_time = '10 s'"
    down = outage("destination internal", "10 s", "50 s")
    run = play(INSIDE, slow, down, mail={"app.inside": [5]})
    assert [attempt[1:] for attempt in run.attempts(BOXES)] == [
        (5.0, 15.0, DROPPED),
        (315.0, 325.0, OK),
    ]


def test_users_send_when_the_mailbox_server_is_back() -> None:
    """Three messages wait from 20, 30 and 40 s until 100 s; applications send all the time."""
    down = outage("destination internal", "10 s", "90 s")
    run = play(USERS, down, mail={"users.mail": [0, 20, 30, 40], "app.load": [50]})
    assert [end for end, _ in run.ends("users.mail")] == [0.0, 100.0, 100.0, 100.0]
    assert run.ends("app.load") == [(50.0, "delivered")]
    over = outage("destination internal", "50 s", "100 s")
    run = play(USERS, down, over, mail={"users.mail": [20]})
    assert run.ends("users.mail") == [(150.0, "delivered")]


def test_all_queues_to_outside_are_in_retry_while_the_line_is_down() -> None:
    """Down from 5 to 100 s. Nothing answers, so the connections of 10 s fail after 30 s, at 40 s.

    A minute later, the first glitch retry, both queues send. Mail to mailboxes is not delayed.
    """
    other = "[destinations.other]\nprofile = 'none'\ndomains = ['example.net']"
    to = "[hosts.app.streams.more]\nto = { other = 1.0 }"
    run = play(
        *(MAIN, INSIDE, other, to, outage("line main", "5 s", "95 s")),
        mail={"app.load": [10], "app.more": [10], "app.inside": [10]},
    )
    for queue, stream in ((OUT, "app.load"), ("HUB01->example.net", "app.more")):
        assert [attempt[1:] for attempt in run.attempts(queue)] == [
            (10.0, 40.0, UNABLE),
            (100.0, 100.0, OK),
        ]
        assert run.levels(Level.QUEUE_RETRY, queue) == [(40.0, 1), (100.0, 0)]
        assert run.ends(stream) == [(100.0, "delivered")]
    assert run.ends("app.inside") == [(10.0, "delivered")]
    assert run.levels(Level.LINE_DOWN, "main.line") == [(5.0, 1), (100.0, 0)]


def test_a_connection_over_the_line_is_cut() -> None:
    """The reply would come at 30 s, and the line is down from 10 to 15 s: it never comes."""
    slow = "[destinations.sink]\nresponse_time = '30 s'"
    run = play(MAIN, slow, outage("line main", "10 s", "5 s"), mail={"app.load": [0]})
    assert [attempt[1:] for attempt in run.attempts(OUT)] == [
        (0.0, 30.0, DROPPED),
        (90.0, 120.0, OK),
    ]


def test_another_line_is_not_touched() -> None:
    """The line of the second hub, which no send connector uses, and a public IP without a line."""
    mail = {"app.load": [10]}
    run = play(SECOND_HUB, outage("line 203.0.113.25", "5 s", "95 s"), mail=mail)
    assert run.ends("app.load") == [(10.0, "delivered")]
    run = play(SECOND_HUB, outage("line 198.51.100.10", "5 s", "95 s"), mail=mail)
    assert run.ends("app.load") == [(100.0, "delivered")]


def test_mail_from_outside_comes_in_when_the_line_is_back() -> None:
    """The sender of 20 s is refused until 100 s, and tries every 40 s: at 60 and 100 s."""
    internet = """
    [hosts.out]
    kind = "internet"
    address = "203.0.113.99"
    server = "192.168.168.169"
    round_trip = "0 s"
    bandwidth = "unlimited"
    on_failure = { retry_every = "40 s", give_up_after = "1 d" }
    [hosts.out.streams.mail]
    to = { internal = 1.0 }
    sender = "someone@example.org"
    """
    down = outage("line main", "10 s", "90 s")
    run = play(MAIN, internet, down, mail={"out.mail": [0, 20]})
    assert [end for end, _ in run.ends("out.mail")] == [0.0, 100.0]


def test_postfix_defers_what_it_cannot_deliver_to_the_mailbox_server() -> None:
    """It has no clock of a queue: the message of 20 s is due 300 s later, and the scan of 600 s."""
    postfix = """
    [hubs.HUB01]
    mta = "postfix"
    receive_cost = "0 s"
    send_cost = "0 s"
    commit_write = "0 s"
    """
    down = outage("destination internal", "10 s", "100 s")
    run = play(postfix, INSIDE, down, mail={"app.inside": [20]})
    assert run.ends("app.inside") == [(600.0, "delivered")]


@pytest.mark.parametrize(
    ("outage", "text"),
    [
        ({"line": "mian"}, "there is no such line; allowed: main"),
        ({"line": "main", "destination": "sink"}, "exactly one of destination, line"),
        ({"line": "main", "mx_hosts": 1}, "only a destination has MX hosts"),
        ({"destination": "internal", "mx_hosts": 1}, "the mailbox server has no MX hosts"),
    ],
)
def test_an_outage_names_one_thing(outage: dict[str, object], text: str) -> None:
    raw = tables(MAIN, USERS, INSIDE) | {
        "events": [{"at": "1 s", "outage": outage | {"for": "1 s"}}]
    }
    with pytest.raises(ScenarioError) as error:
        from_mapping(raw, "story")
    assert text in str(error.value)
