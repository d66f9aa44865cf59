"""UCEPROTECT's levels 2 and 3: so many listed IPs list an allocation, so many hits an ASN."""

import pytest
from worlds.many_hubs import hits, hubs, rows
from worlds.reputation_world import DAY, HOUR, LIST, NOBODY_LOOKS, drawn
from worlds.small_world import Played, play, seconds

from relaysim.mail.escalation import allocation_threshold
from relaysim.traffic.draw import Decision

A = "198.51.100.10"
COUNTED = "[blocklists.list]\nwidening = 'allocation_count'"
ALL = (0.0, 0.1, 0.2, 0.3, 0.4)


def others(count: int) -> list[str]:
    return [f"198.51.100.{11 + n}" for n in range(count)]


def test_in_a_29_one_listed_ip_lists_all() -> None:
    """An own IP for bulk mail in the same /29 gains nothing; one in another /29 does."""
    (b,) = others(1)
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.8/29", b), COUNTED, mail=hits(h1=[0]))
    assert rows(run) == [(A, 0, HOUR, "widening"), (b, 0, HOUR, "trigger")]
    elsewhere = f"[egress.'{b}']\nallocation = '203.0.113.0/29'"
    run = play(
        LIST, NOBODY_LOOKS, hubs("198.51.100.8/29", b), elsewhere, COUNTED, mail=hits(h1=[0])
    )
    assert rows(run) == [(b, 0, HOUR, "trigger")]


@pytest.mark.parametrize(
    ("allocation", "needed"),
    [("198.51.100.0/26", 1), ("198.51.100.0/25", 2), ("198.51.100.0/24", 5)],
)
def test_so_many_ips_of_a_larger_one_must_be_listed(allocation: str, needed: int) -> None:
    """Own IPs, hit one after another: from the n-th hit on, until less than n are listed."""
    more = others(5)
    result = {f"h{n}": [n * 600.0] for n in range(5)}
    run = play(LIST, NOBODY_LOOKS, hubs(allocation, *more), COUNTED, mail=hits(**result))
    first, last = (needed - 1) * 600, (5 - needed) * 600 + HOUR
    assert {row[:3] for row in rows(run)} == {(ip, first, last) for ip in (A, *more)}
    causes = {ip: cause for ip, _, _, cause in rows(run)}
    assert [causes[ip] for ip in (A, *more)] == ["trigger"] * needed + ["widening"] * (6 - needed)


def test_an_ip_is_not_shown_for_itself() -> None:
    """Level 2 lists allocations: in a /25 the only listed IP is not on it."""
    (b,) = others(1)
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.0/25", b), COUNTED, mail=hits(h0=[0, 1, 2]))
    assert rows(run) == []


def neighbours(run: Played, addresses: int, until: float) -> list[float]:
    """When foreign IPs of an allocation with so many of them get listed, as the operator draws."""
    result, tick, event = [], 0, 0
    while tick < until * 1e6:
        event += 1
        gap = drawn(run, "list", "neighbour_time", Decision.LIST_NEIGHBOUR, event)
        tick += gap * 256 // addresses
        result.append(seconds(tick))
    return [time for time in result if time < until]


def spells(times: list[float], life: float, needed: int) -> list[tuple[float, float]]:
    """When at least `needed` of some listings of this length are on."""
    ends = [seconds(round((time + life) * 1e6)) for time in times]
    changes = sorted([(end, -1) for end in ends] + [(time, 1) for time in times])
    on, result, start = 0, [], -1.0
    for time, change in changes:
        on += change
        if start < 0 and on >= needed:
            start = time
        elif start >= 0 and on < needed:
            result.append((start, time))
            start = -1.0
    return result if start < 0 else [*result, (start, -1)]


