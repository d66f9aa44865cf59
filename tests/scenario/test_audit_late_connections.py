"""What the audit says of connections that open late, against the story of the engine."""

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found
from worlds.small_world import tables

from relaysim.audit import Severity
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario

KEY = "smtp_connector_queue_message_count_threshold_for_concurrent_connections"


def design(threshold: int = 20, response: str = "2 s", arrivals: str = "") -> Scenario:
    arrivals = arrivals or "{ process = 'poisson', rate = '1/s' }"
    return from_mapping(
        tables(
            f"[hubs.HUB01]\n{KEY} = {threshold}\nmax_per_domain_outbound_connections = 20",
            f"[destinations.sink]\nresponse_time = '{response}'",
            "[hosts.app.streams.load]\nsender = 'app@cozumpark.com'\nsize = '1 KB'\n"
            f"to = {{ sink = 1.0 }}\narrivals = {arrivals}",
        ),
        "story",
    )


def test_two_busy_connections_keep_two_thresholds_of_messages_waiting(wording: Wording) -> None:
    """1/s that take 2 s: 40 messages in the queue, so 40 s, as the engine gives."""
    (finding,) = found(design(), "late_connections")
    assert finding.severity is Severity.INFO
    assert finding.place == f"hubs.HUB01.{KEY}"
    assert quantities(finding.reason) >= {"1/s", "2", "20", "40", "40 s"}
    assert quantities(finding.fix) >= {"2", "4 s"}
    wording(finding)


def test_a_campaign_counts_with_its_rate(wording: Wording) -> None:
    """10/s that take 2 s keep all 20 connections busy: 400 messages, 40 s."""
    campaign = "{ process = 'campaign', at = '1 h', messages = 600, rate = '10/s' }"
    (finding,) = found(design(arrivals=campaign), "late_connections")
    assert quantities(finding.reason) >= {"10/s", "20", "400", "40 s"}
    wording(finding)


def test_nothing_is_found_where_one_connection_is_enough_or_nobody_notices() -> None:
    assert found(design(response="0.9 s"), "late_connections") == []
    assert found(design(threshold=2), "late_connections") == []
    assert found(design(threshold=1), "late_connections") == []
