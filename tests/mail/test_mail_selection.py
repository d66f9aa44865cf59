from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from worlds.golden_sections import Golden
from worlds.mail_examples import (
    ANTIVIRUS,
    CLIENT,
    DEFAULT,
    EXTERNAL,
    EXTERNAL_RELAY,
    HUB01,
    INTERNAL,
    INTERNAL_RELAY,
    MAIN,
    MARKETING,
    SHAREPOINT,
    Receive,
    receive,
)
from worlds.quantities import quantities

from relaysim.mail.connector_selection import Reason, Selection, select


def why(selection: Selection[Receive]) -> dict[str, Reason]:
    return {each.connector.name: each.reason for each in selection.passed_over}


def texts(selection: Selection[Receive]) -> str:
    """Why the others do not answer, as people read it."""
    return "\n".join(f"{each.connector.name}: {each.text}" for each in selection.passed_over)


def test_microsofts_example_the_most_specific_range_wins() -> None:
    connectors = [
        receive("all", ranges="0.0.0.0-255.255.255.255"),
        receive("net", ranges="192.168.1.0-192.168.1.255"),
        receive("host", ranges="192.168.1.75"),
    ]
    by_client = {
        text: select(connectors, MAIN, 25, ip_address(text)).connector
        for text in ("192.168.1.75", "192.168.1.100", "10.0.0.1")
    }
    assert by_client == {
        "192.168.1.75": connectors[2],
        "192.168.1.100": connectors[1],
        "10.0.0.1": connectors[0],
    }


def test_of_its_own_ranges_a_connector_counts_the_smallest() -> None:
    both = receive("both", ranges="0.0.0.0/0,192.168.1.75")
    net = receive("net", ranges="192.168.1.0/24")
    assert select([net, both], MAIN, 25, ip_address("192.168.1.75")).connector is both
    assert select([net, both], MAIN, 25, ip_address("192.168.1.76")).connector is net


def test_each_client_of_the_one_hub_company_reaches_its_connector() -> None:
    assert select(HUB01, INTERNAL, 25, SHAREPOINT).connector is INTERNAL_RELAY
    assert select(HUB01, INTERNAL, 25, ANTIVIRUS).connector is INTERNAL_RELAY
    assert select(HUB01, EXTERNAL, 25, MARKETING).connector is EXTERNAL_RELAY
    assert select(HUB01, MAIN, 25, ip_address("203.0.113.7")).connector is DEFAULT
    assert select(HUB01, MAIN, 587, SHAREPOINT).connector is CLIENT


def test_a_smaller_range_elsewhere_does_not_matter_when_the_binding_does_not_fit(
    golden_section: Golden,
) -> None:
    selection = select(HUB01, MAIN, 25, SHAREPOINT)
    assert selection.connector is DEFAULT
    assert why(selection) == {
        "Client HUB01": Reason.BINDING,
        "internalrelay": Reason.BINDING,
        "externalrelay": Reason.BINDING,
    }
    golden_section("explain/receive_connector", texts(selection))


def test_the_wildcard_answers_whom_the_specific_connector_does_not_list(
    golden_section: Golden,
) -> None:
    selection = select(HUB01, INTERNAL, 25, MARKETING)
    assert selection.connector is DEFAULT
    assert why(selection)["internalrelay"] is Reason.REMOTE
    golden_section("explain/receive_connector", texts(selection))


def test_unless_a_setting_says_that_a_specific_binding_hides_it(golden_section: Golden) -> None:
    hidden = select(HUB01, INTERNAL, 25, MARKETING, specific_binding_hides_wildcard=True)
    assert hidden.connector is None
    assert why(hidden)["Default HUB01"] is Reason.HIDDEN
    golden_section("explain/receive_connector", texts(hidden))
    listed = select(HUB01, INTERNAL, 25, SHAREPOINT, specific_binding_hides_wildcard=True)
    assert listed.connector is INTERNAL_RELAY
    elsewhere = select(HUB01, MAIN, 25, MARKETING, specific_binding_hides_wildcard=True)
    assert elsewhere.connector is DEFAULT


def test_a_disabled_connector_neither_answers_nor_hides() -> None:
    off = receive("internalrelay", "192.168.168.170:25", "192.168.168.50", enabled=False)
    selection = select([DEFAULT, off], INTERNAL, 25, SHAREPOINT, True)
    assert selection.connector is DEFAULT
    assert selection.passed_over[0].reason is Reason.DISABLED


def test_no_connector_listens() -> None:
    assert select([], MAIN, 25, SHAREPOINT) == Selection(None, ())
    assert select(HUB01, MAIN, 2525, SHAREPOINT).connector is None


def test_the_losers_hear_why(golden_section: Golden) -> None:
    connectors = [
        receive("wide"),
        receive("b-wild", ranges="10.0.0.0/8"),
        receive("B", "192.168.168.169:25", "10.0.0.0/8"),
        receive("a", "0.0.0.0:25,192.168.168.169:25", "10.0.0.0/8,11.0.0.0/30"),
    ]
    selection = select(connectors, MAIN, 25, ip_address("10.1.2.3"))
    assert selection.connector is connectors[3]
    assert list(why(selection).items()) == [
        ("B", Reason.NAME),
        ("b-wild", Reason.WILDCARD),
        ("wide", Reason.LARGER_RANGE),
    ]
    assert quantities(texts(selection)) == {"16777216", "4294967296"}
    golden_section("explain/receive_connector", texts(selection))


ADDRESS = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
RANGE = st.sampled_from(["10.0.0.1", "10.0.0.0/31", "10.0.0.0/30", "0.0.0.0/0"])
BINDING = st.sampled_from(["0.0.0.0:25", "192.168.168.169:25", "192.168.168.170:25"])


@given(st.lists(st.tuples(BINDING, RANGE), max_size=5), ADDRESS, st.booleans(), st.randoms())
def test_the_choice_does_not_depend_on_order_and_accounts_for_all(
    made: list[tuple[str, str]], remote: str, hides: bool, random
) -> None:
    connectors = [receive(f"c{n}", binding, ranges) for n, (binding, ranges) in enumerate(made)]
    selection = select(connectors, MAIN, 25, ip_address(remote), hides)
    shuffled = list(connectors)
    random.shuffle(shuffled)
    assert select(shuffled, MAIN, 25, ip_address(remote), hides).connector is selection.connector
    assert len(selection.passed_over) + (selection.connector is not None) == len(connectors)
