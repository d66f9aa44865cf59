"""The cache of a domain: it uses an answer to a DNSBL query for its time to live."""

import numpy as np
import pytest
from worlds.many_hubs import hubs
from worlds.reputation_world import HOUR, LIST, NOBODY_LOOKS, TRAPS, count, listings, lookups
from worlds.small_world import Mail, Played, play

CACHES = """
[destinations.sink]
dnsbl_ttl = "15 min"
dnsbl_negative_ttl = "10 min"
"""


def run(*changes: str, mail: Mail) -> Played:
    """Listed from 100 to 3,700 s."""
    played = play(TRAPS, LIST, NOBODY_LOOKS, *changes, mail={"app.traps": [100], **mail})
    assert listings(played) == [(100.0, 3700.0)]
    return played


def test_without_a_cache_each_message_is_a_question() -> None:
    result = run(mail={"app.load": [50, 60, 200]})
    assert lookups(result) == [(50.0, 50.0, 0), (60.0, 60.0, 0), (200.0, 200.0, 1)]


def test_a_domain_believes_for_a_while_that_an_ip_is_not_listed() -> None:
    """Asked at 50 s, so until 650 s; then again, and it learns of the listing."""
    result = run(CACHES, mail={"app.load": [50, 101, 649.999999, 650]})
    assert result.statuses("app.load") == ["delivered", "delivered", "delivered", "bounced"]
    assert lookups(result) == [(50.0, 650.0, 0), (650.0, 1550.0, 1)]


def test_and_for_another_while_that_it_is() -> None:
    """Asked at 3,600 s, a hundred seconds before the end of the listing."""
    result = run(CACHES, mail={"app.load": [3600, 3701, 4499, 4500, 4501]})
    assert result.statuses("app.load") == [
        "bounced",
        "bounced",
        "bounced",
        "delivered",
        "delivered",
    ]
    assert lookups(result) == [(3600.0, 4500.0, 1), (4500.0, 5100.0, 0)]


def test_what_is_asked_of_a_mirror_is_cached_on_top_of_its_delay() -> None:
    """The recipient has the listing from 400 to 4,000 s."""
    mirror = "[blocklists.list]\nmirror_delay = '5 min'\n[destinations.sink]\nmirrors = 1.0"
    result = run(CACHES, mirror, mail={"app.load": [399, 998, 999, 3999, 4898, 4899]})
    assert lookups(result) == [
        (399.0, 999.0, 0),
        (999.0, 1899.0, 1),
        (3999.0, 4899.0, 1),
        (4899.0, 5499.0, 0),
    ]
    assert count(result, "app.load") == {"delivered": 3, "bounced": 3}


def test_each_domain_has_a_cache_of_its_own() -> None:
    other = """
    [destinations.other]
    profile = "none"
    domains = ["example.net"]
    refuses_on = { list = 1.0 }
    dnsbl_negative_ttl = "1 h"
    [hosts.app.streams.two]
    to = { other = 1.0 }
    """
    result = run(CACHES, other, mail={"app.load": [50, 700], "app.two": [99, 700, 3698, 3699]})
    assert result.statuses("app.load") == ["delivered", "bounced"]
    assert lookups(result, "example.net") == [(99.0, 3699.0, 0), (3699.0, 3699.0, 1)]


def test_a_domain_asks_about_each_ip() -> None:
    """The message by the second IP is no answer about the first."""
    design = hubs("198.51.100.0/24", "198.51.100.11"), LIST, CACHES, NOBODY_LOOKS
    mail = {"h0.traps": [100], "h0.load": [50, 200], "h1.load": [201, 202]}
    result = play(*design, mail=mail)
    assert lookups(result) == [(50.0, 650.0, 0), (201.0, 801.0, 0)]
    assert result.statuses("h0.load") + result.statuses("h1.load") == ["delivered"] * 4


