"""Lists kept by people: they look at the hits for a while, listen, and lose patience."""

import pytest
from worlds.reputation_world import (
    CALLED,
    DAY,
    HOUR,
    IP,
    NOBODY_LOOKS,
    OTHER_IP,
    TRAPS,
    actions,
    after,
    drawn,
    listed,
    listings,
)
from worlds.small_world import SECOND_HUB, Mail, Played, play, seconds

from relaysim.traffic.draw import Decision

SBL = """
[run]
duration = "40 d"
[blocklists.sbl]
profile = "spamhaus-sbl"
trap_share = 1.0
trap_delay = "0 s"
build_interval = "0 s"
mirror_delay = "0 s"
hazard_rate = "0.25/d"
delisting_time = "12 h"
[destinations.sink]
refuses_on = { sbl = 1.0 }
refusal_action = "reject"
"""


def hours_of_looking(run: Played, hits: int, event: int = 1) -> int:
    """After how many whole hours at so many hits the operator has seen enough."""
    enough = drawn(run, "sbl", "hazard", Decision.LIST_HAZARD, event)
    return -(-enough // (hits * 3_600_000_000))


def test_the_more_hits_the_sooner_people_list() -> None:
    """They look once an hour; twice the hits need half the hours."""
    lengths = []
    for hits in (10, 20):
        run = play(TRAPS, SBL, NOBODY_LOOKS, mail={"app.traps": [600] * hits})
        lengths.append(hours_of_looking(run, hits))
        assert listings(run, "sbl") == [(600 + lengths[-1] * HOUR, -1)]
    assert lengths[0] in (2 * lengths[1], 2 * lengths[1] - 1)
    assert lengths[1] > 10


def test_more_hits_in_the_meantime_make_it_sooner() -> None:
    """Ten hits, after ten hours ten more; the look at the eleventh hour has all of them."""
    run = play(TRAPS, SBL, NOBODY_LOOKS, mail={"app.traps": [600] * 10 + [600 + 10.5 * HOUR] * 10})
    enough = drawn(run, "sbl", "hazard", Decision.LIST_HAZARD)
    rest = -(-(enough - 100 * 3_600_000_000) // (20 * 3_600_000_000))
    assert listings(run, "sbl") == [(600 + (10 + rest) * HOUR, -1)]


def test_what_has_left_the_window_is_not_looked_at() -> None:
    """A window of five hours is not enough for ten hits, which need more than ten hours."""
    brief = "[blocklists.sbl]\nwindow = '5 h'"
    run = play(TRAPS, SBL, NOBODY_LOOKS, brief, mail={"app.traps": [600] * 10})
    assert hours_of_looking(run, 10) > 10
    assert listings(run, "sbl") == []


def test_what_was_looked_at_is_not_forgotten() -> None:
    """Five hours of each burst count; the burst that makes them enough lists."""
    brief = "[blocklists.sbl]\nwindow = '5 h'"
    bursts = [600 + n * 10 * HOUR for n in range(12)]
    mail: Mail = {"app.traps": [at for at in bursts for _ in range(10)]}
    run = play(TRAPS, SBL, NOBODY_LOOKS, brief, mail=mail)
    whole, rest = divmod(hours_of_looking(run, 10) - 1, 5)
    assert 0 < whole < 11
    assert listings(run, "sbl") == [(bursts[whole] + (rest + 1) * HOUR, -1)]


# Removal: people want the cause gone.

FOUND = "[blocklists.sbl]\nhazard_rate = '1000000/d'"
"""Listed at the first look, an hour after the hit."""


def test_people_do_not_remove_before_the_cause_is_gone() -> None:
    """Asked at once: nothing. Asked after a repair of two hours: gone twelve hours later."""
    slow = "[operations]\nrepair_time = '2 h'\non_listing = 'clean_list'"
    mail: Mail = {"app.traps": [0], "app.load": [2 * HOUR]}
    at_once = "[operations]\non_listing = 'nothing'\ndelisting = 'at_once'"
    run = play(TRAPS, SBL, FOUND, CALLED, at_once, mail=mail)
    assert listings(run, "sbl") == [(HOUR, -1)]
    assert actions(run) == [(2 * HOUR, "detected", "")]
    run = play(TRAPS, SBL, FOUND, CALLED, slow, mail=mail)
    assert listings(run, "sbl") == [(HOUR, 16 * HOUR)]
    assert actions(run) == [
        (2 * HOUR, "detected", ""),
        (4 * HOUR, "repaired", ""),
        (4 * HOUR, "requested", "sbl"),
    ]


def test_after_a_removal_people_look_anew() -> None:
    """A hit after it is one hit, with a number of its own that is enough."""
    once = "[operations]\non_listing = 'clean_list'"
    rate = "[blocklists.sbl]\nhazard_rate = '2000/d'\nwindow = '1 d'"
    mail: Mail = {"app.traps": [0] * 10 + [10 * DAY], "app.load": [2 * HOUR]}
    run = play(TRAPS, SBL, rate, CALLED, once, mail=mail)
    assert [hours_of_looking(run, 10)] == [1]
    # The second number of this list was drawn for the request, the third for patience.
    again = 10 * DAY + hours_of_looking(run, 1, 4) * HOUR
    assert listings(run, "sbl") == [(HOUR, 14 * HOUR), (again, -1)]


# Escalation.

TWO_IPS = f"""
[egress."{IP}"]
allocation = "198.51.100.8/29"
[egress."198.51.100.11"]
allocation = "198.51.100.8/29"
[egress."{OTHER_IP}"]
allocation = "203.0.113.0/24"
"""


def test_a_listing_that_is_ignored_spreads_to_the_allocation_until_it_ends() -> None:
    """Patience of a day and a drawn time more; removal on request, five days later, ends it."""
    patience = """
    [blocklists.sbl]
    escalate_after = "1 d"
    escalate_rate = "24/d"
    [operations]
    on_listing = "clean_list"
    repair_time = "8 h"
    """
    mail: Mail = {"app.traps": [0], "app.load": [7 * DAY]}
    run = play(TRAPS, SBL, FOUND, TWO_IPS, CALLED, patience, mail=mail)
    more = seconds(drawn(run, "sbl", "escalate_time", Decision.LIST_ESCALATE, 2))
    assert 0 < more < 5 * HOUR
    # Monday to Monday: the NDR comes at nine, the repair takes the working day.
    ends = 7 * DAY + 20 * HOUR
    assert listed(run) == [
        (IP, "sbl", HOUR, ends, "trigger", 0),
        ("198.51.100.11", "sbl", after(HOUR + DAY, more), ends, "widening", 0),
    ]


def test_a_listing_that_ends_in_time_does_not_escalate() -> None:
    patience = "[blocklists.sbl]\nescalate_after = '1 d'\nescalate_rate = '24/d'"
    once = "[operations]\non_listing = 'clean_list'"
    mail: Mail = {"app.traps": [0], "app.load": [2 * HOUR]}
    run = play(TRAPS, SBL, FOUND, TWO_IPS, CALLED, patience, once, mail=mail)
    assert listed(run) == [(IP, "sbl", HOUR, 14 * HOUR, "trigger", 0)]


SECOND_CULPRIT = """
[hosts.two]
kind = "none"
address = "192.168.168.51"
server = "192.168.168.172"
[hosts.two.streams.traps]
sender = "news@bulk.example"
culprit = true
trap_rate = 1.0
[hubs.HUB02]
egress = "198.51.100.11"
[send_connectors.internet]
source_transport_servers = ["HUB01", "HUB02"]
"""


def test_what_one_ip_does_changes_nothing_for_another() -> None:
    """How much people must see of the second IP is the same whatever they saw of the first."""
    result = []
    for first in ([], [0.0] * 30):
        mail: dict[str, list[float]] = {"app.load": [0], "two.traps": [DAY] * 10}
        if first:
            mail["app.traps"] = first
        run = play(
            SBL,
            TRAPS,
            SECOND_HUB.replace(OTHER_IP, "198.51.100.11"),
            SECOND_CULPRIT,
            NOBODY_LOOKS,
            mail=mail,
        )
        result.append([row for row in listed(run) if row[0] == "198.51.100.11"])
    assert result[0] == result[1] != []


@pytest.mark.parametrize("second_hit", [2 * HOUR, 10 * DAY])
def test_who_is_listed_for_himself_stays_when_the_others_go_free(second_hit: float) -> None:
    """Before the escalation or during it: his own listing lasts, asked for or not."""
    both = SECOND_HUB.replace(OTHER_IP, "198.51.100.11")
    patience = "[blocklists.sbl]\nescalate_after = '1 d'\nescalate_rate = '1000000/d'"
    once = "[operations]\non_listing = 'clean_list'"
    mail: Mail = {"app.traps": [0], "app.load": [20 * DAY], "two.traps": [second_hit]}
    run = play(TRAPS, SBL, FOUND, both, SECOND_CULPRIT, TWO_IPS, CALLED, patience, once, mail=mail)
    rows = {row[0]: row for row in listed(run)}
    assert rows[IP][2:4] == (HOUR, -1)
    assert rows["198.51.100.11"][3] == -1
