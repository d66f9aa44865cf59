"""The rights at a receive connector, as Get-ADPermission prints them, and their source."""

from worlds.golden_sections import Golden
from worlds.refusals import refusal
from worlds.relay_designs import DEDICATED, shared_hub

from relaysim.explanation import connector_grants, explain_connector


def test_the_internal_relay_has_any_sender_and_not_any_recipient(golden_section: Golden) -> None:
    scenario = shared_hub()
    assert [
        (identity, str(grant.right))
        for identity, grant in connector_grants(scenario, "internalrelay")
    ] == [
        (r"HUB01\internalrelay", "ms-Exch-SMTP-Accept-Any-Sender"),
        (r"HUB01\internalrelay", "ms-Exch-Accept-Headers-Routing"),
        (r"HUB01\internalrelay", "ms-Exch-SMTP-Submit"),
        (r"HUB01\internalrelay", "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"),
    ]
    golden_section("explain/connector", explain_connector(scenario, "internalrelay"))


def test_the_external_relay_has_one_right_more() -> None:
    lines = explain_connector(shared_hub(), "externalrelay").splitlines()
    assert lines[-1].split() == ["{ms-Exch-SMTP-Accept-Any-Recipient}", "Add-ADPermission"]
    assert len(lines) == 11


def test_each_user_has_a_table_of_its_own() -> None:
    text = explain_connector(shared_hub(), "Default HUB01")
    users = [line for line in text.splitlines() if line.startswith("   User: ")]
    assert len(users) == len(set(users)) == 6
    assert users[:2] == [
        "   User: NT AUTHORITY\\ANONYMOUS LOGON",
        "   User: NT AUTHORITY\\Authenticated Users",
    ]


def test_the_server_may_stand_before_the_name_in_any_case() -> None:
    scenario = shared_hub()
    assert explain_connector(scenario, r"hub01\InternalRelay") == explain_connector(
        scenario, "internalrelay"
    )


def test_a_name_that_two_hubs_have_gives_two_tables(golden_section: Golden) -> None:
    scenario = shared_hub(
        *DEDICATED,
        'hubs.HUB02.receive_connectors.internalrelay={bindings=["0.0.0.0:25"],'
        ' remote_ip_ranges=["10.0.0.1"]}',
    )
    first, second = explain_connector(scenario, "internalrelay").split("\n\nGet-ADPermission ")
    assert first.startswith('Get-ADPermission "HUB01\\internalrelay"')
    assert second.startswith('"HUB02\\internalrelay"')
    golden_section("explain/connector", second)


def test_the_nearest_name_is_in_the_message(golden_section: Golden) -> None:
    one = refusal(ValueError, lambda: explain_connector(shared_hub(), "internelrelay"))
    two = refusal(ValueError, lambda: explain_connector(shared_hub(), r"HUB01\extrelay"))
    assert '"internalrelay"' in one
    assert r'"HUB01\externalrelay"' in two
    golden_section("errors/explain", f"{one}\n{two}")


def test_the_same_as_rows() -> None:
    rows = list(connector_grants(shared_hub(), "externalrelay"))
    assert len(rows) == 5
    identity, grant = rows[-1]
    assert identity == r"HUB01\externalrelay"
    assert grant.right == "ms-Exch-SMTP-Accept-Any-Recipient"
    assert grant.source == "Add-ADPermission"
