import pytest
from worlds.golden_sections import Golden
from worlds.mail_examples import MB, Send, send
from worlds.quantities import quantities
from worlds.refusals import refusals

from relaysim.mail.send_connector import AddressSpace, is_source, next_hop, parse_address_space
from relaysim.mail.send_routing import NotUsed, Route, Unrouted, select_send_connector

INTERNET = send("internet", "SMTP:*;1", source_transport_servers=("HUB01", "HUB02"))


def chosen(connectors: list[Send], domain: str, size: int = 1024, hub: str = "HUB01") -> str | None:
    connector = select_send_connector(connectors, domain, size, hub).connector
    return connector.name if connector else None


def reasons(route: Route[Send]) -> dict[str, NotUsed]:
    return {each.connector.name: each.reason for each in route.others}


def texts(*routes: Route[Send]) -> str:
    """Why the others are not chosen, as people read it."""
    return "\n".join(
        f"{each.connector.name}: {each.text}" for route in routes for each in route.others
    )


@pytest.mark.parametrize(
    ("text", "space", "shown"),
    [
        ("SMTP:*;1", AddressSpace("*", 1), "SMTP:*;1"),
        ("contoso.com", AddressSpace("contoso.com", 1), "SMTP:contoso.com;1"),
        ("*.Contoso.com;5", AddressSpace("*.contoso.com", 5), "SMTP:*.contoso.com;5"),
        ("smtp:*.com;100", AddressSpace("*.com", 100), "SMTP:*.com;100"),
    ],
)
def test_address_spaces(text: str, space: AddressSpace, shown: str) -> None:
    assert parse_address_space(text) == space
    assert str(space) == shown


def test_what_is_no_address_space_is_refused(golden_section: Golden) -> None:
    spaces = ("X400:c=tr;1", "*;1;2", "", 5, "*;0", "*;101", "a*.com", "a b")
    messages = refusals(parse_address_space, spaces)
    assert quantities(messages) >= {"0", "101", "1", "100"}
    golden_section("errors/mail", messages)


def test_the_most_specific_space_wins_whatever_its_cost() -> None:
    connectors = [
        INTERNET,
        send("contoso", "*.contoso.com;50"),
        send("marketing", "marketing.contoso.com;100"),
    ]
    assert chosen(connectors, "marketing.contoso.com") == "marketing"
    assert chosen(connectors, "www.contoso.com") == "contoso"
    assert chosen(connectors, "contoso.com") == "contoso"
    assert chosen(connectors, "gmail.com") == "internet"


def test_of_its_own_spaces_a_connector_counts_the_closest_and_then_the_cheapest() -> None:
    both = send("both", "*;1,gmail.com;9,gmail.com;3")
    assert chosen([both, send("one", "gmail.com;4")], "gmail.com") == "both"
    assert chosen([both, send("one", "gmail.com;2")], "gmail.com") == "one"


def test_then_cost_then_the_local_server_then_the_name(golden_section: Golden) -> None:
    route = select_send_connector(
        [
            send("dear", "*;2"),
            send("far", "*", source_transport_servers=("HUB02",)),
            send("zeta", "*"),
            send("Alpha", "*"),
            send("narrow", "contoso.com"),
            send("off", "gmail.com", enabled=False),
            send("small", "gmail.com", max_message_size=5),
            send("wide", "*.com", source_transport_servers=("HUB02",)),
            send("tied", "", linked_receive_connector=r"HUB01\bulk", max_message_size=None),
        ],
        "gmail.org",
        10,
        "HUB01",
    )
    assert route.connector is not None
    assert route.connector.name == "Alpha"
    assert route.unrouted is None
    assert reasons(route) == {
        "narrow": NotUsed.ADDRESS_SPACE,
        "off": NotUsed.DISABLED,
        "small": NotUsed.ADDRESS_SPACE,
        "wide": NotUsed.ADDRESS_SPACE,
        "tied": NotUsed.LINKED,
        "zeta": NotUsed.NAME,
        "far": NotUsed.REMOTE,
        "dear": NotUsed.COST,
    }
    golden_section("explain/send_connector", texts(route))


def test_a_hub_that_is_no_source_still_uses_the_connector() -> None:
    route = select_send_connector([INTERNET], "gmail.com", 10, "HUB09")
    assert route.connector is INTERNET
    assert not is_source(INTERNET, "HUB09")
    assert is_source(INTERNET, "HUB02")


def test_a_connector_that_is_too_small_is_passed_over_for_a_wider_space(
    golden_section: Golden,
) -> None:
    small = send("small", "gmail.com", max_message_size=MB)
    route = select_send_connector([small, INTERNET], "gmail.com", 2 * MB, "HUB01")
    assert route.connector is INTERNET
    assert reasons(route) == {"small": NotUsed.SIZE}
    assert quantities(texts(route)) >= {"1048576", "2097152"}
    fits = select_send_connector([small, INTERNET], "gmail.com", MB, "HUB01")
    assert fits.connector is small
    assert reasons(fits) == {"internet": NotUsed.LESS_SPECIFIC}
    golden_section("explain/send_connector", texts(route, fits))


def test_unreachable_and_too_large_have_different_reasons() -> None:
    nowhere = select_send_connector([send("c", "contoso.com")], "gmail.com", 99 * MB, "HUB01")
    assert (nowhere.connector, nowhere.unrouted) == (None, Unrouted.UNREACHABLE)
    too_large = select_send_connector([INTERNET], "gmail.com", 99 * MB, "HUB01")
    assert (too_large.connector, too_large.unrouted) == (None, Unrouted.TOO_LARGE)
    unlimited = send("any", "*", max_message_size=None)
    assert chosen([unlimited], "gmail.com", 99 * MB) == "any"


def test_what_comes_in_by_a_linked_receive_connector_leaves_by_its_send_connector(
    golden_section: Golden,
) -> None:
    bulk = send(
        "bulk",
        "",
        smart_hosts=("203.0.113.30",),
        dns_routing_enabled=False,
        max_message_size=None,
        linked_receive_connector=r"HUB01\externalrelay",
    )
    route = select_send_connector(
        [INTERNET, bulk], "gmail.com", 10, "HUB01", r"hub01\ExternalRelay"
    )
    assert route.connector is bulk
    assert reasons(route) == {"internet": NotUsed.LINKED}
    golden_section("explain/send_connector", texts(route))
    other = select_send_connector(
        [INTERNET, bulk], "gmail.com", 10, "HUB01", r"HUB01\internalrelay"
    )
    assert other.connector is INTERNET


def test_the_next_hop_is_the_domain_or_the_smart_hosts() -> None:
    hosts = send("x", "*", smart_hosts=("10.0.0.1", "10.0.0.2"), dns_routing_enabled=False)
    assert next_hop(INTERNET, "gmail.com") == "gmail.com"
    assert next_hop(hosts, "gmail.com") == "10.0.0.1,10.0.0.2"
