"""A campaign of 3,000 messages on a hub with its usual costs, and what may befall it.

At 100 messages a second it takes 30 s to send; everything else follows from the failure.
"""

import numpy as np
import pytest
from worlds.small_world import Played, play

from relaysim.trace.tables import Status

CAMPAIGN = """
[run]
duration = "1 h"
drain = "3 d"
[hubs.HUB01]
mta = "exchange-2010"
cores = 8
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "0 s"
[send_connectors.internet]
smtp_max_messages_per_connection = 20
[hosts.app]
kind = "bulk_marketing"
sessions = 20
[hosts.app.streams.news]
sender = "news@cozumpark.com"
arrivals = { process = "campaign", at = "1 min", messages = 3000, rate = "100/s" }
size = "20 KB"
to = { sink = 0.5, business = 0.5 }
[destinations.sink]
profile = "gmail"
domains = ["example.org"]
[destinations.business]
profile = "small-business-gateway"
domain_count = 50
[blocklists.css]
profile = "spamhaus-css"
"""
DROP = "[hosts.app]\non_failure = 'drop'"


def event(text: str, at: str = "75 s") -> str:
    return f"[[events]]\nat = '{at}'\n{text}"


def count(run: Played) -> dict[str, int]:
    """Recipients of the campaign by final status."""
    statuses = run.statuses("app.news")
    return {
        status.name.lower(): n for status in Status if (n := statuses.count(status.name.lower()))
    }


def test_all_of_it_arrives_when_nothing_happens() -> None:
    assert count(play(CAMPAIGN)) == {"delivered": 3000}


def test_a_stop_of_30_minutes_delays_it_if_the_host_retries() -> None:
    run = play(CAMPAIGN, event("stop = { hub = 'HUB01', for = '30 min' }"))
    assert count(run) == {"delivered": 3000}
    ends = np.array([end for end, _ in run.ends("app.news")])
    assert not ((ends > 75) & (ends < 75 + 1800)).any()
    before, after = int((ends <= 75).sum()), int((ends >= 1875).sum())
    assert before + after == 3000
    assert 500 < before < 1500


def test_a_stop_of_30_minutes_loses_what_is_not_yet_committed_if_the_host_drops() -> None:
    """All that is created while the hub is down, the spool, and the messages under way."""
    run = play(CAMPAIGN, DROP, event("stop = { hub = 'HUB01', for = '30 min' }"))
    counts = count(run)
    created = np.array(run.messages("app.news", "created"))
    committed = np.array(run.messages("app.news", "committed"))
    lost = int((created >= 75).sum()) + int(((created < 75) & (committed < 0)).sum())
    assert counts == {"delivered": 3000 - lost, "abandoned": lost}
    assert 1500 < lost < 2000
    assert (committed < 75).all()


def test_an_outage_of_the_destination_delays_its_half_only() -> None:
    run = play(CAMPAIGN, event("outage = { destination = 'sink', for = '1 h' }"))
    assert count(run) == {"delivered": 3000}
    domain = run.trace.recipients["domain"][:3000]
    ends = np.array([end for end, _ in run.ends("app.news")])
    sink = domain == run.trace.names.domains.index("example.org")
    assert (ends[sink] > 3675).sum() > 100
    assert np.median(ends[~sink]) < 200


def test_an_outage_of_three_days_makes_it_expire() -> None:
    run = play(CAMPAIGN, event("outage = { destination = 'sink', for = '3 d' }"))
    counts = count(run)
    assert set(counts) == {"delivered", "expired"}
    assert counts["expired"] > 500
    created = run.messages("HUB01.dsn", "created")
    assert len(created) == 2 * counts["expired"]  # a delay notice and an NDR each


@pytest.mark.parametrize(("stage", "status"), [("rcpt", "bounced"), ("greeting", "delivered")])
def test_a_listing_bounces_or_holds_up_what_goes_to_its_users(stage: str, status: str) -> None:
    uses = f"""
    [destinations.sink]
    refuses_on = {{ css = 1.0 }}
    refusal_action = "reject"
    refusal_stage = "{stage}"
    mirrors = 0.0
    dnsbl_ttl = "0 s"
    dnsbl_negative_ttl = "0 s"
    """
    listing = "listing = { of = 'app', blocklist = 'css', for = '2 h' }"
    run = play(CAMPAIGN, uses, event(listing))
    statuses = np.array(run.statuses("app.news"))
    ends = np.array([end for end, _ in run.ends("app.news")])
    sink = run.trace.recipients["domain"][:3000] == run.trace.names.domains.index("example.org")
    late = sink & (ends > 90)
    assert late.sum() > 500
    assert set(statuses[late]) == {status}
    if status == "delivered":
        assert (ends[late] > 7275).all()


def test_a_run_that_ends_early_leaves_the_rest_in_flight() -> None:
    run = play(CAMPAIGN, "[run]\nduration = '70 s'\ndrain = '5 s'")
    counts = count(run)
    assert set(counts) == {"delivered", "in_flight"}
    assert sum(counts.values()) == 1000
    assert run.trace.end == 75_000_000
    statuses, committed = np.array(run.statuses("app.news")), run.messages("app.news", "committed")
    assert (np.array(committed)[statuses == "delivered"] > 0).all()


def test_one_session_and_a_delayed_acknowledgement_make_it_slow_and_lose_nothing() -> None:
    slow = """
    [hosts.app]
    sessions = 1
    [hosts.app.streams.news]
    arrivals = { process = "campaign", at = "1 min", messages = 200, rate = "100/s" }
    [hubs.HUB01.receive_connectors.relay]
    max_acknowledgement_delay = "30 s"
    """
    run = play(CAMPAIGN, slow)
    assert count(run) == {"delivered": 200}
    acknowledged = run.messages("app.news", "acknowledged")
    assert acknowledged == sorted(acknowledged)
    assert acknowledged[-1] > 200
