"""What the audit says of mail that a receive connector refuses, and of mail without a way out."""

from pathlib import Path

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import DEDICATED, found, shared_hub

from relaysim.audit import Severity
from relaysim.scenario.load import load

INTERNAL = "hubs.HUB01.receive_connectors.internalrelay"
EXTERNAL = "hubs.HUB01.receive_connectors.externalrelay"
LARGE = '{distribution="lognormal", median="2 MB", sigma=1.0}'


def test_nothing_of_the_shared_hub_is_refused() -> None:
    scenario = shared_hub()
    names = (
        "stream_refused",
        "relay_refused",
        "message_too_large",
        "recipient_limit",
        "no_send_connector",
        "route_too_small",
        "handed_over",
        "unused",
    )
    assert [finding for name in names for finding in found(scenario, name)] == []


def test_without_the_anonymous_box_everything_is_refused(wording: Wording) -> None:
    findings = found(shared_hub(f"{INTERNAL}.permission_groups=[]"), "stream_refused")
    assert [finding.place for finding in findings] == [
        "hosts.sharepoint.streams.alerts",
        "hosts.antivirus.streams.alerts",
    ]
    assert findings[0].severity is Severity.ERROR
    assert "530 5.7.1 Client was not authenticated" in findings[0].reason
    assert str(findings[0].command).endswith("-PermissionGroups AnonymousUsers")
    wording(*findings)


def test_the_box_is_ticked_beside_the_others(wording: Wording) -> None:
    default = 'hubs.HUB01.receive_connectors."Default HUB01"'
    scenario = shared_hub(f'{default}.permission_groups=["ExchangeUsers", "ExchangeServers"]')
    (finding,) = found(scenario, "stream_refused")
    assert "ExchangeUsers,ExchangeServers,AnonymousUsers" in str(finding.command)
    wording(finding)


def test_a_sender_that_the_session_may_not_be(wording: Wording) -> None:
    scenario = shared_hub(
        f"{INTERNAL}.permission_groups=[]",
        f"{INTERNAL}.permissions=[{{user='NT AUTHORITY\\ANONYMOUS LOGON', extended_rights="
        '["ms-Exch-SMTP-Submit", "ms-Exch-SMTP-Accept-Any-Sender"]}]',
    )
    findings = found(scenario, "stream_refused")
    assert "does not have permissions to send as this sender" in findings[0].reason
    assert "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender" in findings[0].fix
    wording(*findings)


def test_an_account_writes_as_itself(wording: Wording) -> None:
    scenario = shared_hub(
        'hosts.crm.account="boss@cozumpark.com"',
        'hosts.crm.server="mail"',
    )
    (finding,) = found(scenario, "stream_refused")
    assert '-User "boss@cozumpark.com" ' in str(finding.command)
    for right in (
        "ms-Exch-SMTP-Accept-Any-Sender",
        "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender",
    ):
        assert right in finding.fix
        assert f'"{right}"' in str(finding.command)
    wording(finding)


def test_an_account_that_cannot_log_in(wording: Wording) -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing"',
        'hosts.crm.server="mail"',
        'hubs.HUB01.receive_connectors."Client HUB01".permission_groups=[]',
    )
    (finding,) = found(scenario, "stream_refused")
    assert "535 5.7.3 Authentication unsuccessful" in finding.reason
    assert str(finding.command).endswith("-PermissionGroups ExchangeUsers")
    wording(finding)


def test_external_mail_at_the_internal_relay(wording: Wording) -> None:
    scenario = shared_hub(
        'hosts.crm.server="internalrelay"',
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.50", "192.168.168.60", "192.168.168.100"]',
        f'{EXTERNAL}.remote_ip_ranges=["10.10.20.30"]',
    )
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.ERROR
    assert "550 5.7.1 Unable to relay" in finding.reason
    assert quantities(finding.reason) >= {"100 %", "2,000"}
    assert "192.168.168.171:25" in finding.fix
    assert "-RemoteIPRanges 10.10.20.30,192.168.168.60" in str(finding.command)
    wording(finding)


def test_a_part_of_the_mail_that_goes_outside_is_advice(wording: Wording) -> None:
    scenario = shared_hub("hosts.sharepoint.streams.alerts.to={internal=0.75, gmail=0.25}")
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.WARNING
    assert "25 %" in quantities(finding.reason)
    assert "gmail.com" in finding.reason
    wording(finding)


def test_without_any_relay_the_right_is_added(wording: Wording) -> None:
    findings = found(shared_hub(f"{EXTERNAL}.permissions=[]"), "relay_refused")
    assert [finding.place for finding in findings] == [
        "hosts.crm.streams.invoices",
        "hosts.marketing.streams.newsletter",
    ]
    assert "Add-ADPermission" in str(findings[0].command)
    assert '"ms-Exch-SMTP-Accept-Any-Recipient"' in str(findings[0].command)
    wording(*findings)


def test_that_the_internet_cannot_relay_is_as_it_should_be(wording: Wording) -> None:
    scenario = shared_hub("hosts.internet.streams.inbound.to={internal=0.9, gmail=0.1}")
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.INFO
    assert finding.command is None
    wording(finding)


