"""Unknown users: refused at RCPT TO, bounced with an NDR, and taken off the mailing list."""

import numpy as np
import pytest
from worlds.reputation_world import LIST, NOBODY_LOOKS, count, listings, signals
from worlds.small_world import play

from relaysim.trace.tables import Signal
from relaysim.traffic.signal_draws import Signal as Drawn

OUT = "HUB01->example.org"
UNKNOWN = "550 5.1.1 Recipient address rejected: User unknown"
OK = "250 2.0.0 OK"
NOBODY = "[hosts.app.streams.load]\nunknown_rate = 1.0"
SLOW = """
[hubs.HUB01]
reject_time = "250 ms"
max_per_domain_outbound_connections = 1
[destinations.sink]
connect_time = "1 s"
response_time = "2 s"
"""
NEWS = """
[run]
duration = "28 d"
[hosts.app.streams.news]
sender = "news@bulk.example"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "campaign", at = "0 s", messages = 50, rate = "1/s", every = "7 d" }
mailing_list = { addresses = 50, unknown_rate = 0.2 }
"""
PROVIDER = """
[destinations.sink]
profile = "gmail"
connect_time = "0 s"
response_time = "0 s"
connect_failure = 0.0
defer = 0.0
"""


def test_an_unknown_user_is_refused_before_the_transfer() -> None:
    """The connection stays open; the host received the 250 of the hub long before."""
    known = "[hosts.app.streams.known]\nunknown_rate = 0.0"
    run = play(SLOW, NOBODY, known, mail={"app.load": [0], "app.known": [0]})
    assert run.attempts(OUT) == [(0, 0.0, 3.0, OK), (1, 3.0, 3.25, UNKNOWN)]
    assert run.statuses("app.load") == ["bounced"]
    assert run.statuses("app.known") == ["delivered"]
    assert run.verdicts("app.load") == [UNKNOWN]
    assert len(run.messages("HUB01.dsn", "created")) == 1


def test_the_other_recipients_of_the_message_get_it() -> None:
    """Of thirty recipients some do not exist: one NDR for them all, and the rest go on."""
    some = "[hosts.app.streams.load]\nunknown_rate = 0.3"
    run = play(SLOW, some, mail={"app.load": [(0, 30)]})
    unknown = run.draws.signal == Drawn.UNKNOWN
    assert 3 < unknown.sum() < 20
    statuses = np.where(unknown, "bounced", "delivered").tolist()
    assert run.statuses("app.load") == statuses
    assert {end for end, status in run.ends("app.load") if status == "bounced"} == {1.0}
    assert {end for end, status in run.ends("app.load") if status == "delivered"} == {3.0}
    assert run.attempts(OUT) == [(0, 0.0, 3.0, OK)]
    assert run.messages("HUB01.dsn", "created") == [1.0]


def test_a_deferral_after_it_does_not_bounce_them_again() -> None:
    some = "[hosts.app.streams.load]\nunknown_rate = 0.3\n[destinations.sink]\ndefer = 1.0"
    soon = "[hubs.HUB01]\nmessage_expiration_timeout = '10 min'"
    run = play(SLOW, some, soon, mail={"app.load": [(0, 30)]})
    unknown = int((run.draws.signal == Drawn.UNKNOWN).sum())
    assert count(run, "app.load") == {"bounced": unknown, "expired": 30 - unknown}
    assert {end for end, status in run.ends("app.load") if status == "bounced"} == {1.0}


def test_when_no_recipient_exists_the_whole_message_bounces() -> None:
    run = play(SLOW, NOBODY, mail={"app.load": [(0, 5)]})
    assert run.ends("app.load") == [(1.25, "bounced")] * 5
    assert run.attempts(OUT) == [(0, 0.0, 1.25, UNKNOWN)]
    assert run.messages("HUB01.dsn", "created") == [1.25]


def test_only_a_provider_counts_them() -> None:
    mail = {"app.load": [0]}
    assert signals(play(NOBODY, mail=mail)) == []
    run = play(PROVIDER, NOBODY, mail=mail)
    assert signals(run) == [(0.0, "app.load", "sink")]
    assert run.trace.signals["signal"].tolist() == [Signal.UNKNOWN]
    assert run.verdicts("app.load")[0].startswith("550 5.1.1 The email account")


def test_a_listed_ip_gets_no_reply_that_a_user_is_unknown() -> None:
    """The refusal for the listing comes first, and is what the sender reads."""
    event = "[[events]]\nat = '0 s'\nlisting = { egress = '198.51.100.10', blocklist = 'list', for = '1 h' }"
    run = play(LIST, NOBODY_LOOKS, NOBODY, event, mail={"app.load": [10]})
    assert run.verdicts("app.load")[0].startswith("554 5.7.1")


# Mailing lists.


def of_week(values: list[str], week: int) -> list[str]:
    return values[week * 50 : (week + 1) * 50]


@pytest.mark.parametrize("removals", [1, 2, 3])
def test_an_address_is_taken_off_after_so_many_bounces(removals: int) -> None:
    run = play(NEWS, f"[hosts.app.streams.news.mailing_list]\nbounce_removals = {removals}")
    unknown = (run.draws.signal[:50] == Drawn.UNKNOWN).tolist()
    assert 3 < sum(unknown) < 20
    for week in range(4):
        gone = "bounced" if week < removals else "suppressed"
        statuses = [gone if nobody else "delivered" for nobody in unknown]
        assert of_week(run.statuses("app.news"), week) == statuses


def test_a_suppressed_recipient_was_never_submitted() -> None:
    """It ends when it was created, without a reply, a session or a queue."""
    run = play(NEWS)
    recipients, messages = run.trace.recipients, run.trace.messages
    rows = np.flatnonzero(np.array(run.statuses("app.news")) == "suppressed")
    assert len(rows) == 3 * (run.draws.signal[:50] == Drawn.UNKNOWN).sum()
    assert (recipients["end"][rows] == messages["created"][rows]).all()
    for column in ("reply", "transaction"):
        assert (recipients[column][rows] == -1).all()
    for column in ("connected", "committed", "acknowledged", "connector", "hub"):
        assert (messages[column][rows] == -1).all()
    assert (messages["attempts"][rows] == 0).all()


def test_a_run_whose_last_message_is_suppressed_ends() -> None:
    everybody = "[hosts.app.streams.news.mailing_list]\nunknown_rate = 1.0"
    run = play(NEWS, everybody)
    assert count(run, "app.news") == {"bounced": 50, "suppressed": 150}
    assert run.trace.end == round((21 * 86_400 + 49) * 1e6)
    assert listings(run) == []


def test_who_keeps_no_list_writes_to_unknown_users_again() -> None:
    """An application without a mailing list: each recipient has an address of its own."""
    run = play(NOBODY, mail={"app.load": [0, 10, 20]})
    assert run.statuses("app.load") == ["bounced"] * 3
