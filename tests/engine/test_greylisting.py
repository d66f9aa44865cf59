"""Greylisting destinations: what they cost, by the retry clock of each server."""

import numpy as np
import pytest
from worlds.ground_truth import stated
from worlds.small_world import play

OUT = "HUB01->example.org"
OK = "250 2.0.0 OK"
LATER = "450 4.2.0 <recipient>: Recipient address rejected: Greylisted"
GREY = "[destinations.sink.greylisting]\ndelay = '5 min'"
NEVER_KNOWN = "[destinations.sink.greylisting]\nauto_whitelist_clients = 'unlimited'"
FREE = """
[hubs.HUB01]
mta = "{mta}"
receive_cost = "0 s"
categorize_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
queue_database_batch_size = 1
reject_time = "0 s"
[hubs.HUB01.receive_connectors.relay]
tarpit_interval = "0 s"
"""
ATTEMPTS = {
    "exchange-2010": 6,
    "exchange-2013": 2,
    "exchange-2016": 2,
    "exchange-2019": 2,
    "exchange-se": 2,
}
"""The tries of one message at each server, the one that passes included."""
POSTFIX = """
[hubs.HUB01]
mta = "postfix"
receive_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
process_start_time = "0 s"
reject_time = "0 s"
"""


def test_what_five_minutes_cost_at_exchange() -> None:
    """MessageRetryInterval is 1 min, 15 min, and 5 min: the first retry at or after 5 min passes."""
    costs = []
    for mta, tries in ATTEMPTS.items():
        run = play(FREE.format(mta=mta), GREY, mail={"app.load": [0]})
        ((end, status),) = run.ends("app.load")
        assert status == "delivered"
        assert [reply for *_, reply in run.attempts(OUT)] == [LATER] * (tries - 1) + [OK]
        costs.append(f"{end / 60:g}")
    assert ", ".join(costs) + " min" == stated("A greylist of 5 minutes at Exchange")


def test_what_five_minutes_cost_at_postfix() -> None:
    """A message of each second from 0 to 299 s, and a scan of the deferred queue every 300 s.

    The message of second 0 is due at 300 s, and passes then. That of second s > 0 is due at s + 300,
    and the scan at 600 s finds it: 600 - s. (The scan at 300 s finds the message of second 1, since
    it may be a second early; for the greylist it is a second too early, so it waits for 600 s as
    well.) The mean is (300 + 299 x 600 - 44,850) / 300 = 449.5 s.
    """
    mail = {"app.load": list(range(300))}
    run = play(POSTFIX, GREY, NEVER_KNOWN, mail=mail)
    waits = [end - created for created, (end, _) in enumerate(run.ends("app.load"))]
    assert waits == [300.0, *(600.0 - second for second in range(1, 300))]
    mean = sum(waits) / 300
    assert mean == 449.5
    cost = f"{min(waits) / 60:.0f} to {max(waits) / 60:.0f} min, mean {mean / 60:.1f} min"
    assert cost == stated("A greylist of 5 minutes at Postfix")
    early = [start for transaction, start, *_ in run.attempts(OUT) if transaction == 1]
    assert early == [1.0, 300.0, 600.0]


def test_mimecast_asks_for_a_minute() -> None:
    """Mimecast wants a retry between 1 min and 12 h: Exchange 2010 needs 1 min, 2019 still 15."""
    mimecast = """
    [destinations.sink.greylisting]
    delay = "1 min"
    retry_window = "12 h"
    reply = "451 Internal resources are temporarily unavailable"
    """
    for mta, minutes in (("exchange-2010", 1), ("exchange-2019", 15)):
        run = play(FREE.format(mta=mta), mimecast, mail={"app.load": [0]})
        assert run.ends("app.load") == [(60.0 * minutes, "delivered")]
        assert run.attempts(OUT)[0][3] == "451 Internal resources are temporarily unavailable"


NEWS = """
[hosts.app.streams.news]
recipients = 1
mailing_list = {{ addresses = {addresses} }}
"""


def test_the_second_message_to_an_address_passes_at_once() -> None:
    """Two addresses, four messages: the first to each waits 5 min, the others do not.

    The message of 100 s to an address that waits since 0 s is deferred too, and tries again at
    400 s.
    """
    both = NEWS.format(addresses=2)
    run = play(FREE.format(mta="exchange-se"), GREY, both, mail={"app.news": [0, 50, 400, 410]})
    assert [end for end, _ in run.ends("app.news")] == [300.0, 350.0, 400.0, 410.0]
    one = NEWS.format(addresses=1)
    run = play(FREE.format(mta="exchange-se"), GREY, one, mail={"app.news": [0, 100]})
    assert [end for end, _ in run.ends("app.news")] == [300.0, 400.0]


