"""What the audit says of a relay that answers strangers, whatever the width of its ranges."""

import pytest
from worlds.golden_sections import Wording
from worlds.relay_designs import found, shared_hub

from relaysim.audit import Severity, check
from relaysim.explanation import explain
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


def test_a_relay_for_one_address_is_open_where_strangers_arrive_as_that_address(
    wording: Wording,
) -> None:
    scenario = behind_source_nat()
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.place == EXTERNAL
    assert "192.168.168.5" in finding.reason
    assert finding.command is None
    wording(finding)


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


def test_a_narrow_range_that_holds_the_load_balancer_is_open(wording: Wording) -> None:
    """Two addresses are no wide range: the width says nothing, the host that is answered does."""
    scenario = shared_hub(
        'hosts.internet.address="192.168.168.61"',
        'hosts.internet.server="externalrelay"',
        f'{EXTERNAL}.remote_ip_ranges=["192.168.168.60-192.168.168.61", "10.10.20.30"]',
    )
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert "-RemoteIPRanges 192.168.168.60,10.10.20.30" in str(finding.command)
    wording(finding)


def test_the_default_connector_with_the_right_loses_it_and_goes_on_taking_mail(
    wording: Wording,
) -> None:
    (finding,) = found(shared_hub(f"{DEFAULT}.{RELAYS}"), "open_relay")
    assert finding.severity is Severity.ERROR
    assert finding.command == REMOVED.format("Default HUB01")
    wording(finding)


def test_hosts_that_relayed_by_it_get_a_connector_of_their_own(wording: Wording) -> None:
    scenario = shared_hub(f"{DEFAULT}.{RELAYS}", 'hosts.crm.server="mail"')
    (finding,) = found(scenario, "open_relay")
    removed, new, right = str(finding.command).splitlines()
    assert removed == REMOVED.format("Default HUB01")
    assert new.startswith("New-ReceiveConnector ")
    assert "-RemoteIPRanges 192.168.168.60 " in new
    assert right.startswith('Get-ReceiveConnector "HUB01\\relay" | Add-ADPermission ')
    wording(finding)


def test_an_externally_secured_connector_that_answers_strangers_becomes_anonymous(
    wording: Wording,
) -> None:
    scenario = shared_hub(
        f'{DEFAULT}.auth_mechanism=["Tls", "ExternalAuthoritative"]',
        f'{DEFAULT}.permission_groups=["ExchangeServers"]',
    )
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert "-AuthMechanism Tls " in str(finding.command)
    assert "-PermissionGroups AnonymousUsers" in str(finding.command)
    wording(finding)


def test_strangers_behind_a_private_address_can_forge_senders_too(wording: Wording) -> None:
    """The finding about forged senders also depends on the hosts that the connector answers."""
    scenario = behind_source_nat()
    (finding,) = found(scenario, "forged_sender")
    assert r"HUB01\Default HUB01" in finding.reason
    assert r"HUB01\externalrelay" in finding.reason
    wording(finding)


@pytest.mark.parametrize("kind", ["none", "application"])
def test_another_organizations_single_address_is_no_stranger(kind: str) -> None:
    scenario = shared_hub(
        f'hosts.crm.kind="{kind}"',
        'hosts.crm.address="203.0.113.50"',
        f'{EXTERNAL}.remote_ip_ranges=["203.0.113.50", "10.10.20.30"]',
    )
    assert [each for each in check(scenario) if each.check == "open_relay"] == []
