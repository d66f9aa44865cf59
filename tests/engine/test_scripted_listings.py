"""Scripted listings: a request for removal ends them by the rule of the list, unless fixed.

Monday, nine o'clock: the IP is listed from the start of the run. An NDR tells the administrator
after an hour, the cause is repaired after three, and the list removes an IP within 30 minutes.
"""

import pytest
from worlds.reputation_world import CALLED, HOUR, LIST, NOBODY_LOOKS, TRAPS, actions, listings
from worlds.small_world import play

REACTS = """
[operations]
repair_time = "2 h"
on_listing = "pause_culprit"
[blocklists.list]
delisting_time = "30 min"
"""
MAIL = {"app.load": [3600]}


def scripted(length: str, fixed: str = "") -> str:
    return f"""
    [[events]]
    at = "0 s"
    listing = {{ egress = "198.51.100.10", blocklist = "list", for = "{length}"{fixed} }}
    """


def test_a_request_ends_a_scripted_listing_by_the_rule_of_the_list() -> None:
    run = play(LIST, CALLED, REACTS, scripted("12 h"), mail=MAIL)
    assert (3 * HOUR, "requested", "list") in actions(run)
    assert listings(run) == [(0.0, 3.5 * HOUR)]


def test_a_fixed_listing_lasts_its_time() -> None:
    run = play(LIST, CALLED, REACTS, scripted("12 h", ", fixed = true"), mail=MAIL)
    assert (3 * HOUR, "requested", "list") not in actions(run)
    assert listings(run) == [(0.0, 12 * HOUR)]


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ('build_interval = "1 h"', 4 * HOUR),
        ('delisting_time = "none"', 12 * HOUR),
        ('delisting_time = "20 h"', 12 * HOUR),
    ],
)
def test_the_rules_of_the_list_hold(rule: str, end: float) -> None:
    table = f"[blocklists.list]\n{rule}"
    run = play(LIST, CALLED, REACTS, table, scripted("12 h"), mail=MAIL)
    assert listings(run) == [(0.0, end)]


def test_without_a_reaction_no_removal_is_requested() -> None:
    run = play(LIST, CALLED, REACTS, NOBODY_LOOKS, scripted("12 h"), mail=MAIL)
    assert listings(run) == [(0.0, 12 * HOUR)]


def test_a_request_ends_all_scripted_listings_of_the_ip_that_are_on() -> None:
    run = play(LIST, CALLED, REACTS, scripted("12 h"), scripted("13 h"), mail=MAIL)
    assert listings(run) == [(0.0, 3.5 * HOUR)] * 2


def test_a_request_for_a_scripted_listing_that_is_over_ends_no_later_listing() -> None:
    """The script ends at 3 h 10 min; what a trap lists at 3 h 20 min lasts its lifetime."""
    mail = {**MAIL, "app.traps": [3 * HOUR + 1200]}
    nobody_pauses = "[operations]\non_listing = 'clean_list'"
    run = play(TRAPS, LIST, CALLED, REACTS, nobody_pauses, scripted("190 min"), mail=mail)
    assert listings(run) == [(0.0, 11_400.0), (12_000.0, 15_600.0)]


def test_a_request_ends_what_a_trap_and_the_script_listed() -> None:
    mail = {**MAIL, "app.traps": [3 * HOUR]}
    nobody_refuses = "[destinations.sink]\nrefuses_on = { list = 0.0 }"
    looks = "[operations]\nmonitor_every = '1 h'\non_listing = 'clean_list'\ndelisting = 'at_once'"
    hours = "[blocklists.list]\ndelisting_time = '5 h'\nlifetime = '12 h'"
    run = play(TRAPS, LIST, CALLED, nobody_refuses, looks, hours, scripted("20 h"), mail=mail)
    ends = {end for _, end in listings(run)}
    assert len(listings(run)) == 2
    assert len(ends) == 1
    asked = next(time for time, what, _ in actions(run) if what == "requested")
    assert ends == {asked + 5 * HOUR}
