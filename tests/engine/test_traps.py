"""Spam traps: they take everything, stay on the list that they are on, and tell later."""

import numpy as np
from worlds.reputation_world import (
    DAY,
    HOUR,
    IP,
    LIST,
    NOBODY_LOOKS,
    TRAPS,
    count,
    listed,
    listings,
    signals,
)
from worlds.small_world import play

from relaysim.trace.tables import Signal

WEEKLY = """
[run]
duration = "28 d"
[hosts.app.streams.news]
sender = "news@bulk.example"
size = "1 KB"
to = { sink = 1.0 }
culprit = true
arrivals = { process = "campaign", at = "9 h", messages = 40, rate = "1/s", every = "7 d" }
mailing_list = { addresses = 40, trap_share = 0.1 }
"""


def test_a_hit_is_seen_after_the_delay_of_the_operator() -> None:
    later = "[blocklists.list]\ntrap_delay = '2 min'"
    run = play(TRAPS, LIST, NOBODY_LOOKS, later, mail={"app.traps": [10]})
    assert run.ends("app.traps") == [(10.0, "delivered")]
    assert run.trace.names.domains[run.trace.recipients["domain"][0]] == "spamtrap.example"
    assert signals(run) == [(130.0, "app.traps", "none")]
    assert listed(run) == [(IP, "list", 130.0, 3730.0, "trigger", 0)]


def test_traps_take_mail_of_a_listed_ip_too_and_each_hit_renews_the_listing() -> None:
    """Listed from 10 s on for an hour from the last hit, at 3,000 s; other mail is refused."""
    mail = {"app.traps": [10, 3000], "app.load": [3001, 6599, 6601]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, mail=mail)
    assert run.statuses("app.traps") == ["delivered", "delivered"]
    assert listings(run) == [(10.0, 6600.0)]
    assert run.statuses("app.load") == ["bounced", "bounced", "delivered"]


def test_a_hit_after_the_end_lists_anew() -> None:
    run = play(TRAPS, LIST, NOBODY_LOOKS, mail={"app.traps": [10, 3611]})
    assert listings(run) == [(10.0, 3610.0), (3611.0, 7211.0)]


def test_a_hit_at_the_very_end_renews_the_listing_whatever_other_mail_there_is() -> None:
    """Seen at 3,610 s, when the listing would be over: what is seen comes before what is done."""
    later = "[blocklists.list]\ntrap_delay = '10 s'"
    mail = {"app.traps": [0, 3600]}
    for others in ({}, {"app.load": [0] * 5}, {"app.xmas": [0] * 5}):
        run = play(TRAPS, LIST, NOBODY_LOOKS, later, mail=mail | others)
        assert listings(run) == [(10.0, 7210.0)]


def test_too_few_hits_or_hits_too_far_apart_list_no_ip() -> None:
    strict = "[blocklists.list]\nthreshold = 3\nwindow = '100 s'"
    far = {"app.traps": [0, 50, 101, 151.000001]}
    assert listings(play(TRAPS, LIST, NOBODY_LOOKS, strict, mail=far)) == []
    near = {"app.traps": [0, 50, 100]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, strict, mail=near)
    assert listings(run) == [(100.0, 3700.0)]


def test_without_a_window_no_hit_is_forgotten() -> None:
    ever = """
    [blocklists.ever]
    profile = "none"
    trigger = "count"
    trap_share = 1.0
    threshold = 3
    """
    run = play(TRAPS, ever, NOBODY_LOOKS, mail={"app.traps": [0, 1000, 80_000]})
    assert listings(run, "ever") == [(80_000.0, -1)]


def test_traps_of_a_mailing_list_are_hit_by_every_campaign() -> None:
    """The same addresses each week, at the same second of the campaign."""
    run = play(LIST, NOBODY_LOOKS, WEEKLY)
    recipients = run.trace.signals["recipient"]
    assert (run.trace.signals["signal"] == Signal.TRAP).all()
    weeks = [recipients[recipients // 40 == week] % 40 for week in range(4)]
    assert 1 <= len(weeks[0]) <= 10
    assert all(week.tolist() == weeks[0].tolist() for week in weeks)
    first, last = float(weeks[0][0]), float(weeks[0][-1])
    assert listings(run) == [
        (week * 7 * DAY + 9 * HOUR + first, week * 7 * DAY + 10 * HOUR + last) for week in range(4)
    ]


def test_with_a_life_of_a_week_sticky_traps_list_for_ever() -> None:
    """Each campaign renews what the one before began: facts on sticky traps, closed form 3."""
    run = play(LIST, NOBODY_LOOKS, WEEKLY, "[blocklists.list]\nlifetime = '7 d'")
    ((start, end),) = listings(run)
    assert 9 * HOUR <= start < 9 * HOUR + 40
    assert end == -1
    assert (run.trace.signals["time"].max() - run.trace.signals["time"].min()) > 21 * 86_400e6


def test_a_replication_has_traps_of_its_own() -> None:
    result = []
    for seed in (1, 2):
        run = play(LIST, NOBODY_LOOKS, WEEKLY, seed=seed)
        result.append(np.unique(run.trace.signals["recipient"] % 40).tolist())
    assert result[0] != result[1]


def test_the_lists_of_an_operator_see_the_same_hits() -> None:
    """CSS and SBL are Spamhaus's; of psbl's traps this stream meets none."""
    lists = """
    [blocklists.css]
    profile = "spamhaus-css"
    trap_share = 1.0
    trap_delay = "0 s"
    threshold = 1
    build_interval = "0 s"
    [blocklists.sbl]
    profile = "spamhaus-sbl"
    trap_delay = "0 s"
    hazard_rate = "1000000/d"
    build_interval = "0 s"
    [blocklists.psbl]
    profile = "psbl"
    trap_share = 0.0
    """
    run = play(TRAPS, NOBODY_LOOKS, lists, mail={"app.traps": [10]})
    assert signals(run) == [(10.0, "app.traps", "spamhaus")]
    assert listings(run, "css") == [(10.0, -1)]
    assert listings(run, "sbl") == [(3610.0, -1)]
    assert listings(run, "psbl") == []


def test_a_trap_of_two_operators_is_seen_by_both() -> None:
    both = """
    [blocklists.psbl]
    profile = "psbl"
    trap_share = 1.0
    trap_delay = "30 s"
    build_interval = "0 s"
    lifetime = "1 h"
    """
    run = play(TRAPS, LIST, NOBODY_LOOKS, both, mail={"app.traps": [10]})
    assert signals(run) == [(10.0, "app.traps", "none"), (40.0, "app.traps", "psbl")]
    assert listings(run, "list") == [(10.0, 3610.0)]
    assert listings(run, "psbl") == [(40.0, 3640.0)]


def test_mail_that_is_refused_or_lost_hits_no_trap() -> None:
    """The hub is down, so the host drops its mail; the trap never sees it."""
    down = "[[events]]\nat = '5 s'\nstop = { hub = 'HUB01', for = '1 min' }"
    run = play(TRAPS, LIST, NOBODY_LOOKS, down, mail={"app.traps": [10]})
    assert count(run, "app.traps") == {"abandoned": 1}
    assert signals(run) == []
    assert listings(run) == []
