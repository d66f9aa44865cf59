"""What the audit says of capacity, with figures that can be checked by hand."""

import math

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found

from relaysim.analysis.message_rates import messages
from relaysim.analysis.offered_load import stages
from relaysim.audit import Severity
from relaysim.scenario.load import loads
from relaysim.scenario.model import Scenario

DESIGN = r"""
name = "one-hub"

[run]
start = 2010-03-01T08:00:00
duration = "1 d"

[organization.domains]
"cozumpark.com" = "Authoritative"

[hubs.HUB01]
mta = "exchange-2010"
cores = 2
addresses = ["10.0.0.1"]
egress = "198.51.100.10"
receive_cost = "10 ms"
categorize_cost = "20 ms"
send_cost = "10 ms"

[hubs.HUB01.receive_connectors.relay]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["10.0.0.2", "10.0.0.3"]
permission_groups = ["AnonymousUsers"]
max_acknowledgement_delay = "0 s"
permissions = [{ user = 'NT AUTHORITY\ANONYMOUS LOGON', extended_rights = [
    "Ms-Exch-SMTP-Accept-Any-Recipient",
] }]

[send_connectors.internet]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB01"]

[lines.main]
bandwidth = "unlimited"

[egress."198.51.100.10"]
line = "main"

[mailboxes]
delivery_time = "200 ms"

[hosts.bulk]
kind = "bulk_marketing"
address = "10.0.0.2"
server = "10.0.0.1"

[hosts.bulk.streams.news]
sender = "news@cozumpark.com"
arrivals = { process = "campaign", at = "2 h", messages = 6000, rate = "100/s" }
size = "100 KB"
to = { a = 1.0 }

[hosts.app]
kind = "none"
address = "10.0.0.3"
server = "10.0.0.1"

[hosts.app.streams.mail]
class = "corporate"
sender = "app@cozumpark.com"
arrivals = { process = "poisson", rate = "10/s" }
size = "100 KB"
to = { internal = 1.0 }

[destinations.a]
profile = "none"
domains = ["a.example"]
response_time = "0.1 s"

[destinations.many]
profile = "none"
domain_count = 10
response_time = "1 s"
"""
PEAK = "[" + "1, " * 9 + "25" + ", 1" * 14 + "]"
"""One hour, from nine to ten, in which 25 times as much comes as in any other."""


def design(*overrides: str) -> Scenario:
    return loads(DESIGN, "design", overrides)


def demand(scenario: Scenario, stream: str) -> dict[str, float]:
    """Seconds of a server that a message of the stream asks of each stage."""
    return {
        stage.name: pytest.approx(stage.demand[stream])
        for stage in stages(scenario)
        if stream in stage.demand
    }


def test_a_campaign_that_the_cores_cannot_carry_takes_longer(wording: Wording) -> None:
    # 100/s at 40 ms are 4 cores, the other mail's 10/s at 40 ms 0.4 more; 1.6 are left of 2.
    (finding,) = found(design(), "campaign_load")
    assert finding.severity is Severity.WARNING
    assert finding.place == "hosts.bulk.streams.news"
    assert "hubs.HUB01.cores" in finding.fix
    assert quantities(finding.reason) >= {"2.2", "2", "40/s", "6,000", "2.5 min", "60 s"}
    wording(finding)


def test_enough_cores_end_that() -> None:
    assert found(design("hubs.HUB01.cores=5"), "campaign_load") == []


def test_the_connections_to_a_domain_limit_too(wording: Wording) -> None:
    # 100/s that take 0.5 s each keep 50 connections busy, of 20.
    scenario = design("hubs.HUB01.cores=5", 'destinations.a.response_time="0.5 s"')
    (finding,) = found(scenario, "campaign_load")
    assert "a.example" in finding.reason
    assert "max_per_domain_outbound_connections" in finding.fix
    assert quantities(finding.reason) >= {"2.5", "20", "40/s", "2.5 min", "60 s"}
    wording(finding)


