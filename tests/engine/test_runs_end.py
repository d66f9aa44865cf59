"""Worlds that once went on for ever."""

from worlds.small_world import play

SINK = """
[destinations.sink]
max_connections_per_ip = 1
response_time = "10 s"
[hubs.HUB01]
max_outbound_connections = 2
reject_time = "0 s"
"""
IPV6 = """
[hubs.HUB01]
egress = "2001:db8::25"
[egress."2001:db8::25"]
allocation = "2001:db8::/48"
[blocklists.uceprotect-2]
profile = "uceprotect-2"
"""
NEAR = """
[egress."198.51.100.11"]
[blocklists.css]
profile = "spamhaus-css"
threshold = 1
trap_share = 1.0
vicinity_listings = 1
vicinity_prefix = 48
[hosts.app.streams.load]
trap_rate = 1.0
"""


def test_a_queue_at_the_limit_of_its_hub_is_not_fed_by_its_own_loss() -> None:
    """The receiver takes one connection at a time; the second one is refused at once."""
    run = play(SINK, mail={"app.load": [0] * 5})
    assert [end for end, _ in run.ends("app.load")] == [10, 20, 30, 40, 50]
    assert len(run.attempts("HUB01->example.org")) < 200


def test_an_allocation_of_ipv6_has_no_neighbours_to_wait_for() -> None:
    run = play(IPV6, mail={"app.load": [0]})
    assert run.statuses("app.load") == ["delivered"]
    assert len(run.trace.listings) == 0


def test_a_prefix_longer_than_the_address_has_no_vicinity() -> None:
    run = play(NEAR, mail={"app.load": [0]})
    assert [run.trace.names.egress[i] for i in run.trace.listings["egress"]] == ["198.51.100.10"]
