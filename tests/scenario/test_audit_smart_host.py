"""Smart hosts: an error without a destination, and receivers behind them are not judged."""

import pytest
from worlds.golden_sections import Golden, Wording
from worlds.quantities import quantities_after
from worlds.relay_designs import found, one_hub, shared_hub

import relaysim
from relaysim.audit import check
from relaysim.cli.new_company import Company, company_text
from relaysim.explanation import explain
from relaysim.present.figure_registry import figure
from relaysim.present.text.summary import summary
from relaysim.scenario.load import loads
from relaysim.study.written_results import to_json

BY_SMART_HOST = (
    'send_connectors.internet.smart_hosts=["gate.example.net"]',
    "send_connectors.internet.dns_routing_enabled=false",
    'destinations.gate={profile="secure-gateway", domains=["gate.example.net"]}',
)
DIRECT = "bulk_shares_ip", "bulk_shares_domain", "cold_egress", "listing_reach", "trap_hits"
NEW_IP = 'egress."198.51.100.10".age="0 d"'


def names(*overrides: str) -> list[str]:
    return [finding.check for finding in check(shared_hub(*overrides))]


def test_the_destination_that_stands_for_the_smart_host_is_used() -> None:
    scenario = one_hub(*BY_SMART_HOST)
    assert found(scenario, "unused") == []


def test_a_destination_that_nothing_leads_to_is_still_unused() -> None:
    scenario = one_hub('destinations.gate={profile="secure-gateway", domains=["gate.example.net"]}')
    assert [finding.place for finding in found(scenario, "unused")] == ["destinations.gate"]


def test_refused_mail_makes_its_send_connector_no_less_used() -> None:
    """Nothing that a mended refusal would need is called superfluous."""
    scenario = one_hub(
        "hubs.HUB01.receive_connectors.relay.permissions=[]",
        "hosts.users.streams.correspondence.to={internal=1.0}",
    )
    assert found(scenario, "relay_refused")
    assert found(scenario, "unused") == []


def test_receivers_behind_a_smart_host_do_not_see_our_ip() -> None:
    """A cold IP, shared reputation, reach and traps apply to mail that goes straight."""
    direct = [name for name in names(NEW_IP) if name in DIRECT]
    assert set(direct) == set(DIRECT)
    assert [name for name in names(NEW_IP, *BY_SMART_HOST) if name in DIRECT] == []


def test_what_goes_straight_is_judged_though_other_mail_has_a_smart_host(wording: Wording) -> None:
    """The newsletter goes straight, the other mail by the smart host, which asks css."""
    scenario = shared_hub(
        r"send_connectors.others={address_spaces=['SMTP:hotmail.com;1', 'SMTP:yahoo.com;1'],"
        ' smart_hosts=["gate.example.net"], dns_routing_enabled=false,'
        ' source_transport_servers=["HUB01"]}',
        'destinations.gate={profile="none", domains=["gate.example.net"], refuses_on={css=1.0}}',
        "hosts.marketing.streams.newsletter.to={gmail=1.0}",
        "hosts.crm.streams.invoices.to={outlook=0.5, yahoo=0.5}",
        "hosts.users.streams.correspondence.to={internal=1.0}",
    )
    (finding,) = found(scenario, "listing_reach")
    assert "css" in finding.reason
    assert quantities_after(finding.reason, ["crm.invoices"]) == [("crm.invoices", "100 %")]
    wording(finding)
    assert found(scenario, "bulk_shares_ip") == []


def test_check_says_what_is_not_modelled(wording: Wording) -> None:
    (finding,) = found(one_hub(*BY_SMART_HOST), "smart_host")
    assert finding.place == "send_connectors.internet.smart_hosts"
    assert "users.correspondence" in finding.reason
    assert "erp.invoices" in finding.reason
    assert "gate.example.net" in finding.reason
    wording(finding)
    assert found(one_hub(), "smart_host") == []


def test_explain_says_what_is_not_modelled(golden_section: Golden) -> None:
    text = str(explain(one_hub(*BY_SMART_HOST), "erp", "x@gmail.com"))
    assert "smart host" in text
    golden_section("explain/message", text)
    straight = str(explain(one_hub(), "erp", "x@gmail.com"))
    assert "smart host" not in straight


@pytest.mark.parametrize("kind", ["run", "compare"])
def test_a_result_says_what_delivered_means(golden_section: Golden, kind: str) -> None:
    short = 'run.duration="2 min"'
    smart, direct = one_hub(*BY_SMART_HOST, short), one_hub('name="direct"', short)
    if kind == "run":
        result = relaysim.run(smart, replications=1, jobs=1)
        straight = relaysim.run(direct, replications=1, jobs=1)
        assert "smart host" not in summary(straight, full=True, explain=True)
        assert to_json(straight)["notes"] == []
        assert "smart host" not in figure(straight, "statuses").origin
        drawn = figure(result, "statuses")
    else:
        result = relaysim.compare(direct, smart, replications=1, jobs=1)
        drawn = figure(result, "latency")
    (note,) = to_json(result)["notes"]
    first, _, _ = note.partition(". ")
    assert first in " ".join(summary(result, full=True, explain=True).split())
    under_the_figure, _, _ = drawn.origin.partition("; seed 1")
    assert "gate.example.net" in under_the_figure
    golden_section("reports/smart_host", f"{note}\n\n{under_the_figure}")


def test_the_commented_smart_host_of_a_new_scenario_loads() -> None:
    """Taking the # off the lines about the smart host gives a scenario without an error."""
    text = company_text("company", Company(200, 3000, "exchange-se"))
    lines = [
        line.removeprefix("# ")
        if line.startswith(("# smart_hosts", "# [relays.service]"))
        or line in ('# profile = "filter"', '# names = ["relay.provider.example"]')
        else line
        for line in text.splitlines()
    ]
    scenario = loads("\n".join(lines), "company")
    assert scenario.send_connectors["internet"].smart_hosts == ("relay.provider.example",)
    assert scenario.send_connectors["internet"].dns_routing_enabled is False
    assert scenario.relays["service"].names == ("relay.provider.example",)
    assert [finding for finding in check(scenario) if finding.severity == "error"] == []


def test_volume_behind_a_smart_host_is_not_seen_at_our_ip() -> None:
    """A hijacked host's spam that a smart host carries gives operators nothing of our IP."""
    spam = (
        'hosts.crm.streams.spam={sender="x@spam.example", class="spam", size="3 KB",'
        ' to={gmail=1.0}, trap_rate=0.05, arrivals={process="compromise", at="1 min",'
        ' rate="60/min", lasts="1 h"}}',
        "run.scale=0.05",
        'run.duration="2 h"',
        'blocklists.xbl={profile="spamhaus-xbl", compromise_time="1 min"}',
    )
    direct = relaysim.run(shared_hub(*spam), replications=1, jobs=1)
    smart = relaysim.run(shared_hub(*spam, *BY_SMART_HOST), replications=1, jobs=1)
    assert len(direct.listings) > 0
    assert len(smart.listings) == 0
