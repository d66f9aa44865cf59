"""Where a hub sends a transaction."""

from worlds.relay_designs import DEDICATED, shared_hub

from relaysim.plan import routing
from relaysim.plan.routing import HopKind
from relaysim.scenario.model import Scenario

MB = 1024**2


def hop(
    scenario: Scenario,
    domain: str,
    hub: str = "HUB01",
    size: int = 1000,
    came_by: str | None = None,
) -> tuple[HopKind, str, str, str | None]:
    result = routing.next_hop(scenario, hub, domain, size, came_by)
    return result.kind, result.hub, result.next_hop, result.egress


def test_own_mail_goes_to_the_mailboxes() -> None:
    assert hop(shared_hub(), "cozumpark.com") == (HopKind.MAILBOX, "HUB01", "", None)


def test_other_mail_has_a_queue_for_its_domain() -> None:
    assert hop(shared_hub(), "hotmail.com") == (
        HopKind.REMOTE,
        "HUB01",
        "hotmail.com",
        "198.51.100.10",
    )


def test_with_smart_hosts_all_domains_have_one_queue() -> None:
    scenario = shared_hub(
        "send_connectors.internet.dns_routing_enabled=false",
        'send_connectors.internet.smart_hosts=["gate.example.net"]',
        'destinations.gate={profile="none", domains=["gate.example.net"]}',
    )
    assert hop(scenario, "hotmail.com")[2] == "gate.example.net"
    assert hop(scenario, "gmail.com")[2] == "gate.example.net"


def test_mail_of_a_relay_domain_leaves_by_a_send_connector() -> None:
    scenario = shared_hub('organization.domains."partner.example"="InternalRelay"')
    assert hop(scenario, "partner.example")[0] is HopKind.REMOTE


def test_without_a_route_it_is_unreachable() -> None:
    scenario = shared_hub('send_connectors.internet.address_spaces=["gmail.com"]')
    assert hop(scenario, "hotmail.com") == (HopKind.UNREACHABLE, "HUB01", "", None)


def test_what_no_connector_takes_makes_an_ndr() -> None:
    assert hop(shared_hub(), "hotmail.com", size=10 * MB)[0] is HopKind.REMOTE
    assert hop(shared_hub(), "hotmail.com", size=10 * MB + 1)[0] is HopKind.TOO_LARGE
    assert hop(shared_hub(), "cozumpark.com", size=10 * MB + 1)[0] is HopKind.MAILBOX


def test_a_source_server_sends_by_itself() -> None:
    scenario = shared_hub(*DEDICATED)
    assert hop(scenario, "gmail.com", "HUB02") == (
        HopKind.REMOTE,
        "HUB02",
        "gmail.com",
        "203.0.113.25",
    )


def test_another_hub_hands_over_to_the_source_servers() -> None:
    scenario = shared_hub(*DEDICATED, 'send_connectors.internet.source_transport_servers=["HUB01"]')
    assert hop(scenario, "gmail.com", "HUB02") == (HopKind.TRANSFER, "HUB02", "HUB01", None)
    (last,) = routing.last_hops(scenario, "HUB02", "gmail.com", 1000)
    assert (last.kind, last.hub, last.egress) == (HopKind.REMOTE, "HUB01", "198.51.100.10")


def test_several_source_servers_take_it_in_turn() -> None:
    scenario = shared_hub(
        *DEDICATED, 'hubs.A={mta="none", cores=1, addresses=["10.0.0.1"], egress="198.51.100.10"}'
    )
    assert hop(scenario, "gmail.com", "A") == (HopKind.TRANSFER, "A", "HUB01,HUB02", None)
    lasts = routing.last_hops(scenario, "A", "gmail.com", 1000)
    assert [last.egress for last in lasts] == ["198.51.100.10", "203.0.113.25"]


def test_a_linked_connector_takes_all_that_came_by_its_receive_connector() -> None:
    scenario = shared_hub(
        r"send_connectors.bulk={linked_receive_connector='HUB01\externalrelay',"
        ' smart_hosts=["bulk.example.net"], dns_routing_enabled=false,'
        ' max_message_size="unlimited", source_transport_servers=["HUB01"]}',
        'destinations.bulk={profile="none", domains=["bulk.example.net"]}',
    )
    came_by = routing.identity("HUB01", "externalrelay")
    assert hop(scenario, "gmail.com", came_by=came_by)[2] == "bulk.example.net"
    assert hop(scenario, "cozumpark.com", came_by=came_by)[2] == "bulk.example.net"
    assert hop(scenario, "gmail.com", came_by=r"HUB01\internalrelay")[2] == "gmail.com"
    assert hop(scenario, "cozumpark.com", came_by=r"HUB01\internalrelay")[0] is HopKind.MAILBOX


def test_the_own_domain_is_the_first_authoritative_one() -> None:
    assert routing.own_domain(shared_hub()) == "cozumpark.com"
    relay_first = shared_hub(
        'organization.domains={"a.example"="ExternalRelay", "*.b.example"="Authoritative"}'
    )
    assert routing.own_domain(relay_first) == "b.example"
