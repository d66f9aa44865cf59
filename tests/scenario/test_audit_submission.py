"""What the audit says of mail that a receive connector refuses, and of mail without a way out."""

from relay_designs import DEDICATED, found, shared_hub

from relaysim.scenario.audit import Severity

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


def test_without_the_anonymous_box_everything_is_refused() -> None:
    findings = found(shared_hub(f"{INTERNAL}.permission_groups=[]"), "stream_refused")
    assert [finding.place for finding in findings] == [
        "hosts.sharepoint.streams.alerts",
        "hosts.antivirus.streams.alerts",
    ]
    assert findings[0].severity is Severity.ERROR
    assert findings[0].reason == (
        "internalrelay of HUB01 refuses all mail of sharepoint.alerts: MAIL "
        "FROM:<sharepoint@cozumpark.com> gets 530 5.7.1 Client was not authenticated."
    )
    assert findings[0].command == (
        'Set-ReceiveConnector "HUB01\\internalrelay" -PermissionGroups AnonymousUsers'
    )


def test_the_box_is_ticked_beside_the_others() -> None:
    default = 'hubs.HUB01.receive_connectors."Default HUB01"'
    scenario = shared_hub(f'{default}.permission_groups=["ExchangeUsers", "ExchangeServers"]')
    (finding,) = found(scenario, "stream_refused")
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\Default HUB01" -PermissionGroups '
        "ExchangeUsers,ExchangeServers,AnonymousUsers"
    )


def test_a_sender_that_the_session_may_not_be() -> None:
    scenario = shared_hub(
        f"{INTERNAL}.permission_groups=[]",
        f"{INTERNAL}.permissions=[{{user='NT AUTHORITY\\ANONYMOUS LOGON', extended_rights="
        '["ms-Exch-SMTP-Submit", "ms-Exch-SMTP-Accept-Any-Sender"]}]',
    )
    finding = found(scenario, "stream_refused")[0]
    assert finding.reason.endswith(
        "gets 550 5.7.1 Client does not have permissions to send as this sender."
    )
    assert finding.way_out == (
        "Give NT AUTHORITY\\ANONYMOUS LOGON the right "
        "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender."
    )


def test_an_account_writes_as_itself() -> None:
    scenario = shared_hub(
        'hosts.crm.account="boss@cozumpark.com"',
        'hosts.crm.server="mail"',
    )
    (finding,) = found(scenario, "stream_refused")
    assert finding.way_out == (
        "Send as an address of the account's own, or give boss@cozumpark.com the rights "
        "ms-Exch-SMTP-Accept-Any-Sender and ms-Exch-SMTP-Accept-Authoritative-Domain-Sender."
    )
    assert finding.command == (
        'Get-ReceiveConnector "HUB01\\Client HUB01" | Add-ADPermission -User '
        '"boss@cozumpark.com" -ExtendedRights "ms-Exch-SMTP-Accept-Any-Sender",'
        '"ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"'
    )


def test_an_account_that_cannot_log_in() -> None:
    scenario = shared_hub(
        'hosts.crm.account="billing"',
        'hosts.crm.server="mail"',
        'hubs.HUB01.receive_connectors."Client HUB01".permission_groups=[]',
    )
    (finding,) = found(scenario, "stream_refused")
    assert finding.reason == (
        "Client HUB01 of HUB01 refuses all mail of crm.invoices: AUTH gets 535 5.7.3 "
        "Authentication unsuccessful."
    )
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\Client HUB01" -PermissionGroups ExchangeUsers'
    )


def test_external_mail_at_the_internal_relay() -> None:
    scenario = shared_hub(
        'hosts.crm.server="internalrelay"',
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.50", "192.168.168.60", "192.168.168.100"]',
        f'{EXTERNAL}.remote_ip_ranges=["10.10.20.30"]',
    )
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.ERROR
    assert finding.reason == (
        "internalrelay of HUB01 takes mail for internal recipients only: 100 % of the recipients "
        "of crm.invoices (gmail.com, hotmail.com, yahoo.com and business (2,000 domains)) get "
        "550 5.7.1 Unable to relay at RCPT TO."
    )
    assert finding.way_out == (
        "Send through HUB01\\externalrelay (192.168.168.171:25), which relays: list "
        "192.168.168.60 there and point server of crm to it."
    )
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\externalrelay" -RemoteIPRanges 10.10.20.30,192.168.168.60'
    )


def test_a_part_of_the_mail_that_goes_outside_is_advice() -> None:
    scenario = shared_hub("hosts.sharepoint.streams.alerts.to={internal=0.75, gmail=0.25}")
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.ADVICE
    assert "25 % of the recipients of sharepoint.alerts (gmail.com)" in finding.reason


