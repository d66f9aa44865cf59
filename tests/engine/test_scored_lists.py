"""SpamCop: points against the mail that an IP sends, and a short life after just two reports.

Listings last 24 h after the last report, as SpamCop's staff announced, without spells off the list.
"""

import pytest
from worlds.reputation_world import HOUR, NOBODY_LOOKS, TRAPS, listings, signals
from worlds.small_world import Mail, Played, play

from relaysim.plan import reputation_compiler as observers
from relaysim.scenario.distribution import Constant
from relaysim.trace.tables import Signal

SPAMCOP = """
[run]
duration = "10 d"
[blocklists.spamcop]
profile = "spamcop"
trap_share = 1.0
trap_delay = "0 s"
build_interval = "0 s"
report_share = 1.0
lifetime = "24 h"
alternation = "none"
[hosts.app.streams.news]
sender = "news@bulk.example"
culprit = true
complaint_rate = 1.0
"""
NOON = 12 * HOUR


def run(*changes: str, mail: Mail) -> Played:
    return play(TRAPS, SPAMCOP, NOBODY_LOOKS, *changes, mail=mail)


def in_hours(played: Played) -> list[tuple[float, float]]:
    return [(start / HOUR, end / HOUR) for start, end in listings(played, "spamcop")]


def at(*hours: float) -> dict[str, list[float]]:
    return {"app.traps": [hour * HOUR for hour in hours]}


@pytest.fixture
def prompt_complaints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever complains does so an hour after the mail has come."""
    monkeypatch.setattr(observers, "COMPLAINT_DELAY", Constant[int](value=3_600_000_000))


def test_one_hit_alone_never_lists() -> None:
    assert listings(run(mail=at(1)), "spamcop") == []


def test_two_hits_list_for_twelve_hours() -> None:
    assert in_hours(run(mail=at(1, 2))) == [(2, 14)]


def test_a_third_one_in_that_time_makes_it_a_day_after_the_last() -> None:
    assert in_hours(run(mail=at(1, 2, 10))) == [(2, 34)]


def test_a_third_one_later_in_the_week_lists_for_a_day() -> None:
    assert in_hours(run(mail=at(1, 2, 100))) == [(2, 14), (100, 124)]


def test_hits_older_than_a_week_are_forgotten() -> None:
    """The first is 169 h old at the third, so again there are just two."""
    assert in_hours(run(mail=at(1, 2, 170))) == [(2, 14), (170, 182)]
    assert in_hours(run(mail=at(1, 2, 171))) == [(2, 14)]


def test_there_is_no_memory_that_makes_the_life_longer() -> None:
    result = in_hours(run(mail=at(0, 0, 0, 30, 60, 90, 120)))
    assert result == [(0, 24), (30, 54), (60, 84), (90, 114), (120, 144)]


@pytest.mark.parametrize(("others", "is_listed"), [(78, True), (79, False)])
def test_the_mail_that_an_ip_sends_counts_for_it(others: int, is_listed: bool) -> None:
    """40 points of two hits, against half a point for each of 2 + 78 messages of the week."""
    ratio = "[blocklists.spamcop]\nthreshold_ratio = 0.5\nvisibility = 1.0"
    result = run(ratio, mail={"app.load": [60] * others, **at(1, 2)})
    assert bool(listings(result, "spamcop")) is is_listed


def test_mail_of_more_than_a_week_ago_no_longer_counts_for_it() -> None:
    """Sent in the first hour; it counts as long as that hour is in the window."""
    ratio = "[blocklists.spamcop]\nthreshold_ratio = 0.5\nvisibility = 1.0"
    for second_hit, is_listed in ((168.5, False), (169.0, True)):
        hits = {"app.traps": [second_hit * HOUR - 60, second_hit * HOUR]}
        result = run(ratio, mail={"app.load": [60] * 79, **hits})
        assert bool(listings(result, "spamcop")) is is_listed


def test_refused_mail_earns_no_points() -> None:
    """What is bounced for its unknown recipient does not count as sent."""
    ratio = """
    [blocklists.spamcop]
    threshold_ratio = 0.5
    visibility = 1.0
    [hosts.app.streams.load]
    unknown_rate = 1.0
    """
    assert listings(run(ratio, mail={"app.load": [60] * 79, **at(1, 2)}), "spamcop") != []


@pytest.mark.usefixtures("prompt_complaints")
@pytest.mark.parametrize(("apart", "is_listed"), [(0, True), (1, False)])
def test_two_user_reports_list_while_both_are_fresh(apart: float, is_listed: bool) -> None:
    """Four points each when they are new, and eight are needed; a second later it is a bit less."""
    result = run(mail={"app.news": [NOON, NOON + apart]})
    assert signals(result, Signal.REPORT) == [
        (NOON + HOUR, "app.news", "spamcop"),
        (NOON + HOUR + apart, "app.news", "spamcop"),
    ]
    expected = [(13, 25)] if is_listed else []
    assert in_hours(result) == expected


@pytest.mark.usefixtures("prompt_complaints")
def test_reports_and_hits_add_up() -> None:
    """20 points of a hit are enough, but there must be two of them: the report is the second."""
    result = run(mail={"app.news": [NOON], "app.traps": [NOON]})
    assert in_hours(result) == [(13, 25)]
