"""UCEPROTECT's levels 2 and 3: how many listed IPs take their allocation, or ASN, along.

Each IP has a hub, and a host that writes to a given number of spam traps. Nobody else lives in
the allocation, so the numbers are exact.
"""

import pytest
from worlds.listing_world import DAY, HOUR, hub, listings, on_list, play, stream, world

from relaysim.trace.tables import Cause, Trace

LISTS = """
[run]
duration = "{days} d"

[send_connectors.internet]
source_transport_servers = {hubs}

[blocklists.one]
profile = "uceprotect-1"
trap_share = 1.0
trap_delay = "0 s"

[blocklists.two]
profile = "uceprotect-2"
trap_share = 1.0
trap_delay = "0 s"
neighbour_rate = "0/d"

[blocklists.three]
profile = "uceprotect-3"
trap_share = 1.0
trap_delay = "0 s"
neighbour_rate = "0/d"
asn_addresses = {addresses}
"""
BLOCK = [f"198.51.100.{number}" for number in range(1, 7)]
"""Addresses of one allocation, whether it is a /29 or larger."""
ELSEWHERE = "203.0.113.1"


def network(prefix: int, hits: dict[str, tuple[int, float]], addresses: int = 65536) -> Trace:
    """A run of ten days. `hits`: by IP, how many hits a minute apart, and from which day on.

    BLOCK is an allocation with this prefix length and of ASN 64500; ELSEWHERE is of another.
    """
    ips = [*BLOCK, ELSEWHERE]
    parts = []
    for number, ip in enumerate(ips, 1):
        allocation, asn = ("198.51.100.0", 64500) if ip in BLOCK else ("203.0.112.0", 64501)
        parts += [
            hub(number, f"host{number}", ip),
            f'[egress."{ip}"]\nallocation = "{allocation}/{prefix}"\nasn = {asn}',
        ]
        if ip in hits:
            count, day = hits[ip]
            mail = f'process = "campaign", at = "{day} d", messages = {count}, rate = "1/min"'
            parts.append(stream("traps", mail, "trap_rate = 1.0", host=f"host{number}"))
    hubs = [f"HUB{number:02d}" for number in range(1, len(ips) + 1)]
    return play(world(*parts, LISTS.format(days=10, hubs=hubs, addresses=addresses), first=""))


TABLE = [(29, 1), (26, 1), (25, 2), (24, 5)]
"""Prefix length, and the listed IPs that list all of the allocation."""


@pytest.mark.parametrize(("prefix", "enough"), TABLE)
def test_so_many_listed_ips_list_the_allocation(prefix: int, enough: int) -> None:
    trace = network(prefix, dict.fromkeys(BLOCK[:enough], (2, 0.0)))
    assert set(on_list(trace, "one")) == set(BLOCK[:enough])
    assert on_list(trace, "two") == {
        ip: Cause.TRIGGER if ip in BLOCK[:enough] else Cause.WIDENING for ip in BLOCK
    }


@pytest.mark.parametrize(("prefix", "enough"), TABLE)
def test_one_fewer_lists_nobody(prefix: int, enough: int) -> None:
    """An IP of another allocation does not count, and one hit does not list an IP."""
    hits = dict.fromkeys([*BLOCK[: enough - 1], ELSEWHERE], (2, 0.0)) | {BLOCK[5]: (1, 0.0)}
    trace = network(prefix, hits)
    assert set(on_list(trace, "one")) == {*BLOCK[: enough - 1], ELSEWHERE}
    assert set(on_list(trace, "two")) <= {ELSEWHERE}


@pytest.mark.parametrize(("prefix", "enough"), [(25, 2), (24, 5)])
def test_it_is_listed_while_so_many_are(prefix: int, enough: int) -> None:
    """They hit one a day: from the second hit of the last to a week after that of the first.

    The list is built every hour.
    """
    trace = network(prefix, {ip: (2, float(day)) for day, ip in enumerate(BLOCK[:enough])})
    for ip in BLOCK:
        built = (enough - 1) * DAY + HOUR, 7 * DAY + HOUR
        assert listings(trace, "two", ip) == [built]
    assert listings(trace, "two", ELSEWHERE) == []


@pytest.mark.parametrize(
    ("addresses", "enough"), [(1024, 50), (65536, 50), (100_000, 50), (200_000, 100)]
)
def test_an_asn_is_listed_by_its_score(addresses: int, enough: int) -> None:
    """50 or more for 100,000 addresses, and 50 in all; all of its IPs are, and no others.

    Until the first hits are older than a week; the list is built every hour.
    """
    shares = {BLOCK[0]: enough // 2, BLOCK[1]: enough - enough // 2}
    trace = network(29, {ip: (count, 0.0) for ip, count in shares.items()}, addresses)
    assert set(on_list(trace, "three")) == set(BLOCK)
    last = max(shares.values()) - 1  # minutes, of the last hit
    for ip in BLOCK:
        built = -(-last // 60) * HOUR, 7 * DAY + HOUR
        assert listings(trace, "three", ip) == [built]
    shares[BLOCK[1]] -= 1
    trace = network(29, {ip: (count, 0.0) for ip, count in shares.items()}, addresses)
    assert on_list(trace, "three") == {}
