"""Widening: IPs that did nothing are listed with one that did."""

import pytest
from worlds.many_hubs import hits, hubs, rows
from worlds.reputation_world import HOUR, LIST, NOBODY_LOOKS
from worlds.small_world import play

A, B, C = "198.51.100.10", "198.51.100.11", "198.51.100.17"

# Vicinity.

VICINITY = """
[blocklists.list]
widening = "vicinity"
vicinity_listings = 2
vicinity_prefix = 29
vicinity_probability = 1.0
"""


def test_the_second_listing_within_memory_takes_the_neighbours_along() -> None:
    """.10 and .11 are in 198.51.100.8/29, .17 is in the next. A is listed at 0 and at 2 h."""
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.0/24", B, C), VICINITY, mail=hits(h0=[0, 7200]))
    assert rows(run) == [
        (A, 0, HOUR, "trigger"),
        (A, 2 * HOUR, 3 * HOUR, "trigger"),
        (B, 2 * HOUR, 3 * HOUR, "widening"),
    ]


def test_a_neighbour_that_was_listed_by_escalation_does_not_escalate() -> None:
    """B has one listing of its own and one for A's sake; C in the same block has none."""
    wide = "[blocklists.list]\nvicinity_prefix = 24\nvicinity_listings = 1\nlifetime = '1 h'"
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.0/24", B), VICINITY, wide, mail=hits(h0=[0]))
    assert rows(run) == [(A, 0, HOUR, "trigger"), (B, 0, HOUR, "widening")]


def test_the_first_listing_is_not_counted_when_it_is_forgotten() -> None:
    run = play(
        LIST,
        NOBODY_LOOKS,
        hubs("198.51.100.0/24", B),
        VICINITY,
        "[blocklists.list]\nmemory = '3 h'",
        mail=hits(h0=[0, 4 * HOUR]),
    )
    assert rows(run) == [(A, 0, HOUR, "trigger"), (A, 4 * HOUR, 5 * HOUR, "trigger")]


def test_each_neighbour_is_listed_by_a_draw_of_its_own() -> None:
    """Of six listings that could widen, with probability one half, some do and some do not."""
    half = "[blocklists.list]\nvicinity_probability = 0.5\nvicinity_listings = 1\nlifetime = '1 h'"
    times = [n * 2 * HOUR for n in range(6)]
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.8/29", B), VICINITY, half, mail=hits(h0=times))
    taken = [start for ip, start, _, _ in rows(run) if ip == B]
    assert 0 < len(taken) < 6
    assert set(taken) < set(times)


# Escalation of a list that ends by itself.


@pytest.mark.parametrize(
    ("own", "row"),
    [
        ([2 * HOUR], (HOUR, "widening")),
        ([0.5 * HOUR, 2 * HOUR], (0.5 * HOUR, "trigger")),
    ],
)
def test_an_ip_stays_listed_by_escalation_when_its_own_listing_ends_first(
    own: list[float], row: tuple[float, str]
) -> None:
    """A is listed for ten hours and ignored for one; each hit of B alone lists it for one."""
    ignored = """
    [blocklists.list]
    widening = "escalate"
    escalate_after = "1 h"
    escalate_rate = "1000000000/d"
    """
    renewed = [n * 0.9 * HOUR for n in range(11)]
    mail = hits(h0=renewed, h1=own)
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.8/29", B), ignored, mail=mail)
    end = renewed[-1] + HOUR
    (first, second) = rows(run)
    assert [first] == [(A, 0, end, "trigger")]
    assert second[1] == pytest.approx(row[0], abs=0.01)
    assert [(second[0], *second[2:])] == [(B, end, row[1])]
