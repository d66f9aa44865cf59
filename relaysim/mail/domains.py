"""Accepted domains, and the patterns that they share with address spaces of send connectors."""

from collections.abc import Mapping
from enum import StrEnum

from relaysim.mail.address import parse_domain
from relaysim.mail.spelling import parse_name, text_of


class AcceptedDomainType(StrEnum):
    """Who holds the mailboxes of an accepted domain."""

    AUTHORITATIVE = "Authoritative"
    """This organization."""
    INTERNAL_RELAY = "InternalRelay"
    """Partly or wholly another system inside; unresolved recipients leave by a send connector."""
    EXTERNAL_RELAY = "ExternalRelay"
    """Another system outside; all recipients leave by a send connector."""


def parse_domain_type(text: object) -> AcceptedDomainType:
    """The type, in any case. Raises ValueError that names the nearest."""
    return parse_name(AcceptedDomainType, text, "a type of accepted domain")


def parse_pattern(text: object) -> str:
    """A domain, "*.domain" or "*", in lower case. Raises ValueError."""
    pattern = text_of(text).lower()
    if pattern == "*":
        return pattern
    bare = pattern.removeprefix("*.")
    if "*" in bare:
        raise ValueError(
            f'"{text}" is not a domain pattern: "*" stands alone or leads, as in "*.contoso.com"'
        )
    return ("*." if bare != pattern else "") + parse_domain(bare)


def specificity(pattern: str, domain: str) -> int | None:
    """How closely a pattern matches a domain, higher being closer; None where it does not match.

    "*.contoso.com" matches contoso.com and all its subdomains, for accepted domains and address
    spaces alike (Microsoft's help for Exchange 2007 and 2010). Of two matches the one with more
    labels is closer, and an exact domain is closer than the wildcard with as many.
    """
    if pattern == "*":
        return 0
    bare = pattern.removeprefix("*.")
    if bare == pattern:
        return 2 * pattern.count(".") + 3 if domain == pattern else None
    if domain == bare or domain.endswith(f".{bare}"):
        return 2 * bare.count(".") + 2
    return None


def accepted_type(
    domains: Mapping[str, AcceptedDomainType], domain: str
) -> AcceptedDomainType | None:
    """The type of the closest accepted domain; None where no accepted domain matches.

    `domains` maps patterns (see `specificity`) to types; patterns are compared in lower case.
    """
    closest, found = -1, None
    for pattern, kind in domains.items():
        match = specificity(pattern.lower(), domain)
        if match is not None and match > closest:
            closest, found = match, kind
    return found


def is_accepted(domains: Mapping[str, AcceptedDomainType], domain: str) -> bool:
    """Whether RCPT TO takes the domain without a relay right: a domain of any type."""
    return accepted_type(domains, domain) is not None


def is_authoritative(domains: Mapping[str, AcceptedDomainType], domain: str) -> bool:
    """Whether the domain is one whose mailboxes are all in this organization."""
    return accepted_type(domains, domain) is AcceptedDomainType.AUTHORITATIVE