def test_whether_a_domain_asks_a_mirror_is_its_own_decision() -> None:
    """Of forty domains about half know of the listing before the mirrors do, whatever the time."""
    many = """
    [destinations.many]
    profile = "none"
    domain_count = 40
    refuses_on = { list = 1.0 }
    mirrors = 0.5
    [blocklists.list]
    mirror_delay = "5 min"
    [hosts.app.streams.load]
    to = { many = 1.0 }
    """
    result = run(many, mail={"app.load": [200] * 100 + [300] * 100})
    domains = result.trace.recipients["domain"][result.trace.messages["stream"] == 0]
    statuses = np.array(result.statuses("app.load"))
    early = {d for d, status in zip(domains, statuses, strict=True) if status == "bounced"}
    late = {d for d, status in zip(domains, statuses, strict=True) if status == "delivered"}
    assert early.isdisjoint(late)
    assert len(early) > 10
    assert len(late) > 10


# A 5xx at the greeting.

GREETING = """
[destinations.sink]
refusal_stage = "greeting"
connect_time = "1 s"
[hubs.HUB01]
reject_time = "250 ms"
max_per_domain_outbound_connections = 1
"""
BOUNCES = "[hubs.HUB01]\nskip_5xx_greeting = false"


def test_by_default_a_5xx_greeting_puts_the_queue_into_retry() -> None:
    """Four tries a minute apart, then every five minutes: the one at 3,920 s gets through."""
    result = run(GREETING, mail={"app.load": [200, 210]})
    tries = [end for _, _, end, _ in result.attempts("HUB01->example.org")]
    assert tries[0] == 201.25
    assert tries[-1] == tries[-2] > 3700
    assert count(result, "app.load") == {"delivered": 2}


def test_without_the_skip_each_message_after_such_a_greeting_bounces() -> None:
    """One connection after another, each ended by the greeting; an NDR for each message."""
    result = run(GREETING, BOUNCES, mail={"app.load": [200, 200, 200, 3700]})
    assert result.ends("app.load") == [
        (201.25, "bounced"),
        (202.5, "bounced"),
        (203.75, "bounced"),
        (3701.0, "delivered"),
    ]
    assert result.opened("HUB01->example.org") == [1, 1, 1, 1]
    assert result.messages("HUB01.dsn", "created") == [201.25, 202.5, 203.75]


@pytest.mark.parametrize("skips", ["true", "false"])
def test_a_4xx_greeting_never_bounces(skips: str) -> None:
    defers = "[destinations.sink]\nrefusal_action = 'defer'"
    skip = f"[hubs.HUB01]\nskip_5xx_greeting = {skips}"
    result = run(GREETING, defers, skip, mail={"app.load": [200, 210]})
    assert count(result, "app.load") == {"delivered": 2}


def test_stages_and_actions_are_shares_of_the_domains() -> None:
    """Of a hundred domains some refuse at the greeting, and some only put into the junk folder."""
    many = """
    [hubs.HUB01]
    skip_5xx_greeting = false
    [destinations.many]
    profile = "none"
    domain_count = 100
    refuses_on = { list = 1.0 }
    refusal_stage = { greeting = 0.3, data = 0.7 }
    refusal_action = { reject = 0.5, score = 0.5 }
    junk_share = 1.0
    response_time = "1 s"
    [hosts.app.streams.load]
    to = { many = 1.0 }
    """
    result = run(many, mail={"app.load": [HOUR] * 1000})
    domains = result.trace.recipients["domain"][:1000].tolist()
    ends: dict[int, set[tuple[float, str]]] = {}
    for domain, end in zip(domains, result.ends("app.load"), strict=True):
        ends.setdefault(domain, set()).add(end)
    assert all(len(each) == 1 for each in ends.values())
    kinds = [next(iter(each)) for each in ends.values()]
    shares = [kinds.count(kind) / len(kinds) for kind in sorted(set(kinds))]
    assert sorted(set(kinds)) == [(HOUR, "bounced"), (HOUR + 1, "bounced"), (HOUR + 1, "junked")]
    assert shares == pytest.approx([0.15, 0.35, 0.5], abs=0.12)
