"""A smart host behind a load balancer with source NAT: no advice makes an open relay of it."""

from pathlib import Path

import pytest

from relaysim import load
from relaysim.audit import check
from relaysim.audit.finding import Finding
from relaysim.scenario.problem import ScenarioError

ROOT = Path(__file__).parents[2]
DESIGN = """
extends = {base!r}
[load_balancers.edge]
address = "192.168.20.9"
hubs = ["DMZ02", "DMZ03"]
source_nat = true
[hosts.internet]
server = "edge"
[hubs.DMZ03]
mta = "postfix"
cores = 2
addresses = ["192.168.20.12"]
egress = "203.0.113.25"
[hubs.DMZ02.receive_connectors.mynetworks]
remote_ip_ranges = {ranges}
[hubs.DMZ03.receive_connectors.mynetworks]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = {ranges}
[hubs.DMZ02.receive_connectors.inbound]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
[hubs.DMZ03.receive_connectors.inbound]
bindings = ["0.0.0.0:25"]
remote_ip_ranges = ["0.0.0.0-255.255.255.255"]
[send_connectors.bulk]
source_transport_servers = ["DMZ02", "DMZ03"]
[send_connectors.internet]
smart_hosts = ["edge"]
dns_routing_enabled = false
"""


@pytest.fixture
def design(tmp_path: Path) -> Path:
    return tmp_path / "design.toml"


def findings(design: Path, ranges: list[str], name: str, *changes: str) -> list[Finding]:
    base = str(ROOT / "scenarios/today/bulk-by-postfix.toml")
    design.write_text(DESIGN.format(base=base, ranges=ranges), encoding="utf-8")
    return [each for each in check(load(design, changes)) if each.check == name]


EXCHANGE, MARKETING, BALANCER = "192.168.10.10", "192.168.10.70", "192.168.20.9"


def test_a_smart_host_that_sees_the_balancer_is_not_told_to_relay_for_it(design: Path) -> None:
    """Exchange arrives as 192.168.20.9, as the Internet does, so no list divides the two."""
    found = findings(design, [MARKETING, EXCHANGE], "refused_by_smart_hub")
    assert [each.fix for each in found] == 2 * [
        "Switch source NAT off (load_balancers.edge.source_nat = false), or write DMZ02 and DMZ03 "
        "as smart_hosts instead of the load balancer: a connector that relays for 192.168.20.9 "
        "would relay for every client of the load balancer."
    ]


@pytest.mark.parametrize(
    "change",
    [
        "load_balancers.edge.source_nat=false",
        'send_connectors.internet.smart_hosts=["DMZ02","DMZ03"]',
    ],
)
def test_either_advice_cures_it_without_an_open_relay(design: Path, change: str) -> None:
    for name in ("refused_by_smart_hub", "open_relay"):
        assert findings(design, [MARKETING, EXCHANGE], name, change) == []


def test_relays_that_are_open_alike_get_the_same_advice(design: Path) -> None:
    """DMZ02 relays for marketing too; at both Exchange has the address of the Internet."""
    found = findings(design, [MARKETING, BALANCER], "open_relay")
    assert [each.fix for each in found] == [
        "Switch source NAT off for SMTP at the load balancer edge "
        f"(load_balancers.edge.source_nat = false), so that {hub} sees the address of each "
        f"client; then list in remote_ip_ranges the addresses of {clients}, and not 192.168.20.9."
        for hub, clients in (("DMZ02", "marketing and HUB01"), ("DMZ03", "HUB01"))
    ]
    assert all("the address of HUB01 too, as behind source NAT" in each.reason for each in found)


def test_a_narrow_range_keeps_the_hub_that_sends_there(design: Path) -> None:
    """Without source NAT a relay for the whole network is needed by marketing and HUB01."""
    first, second = findings(
        design, ["192.168.10.0/24"], "open_relay", "load_balancers.edge.source_nat=false"
    )
    assert "Needed by marketing and HUB01" in first.reason
    assert "Needed by HUB01" in second.reason


