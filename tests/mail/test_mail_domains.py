import pytest
from worlds.golden_sections import Golden
from worlds.mail_examples import DOMAINS
from worlds.refusals import refusals

from relaysim.mail.domains import (
    AcceptedDomainType,
    accepted_type,
    is_accepted,
    is_authoritative,
    parse_domain_type,
    parse_pattern,
    specificity,
)


def test_domains_of_any_type_are_accepted_and_one_is_authoritative() -> None:
    assert all(is_accepted(DOMAINS, domain) for domain in DOMAINS)
    assert not is_accepted(DOMAINS, "gmail.com")
    assert [domain for domain in DOMAINS if is_authoritative(DOMAINS, domain)] == ["cozumpark.com"]


def test_a_wildcard_covers_the_domain_and_its_subdomains() -> None:
    domains = {"*.Contoso.com": AcceptedDomainType.AUTHORITATIVE}
    assert is_authoritative(domains, "contoso.com")
    assert is_authoritative(domains, "a.b.contoso.com")
    assert not is_accepted(domains, "mycontoso.com")


def test_the_closest_pattern_decides_the_type() -> None:
    domains = {
        "*": AcceptedDomainType.EXTERNAL_RELAY,
        "*.contoso.com": AcceptedDomainType.INTERNAL_RELAY,
        "contoso.com": AcceptedDomainType.AUTHORITATIVE,
        "*.eu.contoso.com": AcceptedDomainType.EXTERNAL_RELAY,
        "www.eu.contoso.com": AcceptedDomainType.AUTHORITATIVE,
    }
    types = {
        domain: accepted_type(domains, domain)
        for domain in (
            "gmail.com",
            "us.contoso.com",
            "contoso.com",
            "eu.contoso.com",
            "www.eu.contoso.com",
        )
    }
    assert types == {
        "gmail.com": AcceptedDomainType.EXTERNAL_RELAY,
        "us.contoso.com": AcceptedDomainType.INTERNAL_RELAY,
        "contoso.com": AcceptedDomainType.AUTHORITATIVE,
        "eu.contoso.com": AcceptedDomainType.EXTERNAL_RELAY,
        "www.eu.contoso.com": AcceptedDomainType.AUTHORITATIVE,
    }
    backwards = dict(reversed(domains.items()))
    assert types == {domain: accepted_type(backwards, domain) for domain in types}


def test_an_exact_domain_matches_nothing_else() -> None:
    assert specificity("contoso.com", "www.contoso.com") is None
    assert specificity("*.contoso.com", "contoso.org") is None


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("*", "*"), ("*.Contoso.COM", "*.contoso.com"), (" contoso.com ", "contoso.com")],
)
def test_patterns(text: str, pattern: str) -> None:
    assert parse_pattern(text) == pattern


def test_a_star_stands_alone_or_leads(golden_section: Golden) -> None:
    golden_section("errors/mail", refusals(parse_pattern, ("*contoso.com", "a.*.com", "**")))


def test_the_rest_of_a_pattern_is_a_domain(golden_section: Golden) -> None:
    golden_section("errors/mail", refusals(parse_pattern, ("", "*.", "a b", 5)))


def test_types_in_any_case(golden_section: Golden) -> None:
    assert parse_domain_type("internalrelay") is AcceptedDomainType.INTERNAL_RELAY
    golden_section("errors/mail", refusals(parse_domain_type, ["Internal"]))
