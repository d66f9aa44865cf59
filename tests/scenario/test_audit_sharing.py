"""The article's advice: what bulk mail shares with other mail, each thing by itself."""

from relay_designs import DEDICATED, found, shared_hub

from relaysim.scenario.audit import Severity

NAMES = (
    "bulk_shares_hub",
    "bulk_shares_connections",
    "bulk_shares_line",
    "bulk_shares_ip",
    "bulk_shares_allocation",
    "submission_spread",
)


def shares(*overrides: str) -> list[str]:
    scenario = shared_hub(*overrides)
    return [name for name in NAMES if found(scenario, name)]


def test_on_the_shared_hub_bulk_mail_shares_hub_connections_and_ip() -> None:
    assert shares() == ["bulk_shares_hub", "bulk_shares_connections", "bulk_shares_ip"]


def test_a_hub_a_line_and_an_ip_of_its_own_share_nothing() -> None:
    assert shares(*DEDICATED) == []


def test_the_words_for_the_hub() -> None:
    (finding,) = found(shared_hub(), "bulk_shares_hub")
    assert finding.severity is Severity.ADVICE
    assert finding.place == "hosts.marketing.streams.newsletter"
    assert finding.reason == (
        "marketing.newsletter goes through HUB01 together with users.correspondence, "
        "internet.inbound, sharepoint.alerts, antivirus.alerts and crm.invoices: in a campaign "
        "that mail waits behind the bulk mail, for the cores and in the submission queue."
    )


def test_the_words_for_the_connections() -> None:
    (finding,) = found(shared_hub(), "bulk_shares_connections")
    assert finding.reason == (
        "marketing.newsletter waits in the same delivery queues of HUB01 as users.correspondence "
        "and crm.invoices: gmail.com, hotmail.com, business (2,000 domains) and yahoo.com. Each "
        "queue has 20 connections (max_per_domain_outbound_connections), and the oldest mail goes "
        "first."
    )


def test_priority_queuing_parts_the_connections() -> None:
    low = 'hosts.marketing.streams.newsletter.priority="low"'
    queuing = "hubs.HUB01.priority_queuing_enabled=true"
    assert "bulk_shares_connections" not in shares(low, queuing)
    assert "bulk_shares_connections" in shares(low)
    assert "bulk_shares_connections" in shares(queuing)


def test_without_a_limit_there_are_no_connections_to_share() -> None:
    unlimited = 'hubs.HUB01.max_per_domain_outbound_connections="unlimited"'
    assert "bulk_shares_connections" not in shares(unlimited)


def test_a_smart_host_makes_one_queue_of_all_domains() -> None:
    scenario = shared_hub(
        "hosts.marketing.streams.newsletter.to={yahoo=1.0}",
        "hosts.crm.streams.invoices.to={gmail=1.0}",
        "send_connectors.internet.dns_routing_enabled=false",
        'send_connectors.internet.smart_hosts=["gate.example.net"]',
        'destinations.gate={profile="none", domains=["gate.example.net"]}',
    )
    (finding,) = found(scenario, "bulk_shares_connections")
    assert "users.correspondence and crm.invoices: gate.example.net." in finding.reason


def test_another_hub_with_the_same_ip_shares_the_ip() -> None:
    assert shares(*DEDICATED, 'hubs.HUB02.egress="198.51.100.10"') == ["bulk_shares_ip"]
    (finding,) = found(
        shared_hub(*DEDICATED, 'hubs.HUB02.egress="198.51.100.10"'), "bulk_shares_ip"
    )
    assert finding.reason == (
        "marketing.newsletter leaves by 198.51.100.10 together with users.correspondence and "
        "crm.invoices: when the bulk mail gets that IP on a blocklist, that mail is refused with "
        "it."
    )


def test_a_hub_that_hands_over_shares_hub_and_ip_after_all() -> None:
    only_hub01 = 'send_connectors.internet.source_transport_servers=["HUB01"]'
    assert shares(*DEDICATED, only_hub01) == [
        "bulk_shares_hub",
        "bulk_shares_connections",
        "bulk_shares_ip",
    ]


