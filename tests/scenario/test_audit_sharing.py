"""The article's advice: what bulk mail shares with other mail, each thing by itself."""

from pathlib import Path

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import DEDICATED, found, shared_hub

from relaysim.audit import Finding, Severity, check
from relaysim.scenario.load import load

NAMES = (
    "bulk_shares_hub",
    "bulk_shares_connections",
    "bulk_shares_line",
    "bulk_shares_ip",
    "bulk_shares_allocation",
    "submission_spread",
)
OUTBOUND = ("users.correspondence", "crm.invoices")
STREAMS = (
    "marketing.newsletter",
    *OUTBOUND,
    "internet.inbound",
    "sharepoint.alerts",
    "antivirus.alerts",
)
DOMAINS = ["gmail.com", "hotmail.com", "business", "yahoo.com"]


def streams_in(finding: Finding) -> set[str]:
    """Return the streams that a finding names."""
    return {stream for stream in STREAMS if stream in finding.reason}


def shares(*overrides: str) -> list[str]:
    scenario = shared_hub(*overrides)
    return [name for name in NAMES if found(scenario, name)]


def test_on_the_shared_hub_bulk_mail_shares_hub_connections_and_ip() -> None:
    assert shares() == ["bulk_shares_hub", "bulk_shares_connections", "bulk_shares_ip"]


def test_a_hub_a_line_and_an_ip_of_its_own_share_nothing() -> None:
    assert shares(*DEDICATED) == []


def test_the_words_for_the_hub(wording: Wording) -> None:
    (finding,) = found(shared_hub(), "bulk_shares_hub")
    assert finding.severity is Severity.WARNING
    assert finding.place == "hosts.marketing.streams.newsletter"
    assert streams_in(finding) == {*STREAMS}
    wording(finding)


def test_the_words_for_the_connections(wording: Wording) -> None:
    (finding,) = found(shared_hub(), "bulk_shares_connections")
    assert streams_in(finding) == {"marketing.newsletter", *OUTBOUND}
    assert [each for each in DOMAINS if each in finding.reason] == DOMAINS
    assert quantities(finding.reason) >= {"2,000", "20"}
    wording(finding)


def test_priority_queuing_parts_the_connections() -> None:
    low = 'hosts.marketing.streams.newsletter.priority="low"'
    queuing = "hubs.HUB01.priority_queuing_enabled=true"
    assert "bulk_shares_connections" not in shares(low, queuing)
    assert "bulk_shares_connections" in shares(low)
    assert "bulk_shares_connections" in shares(queuing)


def test_without_a_limit_there_are_no_connections_to_share() -> None:
    unlimited = 'hubs.HUB01.max_per_domain_outbound_connections="unlimited"'
    assert "bulk_shares_connections" not in shares(unlimited)


def test_a_smart_host_makes_one_queue_of_all_domains(wording: Wording) -> None:
    scenario = shared_hub(
        "hosts.marketing.streams.newsletter.to={yahoo=1.0}",
        "hosts.crm.streams.invoices.to={gmail=1.0}",
        "send_connectors.internet.dns_routing_enabled=false",
        'send_connectors.internet.smart_hosts=["gate.example.net"]',
        'destinations.gate={profile="none", domains=["gate.example.net"]}',
    )
    (finding,) = found(scenario, "bulk_shares_connections")
    assert streams_in(finding) == {"marketing.newsletter", *OUTBOUND}
    assert "gate.example.net" in finding.reason
    assert [each for each in DOMAINS if each in finding.reason] == []
    wording(finding)


def test_another_hub_with_the_same_ip_shares_the_ip(wording: Wording) -> None:
    assert shares(*DEDICATED, 'hubs.HUB02.egress="198.51.100.10"') == ["bulk_shares_ip"]
    (finding,) = found(
        shared_hub(*DEDICATED, 'hubs.HUB02.egress="198.51.100.10"'), "bulk_shares_ip"
    )
    assert streams_in(finding) == {"marketing.newsletter", *OUTBOUND}
    assert "198.51.100.10" in finding.reason
    wording(finding)


def test_a_hub_that_hands_over_shares_hub_and_ip_after_all() -> None:
    only_hub01 = 'send_connectors.internet.source_transport_servers=["HUB01"]'
    assert shares(*DEDICATED, only_hub01) == [
        "bulk_shares_hub",
        "bulk_shares_connections",
        "bulk_shares_ip",
    ]


def test_one_line_for_both_ips(wording: Wording) -> None:
    scenario = shared_hub(*DEDICATED, 'egress."203.0.113.25".line="main"')
    (finding,) = found(scenario, "bulk_shares_line")
    assert finding.place == "lines.main"
    assert streams_in(finding) == {"marketing.newsletter", *OUTBOUND}
    assert "20 Mbit/s" in quantities(finding.reason)
    wording(finding)
    unlimited = 'lines.main.bandwidth="unlimited"'
    assert shares(*DEDICATED, 'egress."203.0.113.25".line="main"', unlimited) == []


