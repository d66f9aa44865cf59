"""Findings of the audit about hosts: the connector that answers, and the source they count as."""

from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found, shared_hub

from relaysim.audit import Severity

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


def test_a_name_may_lead_to_an_address_that_no_hub_has(wording: Wording) -> None:
    findings = found(shared_hub('dns.externalrelay=["192.168.168.199"]'), "server_address")
    assert [finding.place for finding in findings] == ["hosts.crm.server", "hosts.marketing.server"]
    assert findings[0].severity is Severity.ERROR
    assert "192.168.168.199" in findings[0].reason
    wording(*findings)


def test_one_dead_address_of_two_costs_a_detour(wording: Wording) -> None:
    scenario = shared_hub('dns.internalrelay=["192.168.168.199", "192.168.168.170"]')
    findings = found(scenario, "server_address")
    assert findings[0].severity is Severity.WARNING
    assert findings[0].place == "hosts.sharepoint.server"
    assert quantities(findings[0].reason) >= {"1", "2"}
    wording(*findings)


def test_a_host_that_no_list_has_is_not_answered(wording: Wording) -> None:
    scenario = shared_hub(
        f'{INTERNAL}.remote_ip_ranges=["192.168.168.100"]',
        "hubs.HUB01.specific_binding_hides_wildcard=true",
    )
    (finding,) = found(scenario, "host_unanswered")
    assert finding.severity is Severity.ERROR
    assert finding.place == "hosts.sharepoint"
    assert "421 4.3.2 Service not available" in finding.reason
    assert "-RemoteIPRanges 192.168.168.100,192.168.168.50" in (finding.command or "")
    wording(finding)


def test_a_port_without_a_connector_needs_a_new_one(wording: Wording) -> None:
    (finding,) = found(shared_hub("hosts.crm.port=26"), "host_unanswered")
    assert str(finding.command).startswith("New-ReceiveConnector ")
    assert "-Bindings 192.168.168.171:26 " in str(finding.command)
    wording(finding)


def test_the_unconfirmed_setting_is_named_where_it_decides(wording: Wording) -> None:
    scenario = shared_hub(f'{INTERNAL}.remote_ip_ranges=["192.168.168.100"]')
    (finding,) = found(scenario, "wildcard_answers")
    assert finding.severity is Severity.INFO
    assert "specific_binding_hides_wildcard" in finding.reason
    wording(finding)


def test_two_hosts_behind_one_address_are_one_source(wording: Wording) -> None:
    (note,) = found(shared_hub('hosts.antivirus.address="192.168.168.50"'), "same_source")
    assert note.severity is Severity.INFO
    assert "192.168.168.50" in note.reason
    (advice,) = found(shared_hub('hosts.crm.address="10.10.20.30"'), "same_source")
    assert advice.severity is Severity.WARNING
    wording(note, advice)


def test_more_sessions_than_a_source_may_have_are_refused(wording: Wording) -> None:
    (finding,) = found(shared_hub("hosts.marketing.sessions=50"), "sessions_over_limit")
    assert quantities(finding.reason) >= {"50", "20"}
    assert "-MaxInboundConnectionPerSource 50 " in str(finding.command)
    assert str(finding.command).endswith("-MaxInboundConnectionPercentagePerSource 100")
    wording(finding)


def test_the_share_of_the_free_connections_is_a_limit_too(wording: Wording) -> None:
    scenario = shared_hub(
        f"{EXTERNAL}.max_inbound_connection=300",
        f'{EXTERNAL}.max_inbound_connection_per_source="unlimited"',
        'hosts.crm.sessions="unlimited"',
        "hosts.marketing.sessions=6",
    )
    (finding,) = found(scenario, "sessions_over_limit")
    assert finding.place == "hosts.crm.sessions"
    assert "6" in quantities(finding.reason)
    wording(finding)


def test_a_small_connector_may_allow_a_source_no_session_at_all(wording: Wording) -> None:
    scenario = shared_hub(f"{EXTERNAL}.max_inbound_connection=10")
    findings = found(scenario, "sessions_over_limit")
    assert [finding.place for finding in findings] == [
        "hosts.crm.sessions",
        "hosts.marketing.sessions",
    ]
    assert quantities(findings[0].reason) >= {"4", "0"}
    assert quantities(findings[1].reason) >= {"20", "0"}
    wording(*findings)