def test_large_messages_are_refused(wording: Wording) -> None:
    (finding,) = found(shared_hub(f"hosts.crm.streams.invoices.size={LARGE}"), "message_too_large")
    # ln(10 MB / 2 MB) is 1.609, and 5.4 % of a normal law lie above that.
    assert quantities(finding.reason) >= {"5.4 %", "10 MB", "552"}
    assert str(finding.command).endswith("-MaxMessageSize 25MB")
    wording(finding)


def test_large_messages_of_the_users_find_the_send_connector_too_small(wording: Wording) -> None:
    scenario = shared_hub(f"hosts.users.streams.correspondence.size={LARGE}")
    assert found(scenario, "message_too_large") == []
    (finding,) = found(scenario, "route_too_small")
    assert quantities(finding.reason) >= {"5.4 %", "10 MB", "550"}
    assert finding.command == 'Set-SendConnector "internet" -MaxMessageSize 25MB'
    wording(finding)


def test_a_second_connector_may_be_large_enough() -> None:
    scenario = shared_hub(
        f"hosts.users.streams.correspondence.size={LARGE}",
        'send_connectors.large={address_spaces=["SMTP:*;9"], max_message_size="unlimited",'
        ' source_transport_servers=["HUB01"]}',
    )
    assert found(scenario, "route_too_small") == []


def test_many_recipients_go_in_several_messages(wording: Wording) -> None:
    (finding,) = found(shared_hub("hosts.crm.streams.invoices.recipients=300"), "recipient_limit")
    assert "452 4.5.3 Too many recipients" in finding.reason
    assert quantities(finding.reason) >= {"300", "200"}
    wording(finding)


def test_a_domain_without_a_send_connector(wording: Wording) -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    findings = found(scenario, "no_send_connector")
    assert len(findings) == 3
    assert findings[0].severity is Severity.ERROR
    assert "550 4.4.7 QUEUE.Expired" in findings[0].reason
    assert quantities(findings[0].reason) >= {"2,000", "20 %", "2 d"}
    assert str(findings[0].command).startswith("New-SendConnector ")
    wording(*findings)


def test_a_hub_that_is_no_source_server_hands_its_mail_over(wording: Wording) -> None:
    scenario = shared_hub(*DEDICATED, 'send_connectors.internet.source_transport_servers=["HUB01"]')
    (finding,) = found(scenario, "handed_over")
    assert "198.51.100.10" in finding.reason
    assert str(finding.command).endswith(" -SourceTransportServers HUB01,HUB02")
    wording(finding)


def test_what_nothing_uses_is_noted(wording: Wording) -> None:
    scenario = shared_hub(
        'dns.old=["192.168.168.1"]',
        'egress."203.0.113.25"={}',
        'lines.spare={bandwidth="1 Mbit/s"}',
        'send_connectors.spare={address_spaces=["*;9"], source_transport_servers=["HUB01"]}',
        'destinations.isp={profile="isp", domains=["isp.example"]}',
    )
    findings = found(scenario, "unused")
    assert [finding.place for finding in findings] == [
        "dns.old",
        "send_connectors.spare",
        'egress."203.0.113.25"',
        "lines.spare",
        "destinations.isp",
    ]
    wording(*findings)


BY_POSTFIX = Path(__file__).parents[2] / "scenarios" / "today" / "bulk-by-postfix.toml"
MYNETWORKS = "hubs.DMZ02.receive_connectors.mynetworks"


@pytest.mark.parametrize(
    ("refusing", "mended"),
    [
        ("permission_groups=[]", 'permission_groups=["AnonymousUsers"]'),
        (
            r"""permissions=[{user='NT AUTHORITY\ANONYMOUS LOGON', extended_rights=["ms-Exch-SMTP-Submit"]}]""",
            r"""permissions=[{user='NT AUTHORITY\ANONYMOUS LOGON', extended_rights=["ms-Exch-SMTP-Submit","""
            """ "ms-Exch-SMTP-Accept-Any-Sender", "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"]}]""",
        ),
    ],
    ids=["client", "sender"],
)
def test_a_server_that_is_no_exchange_gets_a_key_of_the_file(
    wording: Wording, refusing: str, mended: str
) -> None:
    settings = [f"{MYNETWORKS}.permission_groups=[]", f"{MYNETWORKS}.{refusing}"]
    (finding,) = found(load(BY_POSTFIX, settings), "stream_refused")
    assert finding.command is None
    assert f"{MYNETWORKS}.{mended.partition('=')[0]} = [" in finding.fix
    wording(finding)
    assert found(load(BY_POSTFIX, [*settings, f"{MYNETWORKS}.{mended}"]), "stream_refused") == []


def test_ndrs_stay_where_the_domain_is_accepted_or_described_or_forged() -> None:
    sender = 'hosts.crm.streams.invoices.sender="a@other.example"'
    assert len(found(shared_hub(sender), "ndr_leaves")) == 1
    hijacked = 'arrivals={process="compromise", rate="1/s", at="1 h", lasts="1 h"}'
    for kept in (
        'organization.domains."*.example"="InternalRelay"',
        'destinations.gmail.domains=["gmail.com", "other.example"]',
        f"hosts.crm.streams.invoices.{hijacked}",
    ):
        assert found(shared_hub(sender, kept), "ndr_leaves") == []