def test_without_the_override_list_no_hub_is_dedicated(wording: Wording) -> None:
    scenario = shared_hub(*DEDICATED, "mailboxes.submission_server_override_list=[]")
    (finding,) = found(scenario, "submission_spread")
    assert finding.severity is Severity.ERROR
    assert finding.place == "mailboxes.submission_server_override_list"
    assert "50 %" in quantities(finding.reason)
    assert 'submission_server_override_list = ["HUB01"]' in finding.fix
    assert str(finding.command).endswith("-SubmissionServerOverrideList HUB01")
    wording(finding)


def test_without_bulk_mail_two_hubs_share_the_load(wording: Wording) -> None:
    scenario = shared_hub(
        *DEDICATED,
        "mailboxes.submission_server_override_list=[]",
        "hosts.marketing.streams.newsletter.culprit=false",
    )
    (finding,) = found(scenario, "submission_spread")
    assert finding.severity is Severity.INFO
    wording(finding)


def test_a_culprit_need_not_be_a_marketing_system() -> None:
    assert shares("hosts.marketing.streams.newsletter.culprit=false") == []
    assert "bulk_shares_ip" in shares(
        "hosts.marketing.streams.newsletter.culprit=false",
        "hosts.crm.streams.invoices.culprit=true",
    )


def test_delayed_acknowledgement_is_slow_and_shields(wording: Wording) -> None:
    connector = "hubs.HUB01.receive_connectors.externalrelay"
    scenario = shared_hub(f'{connector}.max_acknowledgement_delay="30 s"')
    (finding,) = found(scenario, "delayed_acknowledgement")
    assert finding.place == connector
    assert quantities(finding.reason) >= {"30 s", "20", "40/min", "60,000", "25 h"}
    assert str(finding.command).endswith("-MaxAcknowledgementDelay 00:00:00")
    wording(finding)


def test_the_connector_limits_the_sessions() -> None:
    connector = "hubs.HUB01.receive_connectors.externalrelay"
    scenario = shared_hub(
        f'{connector}.max_acknowledgement_delay="30 s"',
        f"{connector}.max_inbound_connection_per_source=5",
    )
    (finding,) = found(scenario, "delayed_acknowledgement")
    assert quantities(finding.reason) >= {"5", "30 s", "10/min", "60,000", "4.2 d"}


def test_without_it_bulk_mail_floods_the_queues(wording: Wording) -> None:
    (finding,) = found(shared_hub(), "delayed_acknowledgement")
    assert finding.severity is Severity.WARNING
    assert "100/s" in quantities(finding.reason)
    assert str(finding.command).endswith("-MaxAcknowledgementDelay 00:00:30")
    wording(finding)


def test_on_a_hub_of_its_own_that_harms_no_mail(wording: Wording) -> None:
    (finding,) = found(shared_hub(*DEDICATED), "delayed_acknowledgement")
    assert finding.severity is Severity.INFO
    wording(finding)


def test_exchange_2007_has_no_such_thing() -> None:
    assert found(shared_hub('hubs.HUB01.mta="exchange-2007"'), "delayed_acknowledgement") == []


def test_no_linked_connector_is_advised_for_a_server_that_has_none() -> None:
    role = "hubs.HUB01.receive_connectors.'Default HUB01'.transport_role=FrontendTransport"
    for changes, advised in (((), True), (("hubs.HUB01.mta=exchange-2019", role), False)):
        (finding,) = (
            each for each in check(shared_hub(*changes)) if each.check == "bulk_shares_ip"
        )
        assert ("LinkedReceiveConnector" in finding.fix) is advised


def test_servers_that_share_alike_are_one_finding_each_kind_with_advice_of_its_own(
    wording: Wording,
) -> None:
    """Two Exchange servers and two Postfix, each Postfix with a public IP, for all mail.

    Both IPs carry bulk mail, so neither is a neighbour without it.
    """
    path = Path(__file__).parents[2] / "scenarios" / "today" / "planner-today.toml"
    scenario = load(path)
    servers, relays = found(scenario, "bulk_shares_hub")
    assert "EX01 and EX02" in servers.reason
    assert "submission queue" in servers.reason
    assert "DMZ01 and DMZ02" in relays.reason
    assert "active queue" in relays.reason
    (connections,) = found(scenario, "bulk_shares_connections")
    assert "priority" not in connections.fix
    (ips,) = found(scenario, "bulk_shares_ip")
    assert "198.51.100.10 and 198.51.100.11" in ips.reason
    assert "egress_by_sender_domain" in ips.fix
    assert found(scenario, "bulk_shares_allocation") == []
    for finding in (relays, connections, ips):
        wording(finding)
