"""A listed IP: what the domains that use the list do about it, and when."""

import pytest
from worlds.small_world import SECOND_HUB, play

from relaysim.trace.tables import Cause, Level

OUT = "HUB01->example.org"
OK = "250 2.0.0 OK"
REJECTED = (
    "554 5.7.1 Service unavailable; Client host [198.51.100.10] blocked using zen.spamhaus.org; "
    "https://www.spamhaus.org/query/ip/198.51.100.10"
)
DEFERRED = "450 4.7.1" + REJECTED.removeprefix("554 5.7.1")


def listed(at: str = "0 s", length: str = "1 h") -> str:
    return f"""
    [[events]]
    at = "{at}"
    listing = {{ egress = "198.51.100.10", blocklist = "css", for = "{length}" }}
    """


def user(stage: str = "rcpt", action: str = "reject") -> str:
    return f"""
    [blocklists.css]
    profile = "spamhaus-css"
    [hubs.HUB01]
    reject_time = "250 ms"
    max_per_domain_outbound_connections = 1
    [destinations.sink]
    refuses_on = {{ css = 1.0 }}
    refusal_stage = "{stage}"
    refusal_action = "{action}"
    connect_time = "1 s"
    response_time = "2 s"
    """


@pytest.mark.parametrize("stage", ["mail", "rcpt"])
def test_a_refusal_at_mail_or_rcpt_bounces_without_a_transfer(stage: str) -> None:
    line = "[egress.'198.51.100.10']\nbandwidth = '8 bit/s'\n[hubs.HUB01]\nsend_cost = '7 s'"
    run = play(user(stage), listed(), line, mail={"app.load": [0]})
    assert run.attempts(OUT) == [(0, 0.0, 1.25, REJECTED)]
    assert run.ends("app.load") == [(1.25, "bounced")]
    assert run.verdicts("app.load") == [REJECTED]
    assert run.visits("198.51.100.10.line") == []
    assert [subject for subject, *_ in run.visits("HUB01.cpu")] == [1]  # the NDR
    assert run.messages("HUB01.dsn", "created") == [1.25]


def test_the_connection_goes_on_after_a_refusal() -> None:
    run = play(user(), listed(), mail={"app.load": [0, 0, 0]})
    assert [end for _, _, end, _ in run.attempts(OUT)] == [1.25, 1.5, 1.75]
    assert run.opened(OUT) == [1, 0, 0]


def test_a_refusal_at_the_end_of_the_data_costs_the_whole_transfer() -> None:
    run = play(user("data"), listed(), mail={"app.load": [0]})
    assert run.attempts(OUT) == [(0, 0.0, 3.0, REJECTED)]
    assert run.statuses("app.load") == ["bounced"]


def test_a_refusal_at_the_greeting_is_a_failed_connection() -> None:
    """The queue is in Retry: nothing bounces, and all of it goes when the listing is over."""
    run = play(user("greeting"), listed("0 s", "90 s"), mail={"app.load": [0, 10]})
    assert run.attempts(OUT) == [
        (0, 0.0, 1.25, REJECTED),
        (0, 61.25, 62.5, REJECTED),
        (0, 122.5, 125.5, OK),
        (1, 125.5, 127.5, OK),
    ]
    assert run.statuses("app.load") == ["delivered"] * 2
    assert run.levels(Level.QUEUE_RETRY, OUT) == [(1.25, 1), (123.5, 0)]


def test_a_connection_that_was_greeted_before_the_listing_is_not_asked_again() -> None:
    run = play(user("greeting"), listed("2 s"), mail={"app.load": [0, 0]})
    assert run.attempts(OUT) == [(0, 0.0, 3.0, OK), (1, 3.0, 5.0, OK)]


@pytest.mark.parametrize(("stage", "end"), [("mail", 1.25), ("rcpt", 1.25), ("data", 3.0)])
def test_a_deferral_is_tried_again_until_the_listing_is_over(stage: str, end: float) -> None:
    run = play(user(stage, "defer"), listed("0 s", "50 s"), mail={"app.load": [0]})
    assert run.attempts(OUT) == [(0, 0.0, end, DEFERRED), (0, 60 + end, 63 + end, OK)]
    assert run.statuses("app.load") == ["delivered"]


@pytest.mark.parametrize("stage", ["greeting", "mail", "rcpt", "data"])
def test_scoring_accepts_and_junks_whatever_the_stage(stage: str) -> None:
    junk = "[destinations.sink]\njunk_share = 1.0"
    run = play(user(stage, "score"), junk, listed("0 s", "4 s"), mail={"app.load": [0, 10]})
    assert run.ends("app.load") == [(3.0, "junked"), (13.0, "delivered")]
    assert run.verdicts("app.load") == [OK, OK]
    assert run.messages("HUB01.dsn", "created") == []


def test_the_check_is_made_when_the_message_is_offered() -> None:
    """Offered at 1 s, when the connection stands. The listing begins or ends a moment later."""
    assert play(user(), listed("1001 ms"), mail={"app.load": [0]}).statuses("app.load") == [
        "delivered"
    ]
    assert play(user(), listed("0 s", "1 s"), mail={"app.load": [0]}).statuses("app.load") == [
        "delivered"
    ]
    assert play(user(), listed("1 s"), mail={"app.load": [0]}).statuses("app.load") == ["bounced"]


