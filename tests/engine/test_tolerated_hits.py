"""A list that weighs hits against mail, and a list that an IP is on and off by turns."""

import pytest
from worlds.reputation_world import HOUR, LIST, MINUTE, NOBODY_LOOKS, TRAPS, listings
from worlds.small_world import Mail, Played, play

NEW = '[egress."198.51.100.10"]\nage = "0 s"'
WEIGHS = """
[blocklists.list]
threshold = 2
tolerated_rate = 0.1
tolerated_deviations = 2.0
"""


def run(*changes: str, mail: Mail) -> Played:
    return play(TRAPS, LIST, NOBODY_LOOKS, WEIGHS, *changes, mail=mail)


def traps(count: int, first: float = 100.0) -> dict[str, list[float]]:
    """So many messages to traps, one a second."""
    return {"app.traps": [first + number for number in range(count)]}


def test_an_ip_that_sends_nothing_else_is_listed_at_the_threshold() -> None:
    """Two hits of two messages: 2 - 0.2 = 1.8 is above 2 x sqrt(0.2) = 0.89."""
    assert listings(run(NEW, mail=traps(4))) == [(101.0, 103.0 + HOUR)]


@pytest.mark.parametrize(("hits", "is_listed"), [(9, False), (10, True)])
def test_hits_must_exceed_what_is_tolerated_of_the_mail(hits: int, is_listed: bool) -> None:
    """Beside 40 other messages the tenth hit is the first: 10 - 5 = 5 is above 2 x sqrt(5) = 4.47;
    the ninth is not: 9 - 4.9 = 4.1 is below 2 x sqrt(4.9) = 4.43."""
    result = run(NEW, mail={"app.load": [10.0] * 40, **traps(hits)})
    assert listings(result) == ([(109.0, 109.0 + HOUR)] if is_listed else [])


def test_without_deviations_the_ratio_alone_counts() -> None:
    """5 hits of 45 messages are more than a tenth, 4 of 44 are not."""
    ratio = "[blocklists.list]\ntolerated_deviations = 'none'"
    assert listings(run(NEW, ratio, mail={"app.load": [10.0] * 40, **traps(4)})) == []
    result = run(NEW, ratio, mail={"app.load": [10.0] * 40, **traps(5)})
    assert listings(result) == [(104.0, 104.0 + HOUR)]


def test_tolerated_hits_do_not_prolong_a_listing() -> None:
    """The third hit comes after 200 other messages: 3 - 20.3 is below 0."""
    mail = {"app.load": [200.0] * 200, "app.traps": [100.0, 101.0, 1800.0]}
    takes_all = "[destinations.sink]\nrefuses_on = {list = 0.0}"
    assert listings(run(NEW, takes_all, mail=mail)) == [(101.0, 101.0 + HOUR)]
    naive = "[blocklists.list]\ntolerated_rate = 'none'\ntolerated_deviations = 'none'"
    assert listings(run(NEW, takes_all, naive, mail=mail)) == [(101.0, 1800.0 + HOUR)]


@pytest.mark.parametrize(("hits", "is_listed"), [(3, False), (4, True)])
def test_a_known_ip_has_the_mail_of_the_days_before(hits: int, is_listed: bool) -> None:
    """Ten innocent messages a day, so 19 in the part of two days that lies before the run.

    4 - 0.4 = 3.6 is above 2 x sqrt(0.1 x (4 + 19)) = 3.03; 3 - 0.3 = 2.7 is below
    2 x sqrt(0.1 x (3 + 19)) = 2.97.
    """
    mail = {"app.load": [20 * HOUR] * 10, **traps(hits)}
    two_days = "[blocklists.list]\nwindow = '2 d'"
    assert bool(listings(run(two_days, mail=mail))) is is_listed
    # A new IP has no days before, and two hits are enough.
    assert listings(run(NEW, two_days, mail=mail))[0][0] == 101.0


def test_the_culprits_alone_have_no_history() -> None:
    """Without the coupling by listings the mail of innocents does not count for culprits."""
    mail = {"app.load": [20 * HOUR] * 10, **traps(2)}
    two_days = "[blocklists.list]\nwindow = '2 d'"
    assert listings(run(two_days, mail=mail)) == []
    apart = "[coupling]\nlisting = false"
    assert listings(run(two_days, apart, mail=mail)) == [(101.0, 101.0 + HOUR)]


def test_lists_with_windows_of_different_lengths_count_the_same_mail() -> None:
    """40 messages count for a window of a day, also after a list with one of an hour has counted.

    Five hits two hours later are above what is tolerated of five messages, but not of 45.
    """
    short = """
    [blocklists.briefly]
    profile = "none"
    trigger = "count"
    trap_share = 1.0
    threshold = 2
    window = "1 h"
    lifetime = "1 h"
    tolerated_rate = 0.1
    tolerated_deviations = 2.0
    """
    start = 3 * HOUR
    result = run(NEW, short, mail={"app.load": [10.0] * 40, **traps(5, start)})
    assert listings(result, "briefly") == [(start + 1, start + 4 + HOUR)]
    assert listings(result) == []


def test_an_ip_is_on_and_off_a_list_by_turns() -> None:
    turns = "[blocklists.list]\nalternation = '2 min'\nlifetime = '10 min'\nthreshold = 1"
    expected = [(100.0, 220.0), (340.0, 460.0), (580.0, 700.0)]
    assert listings(run(NEW, turns, mail=traps(1))) == expected


def test_a_spell_lasts_a_minute_at_least() -> None:
    turns = "[blocklists.list]\nalternation = '1 s'\nlifetime = '3 min'\nthreshold = 1"
    expected = [(100.0, 100.0 + MINUTE), (100.0 + 2 * MINUTE, 100.0 + 3 * MINUTE)]
    assert listings(run(NEW, turns, mail=traps(1))) == expected
