"""What the audit says of receive connectors: conflicts, bindings, open relays, forged senders."""

from worlds.golden_sections import Wording
from worlds.relay_designs import found, shared_hub

from relaysim.audit import Severity

INTERNAL = "hubs.HUB01.receive_connectors.internalrelay"
EXTERNAL = "hubs.HUB01.receive_connectors.externalrelay"
QUIET = ("connector_conflict", "partial_overlap", "binding_address", "open_relay")


def test_the_shared_hub_is_in_order() -> None:
    scenario = shared_hub()
    assert [finding for name in QUIET for finding in found(scenario, name)] == []


def test_two_connectors_with_one_binding_and_one_range_conflict(wording: Wording) -> None:
    scenario = shared_hub(
        f'{INTERNAL}.bindings=["0.0.0.0:25"]', f'{INTERNAL}.remote_ip_ranges=["0.0.0.0/0"]'
    )
    (finding,) = found(scenario, "connector_conflict")
    assert finding.severity is Severity.ERROR
    assert finding.place == INTERNAL
    assert "-RemoteIPRanges 192.168.168.50,192.168.168.100" in str(finding.command)
    wording(finding)
    assert found(scenario, "partial_overlap") == []


def test_a_narrower_range_is_no_conflict() -> None:
    scenario = shared_hub(f'{INTERNAL}.bindings=["0.0.0.0:25"]')
    assert found(scenario, "connector_conflict") == []
    assert found(scenario, "partial_overlap") == []


def test_ranges_that_overlap_in_part_conflict(wording: Wording) -> None:
    scenario = shared_hub(
        f'{INTERNAL}.bindings=["192.168.168.171:25"]',
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.40-192.168.168.70"]',
        f'{EXTERNAL}.remote_ip_ranges=["192.168.168.60-192.168.168.80"]',
    )
    (finding,) = found(scenario, "partial_overlap")
    assert finding.severity is Severity.ERROR
    assert finding.place == EXTERNAL
    assert "192.168.168.60-192.168.168.80" in finding.reason
    assert "192.168.168.40-192.168.168.70" in finding.reason
    assert str(finding.command).endswith("-RemoteIPRanges 192.168.168.60")
    wording(finding)
    assert found(scenario, "connector_conflict") == []


def test_a_conflict_that_no_host_comes_to_has_no_command(wording: Wording) -> None:
    scenario = shared_hub(
        f'{INTERNAL}.bindings=["192.168.168.169:465"]',
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.40-192.168.168.70"]',
        f'{EXTERNAL}.bindings=["192.168.168.169:465"]',
        f'{EXTERNAL}.remote_ip_ranges=["192.168.168.60-192.168.168.80"]',
    )
    (finding,) = found(scenario, "partial_overlap")
    assert finding.command is None
    wording(finding)


def test_a_binding_needs_an_address_of_the_hub(wording: Wording) -> None:
    scenario = shared_hub(f'{INTERNAL}.bindings=["192.168.168.175:25"]')
    (finding,) = found(scenario, "binding_address")
    assert finding.severity is Severity.ERROR
    assert finding.place == INTERNAL
    assert "192.168.168.175:25" in finding.reason
    assert str(finding.command).endswith("-Bindings 192.168.168.169:25")
    wording(finding)


def test_a_relay_for_a_whole_network_is_open_to_all_in_it(wording: Wording) -> None:
    scenario = shared_hub(f'{EXTERNAL}.remote_ip_ranges=["10.10.20.0/24", "192.168.168.60"]')
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.WARNING
    assert "10.10.20.0-10.10.20.255" in finding.reason
    assert "-RemoteIPRanges 192.168.168.60,10.10.20.30" in str(finding.command)
    wording(finding)


def test_a_relay_for_the_internet_is_an_error(wording: Wording) -> None:
    scenario = shared_hub(f'{EXTERNAL}.remote_ip_ranges=["0.0.0.0-255.255.255.255"]')
    (finding,) = found(scenario, "open_relay")
    assert finding.severity is Severity.ERROR
    assert "0.0.0.0-255.255.255.255" in finding.reason
    wording(finding)


def test_a_relay_that_no_host_needs_loses_the_right(wording: Wording) -> None:
    scenario = shared_hub(f'{EXTERNAL}.remote_ip_ranges=["172.16.0.0/16"]')
    (finding,) = found(scenario, "open_relay")
    assert "Remove-ADPermission" in str(finding.command)
    assert "ms-Exch-SMTP-Accept-Any-Recipient" in str(finding.command)
    wording(finding)


def test_a_wide_range_is_no_open_relay_without_the_right() -> None:
    wide = f'{EXTERNAL}.remote_ip_ranges=["10.10.20.0/24"]'
    assert found(shared_hub(wide, f"{EXTERNAL}.permissions=[]"), "open_relay") == []
    assert found(shared_hub(wide, f"{EXTERNAL}.enabled=false"), "open_relay") == []


def test_an_externally_secured_connector_is_an_open_relay_too() -> None:
    scenario = shared_hub(
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.0/24"]',
        f'{INTERNAL}.auth_mechanism=["Tls", "ExternalAuthoritative"]',
        f'{INTERNAL}.permission_groups=["ExchangeServers"]',
    )
    assert [finding.place for finding in found(scenario, "open_relay")] == [INTERNAL]


def test_strangers_may_write_as_own_senders_by_the_default_connector(wording: Wording) -> None:
    (finding,) = found(shared_hub(), "forged_sender")
    assert finding.severity is Severity.WARNING
    assert finding.place == 'hubs.HUB01.receive_connectors."Default HUB01"'
    assert "Remove-ADPermission" in str(finding.command)
    assert "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender" in str(finding.command)
    wording(finding)


def test_without_that_right_they_may_not() -> None:
    default = 'hubs.HUB01.receive_connectors."Default HUB01"'
    scenario = shared_hub(
        f'{default}.permission_groups=["ExchangeUsers", "ExchangeServers"]',
        f"{default}.permissions=[{{user='NT AUTHORITY\\ANONYMOUS LOGON', extended_rights="
        '["ms-Exch-SMTP-Submit", "ms-Exch-SMTP-Accept-Any-Sender"]}]',
    )
    assert found(scenario, "forged_sender") == []