def test_overlapping_listings_hold_until_the_last_one_ends() -> None:
    twice = listed("0 s", "30 s"), listed("20 s", "30 s")
    run = play(user(), *twice, mail={"app.load": [35, 55]})
    assert run.statuses("app.load") == ["bounced", "delivered"]
    listings = run.trace.listings
    assert listings["start"].tolist() == [0, 20_000_000]
    assert listings["end"].tolist() == [30_000_000, 50_000_000]
    assert listings["cause"].tolist() == [Cause.SCRIPT, Cause.SCRIPT]


def test_a_listing_that_starts_as_the_last_one_ends_leaves_no_gap() -> None:
    for order in (1, -1):
        twice = (listed("0 s", "30 s"), listed("29 s", "30 s"))[::order]
        assert play(user(), *twice, mail={"app.load": [29]}).statuses("app.load") == ["bounced"]


def test_a_domain_that_does_not_use_the_list_takes_the_mail() -> None:
    other = "[blocklists.spamcop]\nprofile = 'spamcop'"
    event = listed().replace('"css"', '"spamcop"')
    assert play(user(), other, event, mail={"app.load": [0]}).statuses("app.load") == ["delivered"]


def test_whether_a_domain_uses_a_list_is_its_own_decision_for_the_whole_run() -> None:
    """With probability one half: of forty domains some refuse all of their mail, others none."""
    many = """
    [destinations.many]
    profile = "none"
    domain_count = 40
    refuses_on = { css = 0.5 }
    [hosts.app.streams.load]
    to = { many = 1.0, sink = 0.0 }
    """
    run = play(user(), many, listed(), mail={"app.load": [0] * 200})
    statuses: dict[int, set[str]] = {}
    domains = run.trace.recipients["domain"].tolist()[:200]
    for domain, status in zip(domains, run.statuses("app.load"), strict=True):
        statuses.setdefault(domain, set()).add(status)
    assert all(len(result) == 1 for result in statuses.values())
    refusing = sum(result == {"bounced"} for result in statuses.values())
    assert len(statuses) / 4 < refusing < len(statuses) * 3 / 4


OF_APP = """
[[events]]
at = "0 s"
listing = { of = "app", blocklist = "css", for = "1 h" }
"""


def test_the_ip_that_carries_the_mail_of_a_host_is_the_one_that_is_listed() -> None:
    """The host moves to another hub, and the listing with it."""
    assert play(user(), OF_APP, mail={"app.load": [0]}).statuses("app.load") == ["bounced"]
    moved = """
    [hosts.app]
    server = "192.168.168.172"
    [send_connectors.internet]
    source_transport_servers = ["HUB01", "HUB02"]
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.169"
    """
    run = play(SECOND_HUB, user(), OF_APP, moved, mail={"app.load": [0], "other.load": [0]})
    assert run.statuses("app.load") == ["bounced"]
    assert run.statuses("other.load") == ["delivered"]


def test_it_is_that_of_the_hub_that_the_mail_is_handed_to() -> None:
    by_other = "[send_connectors.internet]\nsource_transport_servers = ['HUB02']"
    run = play(SECOND_HUB, user(), OF_APP, by_other, mail={"app.load": [0]})
    assert [run.trace.names.egress[e] for e in run.trace.listings["egress"]] == ["203.0.113.25"]
    assert run.statuses("app.load") == ["bounced"]


def test_it_is_the_ip_of_the_route_of_the_host() -> None:
    """Partner mail leaves by HUB02. The host writes to no partner, so HUB02's IP is not listed."""
    partner = """
    [destinations.partner]
    profile = "none"
    domains = ["example.net"]
    [send_connectors.partner]
    address_spaces = ["SMTP:example.net;1"]
    source_transport_servers = ["HUB02"]
    """
    run = play(SECOND_HUB, user(), OF_APP, partner, mail={"app.load": [0]})
    assert [run.trace.names.egress[e] for e in run.trace.listings["egress"]] == ["198.51.100.10"]


def test_it_follows_a_linked_send_connector() -> None:
    linked = r"""
    [send_connectors.bulk]
    linked_receive_connector = 'HUB01\relay'
    source_transport_servers = ["HUB02"]
    max_message_size = "unlimited"
    smart_hosts = ["mx.bulk.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.bulk.example"]
    """
    run = play(SECOND_HUB, user(), OF_APP, linked, mail={"app.load": [0]})
    assert [run.trace.names.egress[e] for e in run.trace.listings["egress"]] == ["203.0.113.25"]


def test_hubs_that_hand_each_other_mail_for_different_domains_are_no_circle() -> None:
    """HUB01 hands partner mail to HUB02, which hands all other mail to HUB01."""
    crossed = """
    [destinations.partner]
    profile = "none"
    domains = ["example.net"]
    [send_connectors.partner]
    address_spaces = ["SMTP:example.net;1"]
    source_transport_servers = ["HUB02"]
    [hosts.app.streams.load]
    to = { sink = 0.5, partner = 0.5 }
    """
    run = play(SECOND_HUB, user(), OF_APP, crossed, mail={"app.load": [0]})
    assert sorted(run.trace.names.egress[e] for e in run.trace.listings["egress"]) == [
        "198.51.100.10",
        "203.0.113.25",
    ]
