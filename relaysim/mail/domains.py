"""Accepted domains, and the patterns that they share with address spaces of send connectors."""

from collections.abc import Mapping
from enum import StrEnum

from relaysim.mail.address import parse_domain
from relaysim.mail.spelling import parse_name, text_of


class AcceptedDomainType(StrEnum):
    """The type of an accepted domain: where its mailboxes are."""

    AUTHORITATIVE = "Authoritative"
    """This organization."""
    INTERNAL_RELAY = "InternalRelay"
    """Partly or wholly another system inside; unresolved recipients leave by a send connector."""
    EXTERNAL_RELAY = "ExternalRelay"
    """Another system outside; all recipients leave by a send connector."""


def parse_domain_type(text: object) -> AcceptedDomainType:
    """Return the type of an accepted domain by its name, in any case.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    return parse_name(AcceptedDomainType, text, "a type of accepted domain")


def parse_pattern(text: object) -> str:
    """Return a pattern in lower case: a domain, "*.domain" or "*".

    Raises
    ------
    ValueError
        If the text is no pattern.
    """
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
    """Return how closely a pattern matches a domain; higher is closer, None is no match.

    Notes
    -----
    "*.contoso.com" matches contoso.com and all its subdomains, for accepted domains and address
    spaces alike (Microsoft's help for Exchange 2007 and 2010). Of two matches the one with more
    labels is closer, and an exact domain is closer than a wildcard with as many labels.
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
    """Return the type of the closest accepted domain; None if no accepted domain matches.

    Parameters
    ----------
    domains : mapping of str to AcceptedDomainType
        By pattern in lower case, see `specificity`.
    domain : str
        The domain.
    """
    closest, closest_kind = -1, None
    for pattern, kind in domains.items():
        match = specificity(pattern.lower(), domain)
        if match is not None and match > closest:
            closest, closest_kind = match, kind
    return closest_kind


def is_accepted(domains: Mapping[str, AcceptedDomainType], domain: str) -> bool:
    """Return whether RCPT TO accepts a domain without the right to relay: a domain of any type."""
    return accepted_type(domains, domain) is not None


def is_authoritative(domains: Mapping[str, AcceptedDomainType], domain: str) -> bool:
    """Return whether all mailboxes of a domain are in this organization."""
    return accepted_type(domains, domain) is AcceptedDomainType.AUTHORITATIVE
