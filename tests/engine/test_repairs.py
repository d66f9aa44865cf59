"""What the administrator does about the cause: pause, clean the list, move, cut off."""

from itertools import pairwise

import numpy as np
import pytest
from worlds.many_hubs import hubs
from worlds.reputation_world import (
    CALLED,
    HOUR,
    IP,
    LIST,
    OTHER_IP,
    TRAPS,
    actions,
    after,
    count,
    listings,
    looks,
    signals,
)
from worlds.small_world import Mail, Played, play, seconds

from relaysim.trace.tables import Level

LOOKS = looks(6 * HOUR, 60)
SIX_HOURLY = "[operations]\nmonitor_every = '6 h'"
REPAIRS = "[operations]\nrepair_time = '2 h'\non_listing = '{policy}'\n[blocklists.list]\ndelisting_time = '30 min'"
NEWS = """
[run]
duration = "22 d"
[hosts.app.streams.news]
sender = "news@bulk.example"
size = "1 KB"
to = { sink = 1.0 }
culprit = true
arrivals = { process = "campaign", at = "1 h", messages = 200, rate = "1/s", every = "7 d" }
mailing_list = { addresses = 200, trap_share = 0.1, unknown_rate = 0.1, bounce_removals = 9 }
"""


def paused(run: Played, stream: str) -> list[tuple[float, int]]:
    table, number = run.trace.levels, run.trace.names.streams.index(stream)
    rows = (table["level"] == Level.PAUSED) & (table["subject"] == number)
    times, values = table["time"][rows].tolist(), table["value"][rows].tolist()
    return [(seconds(time), value) for time, value in zip(times, values, strict=True)]


# Pause.


def test_the_culprits_are_paused_until_the_ip_is_found_clean() -> None:
    """Listed on Monday morning, noticed at ten, removed at 12:30; the look after that ends it."""
    end = next(look for look in LOOKS if look > 3.5 * HOUR)
    mail: Mail = {
        "app.traps": [10, 3599, 3601, end - 1, end + 1],
        "app.load": [3600, end - 1],
    }
    policy = REPAIRS.format(policy="pause_culprit")
    run = play(
        TRAPS, LIST, CALLED, SIX_HOURLY, policy, "[blocklists.list]\nlifetime = '5 d'", mail=mail
    )
    assert actions(run)[:5] == [
        (3600.0, "detected", ""),
        (3600.0, "paused", "app.traps"),
        (3 * HOUR, "repaired", ""),
        (3 * HOUR, "requested", "list"),
        (end, "resumed", "app.traps"),
    ]
    assert listings(run)[0] == (10.0, 3.5 * HOUR)
    assert paused(run, "app.traps")[:2] == [(3600.0, 1), (end, 0)]
    statuses = run.statuses("app.traps")
    assert statuses == ["delivered", "delivered", "suppressed", "suppressed", "delivered"]
    assert run.statuses("app.load") == ["bounced", "delivered"]


def test_they_stay_paused_as_long_as_another_ip_is_in_trouble() -> None:
    """The second IP is listed later, by mail that nobody pauses, and so for longer."""
    design = hubs("198.51.100.0/24", OTHER_IP), "[hosts.h1.streams.traps]\nculprit = false"
    slow = "[run]\nduration = '3 d'\n[blocklists.list]\nlifetime = '30 h'"
    mail: Mail = {"h0.traps": [10], "h0.load": [20], "h1.traps": [5 * HOUR], "h1.load": [6 * HOUR]}
    policy = "[operations]\non_listing = 'pause_culprit'\ndelisting = 'never'"
    run = play(LIST, *design, CALLED, SIX_HOURLY, slow, policy, mail=mail)
    end = next(look for look in LOOKS if look > 35 * HOUR)
    resumed = [row for row in actions(run) if row[1] == "resumed"]
    assert resumed == [(end, "resumed", "h0.traps")]
    assert paused(run, "h0.traps") == [(20.0, 1), (end, 0)]


# Clean.


@pytest.mark.parametrize(("cleaning", "left"), [(1.0, 0.0), (0.0, 1.0), (0.5, 0.5)])
def test_a_clean_up_takes_off_a_share_of_the_traps_and_dead_addresses(
    cleaning: float, left: float
) -> None:
    """The later campaigns send to the same ones; nobody else is taken off."""
    share = f"[operations]\ncleaning = {cleaning}"
    listed = "[blocklists.list]\nlifetime = '20 d'\n[run]\nduration = '8 d'"
    policy = REPAIRS.format(policy="clean_list").replace("delisting_time", "#")
    run = play(LIST, NEWS, SIX_HOURLY, policy, listed, share)
    assert [what for _, what, _ in actions(run)] == ["detected", "repaired", "cleaned"]
    worthless = run.draws.signal[:200] > 0
    statuses = np.array(run.statuses("app.news"))
    assert "suppressed" not in statuses[:200]
    suppressed = statuses[200:400] == "suppressed"
    assert not suppressed[~worthless].any()
    assert 20 < worthless.sum() < 60
    assert 1 - suppressed.sum() / worthless.sum() == pytest.approx(left, abs=0.2)
    if cleaning in (0.0, 1.0):
        assert suppressed.sum() == cleaning * worthless.sum()


def test_each_clean_up_draws_anew_for_what_is_left() -> None:
    """Listed for a day by each campaign, so each is a case of its own: half of what is left."""
    share = "[operations]\ncleaning = 0.5\ndelisting = 'never'"
    day = "[blocklists.list]\nlifetime = '1 d'"
    run = play(LIST, NEWS, SIX_HOURLY, REPAIRS.format(policy="clean_list"), day, share)
    worthless = (run.draws.signal[:200] > 0).sum()
    weeks = np.array(run.statuses("app.news")).reshape(4, 200) == "suppressed"
    gone = weeks.sum(axis=1) / worthless
    assert gone == pytest.approx([0, 0.5, 0.75, 0.875], abs=0.15)
    assert (weeks[1] <= weeks[2]).all()
    assert (weeks[2] <= weeks[3]).all()