def test_an_ip_is_known_after_five_passes_an_hour_apart() -> None:
    """A message an hour to a new person: five wait 5 min each, the sixth passes at once."""
    mail = {"app.load": [3600 * hour for hour in range(7)]}
    run = play(FREE.format(mta="exchange-se"), GREY, mail=mail)
    ends = [end - 3600 * hour for hour, (end, _) in enumerate(run.ends("app.load"))]
    assert ends == [300.0] * 5 + [0.0] * 2
    run = play(FREE.format(mta="exchange-se"), GREY, NEVER_KNOWN, mail=mail)
    assert [end for end, _ in run.ends("app.load")] == [3600.0 * hour + 300 for hour in range(7)]


def test_another_ip_of_the_same_network_keeps_the_triplet() -> None:
    """The culprit's newsletter moves to another IP: in the same /24 its triplets stay known.

    The IP is listed at 1 min, and the administrator sees it at once. The retry at 5 min goes out by
    the other IP: a first try, unless the network is that of the first IP.
    """
    moving = """
    [destinations.sink]
    refuses_on = { css = 0.0 }
    [blocklists.css]
    profile = "spamhaus-css"
    [operations]
    monitor_every = "1 s"
    on_listing = "move_culprit"
    move_to = "OTHER"
    repair_time = "0 s"
    [egress."OTHER"]
    [hosts.app.streams.news]
    culprit = true
    recipients = 1
    mailing_list = { addresses = 1 }
    [[events]]
    at = "1 min"
    listing = { egress = "198.51.100.10", blocklist = "css", for = "1 d" }
    """
    for other, second in (("198.51.100.77", 0.0), ("203.0.113.25", 300.0)):
        changes = FREE.format(mta="exchange-se"), GREY, moving.replace("OTHER", other)
        run = play(*changes, mail={"app.news": [0, 600]})
        assert [end for end, _ in run.ends("app.news")] == [300.0, 600.0 + second]
        assert run.attempts(f"{OUT} by {other}")[-1][3] == OK


def test_all_recipients_of_a_transaction_wait_if_one_does() -> None:
    """Two messages with three recipients each; all six are new persons."""
    run = play(FREE.format(mta="exchange-se"), GREY, mail={"app.load": [(0, 3), (100, 3)]})
    assert [end for end, _ in run.ends("app.load")] == [300.0] * 3 + [400.0] * 3


def test_unknown_users_are_refused_before_the_greylist() -> None:
    """DEFER_IF_PERMIT: a later refusal counts, and Postfix refuses unknown users last."""
    unknown = "[hosts.app.streams.load]\nunknown_rate = 1.0"
    run = play(FREE.format(mta="exchange-se"), GREY, unknown, mail={"app.load": [0]})
    assert run.ends("app.load") == [(0.0, "bounced")]


def test_mail_that_comes_again_too_late_never_passes() -> None:
    """The hub tries every hour, the receiver forgets after half an hour: it expires after a day."""
    hub = "[hubs.HUB01]\nmessage_retry_interval = '1 h'\nmessage_expiration_timeout = '1 d'"
    short = "[destinations.sink.greylisting]\nretry_window = '30 min'"
    run = play(FREE.format(mta="exchange-se"), GREY, short, hub, mail={"app.load": [0]})
    assert run.ends("app.load") == [(86_400.0, "expired")]
    assert len(run.attempts(OUT)) == 25


def test_a_share_of_the_domains_greylists_and_stays_so() -> None:
    """A quarter of 400 domains: 100, with a deviation of 9; each with all of its mail."""
    many = """
    [destinations.many]
    profile = "none"
    domain_count = 400
    [destinations.many.greylisting]
    share = 0.25
    auto_whitelist_clients = "unlimited"
    [hosts.app.streams.load]
    to = { many = 1.0 }
    """
    mail = {"app.load": [(0, 1)] * 2000}
    run = play(FREE.format(mta="exchange-se"), many, mail=mail)
    domains = run.trace.recipients["domain"].tolist()
    ends = run.trace.recipients["end"].tolist()
    # All are sent at once, but the hub takes 1,200 connections a minute.
    waited = {domain for domain, end in zip(domains, ends, strict=True) if end >= 300_000_000}
    at_once = {domain for domain, end in zip(domains, ends, strict=True) if end < 300_000_000}
    assert not waited & at_once
    drawn = set(np.flatnonzero(run.draws.greylists).tolist())
    assert waited <= drawn
    assert 65 <= len(drawn) <= 135


@pytest.mark.parametrize("mta", ["exchange-2010", "postfix"])
def test_a_share_of_nothing_changes_no_row(mta: str) -> None:
    hub = POSTFIX if mta == "postfix" else FREE.format(mta=mta)
    mail = {"app.load": [(0, 3), 7, 7.5, 60]}
    without = play(hub, mail=mail)
    with_none = play(hub, GREY, "[destinations.sink.greylisting]\nshare = 0.0", mail=mail)
    assert without.trace.fingerprint() == with_none.trace.fingerprint()
