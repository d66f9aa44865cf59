"""Publication: a list is built every so often, and some domains ask a recipient that is behind."""

import pytest
from worlds.reputation_world import IP, LIST, NOBODY_LOOKS, TRAPS, listed, listings, lookups
from worlds.small_world import play

BUILT = """
[blocklists.list]
build_interval = "10 min"
mirror_delay = "5 min"
lifetime = "1 h"
"""
RECIPIENT = "[destinations.sink]\nmirrors = 1.0"


def test_a_listing_is_published_and_withdrawn_at_the_next_build() -> None:
    """Hit at 65 s, so listed until 3,665 s: builds at 600 and 4,200 s."""
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mail={"app.traps": [65]})
    assert listed(run) == [(IP, "list", 600.0, 4200.0, "trigger", 0)]


def test_what_happens_at_a_build_is_in_it() -> None:
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mail={"app.traps": [600]})
    assert listings(run) == [(600.0, 4200.0)]


@pytest.mark.parametrize(("mirrors", "behind"), [("", 0), (RECIPIENT, 300)])
def test_a_local_recipient_is_behind_by_its_delay_at_both_ends(mirrors: str, behind: int) -> None:
    mail = {"app.traps": [65], "app.load": [t + behind for t in (599, 601, 4199, 4201)]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mirrors, mail=mail)
    assert run.statuses("app.load") == ["delivered", "bounced", "bounced", "delivered"]
    assert [yes for _, _, yes in lookups(run)] == [0, 1, 1, 0]


def test_a_hit_renews_what_is_published_without_another_row() -> None:
    """Seen at 3,000 s, so the end moves from 3,665 to 6,600 s, which is a build."""
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mail={"app.traps": [65, 3000]})
    assert listings(run) == [(600.0, 6600.0)]


def test_a_relapse_before_the_next_build_is_not_seen_outside() -> None:
    """Off at 3,665 s, on again at 3,700 s: nobody has built the list in between."""
    mail = {"app.traps": [65, 3700], "app.load": [4199, 4201, 7799, 7801]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mail=mail)
    assert listings(run) == [(600.0, 7800.0)]
    assert run.statuses("app.load") == ["bounced", "bounced", "bounced", "delivered"]


def test_a_life_shorter_than_the_interval_shows_only_if_a_build_falls_into_it() -> None:
    """From 65 to 125 s, and from 1,150 to 1,210 s."""
    brief = "[blocklists.list]\nlifetime = '1 min'"
    mail = {"app.traps": [65, 1150], "app.load": [601, 1201]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, brief, mail=mail)
    assert listings(run) == [(1200.0, 1800.0)]
    assert run.statuses("app.load") == ["delivered", "bounced"]


def test_a_listing_that_outlasts_the_run_has_no_end() -> None:
    run = play(TRAPS, LIST, NOBODY_LOOKS, BUILT, mail={"app.traps": [85_000]})
    assert listings(run) == [(85_200.0, -1)]
    assert run.trace.end == 86_400_000_000
