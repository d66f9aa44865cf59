"""What the audit says of a relay that answers strangers, whatever the width of its ranges."""

import pytest
from relay_designs import found, shared_hub

from relaysim.scenario.audit import Severity, check
from relaysim.scenario.explain import explain
from relaysim.scenario.model import Scenario

DEFAULT = 'hubs.HUB01.receive_connectors."Default HUB01"'
EXTERNAL = "hubs.HUB01.receive_connectors.externalrelay"
RELAYS = (
    r"permissions=[{user='NT AUTHORITY\ANONYMOUS LOGON', extended_rights="
    '["Ms-Exch-SMTP-Accept-Any-Recipient"]}]'
)
REMOVED = (
    'Get-ReceiveConnector "HUB01\\{}" | Remove-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" '
    '-ExtendedRights "ms-Exch-SMTP-Accept-Any-Recipient"'
)


def behind_source_nat(*overrides: str) -> Scenario:
    """The shared hub behind a load balancer: the Internet and crm arrive as one address."""
    return shared_hub(
        'hosts.internet.address="192.168.168.5"',
        'hosts.internet.server="externalrelay"',
        'hosts.crm.address="192.168.168.5"',
        f'{EXTERNAL}.remote_ip_ranges=["192.168.168.5", "10.10.20.30"]',
        *overrides,
    )


def test_a_relay_for_one_address_is_open_where_strangers_arrive_as_that_address() -> None:
    scenario = behind_source_nat()
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.place == EXTERNAL
    assert finding.reason == (
        "An open relay: externalrelay answers mail from the Internet, which arrives as "
        "192.168.168.5, the address of crm too, as behind source NAT. Without logging in, "
        "strangers may send to any recipient."
    )
    assert finding.way_out == (
        "Switch source NAT off for SMTP where it is done (load balancer or firewall), so that "
        "HUB01 sees the address of each client; then list in remote_ip_ranges the addresses of "
        "crm and marketing, and not 192.168.168.5."
    )
    assert finding.command is None


def test_explain_and_check_agree_on_who_relays() -> None:
    scenario = behind_source_nat()
    (attempt,) = explain(scenario, "internet", "x@gmail.com").attempts
    assert attempt.connector is not None
    assert attempt.connector.name == "externalrelay"
    assert str(attempt.outcomes[0].reply) == "250 2.1.5 Recipient OK"


def test_a_host_that_shares_the_address_makes_its_relay_open_too() -> None:
    """The Internet goes to the default connector, and crm by the same address to the relay."""
    scenario = behind_source_nat('hosts.internet.server="mail"')
    (finding,) = found(scenario, "open_relay")
    assert (finding.severity, finding.place) == (Severity.ERROR, EXTERNAL)


def test_the_relay_is_not_open_where_the_network_keeps_the_addresses() -> None:
    scenario = behind_source_nat(
        'hosts.internet.address="203.0.113.7"', 'hosts.internet.server="mail"'
    )
    assert found(scenario, "open_relay") == []


def test_a_narrow_range_that_holds_the_load_balancer_is_open() -> None:
    """Two addresses are no wide range: the width says nothing, the host that is answered does."""
    scenario = shared_hub(
        'hosts.internet.address="192.168.168.61"',
        'hosts.internet.server="externalrelay"',
        f'{EXTERNAL}.remote_ip_ranges=["192.168.168.60-192.168.168.61", "10.10.20.30"]',
    )
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\externalrelay" -RemoteIPRanges 192.168.168.60,10.10.20.30'
    )


def test_the_default_connector_with_the_right_loses_it_and_goes_on_taking_mail() -> None:
    (finding,) = found(shared_hub(f"{DEFAULT}.{RELAYS}"), "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.way_out == "Take the right away from anonymous sessions."
    assert finding.command == REMOVED.format("Default HUB01")


def test_hosts_that_relayed_by_it_get_a_connector_of_their_own() -> None:
    scenario = shared_hub(f"{DEFAULT}.{RELAYS}", 'hosts.crm.server="mail"')
    (finding,) = found(scenario, "open_relay")
    assert finding.way_out == (
        "Give crm a receive connector that lists only 192.168.168.60 and relays, and take the "
        "right away from Default HUB01, which goes on taking mail from outside."
    )
    assert str(finding.command).splitlines() == [
        REMOVED.format("Default HUB01"),
        'New-ReceiveConnector -Name "relay" -Server HUB01 -Usage Custom -Bindings 0.0.0.0:25 '
        "-RemoteIPRanges 192.168.168.60 -PermissionGroups AnonymousUsers -AuthMechanism Tls",
        'Get-ReceiveConnector "HUB01\\relay" | Add-ADPermission -User "NT AUTHORITY\\ANONYMOUS '
        'LOGON" -ExtendedRights "ms-Exch-SMTP-Accept-Any-Recipient"',
    ]


def test_an_externally_secured_connector_that_answers_strangers_becomes_anonymous() -> None:
    scenario = shared_hub(
        f'{DEFAULT}.auth_mechanism=["Tls", "ExternalAuthoritative"]',
        f'{DEFAULT}.permission_groups=["ExchangeServers"]',
    )
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\Default HUB01" -AuthMechanism Tls -PermissionGroups '
        "AnonymousUsers"
    )


def test_strangers_behind_a_private_address_can_forge_senders_too() -> None:
    """The forged sender is judged alike: by who is answered."""
    scenario = behind_source_nat()
    (finding,) = found(scenario, "forged_sender")
    assert finding.reason.startswith(r"At HUB01\Default HUB01 and HUB01\externalrelay Anonymous")


@pytest.mark.parametrize("kind", ["none", "application"])
def test_another_organizations_single_address_is_no_stranger(kind: str) -> None:
    scenario = shared_hub(
        f'hosts.crm.kind="{kind}"',
        'hosts.crm.address="203.0.113.50"',
        f'{EXTERNAL}.remote_ip_ranges=["203.0.113.50", "10.10.20.30"]',
    )
    assert [each for each in check(scenario) if each.check == "open_relay"] == []