def test_without_any_relay_the_right_is_added() -> None:
    findings = found(shared_hub(f"{EXTERNAL}.permissions=[]"), "relay_refused")
    assert [finding.place for finding in findings] == [
        "hosts.crm.streams.invoices",
        "hosts.marketing.streams.newsletter",
    ]
    assert findings[0].command == (
        'Get-ReceiveConnector "HUB01\\externalrelay" | Add-ADPermission -User '
        '"NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights "ms-Exch-SMTP-Accept-Any-Recipient"'
    )


def test_that_the_internet_cannot_relay_is_as_it_should_be() -> None:
    scenario = shared_hub("hosts.internet.streams.inbound.to={internal=0.9, gmail=0.1}")
    (finding,) = found(scenario, "relay_refused")
    assert finding.severity is Severity.NOTE
    assert finding.way_out == "Nothing: strangers must not relay."


def test_large_messages_are_refused() -> None:
    (finding,) = found(shared_hub(f"hosts.crm.streams.invoices.size={LARGE}"), "message_too_large")
    # ln(10 MB / 2 MB) is 1.609, and 5.4 % of a normal law lie above that.
    assert finding.reason == (
        "5.4 % of the messages of crm.invoices are above 10 MB, the max_message_size of "
        "externalrelay of HUB01: MAIL FROM with SIZE= gets 552 5.3.4 Message size exceeds fixed maximum "
        "message size."
    )
    assert finding.command == 'Set-ReceiveConnector "HUB01\\externalrelay" -MaxMessageSize 25MB'


def test_large_messages_of_the_users_find_the_send_connector_too_small() -> None:
    scenario = shared_hub(f"hosts.users.streams.correspondence.size={LARGE}")
    assert found(scenario, "message_too_large") == []
    (finding,) = found(scenario, "route_too_small")
    assert finding.reason == (
        "5.4 % of the messages of users.correspondence are above 10 MB, the largest "
        "max_message_size of the send connectors for gmail.com, hotmail.com and business (2,000 "
        "domains): each makes an NDR, 550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed "
        "maximum size for route."
    )
    assert finding.command == 'Set-SendConnector "internet" -MaxMessageSize 25MB'


def test_a_second_connector_may_be_large_enough() -> None:
    scenario = shared_hub(
        f"hosts.users.streams.correspondence.size={LARGE}",
        'send_connectors.large={address_spaces=["SMTP:*;9"], max_message_size="unlimited",'
        ' source_transport_servers=["HUB01"]}',
    )
    assert found(scenario, "route_too_small") == []


def test_many_recipients_go_in_several_messages() -> None:
    (finding,) = found(shared_hub("hosts.crm.streams.invoices.recipients=300"), "recipient_limit")
    assert finding.reason == (
        "Messages of crm.invoices have up to 300 recipients, and externalrelay of HUB01 takes "
        "200 at once: each further RCPT TO gets 452 4.5.3 Too many recipients, and the client sends "
        "those in another message."
    )


def test_a_domain_without_a_send_connector() -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    findings = found(scenario, "no_send_connector")
    assert len(findings) == 3
    assert findings[0].severity is Severity.ERROR
    assert findings[0].reason == (
        "No send connector serves hotmail.com and business (2,000 domains): 20 % of the copies of "
        "users.correspondence stay in the Unreachable queue of HUB01 for 2 d and end with "
        "550 4.4.7 QUEUE.Expired; message expired."
    )
    assert findings[0].command == (
        'New-SendConnector -Name "internet" -Usage Internet -AddressSpaces "SMTP:*;1" '
        "-SourceTransportServers HUB01"
    )


def test_a_hub_that_is_no_source_server_hands_its_mail_over() -> None:
    scenario = shared_hub(*DEDICATED, 'send_connectors.internet.source_transport_servers=["HUB01"]')
    (finding,) = found(scenario, "handed_over")
    assert finding.reason == (
        "HUB02 is no source server of internet: it hands what marketing.newsletter and others "
        "send outside to HUB01, which commits and categorizes it again and sends it from "
        "198.51.100.10."
    )
    assert finding.command == 'Set-SendConnector "internet" -SourceTransportServers HUB01,HUB02'


def test_what_nothing_uses_is_noted() -> None:
    scenario = shared_hub(
        'dns.old=["192.168.168.1"]',
        'egress."203.0.113.25"={}',
        'lines.spare={bandwidth="1 Mbit/s"}',
        'send_connectors.spare={address_spaces=["*;9"], source_transport_servers=["HUB01"]}',
        'destinations.isp={profile="isp", domains=["isp.example"]}',
    )
    assert [finding.place for finding in found(scenario, "unused")] == [
        "dns.old",
        "send_connectors.spare",
        'egress."203.0.113.25"',
        "lines.spare",
        "destinations.isp",
    ]
