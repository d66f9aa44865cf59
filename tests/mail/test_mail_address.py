from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.refusals import refusals

from relaysim.mail.address import (
    AddressRange,
    domain_of,
    parse_address,
    parse_binding,
    parse_domain,
    parse_ip,
    parse_range,
)

IPV4 = st.integers(0, 2**32 - 1).map(lambda n: ip_address(n))


@pytest.mark.parametrize(
    "text", ["0.0.0.0:25", "[::]:25", "192.168.168.170:25", "[2001:db8::1]:587"]
)
def test_a_binding_prints_as_it_was_written(text: str) -> None:
    assert str(parse_binding(f" {text} ")) == text


def test_what_is_no_binding_is_refused_with_examples(golden_section: Golden) -> None:
    texts = ("192.168.168.170", "192.168.168.170:", "mail:25", "::1:25", "[::1:25")
    golden_section("errors/mail", refusals(parse_binding, (*texts, "[10.0.0.1]:25", "", 25)))


def test_a_port_is_1_to_65535(golden_section: Golden) -> None:
    messages = refusals(parse_binding, ("10.0.0.1:0", "10.0.0.1:65536"))
    assert quantities(messages) >= {"1", "65535"}
    golden_section("errors/mail", messages)
    assert parse_binding("10.0.0.1:1").port == 1
    assert parse_binding("10.0.0.1:65535").port == 65535


def test_a_wildcard_fits_every_address_of_its_family_on_its_port() -> None:
    wildcard, specific = parse_binding("0.0.0.0:25"), parse_binding("10.0.0.1:25")
    assert wildcard.is_wildcard
    assert not specific.is_wildcard
    assert wildcard.fits(ip_address("10.0.0.2"), 25)
    assert not wildcard.fits(ip_address("10.0.0.2"), 587)
    assert not wildcard.fits(ip_address("::1"), 25)
    assert specific.fits(ip_address("10.0.0.1"), 25)
    assert not specific.fits(ip_address("10.0.0.2"), 25)


@pytest.mark.parametrize(
    ("text", "shown", "size"),
    [
        ("10.10.20.30", "10.10.20.30", 1),
        ("10.10.20.30-10.10.20.30", "10.10.20.30", 1),
        ("0.0.0.0-255.255.255.255", "0.0.0.0-255.255.255.255", 2**32),
        ("10.10.20.1 - 10.10.20.99", "10.10.20.1-10.10.20.99", 99),
        ("10.10.20.0/24", "10.10.20.0-10.10.20.255", 256),
        ("10.10.20.7/24", "10.10.20.0-10.10.20.255", 256),
        ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, 2**128),
        ("2001:db8::/126", "2001:db8::-2001:db8::3", 4),
    ],
)
def test_remote_ranges_in_all_forms(text: str, shown: str | None, size: int) -> None:
    parsed = parse_range(text)
    assert str(parsed) == (shown or text)
    assert parsed.size == size


def test_what_is_no_range_is_refused_with_the_reason_and_examples(golden_section: Golden) -> None:
    texts = ("10.0.0.9-10.0.0.1", "10.0.0.1-::2", "10.0.0.0/33", "10.0.0", 10)
    golden_section("errors/mail", refusals(parse_range, texts))


def test_ranges_of_two_families_share_nothing() -> None:
    four, six = parse_range("0.0.0.0/0"), parse_range("::/0")
    assert not four.overlaps(six)
    assert not six.contains_range(four)
    assert not six.contains(ip_address("10.0.0.1"))


@given(st.lists(IPV4, min_size=4, max_size=4))
def test_ranges_agree_with_sets_of_addresses(ends: list) -> None:
    one = AddressRange(*sorted(ends[:2]))
    other = AddressRange(*sorted(ends[2:]))
    shared = min(int(one.last), int(other.last)) - max(int(one.first), int(other.first)) + 1
    assert one.overlaps(other) == other.overlaps(one) == (shared > 0)
    assert one.contains_range(other) == (shared == other.size)
    assert one.contains(other.first) == parse_range(str(one)).contains(other.first)


def test_an_ip_address_is_parsed_or_refused(golden_section: Golden) -> None:
    assert parse_ip(" 192.168.168.170 ") == ip_address("192.168.168.170")
    golden_section("errors/mail", refusals(parse_ip, ["mail"]))


def test_domains_are_compared_in_lower_case() -> None:
    assert parse_domain("CozumPark.COM") == "cozumpark.com"
    assert parse_address("Hakan@CozumPark.com") == "Hakan@cozumpark.com"
    assert domain_of("Hakan@CozumPark.com") == "cozumpark.com"


def test_what_is_no_domain_is_refused(golden_section: Golden) -> None:
    texts = ("", "a..b", "-a.com", "çözüm.com", "a" * 64, "a." * 128 + "a", 5)
    golden_section("errors/mail", refusals(parse_domain, texts))


def test_the_longest_domain_and_local_part() -> None:
    longest = "a." * 127 + "a"
    assert parse_domain(longest) == longest
    assert parse_address("a" * 64 + "@a.com") == "a" * 64 + "@a.com"


def test_the_null_sender_has_no_domain() -> None:
    assert parse_address("<>") == "<>"
    assert domain_of("<>") == ""


def test_what_is_no_address_is_refused(golden_section: Golden) -> None:
    texts = ("hakan", "@a.com", "ha kan@a.com", "hâkan@a.com", "a" * 65 + "@a.com")
    golden_section("errors/mail", refusals(parse_address, texts))


def test_the_domain_of_an_address_is_checked_too(golden_section: Golden) -> None:
    message = refusals(parse_address, ["hakan@a_b"])
    assert '"a_b"' in message
    golden_section("errors/mail", message)