def test_the_destination_may_allow_fewer(wording: Wording) -> None:
    scenario = design("hubs.HUB01.cores=5", "destinations.a.max_connections_per_ip=5")
    (finding,) = found(scenario, "campaign_load")
    assert "a.example" in finding.reason
    assert quantities(finding.reason) >= {"2", "5"}
    wording(finding)


def test_the_line_limits_too(wording: Wording) -> None:
    # A message is 819,200 bits: a tenth of a second of this line.
    scenario = design("hubs.HUB01.cores=5", 'lines.main.bandwidth="8.192 Mbit/s"')
    (finding,) = found(scenario, "campaign_load")
    assert "lines.main.bandwidth" in finding.fix
    assert quantities(finding.reason) >= {"10", "10/s", "10 min", "60 s"}
    wording(finding)


def test_so_do_the_sessions_of_the_host(wording: Wording) -> None:
    # 10 ms, 110 ms for the commit, 8.2 ms for the body and 4.06 round trips of 1 ms: 0.132 s.
    scenario = design("hubs.HUB01.cores=5", "hosts.bulk.sessions=4")
    (finding,) = found(scenario, "campaign_load")
    assert "hosts.bulk.sessions" in finding.fix
    assert quantities(finding.reason) >= {"3.3", "4", "30/s"}
    wording(finding)


def test_the_mailboxes_take_so_many_at_a_time(wording: Wording) -> None:
    scenario = design("hubs.HUB01.cores=5", "hosts.bulk.streams.news.to={internal=1.0}")
    (finding,) = found(scenario, "campaign_load")
    assert "max_concurrent_mailbox_deliveries" in finding.fix
    assert quantities(finding.reason) >= {"1.1", "20", "90/s"}
    wording(finding)


def test_where_the_other_mail_is_too_much_already_a_campaign_never_ends(wording: Wording) -> None:
    scenario = design('hosts.app.streams.mail.arrivals.rate="60/s"')
    findings = found(scenario, "campaign_load")
    assert findings[0].place == "hosts.bulk.streams.news"
    assert "3.2" in quantities(findings[0].reason)
    wording(*findings)


def test_the_scale_of_the_run_counts() -> None:
    assert found(design("run.scale=0.1"), "campaign_load") == []


def test_the_busiest_hour(wording: Wording) -> None:
    # 4.8/s on average over the day are 60/s in that hour, and 50/s are what two cores carry.
    scenario = design(
        f'hosts.app.streams.mail.arrivals={{process="poisson", rate="4.8/s", profile={PEAK}}}'
    )
    (finding,) = found(scenario, "busiest_hour_load")
    assert finding.severity is Severity.WARNING
    assert finding.place == "hubs.HUB01.cores"
    assert "09:00" in finding.reason
    assert quantities(finding.reason) >= {"1.2", "2", "12 min"}
    wording(finding)
    assert found(scenario, "whole_run_load") == []


def test_an_hour_below_capacity_is_nothing_to_speak_of() -> None:
    assert found(design(), "busiest_hour_load") == []
    assert found(design(), "whole_run_load") == []


def test_a_run_that_does_not_settle(wording: Wording) -> None:
    scenario = design('hosts.app.streams.mail.arrivals.rate="60/s"')
    (finding,) = found(scenario, "whole_run_load")
    assert finding.severity is Severity.WARNING
    assert quantities(finding.reason) >= {"1.2", "2", "4.8 h"}
    wording(finding)


def test_a_limit_of_messages_a_minute(wording: Wording) -> None:
    limit = 'hubs.HUB01.receive_connectors.relay.message_rate_limit="600/min"'
    (finding,) = found(design(limit), "message_rate")
    assert finding.place == "hosts.bulk.streams.news"
    assert quantities(finding.reason) >= {"100/s", "600"}
    wording(finding)
    uncounted = 'hubs.HUB01.receive_connectors.relay.message_rate_source="None"'
    assert found(design(limit, uncounted), "message_rate") == []
    assert found(design(), "message_rate") == []