def test_what_is_taken_off_one_list_does_not_depend_on_the_others() -> None:
    """A second list of another culprit, which comes first in the order of names."""
    share = "[operations]\ncleaning = 0.5\ndelisting = 'never'"
    listed = "[blocklists.list]\nlifetime = '20 d'\n[run]\nduration = '8 d'"
    design = LIST, NEWS, SIX_HOURLY, REPAIRS.format(policy="clean_list"), listed, share
    second = NEWS.replace("streams.news", "streams.more")
    one, two = play(*design), play(second, *design)
    assert [what for _, what, _ in actions(two)].count("cleaned") == 2
    assert two.statuses("app.news") == one.statuses("app.news")


def test_a_stream_without_a_list_cannot_be_cleaned() -> None:
    policy = REPAIRS.format(policy="clean_list")
    run = play(TRAPS, LIST, CALLED, policy, mail={"app.traps": [10, 3 * HOUR], "app.load": [20]})
    assert [what for _, what, _ in actions(run)] == ["detected", "repaired"]
    assert count(run, "app.traps") == {"delivered": 2}


# Move.


def test_moved_culprits_send_by_the_other_ip_from_then_on() -> None:
    """From the repair on the lists see their traps hit by the other IP; others keep this one."""
    move = f"[operations]\non_listing = 'move_culprit'\nmove_to = '{OTHER_IP}'\nrepair_time = '2 h'"
    design = f"[egress.'{OTHER_IP}']\nage = '400 d'"
    run = play(
        TRAPS,
        LIST,
        CALLED,
        design,
        move,
        mail={"app.traps": [10, 7200, 7300], "app.load": [100, 7301]},
    )
    assert actions(run) == [
        (100.0, "detected", ""),
        (7300.0, "repaired", ""),
        (7300.0, "moved", "app.traps"),
    ]
    names, attempts = run.trace.names, run.trace.attempts
    recipients = run.trace.transactions["first_recipient"][attempts["transaction"]]
    by = {
        int(recipient): names.egress[ip]
        for recipient, ip in zip(recipients, attempts["egress"], strict=True)
    }
    assert [by[recipient] for recipient in run._recipients("app.traps")] == [IP, IP, OTHER_IP]
    assert by[run._recipients("app.load")[1]] == IP
    assert f"HUB01->spamtrap.example by {OTHER_IP}" in names.queues
    assert [names.egress[ip] for ip in run.trace.listings["egress"]] == [IP, IP, OTHER_IP]


# A hijacked host.

HIJACKED = """
[run]
duration = "3 d"
[hosts.app.streams.spam]
sender = "someone@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "compromise", rate = "1/min", at = "1 h", lasts = "2 d" }
[blocklists.list]
delisting_time = "1 h"
[blocklists.xbl]
profile = "spamhaus-xbl"
compromise_time = "3 h"
build_interval = "0 s"
lifetime = "10 h"
delisting_time = "1 h"
"""
UNSEEN = "[coupling]\nreaction = false"


def test_a_hijacked_host_is_found_and_stays_listed_while_it_sends() -> None:
    run = play(HIJACKED, LIST, UNSEEN, mail={"app.load": [0]})
    created = run.messages("app.spam", "created")
    assert 2500 < len(created) < 3300
    assert listings(run, "xbl") == [(after(created[0], 3 * HOUR), after(created[-1], 10 * HOUR))]
    assert signals(run) == []


@pytest.mark.parametrize("policy", ["pause_culprit", "clean_list"])
def test_a_repair_cuts_it_off_for_good(policy: str) -> None:
    """Whatever is done about newsletters; and it is not resumed when the IP is clean again."""
    run = play(HIJACKED, LIST, SIX_HOURLY, REPAIRS.format(policy=policy), mail={"app.load": [0]})
    noticed = next(look for look in LOOKS if look > listings(run, "xbl")[0][0])
    # The run begins at midnight, so the repair is made from nine to eleven.
    repaired = max(after(noticed, 2 * HOUR), 11 * HOUR)
    times = dict(reversed([(what, time) for time, what, _ in actions(run)]))
    assert times["detected"] == noticed
    assert times["repaired"] == repaired
    stop = noticed if policy == "pause_culprit" else repaired
    ends = run.ends("app.spam")
    assert {status for end, status in ends if end < stop} == {"delivered"}
    assert {status for end, status in ends if end >= stop} == {"suppressed"}
    assert listings(run, "xbl") == [(listings(run, "xbl")[0][0], after(repaired, HOUR))]
    assert paused(run, "app.spam") == [(stop, 1)]


def test_removed_before_it_is_cut_off_it_is_relisted_at_once() -> None:
    """Requested in vain, hour after hour, without a repair of the cause."""
    asks = "[operations]\non_listing = 'nothing'\ndelisting = 'at_once'"
    run = play(HIJACKED, LIST, SIX_HOURLY, asks, mail={"app.load": [0]})
    result = listings(run, "xbl")
    asked = [time for time, what, _ in actions(run) if what == "requested"]
    assert len(asked) == 3  # as many as are heard in a month
    assert set(run.statuses("app.spam")) == {"delivered"}
    assert [end for _, end in result[:3]] == [after(time, HOUR) for time in asked]
    created = np.array(run.messages("app.spam", "created"))
    for (_, end), (start, _) in pairwise(result):
        assert start == created[created >= end].min()
