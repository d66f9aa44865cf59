"""The administrator: how he comes to know of a listing, and when he asks to have it removed."""

import pytest
from worlds.many_hubs import hubs
from worlds.reputation_world import (
    DAY,
    HOUR,
    LIST,
    TRAPS,
    actions,
    after,
    listings,
    looks,
)
from worlds.small_world import Mail, Played, play

MONDAY = """
[run]
start = 2010-03-01T00:00:00
duration = "14 d"
[blocklists.list]
lifetime = "5 d"
"""
LOOKS = looks(6 * HOUR, 60)
BLIND = "[operations]\nmonitor_every = '3000 d'\nndr_time = '1 h'"
SIX_HOURLY = "[operations]\nmonitor_every = '6 h'\nndr_time = '3000 d'"
"""Whoever gets an NDR takes a very long time to call."""


def run(*changes: str, mail: Mail) -> Played:
    return play(TRAPS, LIST, MONDAY, *changes, mail=mail)


def detected(played: Played) -> list[float]:
    return [time for time, what, _ in actions(played) if what == "detected"]


# Noticing.


def test_he_finds_a_listing_when_he_looks_at_the_lists() -> None:
    """The first look is some time within the first six hours, then one every six."""
    assert 0 < LOOKS[0] < 6 * HOUR
    for hit in (LOOKS[0] - 100, LOOKS[0] + 100, LOOKS[7] + 100):
        first = next(look for look in LOOKS if look > hit)
        assert detected(run(SIX_HOURLY, mail={"app.traps": [hit]})) == [first]


def test_where_he_looks_in_his_hours_depends_on_the_replication() -> None:
    result = {looks(6 * HOUR, 1, seed)[0] for seed in (1, 2, 3)}
    assert len(result) == 3
    run_two = play(TRAPS, LIST, MONDAY, SIX_HOURLY, mail={"app.traps": [0]}, seed=2)
    assert detected(run_two) == looks(6 * HOUR, 1, seed=2)


@pytest.mark.parametrize(
    ("bounce", "call"),
    [
        (10 * HOUR, 11 * HOUR),  # Monday at ten
        (16.5 * HOUR, DAY + 9.5 * HOUR),  # half an hour today, half an hour tomorrow
        (20 * HOUR, DAY + 10 * HOUR),
        (DAY + 3 * HOUR, DAY + 10 * HOUR),
        (4 * DAY + 16.5 * HOUR, 7 * DAY + 9.5 * HOUR),  # Friday
        (5 * DAY, 7 * DAY + 10 * HOUR),  # Saturday
    ],
)
def test_or_an_ndr_leads_to_detection_after_an_hour_of_office_time(
    bounce: float, call: float
) -> None:
    mail = {"app.traps": [bounce - 100], "app.load": [bounce - 200, bounce, bounce + 200]}
    result = run(BLIND, mail=mail)
    assert result.ends("app.load")[1] == (bounce, "bounced")
    assert detected(result) == [call]


def test_office_hours_are_those_of_the_organization() -> None:
    """The run begins on a Thursday at 16:45."""
    late = "[run]\nstart = 2010-03-04T16:45:00"
    result = run(BLIND, late, mail={"app.traps": [0], "app.load": [300]})
    assert detected(result) == [16.25 * HOUR + 0.75 * HOUR + 300]


def test_whichever_is_first() -> None:
    mail = {"app.traps": [LOOKS[1] + 60], "app.load": [LOOKS[1] + 120]}
    assert 9 * HOUR < LOOKS[1] < 11 * HOUR
    quick = "[operations]\nndr_time = '30 min'\nmonitor_every = '6 h'"
    slow = "[operations]\nndr_time = '30 h'\nmonitor_every = '6 h'"
    assert detected(run(quick, mail=mail)) == [after(LOOKS[1], 120 + 1800)]
    assert detected(run(slow, mail=mail)) == [LOOKS[2]]


def test_no_call_follows_for_a_newsletter_or_a_mistyped_address() -> None:
    """Refused for the listing, the culprit's mail; refused for its recipient, the other."""
    more = """
    [hosts.app.streams.news]
    culprit = true
    [hosts.app.streams.typo]
    unknown_rate = 1.0
    to = { other = 1.0 }
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    """
    mail = {"app.traps": [9 * HOUR], "app.news": [10 * HOUR], "app.typo": [10 * HOUR]}
    result = run(BLIND, more, mail=mail)
    assert result.statuses("app.news") + result.statuses("app.typo") == ["bounced"] * 2
    assert actions(result) == []


