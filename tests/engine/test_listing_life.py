"""How long a listing lasts: from the last hit, longer at each relapse, until it is removed."""

import pytest
from worlds.reputation_world import (
    CALLED,
    HOUR,
    LIST,
    MINUTE,
    NOBODY_LOOKS,
    TRAPS,
    actions,
    after,
    listings,
    looks,
)
from worlds.small_world import play

GROWS = "[run]\nduration = '3 d'\n[blocklists.list]\ngrowth = 2.0\nmax_lifetime = '8 h'"


def hours(*times: float) -> dict[str, list[float]]:
    return {"app.traps": [time * HOUR for time in times]}


def in_hours(found: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(start / HOUR, end / HOUR) for start, end in found]


def test_each_relapse_from_the_third_listing_on_lasts_twice_as_long_up_to_the_maximum() -> None:
    run = play(TRAPS, LIST, NOBODY_LOOKS, GROWS, mail=hours(0, 2, 4, 7, 12, 21, 30))
    assert in_hours(listings(run)) == [
        (0, 1), (2, 3), (4, 6), (7, 11), (12, 20), (21, 29), (30, 38),
    ]  # fmt: skip


def test_only_listings_within_memory_count() -> None:
    """Of the four before, those of 0 and 2 h are forgotten at 11.5 h, all of them a day later."""
    forgets = "[blocklists.list]\nmemory = '9 h'"
    run = play(TRAPS, LIST, NOBODY_LOOKS, GROWS, forgets, mail=hours(0, 2, 4, 7, 11.5, 40))
    assert in_hours(listings(run)) == [(0, 1), (2, 3), (4, 6), (7, 11), (11.5, 13.5), (40, 41)]


def test_a_listing_keeps_its_length_while_the_earlier_ones_are_forgotten() -> None:
    """The third one, of two hours, is renewed until nobody remembers the first two."""
    forgets = "[blocklists.list]\nmemory = '5 h'"
    run = play(TRAPS, LIST, NOBODY_LOOKS, GROWS, forgets, mail=hours(0, 2, 4, 5.5, 7, 8.5))
    assert in_hours(listings(run)) == [(0, 1), (2, 3), (4, 10.5)]


def test_fewer_hits_list_again_as_long_as_the_operator_remembers() -> None:
    """Five hits list, two of them relist. Windows of half an hour; the memory ends at 24 h."""
    strict = """
    [run]
    duration = "3 d"
    [blocklists.list]
    threshold = 5
    relist_factor = 0.4
    window = "30 min"
    memory = "1 d"
    """
    first = [0, 0.01, 0.02, 0.03, 0.04]
    for again, relists in (([10], False), ([10, 10.4], True), ([24.1, 24.2, 24.3, 24.4], False)):
        run = play(TRAPS, LIST, NOBODY_LOOKS, strict, mail=hours(*first, *again))
        result = in_hours(listings(run))
        assert result[0] == pytest.approx((0.04, 1.04))
        assert result[1:] == ([(10.4, 11.4)] if relists else [])


def test_without_a_lifetime_a_listing_never_ends_by_itself() -> None:
    ever = """
    [blocklists.ever]
    profile = "none"
    trigger = "count"
    trap_share = 1.0
    threshold = 1
    """
    run = play(TRAPS, ever, NOBODY_LOOKS, mail=hours(1))
    assert listings(run, "ever") == [(HOUR, -1)]


LOOKS = looks(6 * HOUR, 4)
SIX_HOURLY = "[operations]\nmonitor_every = '6 h'"
BEFORE_EACH = {"app.traps": [after(look, -HOUR) for look in LOOKS]}

# Removal on request: the administrator asks at once for each NDR that somebody gets.

ASKS = """
[operations]
on_listing = "nothing"
delisting = "at_once"
[blocklists.list]
lifetime = "7 d"
delisting_time = "30 min"
"""


def test_a_request_is_granted_after_a_time() -> None:
    mail = {"app.traps": [10], "app.load": [100, 1899, 1901]}
    run = play(TRAPS, LIST, CALLED, ASKS, mail=mail)
    assert run.statuses("app.load") == ["bounced", "bounced", "delivered"]
    assert listings(run) == [(10.0, 100 + 30 * MINUTE)]
    assert actions(run) == [(100.0, "detected", ""), (100.0, "requested", "list")]


def test_a_hit_after_a_removal_relists_at_once_and_while_it_is_asked_for_does_not_matter() -> None:
    """Five hits list and five relist, but after a removal a single one does."""
    strict = "[blocklists.list]\nthreshold = 5\nwindow = '100 s'\nrelist_factor = 1.0"
    mail = {"app.traps": [0, 1, 2, 3, 4, 500, 4000], "app.load": [100]}
    run = play(TRAPS, LIST, CALLED, ASKS, strict, mail=mail)
    assert listings(run) == [(4.0, 1900.0), (4000.0, -1)]


def test_a_list_without_a_form_removes_no_ip() -> None:
    formless = ASKS.replace('delisting_time = "30 min"', "")
    run = play(TRAPS, LIST, CALLED, formless, mail={"app.traps": [10], "app.load": [100]})
    assert listings(run) == [(10.0, -1)]
    assert actions(run) == [(100.0, "detected", "")]


@pytest.mark.parametrize(("limit", "removals"), [(1, 1), (2, 2), ('"unlimited"', 4)])
def test_only_so_many_requests_are_heard_within_memory(limit: object, removals: int) -> None:
    """The administrator looks every six hours; there is a hit an hour before each look."""
    limited = f"[run]\nduration = '26 h'\n[blocklists.list]\nmax_requests = {limit}"
    run = play(TRAPS, LIST, ASKS, SIX_HOURLY, limited, mail=BEFORE_EACH)
    asked = [time for time, what, _ in actions(run) if what == "requested"]
    assert asked == LOOKS[:removals]
    expected = [(after(look, -HOUR), after(look, 30 * MINUTE)) for look in asked]
    if removals < len(LOOKS):
        expected.append((after(LOOKS[removals], -HOUR), -1))
    assert listings(run) == expected


def test_a_request_is_heard_again_when_the_earlier_ones_are_forgotten() -> None:
    limited = "[run]\nduration = '26 h'\n[blocklists.list]\nmax_requests = 1\nmemory = '11 h'"
    run = play(TRAPS, LIST, ASKS, SIX_HOURLY, limited, mail=BEFORE_EACH)
    assert [t for t, what, _ in actions(run) if what == "requested"] == [LOOKS[0], LOOKS[2]]