@pytest.mark.parametrize(
    ("allocation", "rate"), [("198.51.100.0/25", "4/d"), ("198.51.100.0/24", "10/d")]
)
def test_neighbours_of_others_list_the_allocation_too(allocation: str, rate: str) -> None:
    """So an innocent company can be listed for what its provider's customers do."""
    busy = f"""
    [run]
    duration = "20 d"
    [blocklists.list]
    neighbour_rate = "{rate}"
    lifetime = "10 h"
    """
    run = play(LIST, NOBODY_LOOKS, hubs(allocation), COUNTED, busy, mail={"app.load": [0]})
    prefix = int(allocation[-2:])
    times = neighbours(run, 2 ** (32 - prefix) - 1, 20 * DAY)
    expected = spells(times, 10 * HOUR, allocation_threshold(prefix))
    assert len(expected) > 3
    result = [(start, end) for _, start, end, _ in rows(run)]
    assert [start for start, _ in result] == [start for start, _ in expected]
    assert [end for _, end in result][:-1] == [end for _, end in expected][:-1]
    assert {cause for *_, cause in rows(run)} == {"widening"}


def test_own_ips_and_neighbours_add_up() -> None:
    """In a /25 one neighbour and one own IP are enough: listed from the hit on, as long as both."""
    quiet = """
    [run]
    duration = "40 d"
    [blocklists.list]
    neighbour_rate = "0.2/d"
    lifetime = "1 d"
    """
    design = LIST, NOBODY_LOOKS, hubs("198.51.100.0/25"), COUNTED, quiet
    alone = play(*design, mail={"app.load": [0]})
    assert rows(alone) == []
    first, second = neighbours(alone, 127, 40 * DAY)[:2]
    assert second - first > DAY
    run = play(*design, mail=hits(h0=[round(first) + 1000.0]))
    assert rows(run) == [(A, round(first) + 1000.0, first + DAY, "trigger")]


def test_a_block_of_the_own_company_has_no_neighbours() -> None:
    busy = "[blocklists.list]\nneighbour_rate = '200/d'"
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.0/26"), COUNTED, busy, mail={"app.load": [0]})
    assert rows(run) == []


# ASN.

SCORED = """
[blocklists.list]
widening = "asn_score"
asn_addresses = 65536
window = "1 h"
"""


def asn(*numbers: int) -> str:
    ips = (A, *others(len(numbers) - 1))
    return "\n".join(
        f"[egress.'{ip}']\nasn = {number}" for ip, number in zip(ips, numbers, strict=True)
    )


@pytest.mark.parametrize(("count", "is_listed"), [(49, False), (50, True)])
def test_fifty_hits_within_the_window_list_an_asn(count: int, is_listed: bool) -> None:
    """From the fiftieth on, and until the first has left the window. The third IP is elsewhere."""
    b, c = others(2)
    times = [float(n) for n in range(count)]
    mail = hits(h0=times[:30], h1=times[30:])
    run = play(LIST, NOBODY_LOOKS, hubs("198.51.100.0/24", b, c), asn(1, 1, 2), SCORED, mail=mail)
    row = (49.0, HOUR + 1e-6, "trigger")
    assert rows(run) == ([(A, *row), (b, *row)] if is_listed else [])


def test_a_large_asn_needs_a_score_of_fifty() -> None:
    """60 of 120,000 addresses are a score of 50; 59 are less."""
    large = "[blocklists.list]\nasn_addresses = 120000"
    (b,) = others(1)
    for count, is_listed in ((59, False), (60, True)):
        mail = hits(h0=[float(n) for n in range(count)])
        design = hubs("198.51.100.0/24", b), asn(1, 1), SCORED, large
        run = play(LIST, NOBODY_LOOKS, *design, mail=mail)
        causes = [(ip, cause) for ip, _, _, cause in rows(run)]
        assert causes == ([(A, "trigger"), (b, "widening")] if is_listed else [])


def test_an_ip_without_an_asn_has_no_part_in_it() -> None:
    run = play(
        LIST,
        NOBODY_LOOKS,
        hubs("198.51.100.0/24"),
        SCORED,
        mail=hits(h0=[1.0 * n for n in range(99)]),
    )
    assert rows(run) == []
