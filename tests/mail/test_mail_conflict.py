import pytest
from worlds.mail_examples import ALL_IPV4, DEFAULT, HUB01, receive

from relaysim.mail.connector_conflict import ConflictKind, conflicts

TEXT = (
    "The values that you specified for the Bindings and RemoteIPRanges parameters conflict with "
    'the settings on Receive connector "HUB01\\Default HUB01".'
)


def test_the_four_connectors_of_the_company_stand_beside_each_other() -> None:
    assert conflicts(HUB01) == ()


def test_a_second_connector_with_all_addresses_on_the_same_binding() -> None:
    (conflict,) = conflicts([DEFAULT, receive("relay", ranges=ALL_IPV4)])
    assert conflict.kind is ConflictKind.SAME
    assert (conflict.connector, conflict.existing) == ("relay", "Default HUB01")
    assert conflict.message("HUB01") == TEXT


def test_ranges_that_overlap_in_part() -> None:
    (conflict,) = conflicts(
        [
            receive("Default HUB01", ranges="10.0.0.10-10.0.0.20"),
            receive("relay", ranges="10.0.0.1-10.0.0.10"),
        ]
    )
    assert conflict.kind is ConflictKind.PARTIAL
    assert str(conflict.remote_range) == "10.0.0.1-10.0.0.10"
    assert str(conflict.existing_range) == "10.0.0.10-10.0.0.20"
    assert str(conflict.binding) == "0.0.0.0:25"
    assert conflict.message("HUB01") == TEXT


@pytest.mark.parametrize(
    ("bindings", "ranges"),
    [
        ("0.0.0.0:25", "10.0.0.0/24"),
        ("0.0.0.0:2525", ALL_IPV4),
        ("192.168.168.170:25", ALL_IPV4),
        ("[::]:25", "::/0"),
    ],
)
def test_a_narrower_range_another_port_or_another_local_address_is_enough(
    bindings: str, ranges: str
) -> None:
    assert conflicts([DEFAULT, receive("relay", bindings, ranges)]) == ()


def test_equal_ranges_come_first_and_each_pair_once() -> None:
    first = receive("first", "0.0.0.0:25,0.0.0.0:26", "10.0.0.1-10.0.0.9,10.1.0.0/16")
    second = receive("second", "0.0.0.0:26,0.0.0.0:25", "10.0.0.5-10.0.0.12,10.1.0.0/16")
    third = receive("third", ranges="10.1.0.0/16", enabled=False)
    result = conflicts([first, second, third])
    assert [(each.connector, each.existing, each.kind) for each in result] == [
        ("second", "first", ConflictKind.SAME),
        ("third", "first", ConflictKind.SAME),
        ("third", "second", ConflictKind.SAME),
    ]