def test_one_line_for_both_ips() -> None:
    scenario = shared_hub(*DEDICATED, 'egress."203.0.113.25".line="main"')
    (finding,) = found(scenario, "bulk_shares_line")
    assert finding.place == "lines.main"
    assert finding.reason == (
        "marketing.newsletter and users.correspondence and crm.invoices leave by different IPs, "
        "but over the one line main (20 Mbit/s): a campaign that fills it holds the other mail up."
    )
    unlimited = 'lines.main.bandwidth="unlimited"'
    assert shares(*DEDICATED, 'egress."203.0.113.25".line="main"', unlimited) == []


def test_without_the_override_list_no_hub_is_dedicated() -> None:
    scenario = shared_hub(*DEDICATED, "mailboxes.submission_server_override_list=[]")
    (finding,) = found(scenario, "submission_spread")
    assert finding.severity is Severity.ERROR
    assert finding.place == "mailboxes.submission_server_override_list"
    assert finding.reason == (
        "The mailbox server spreads the mail of users over every hub of the site: 50 % goes to "
        "each of HUB01 and HUB02. So HUB02 is not dedicated to the bulk mail, and that part of "
        "the users' mail leaves by it."
    )
    assert finding.way_out == (
        'Name the hubs for the users\' mail: submission_server_override_list = ["HUB01"].'
    )
    assert finding.command == "Set-MailboxServer MBX -SubmissionServerOverrideList HUB01"


def test_without_bulk_mail_two_hubs_share_the_load() -> None:
    scenario = shared_hub(
        *DEDICATED,
        "mailboxes.submission_server_override_list=[]",
        "hosts.marketing.streams.newsletter.culprit=false",
    )
    assert [finding.severity for finding in found(scenario, "submission_spread")] == [Severity.NOTE]


def test_a_culprit_need_not_be_a_marketing_system() -> None:
    assert shares("hosts.marketing.streams.newsletter.culprit=false") == []
    assert "bulk_shares_ip" in shares(
        "hosts.marketing.streams.newsletter.culprit=false",
        "hosts.crm.streams.invoices.culprit=true",
    )


def test_delayed_acknowledgement_is_slow_and_shields() -> None:
    connector = "hubs.HUB01.receive_connectors.externalrelay"
    scenario = shared_hub(f'{connector}.max_acknowledgement_delay="30 s"')
    (finding,) = found(scenario, "delayed_acknowledgement")
    assert finding.place == connector
    assert finding.reason == (
        "Delayed acknowledgement is on (30 s): a session of marketing is held until its message "
        "is delivered. At worst that is 20 sessions / 30 s = 40/min, and 60,000 messages take "
        "25 h. The other mail is shielded: the bulk mail waits at its sender, not in the queues."
    )
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\externalrelay" -MaxAcknowledgementDelay 00:00:00'
    )


def test_the_connector_limits_the_sessions() -> None:
    connector = "hubs.HUB01.receive_connectors.externalrelay"
    scenario = shared_hub(
        f'{connector}.max_acknowledgement_delay="30 s"',
        f"{connector}.max_inbound_connection_per_source=5",
    )
    (finding,) = found(scenario, "delayed_acknowledgement")
    assert "At worst that is 5 sessions / 30 s = 10/min, and 60,000 messages take 4.2 d." in (
        finding.reason
    )


def test_without_it_bulk_mail_floods_the_queues() -> None:
    (finding,) = found(shared_hub(), "delayed_acknowledgement")
    assert finding.severity is Severity.ADVICE
    assert finding.reason == (
        "Delayed acknowledgement is off: marketing.newsletter submits as fast as its sessions "
        "allow at 100/s, and what HUB01 cannot send as fast stands in its queues, before the mail "
        "of others."
    )
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\externalrelay" -MaxAcknowledgementDelay 00:00:30'
    )


def test_on_a_hub_of_its_own_that_harms_nobody() -> None:
    (finding,) = found(shared_hub(*DEDICATED), "delayed_acknowledgement")
    assert finding.severity is Severity.NOTE
    assert finding.reason.endswith("stands in its queues; no other mail is there.")


def test_exchange_2007_has_no_such_thing() -> None:
    assert found(shared_hub('hubs.HUB01.mta="exchange-2007"'), "delayed_acknowledgement") == []
