"""Authentication: what a receiver can check of a message and its connection, and what is missing.

SPF (RFC 7208) says which IPs send for the domain in MAIL FROM. DKIM (RFC 6376) signs a message for
a domain. DMARC (RFC 7489) asks that one of the two passes for the domain in the From header, or for
another one of the same registered domain ("aligned", relaxed), and has a policy for other mail.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from relaysim.mail.registered_domain import registered_domain


class Dmarc(IntEnum):
    """The DMARC record of a domain: none at all, or its policy."""

    MISSING = 0
    NONE = 1
    QUARANTINE = 2
    REJECT = 3


class Missing(IntFlag):
    """What a message lacks at a receiver. Of several, the lowest gives the reply."""

    AUTHENTICATION = 1
    """Neither SPF nor DKIM passes."""
    REJECT_POLICY = 2
    """DMARC fails, and the domain asks for a rejection."""
    QUARANTINE_POLICY = 4
    """DMARC fails, and the domain asks for the junk folder."""
    SPF = 8
    """SPF does not pass."""
    DKIM = 16
    """No signature passes."""
    ALIGNMENT = 32
    """Nothing that passes is aligned with the From header."""
    DMARC_RECORD = 64
    """The domain in the From header has no DMARC record."""
    PTR = 128
    """The IP has no PTR record, or one to another host."""
    TLS = 256
    """The connection is not encrypted."""
    ONE_CLICK_UNSUBSCRIBE = 512
    """Bulk mail has no header for one-click unsubscribe (RFC 8058)."""


OF_BULK = (
    Missing.SPF
    | Missing.DKIM
    | Missing.ALIGNMENT
    | Missing.DMARC_RECORD
    | Missing.ONE_CLICK_UNSUBSCRIBE
)
"""What only bulk senders need, at providers with a threshold for them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The domains of a stream as receivers see them.

    Parameters
    ----------
    domain : str
        The domain in the From header.
    aligned : bool
        Whether MAIL FROM has the same registered domain.
    dmarc : Dmarc
        The record of the domain in the From header.
    """

    domain: str
    aligned: bool
    dmarc: Dmarc


def identity(sender: str, header: str, dmarc: Dmarc) -> Identity:
    """Return the identity of mail with these domains in MAIL FROM and in the From header."""
    return Identity(header, registered_domain(sender) == registered_domain(header), dmarc)


def missing(
    of: Identity, spf: bool, signed: bool, ptr: bool, tls: bool, unsubscribe: bool
) -> Missing:
    """Return what mail lacks.

    Parameters
    ----------
    of : Identity
        The domains of the mail.
    spf : bool
        Whether the IP is in the SPF record of the domain in MAIL FROM.
    signed : bool
        Whether the mail has a signature for the domain in the From header.
    ptr : bool
        Whether the IP has a PTR record.
    tls : bool
        Whether the connection is encrypted.
    unsubscribe : bool
        Whether users can unsubscribe with one click, or the mail is not bulk mail.
    """
    result = Missing(0)
    if not spf:
        result |= Missing.SPF
    if not signed:
        result |= Missing.DKIM
    if not (spf or signed):
        result |= Missing.AUTHENTICATION
    # A signature is for the domain in the From header, so it is always aligned.
    if not (signed or (spf and of.aligned)):
        result |= Missing.ALIGNMENT
        if of.dmarc == Dmarc.REJECT:
            result |= Missing.REJECT_POLICY
        elif of.dmarc == Dmarc.QUARANTINE:
            result |= Missing.QUARANTINE_POLICY
    if of.dmarc == Dmarc.MISSING:
        result |= Missing.DMARC_RECORD
    if not ptr:
        result |= Missing.PTR
    if not tls:
        result |= Missing.TLS
    if not unsubscribe:
        result |= Missing.ONE_CLICK_UNSUBSCRIBE
    return result