def test_what_a_message_asks_of_each_stage() -> None:
    assert demand(design(), "bulk.news") == {
        "bulk.sessions": 0.132212,
        "HUB01.cpu": 0.040,
        "HUB01->a.example": 0.1,
        "HUB01.outbound": 0.1,
    }
    assert demand(design(), "app.mail") == {
        "app.sessions": 0.12,
        "HUB01.cpu": 0.040,
        "HUB01.mailbox": 0.2,
    }


def test_a_smart_host_answers_as_its_destination() -> None:
    smart = design(
        'send_connectors.internet.smart_hosts=["Gate.example.net", "[192.0.2.99]"]',
        "send_connectors.internet.dns_routing_enabled=false",
        'destinations.gate={profile="none", domains=["gate.example.net", "192.0.2.99"],'
        ' response_time="3 s"}',
    )
    assert demand(smart, "bulk.news")["HUB01->Gate.example.net,[192.0.2.99]"] == 3.0


def test_recipients_in_one_domain_are_one_transaction() -> None:
    two = design("hosts.app.streams.mail.recipients=2")
    assert demand(two, "app.mail")["HUB01.mailbox"] == 0.2
    half = design(
        "hosts.app.streams.mail.recipients=2", "hosts.app.streams.mail.to={internal=0.5, a=0.5}"
    )
    # Three messages of four have a recipient in either place, so there are 1.5 transactions.
    assert demand(half, "app.mail")["HUB01.mailbox"] == 0.15
    assert demand(half, "app.mail")["HUB01.cpu"] == 0.045


def test_counted_domains_share_the_mail() -> None:
    found_demand = demand(design("hosts.app.streams.mail.to={many=1.0}"), "app.mail")
    assert found_demand["HUB01->many"] == 0.1
    assert found_demand["HUB01.outbound"] == 1.0


def test_a_handed_over_message_is_received_and_categorized_twice() -> None:
    scenario = design(
        'hubs.HUB02={mta="none", cores=1, addresses=["10.0.0.9"], egress="198.51.100.10",'
        ' receive_cost="11 ms", categorize_cost="7 ms", send_cost="3 ms"}',
        'send_connectors.internet.source_transport_servers=["HUB02"]',
    )
    bulk = demand(scenario, "bulk.news")
    assert bulk["HUB01.cpu"] == 0.040
    assert bulk["HUB02.cpu"] == 0.021


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ('{process="poisson", rate="2/s"}', 2 * 86_400),
        ('{process="campaign", at="2 h", messages=500, rate="1/s"}', 500),
        ('{process="campaign", at="0 h", messages=500, rate="1/s", every="12 h"}', 1000),
        ('{process="campaign", at="23 h", messages=7200, rate="1/s"}', 3600),
        ('{process="every", every="1 h", at="12 h"}', 12),
        ('{process="bursts", rate="1/s", burst_factor=5, burst_length="1 min"}', 86_400),
    ],
)
def test_how_many_messages_a_stream_sends(arrivals: str, expected: int) -> None:
    scenario = design(f"hosts.app.streams.mail.arrivals={arrivals}")
    assert messages(scenario, "app", "mail") == pytest.approx(expected)


CONNECTOR = "hubs.HUB01.receive_connectors.relay"
DELAYED = f'{CONNECTOR}.max_acknowledgement_delay="30 s"'


def held(scenario: Scenario) -> float:
    """Seconds that a message of app.mail holds a session."""
    (stage,) = [each for each in stages(scenario) if each.name == "app.sessions"]
    return stage.demand["app.mail"]


def test_a_delayed_acknowledgement_holds_the_session_until_delivery() -> None:
    """Mailboxes take 200 ms, and 10 + 20 ms of core time before that are not waited for twice."""
    late = held(design(DELAYED))
    at_once = held(design())
    assert late - at_once == pytest.approx(0.020 + 0.010 + 0.200)