def test_a_postfix_that_relays_for_nobody_is_not_told_of_anonymous_sessions(design: Path) -> None:
    """Exchange sends straight to DMZ02; DMZ03 relays for the balancer, so for the Internet."""
    direct = 'send_connectors.internet.smart_hosts=["DMZ02"]'
    found = findings(design, [MARKETING, EXCHANGE, BALANCER], "open_relay", direct)
    (third,) = [each for each in found if "DMZ03" in each.place]
    assert third.fix == (
        "Take 192.168.20.9 out of the remote_ip_ranges of mynetworks of DMZ03: no host of this "
        "scenario relays there."
    )


def test_a_wide_range_is_not_narrowed_to_the_balancer(design: Path) -> None:
    """The Internet comes past the balancer; Exchange by it needs 192.168.20.9 of the range."""
    found = findings(
        design,
        ["192.168.0.0/16"],
        "open_relay",
        'hosts.internet.server="192.168.20.12"',
    )
    assert len(found) == 2
    for each in found:
        assert "load_balancers.edge.source_nat = false" in each.fix
        assert each.command is None


def test_a_host_behind_source_nat_gets_one_advice_with_addresses_that_server_takes() -> None:
    base = ROOT / "scenarios/today/behind-a-load-balancer.toml"
    scenario = load(base, ["load_balancers.front.source_nat=true"])
    first = next(each for each in check(scenario) if each.check == "relay_refused")
    assert first.fix == (
        "Switch source NAT off (load_balancers.front.source_nat = false), or point server of erp "
        "to 192.168.10.10 (HUB01) or 192.168.10.13 (HUB02): a connector that relays for "
        "192.168.10.9 would relay for every client of the load balancer."
    )


def test_a_hub_that_sends_by_the_balancer_is_one_of_its_clients(design: Path) -> None:
    (found,) = findings(design, [MARKETING, BALANCER], "balancer_hides_sources")
    assert "internet and HUB01 arrive at DMZ02 and DMZ03 as 192.168.20.9" in found.reason
    alone = 'hosts.internet.server="192.168.20.12"'
    (found,) = findings(design, [MARKETING, BALANCER], "balancer_hides_sources", alone)
    assert found.reason.startswith(
        "Source NAT: HUB01 arrives at DMZ02 and DMZ03 as 192.168.20.9. remote_ip_ranges cannot "
        "distinguish HUB01 from other clients of the load balancer, which would share the "
    )


def test_a_circle_names_the_balancer_that_closes_it() -> None:
    """HUB01 has the load balancer as smart host, and HUB01 and HUB02 stand behind it."""
    base = ROOT / "scenarios/today/behind-a-load-balancer.toml"
    changes = [
        'send_connectors.internet.smart_hosts=["front"]',
        "send_connectors.internet.dns_routing_enabled=false",
    ]
    with pytest.raises(ScenarioError) as error:
        load(base, changes)
    (problem,) = error.value.problems
    wanted = "mail goes in a circle: HUB01 → HUB01 (by the load balancer front)"
    assert problem.message == wanted


def test_a_balancer_before_its_own_hubs_is_one_circle() -> None:
    """Each of the two hubs would send to itself and to the other one."""
    base = ROOT / "scenarios/today/behind-a-load-balancer.toml"
    changes = [
        'send_connectors.internet.smart_hosts=["front"]',
        'send_connectors.internet.source_transport_servers=["HUB01", "HUB02"]',
        "send_connectors.internet.dns_routing_enabled=false",
    ]
    with pytest.raises(ScenarioError) as error:
        load(base, changes)
    (problem,) = error.value.problems
    assert problem.path == ("send_connectors", "internet", "smart_hosts")


def test_a_pool_without_members_is_the_only_problem() -> None:
    """Its warm-up plan needs a pool with the IP, and what pool was meant is not known."""
    with pytest.raises(ScenarioError) as error:
        load(ROOT / "scenarios/today/pool-with-warm-up.toml", ["pools.bulk.members={}"])
    (problem,) = error.value.problems
    assert problem.path == ("pools", "bulk", "members")
