"""What the audit says of hosts: who answers them, and as which source they count."""

from relay_designs import found, shared_hub

from relaysim.scenario.audit import Severity

INTERNAL = "hubs.HUB01.receive_connectors.internalrelay"
EXTERNAL = "hubs.HUB01.receive_connectors.externalrelay"


def test_all_hosts_of_the_shared_hub_are_answered_as_planned() -> None:
    scenario = shared_hub()
    names = (
        "server_address",
        "host_unanswered",
        "wildcard_answers",
        "same_source",
        "sessions_over_limit",
    )
    assert [finding for name in names for finding in found(scenario, name)] == []


def test_a_name_may_lead_to_an_address_that_no_hub_has() -> None:
    findings = found(shared_hub('dns.externalrelay=["192.168.168.199"]'), "server_address")
    assert [finding.place for finding in findings] == ["hosts.crm.server", "hosts.marketing.server"]
    assert findings[0].severity is Severity.ERROR
    assert findings[0].reason == (
        '"externalrelay" leads to 192.168.168.199, which no hub has: no connection of crm ever '
        "succeeds (421 4.2.1 Unable to connect)."
    )


def test_one_dead_address_of_two_costs_a_detour() -> None:
    scenario = shared_hub('dns.internalrelay=["192.168.168.199", "192.168.168.170"]')
    finding = found(scenario, "server_address")[0]
    assert finding.severity is Severity.ADVICE
    assert finding.reason == (
        '"internalrelay" leads to 192.168.168.199, which no hub has: 1 of 2 connections of '
        "sharepoint fail there first and go on to the next address."
    )


def test_a_host_that_no_list_has_is_not_answered() -> None:
    scenario = shared_hub(
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.100"]',
        "hubs.HUB01.specific_binding_hides_wildcard=true",
    )
    (finding,) = found(scenario, "host_unanswered")
    assert finding.severity is Severity.ERROR
    assert finding.place == "hosts.sharepoint"
    assert finding.reason == (
        "No receive connector of HUB01 answers 192.168.168.50 at 192.168.168.170 port 25: the "
        "session ends with 421 4.3.2 Service not available."
    )
    assert finding.way_out == "Add 192.168.168.50 to the remote_ip_ranges of internalrelay."
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\internalrelay" -RemoteIPRanges 192.168.168.100,192.168.168.50'
    )


def test_a_port_without_a_connector_needs_a_new_one() -> None:
    (finding,) = found(shared_hub("hosts.crm.port=26"), "host_unanswered")
    assert finding.command == (
        'New-ReceiveConnector -Name "relay" -Server HUB01 -Usage Custom -Bindings '
        "192.168.168.171:26 -RemoteIPRanges 192.168.168.60 -PermissionGroups AnonymousUsers "
        "-AuthMechanism Tls"
    )


def test_the_unconfirmed_setting_is_named_where_it_decides() -> None:
    scenario = shared_hub(f'{INTERNAL}.remote_ip_ranges=["192.168.168.100"]')
    (finding,) = found(scenario, "wildcard_answers")
    assert finding.severity is Severity.NOTE
    assert finding.reason == (
        "internalrelay is bound to 192.168.168.170 and does not list 192.168.168.50. With "
        "specific_binding_hides_wildcard = false Default HUB01 answers by its wildcard binding, "
        "with true the session ends with 421 4.3.2 Service not available. Which of the two "
        "Exchange does is unconfirmed."
    )


def test_two_hosts_behind_one_address_are_one_source() -> None:
    (note,) = found(shared_hub('hosts.antivirus.address="192.168.168.50"'), "same_source")
    assert note.severity is Severity.NOTE
    assert note.reason == (
        "sharepoint and antivirus have the address 192.168.168.50, as behind one NAT or load "
        "balancer: to a receive connector they are one source and share "
        "max_inbound_connection_per_source."
    )
    (advice,) = found(shared_hub('hosts.crm.address="10.10.20.30"'), "same_source")
    assert advice.severity is Severity.ADVICE
    assert advice.reason.endswith(", so the bulk mail takes the other's connections.")


def test_more_sessions_than_a_source_may_have_are_refused() -> None:
    (finding,) = found(shared_hub("hosts.marketing.sessions=50"), "sessions_over_limit")
    assert finding.reason == (
        "marketing opens 50, and externalrelay of HUB01 allows one source 20: the others get 421 4.3.2 The "
        "maximum number of concurrent connections has exceeded a limit, closing transmission "
        "channel."
    )
    assert finding.command == (
        'Set-ReceiveConnector "HUB01\\externalrelay" -MaxInboundConnectionPerSource 50 '
        "-MaxInboundConnectionPercentagePerSource 100"
    )


def test_the_share_of_the_free_connections_is_a_limit_too() -> None:
    scenario = shared_hub(
        f"{EXTERNAL}.max_inbound_connection=300",
        f'{EXTERNAL}.max_inbound_connection_per_source="unlimited"',
        'hosts.crm.sessions="unlimited"',
        "hosts.marketing.sessions=6",
    )
    (finding,) = found(scenario, "sessions_over_limit")
    assert finding.reason.startswith(
        "crm opens as many sessions as it has mail, and externalrelay of HUB01 allows one source 6:"
    )


def test_a_small_connector_may_allow_a_source_no_session_at_all() -> None:
    scenario = shared_hub(f"{EXTERNAL}.max_inbound_connection=10")
    reasons = [finding.reason for finding in found(scenario, "sessions_over_limit")]
    assert reasons[0].startswith("crm opens 4, and externalrelay of HUB01 allows one source 0:")
    assert reasons[1].startswith(
        "marketing opens 20, and externalrelay of HUB01 allows one source 0:"
    )