def test_the_delay_is_the_most_that_a_session_is_held() -> None:
    short = DELAYED.replace("30 s", "100 ms")
    late = held(design(short))
    at_once = held(design())
    assert late - at_once == pytest.approx(0.100)


def test_the_spread_of_a_law_is_cut_at_the_delay() -> None:
    """An exponential time of mean 10 s, cut at 10 s, is 10 x (1 - 1/e) s on average."""
    law = 'mailboxes.delivery_time={distribution="exponential", mean="10 s"}'
    free = ("hubs.HUB01.categorize_cost='0 s'", "hubs.HUB01.send_cost='0 s'")
    slow = design(law, *free, DELAYED.replace("30 s", "10 s"))
    late = held(slow)
    at_once = held(design(law, *free))
    assert late - at_once == pytest.approx(10 * (1 - math.exp(-1)), rel=1e-4)


NOTES = (
    'run.duration="2 h"',
    'mailboxes.delivery_time={distribution="lognormal", mean="9.7 s", cv=0.5}',
    'hosts.app.streams.mail.arrivals.rate="700/h"',
    "hosts.app.sessions=1",
    'hosts.app.messages_per_connection="unlimited"',
    "hosts.bulk.streams.news.arrivals.messages=1",
)


def test_a_host_that_hands_over_by_one_session_is_held_too_long(wording: Wording) -> None:
    """700/h over one session that is held 9.7 s each ask 1.9 times what it can carry."""
    (finding,) = found(design(*NOTES, DELAYED), "whole_run_load")
    assert finding.place == "hosts.app.sessions"
    assert quantities(finding.reason) >= {"1.9", "1"}
    assert 'max_acknowledgement_delay = "0 s"' in finding.fix
    assert str(finding.command).endswith("-MaxAcknowledgementDelay 00:00:00")
    wording(finding)
    assert found(design(*NOTES, DELAYED), "busiest_hour_load") == []
    assert found(design(*NOTES), "whole_run_load") == []


def test_hosts_behind_one_address_share_what_a_connector_allows_it(wording: Wording) -> None:
    """Each host alone has sessions enough; together they ask 1.3 times the 4 that are allowed."""
    alone = (
        DELAYED,
        'mailboxes.delivery_time="2 s"',
        'hosts.app.streams.mail.arrivals.rate="72/min"',
        "hosts.app.sessions=4",
        'hosts.twin={kind="none", address="10.0.0.4", server="10.0.0.1", sessions=4, streams={mail={'
        ' sender="app@cozumpark.com", arrivals={process="poisson", rate="72/min"},'
        ' size="100 KB", to={internal=1.0}}}}',
        f"{CONNECTOR}.max_inbound_connection_per_source=4",
        f'{CONNECTOR}.remote_ip_ranges=["10.0.0.2-10.0.0.4"]',
        "hosts.bulk.streams.news.arrivals.messages=1",
    )
    assert found(design(*alone), "whole_run_load") == []
    (finding,) = found(design(*alone, 'hosts.twin.address="10.0.0.3"'), "whole_run_load")
    assert finding.place == f"{CONNECTOR}.max_inbound_connection_per_source"
    assert "10.0.0.3" in finding.reason
    assert quantities(finding.reason) >= {"1.3", "4"}
    wording(finding)


@pytest.mark.parametrize(("messages", "findings"), [(80, 0), (100, 1)])
def test_less_than_a_second_is_no_finding(messages: int, findings: int) -> None:
    """Two cores carry 50/s of 40 ms, less the other mail 40/s: n messages take n/40, not n/73 s."""
    scenario = design(
        f"hosts.bulk.streams.news.arrivals.messages={messages}",
        'hosts.bulk.streams.news.arrivals.rate="73/s"',
    )
    cores = [each for each in found(scenario, "campaign_load") if "cores" in each.fix]
    assert len(cores) == findings