def test_with_the_coupling_off_he_does_nothing() -> None:
    off = "[coupling]\nreaction = false\n[operations]\non_listing = 'pause_culprit'"
    mail = {"app.traps": [9 * HOUR], "app.load": [10 * HOUR]}
    assert actions(run(off, mail=mail)) == []


# Asking.

ASKS = """
[operations]
repair_time = "2 h"
on_listing = "clean_list"
[blocklists.list]
delisting_time = "30 min"
"""
HIT_AND_NDR: Mail = {"app.traps": [9.5 * HOUR], "app.load": [10 * HOUR]}
"""So the administrator detects it at eleven."""


@pytest.mark.parametrize(
    ("policy", "delisting", "asked"),
    [
        ("clean_list", "after_repair", 13 * HOUR),
        ("clean_list", "at_once", 11 * HOUR),
        ("clean_list", "never", None),
        ("nothing", "after_repair", None),
        ("nothing", "at_once", 11 * HOUR),
        ("nothing", "never", None),
    ],
)
def test_when_he_asks_for_removal(policy: str, delisting: str, asked: float | None) -> None:
    how = f"[operations]\non_listing = '{policy}'\ndelisting = '{delisting}'"
    result = run(BLIND, ASKS, how, mail=HIT_AND_NDR)
    expected = [(11 * HOUR, "detected", "")]
    if policy != "nothing":
        expected.append((13 * HOUR, "repaired", ""))
    if asked is not None:
        expected.append((asked, "requested", "list"))
    assert actions(result) == sorted(expected)
    end = asked + HOUR / 2 if asked is not None else 9.5 * HOUR + 5 * DAY
    assert listings(result) == [(9.5 * HOUR, end)]


def test_repairs_are_made_in_office_hours() -> None:
    """Noticed on Friday at 17:00; two hours of work are over on Monday at eleven."""
    friday = 4 * DAY
    mail = {"app.traps": [friday + 15 * HOUR], "app.load": [friday + 16 * HOUR]}
    result = run(BLIND, ASKS, mail=mail)
    assert actions(result) == [
        (friday + 17 * HOUR, "detected", ""),
        (7 * DAY + 11 * HOUR, "repaired", ""),
        (7 * DAY + 11 * HOUR, "requested", "list"),
    ]
    assert listings(result) == [(friday + 15 * HOUR, 7 * DAY + 11.5 * HOUR)]


def test_he_asks_every_list_that_has_a_form() -> None:
    lists = """
    [blocklists.formless]
    profile = "none"
    trigger = "count"
    trap_share = 1.0
    threshold = 1
    lifetime = "5 d"
    [blocklists.other]
    profile = "none"
    trigger = "count"
    trap_share = 1.0
    threshold = 1
    lifetime = "5 d"
    delisting_time = "1 h"
    """
    result = run(BLIND, ASKS, lists, mail=HIT_AND_NDR)
    asked = [subject for _, what, subject in actions(result) if what == "requested"]
    assert asked == ["list", "other"]
    assert listings(result, "other") == [(9.5 * HOUR, 14 * HOUR)]
    assert listings(result, "formless") == [(9.5 * HOUR, 9.5 * HOUR + 5 * DAY)]


def test_as_long_as_it_is_listed_he_asks_again_at_each_look() -> None:
    """Removed after the repair and hit again: he does not repair twice, but asks at the next look.

    At the look that finds it clean the case is closed; a later listing is a new one.
    """
    hits = [LOOKS[4] + 60, LOOKS[5] + 3 * HOUR, LOOKS[8] + 60]
    result = run(SIX_HOURLY, ASKS, mail={"app.traps": hits})
    assert actions(result) == [
        (LOOKS[5], "detected", ""),
        (after(LOOKS[5], 2 * HOUR), "repaired", ""),
        (after(LOOKS[5], 2 * HOUR), "requested", "list"),
        (LOOKS[6], "requested", "list"),
        (LOOKS[9], "detected", ""),
        (after(LOOKS[9], 2 * HOUR), "repaired", ""),
        (after(LOOKS[9], 2 * HOUR), "requested", "list"),
    ]


def test_each_ip_is_a_case_of_its_own() -> None:
    design = hubs("198.51.100.0/24", "198.51.100.11")
    mail = {
        "h0.traps": [9 * HOUR],
        "h0.load": [10 * HOUR],
        "h1.traps": [9 * HOUR],
        "h1.load": [12 * HOUR],
    }
    result = play(LIST, MONDAY, design, BLIND, ASKS, mail=mail)
    assert [time for time, what, _ in actions(result) if what == "requested"] == [
        13 * HOUR,
        15 * HOUR,
    ]
    assert [(start, end) for start, end in listings(result)] == [
        (9 * HOUR, 13.5 * HOUR),
        (9 * HOUR, 15.5 * HOUR),
    ]
