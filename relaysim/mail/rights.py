"""The rights of SMTP sessions, and the permission groups that bring them."""

# ruff: noqa: D102 -- the properties are Exchange's parameters; the class describes them

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from relaysim.mail.spelling import parse_name, text_of


class Right(StrEnum):
    """Extended rights of a receive connector, in the order in which the protocol log lists them."""

    SUBMIT = "ms-Exch-SMTP-Submit"
    """MAIL FROM and AUTH succeed."""
    ACCEPT_ANY_RECIPIENT = "ms-Exch-SMTP-Accept-Any-Recipient"
    """Relay: recipients outside the accepted domains."""
    ACCEPT_AUTHENTICATION_FLAG = "ms-Exch-SMTP-Accept-Authentication-Flag"
    """Messages count as internal and authenticated."""
    ACCEPT_ANY_SENDER = "ms-Exch-SMTP-Accept-Any-Sender"
    """The sender need not be the session's own address."""
    ACCEPT_AUTHORITATIVE_DOMAIN_SENDER = "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"
    """The sender may be in an authoritative domain of the organization."""
    BYPASS_ANTI_SPAM = "ms-Exch-Bypass-Anti-Spam"
    BYPASS_MESSAGE_SIZE_LIMIT = "ms-Exch-Bypass-Message-Size-Limit"
    """The connector's MaxMessageSize does not bind."""
    ACCEPT_EXCH50 = "ms-Exch-SMTP-Accept-Exch50"
    ACCEPT_HEADERS_ROUTING = "ms-Exch-Accept-Headers-Routing"
    ACCEPT_HEADERS_FOREST = "ms-Exch-Accept-Headers-Forest"
    ACCEPT_HEADERS_ORGANIZATION = "ms-Exch-Accept-Headers-Organization"


# Spellings of the Exchange 2007 documents, which left out "SMTP".
_OLD_SPELLINGS = {
    "ms-exch-accept-authoritative-domain-sender": Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER,
    "ms-exch-accept-exch50": Right.ACCEPT_EXCH50,
}


def parse_right(text: object) -> Right:
    """Return the right of a name, in any case and in both spellings.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    old = _OLD_SPELLINGS.get(text_of(text).casefold())
    return old or parse_name(Right, text, "a right")


class PermissionGroup(StrEnum):
    """The values of PermissionGroups."""

    ANONYMOUS_USERS = "AnonymousUsers"
    EXCHANGE_USERS = "ExchangeUsers"
    EXCHANGE_SERVERS = "ExchangeServers"
    EXCHANGE_LEGACY_SERVERS = "ExchangeLegacyServers"
    PARTNERS = "Partners"
    CUSTOM = "Custom"
    """What Exchange shows once single rights were added; it brings none itself."""
    NONE = "None"


def parse_group(text: object) -> PermissionGroup:
    """Return the permission group of a name, in any case.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    return parse_name(PermissionGroup, text, "a permission group")


ANONYMOUS = r"NT AUTHORITY\ANONYMOUS LOGON"
"""The principal of a session without a login."""
AUTHENTICATED_USERS = r"NT AUTHORITY\Authenticated Users"
"""The principal of a session that logs in with an account."""
HUB_TRANSPORT_SERVERS = r"MS Exchange\Hub Transport Servers"
EDGE_TRANSPORT_SERVERS = r"MS Exchange\Edge Transport Servers"
EXTERNALLY_SECURED_SERVERS = r"MS Exchange\Externally Secured Servers"
"""The principal of every session at a connector with ExternalAuthoritative."""
PARTNER_SERVERS = r"MS Exchange\Partner Servers"
EXCHANGE_SERVERS = r"<DOMAIN>\Exchange Servers"
LEGACY_INTEROP = r"<DOMAIN>\ExchangeLegacyInterop"


class PermissionLike(Protocol):
    """What `Add-ADPermission` added: rights for one user."""

    @property
    def user(self) -> str: ...

    @property
    def extended_rights(self) -> Sequence[Right]: ...


@dataclass(frozen=True, slots=True)
class Permission:
    """Rights for one user, as `Add-ADPermission -User ... -ExtendedRights ...` adds them."""

    user: str
    extended_rights: tuple[Right, ...]


# Microsoft's table of permission groups (confirmed). The anonymous rights stand in the order in
# which Get-ADPermission printed them for a real connector.
_SERVER = (
    Right.SUBMIT,
    Right.ACCEPT_ANY_SENDER,
    Right.ACCEPT_ANY_RECIPIENT,
    Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER,
    Right.BYPASS_ANTI_SPAM,
    Right.ACCEPT_AUTHENTICATION_FLAG,
    Right.BYPASS_MESSAGE_SIZE_LIMIT,
    Right.ACCEPT_HEADERS_ROUTING,
    Right.ACCEPT_EXCH50,
)
_OWN_SERVER = (*_SERVER, Right.ACCEPT_HEADERS_ORGANIZATION, Right.ACCEPT_HEADERS_FOREST)

RIGHTS_OF_GROUP: Mapping[PermissionGroup, Mapping[str, tuple[Right, ...]]] = MappingProxyType(
    {
        PermissionGroup.ANONYMOUS_USERS: {
            ANONYMOUS: (
                Right.ACCEPT_ANY_SENDER,
                Right.ACCEPT_HEADERS_ROUTING,
                Right.SUBMIT,
                Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER,
            )
        },
        PermissionGroup.EXCHANGE_USERS: {
            AUTHENTICATED_USERS: (
                Right.SUBMIT,
                Right.ACCEPT_ANY_RECIPIENT,
                Right.BYPASS_ANTI_SPAM,
                Right.ACCEPT_HEADERS_ROUTING,
            )
        },
        PermissionGroup.EXCHANGE_SERVERS: {
            HUB_TRANSPORT_SERVERS: _OWN_SERVER,
            EDGE_TRANSPORT_SERVERS: _OWN_SERVER,
            EXCHANGE_SERVERS: _OWN_SERVER,
            EXTERNALLY_SECURED_SERVERS: _SERVER,
        },
        PermissionGroup.EXCHANGE_LEGACY_SERVERS: {LEGACY_INTEROP: _SERVER},
        PermissionGroup.PARTNERS: {PARTNER_SERVERS: (Right.SUBMIT, Right.ACCEPT_HEADERS_ROUTING)},
        PermissionGroup.CUSTOM: {},
        PermissionGroup.NONE: {},
    }
)
"""What each permission group grants: group, then security principal, then rights."""

# The first, fourth, fifth and ninth stand in a real log of Exchange 2010; the others are
# unconfirmed.
_LOG_NAMES = {
    Right.SUBMIT: "SMTPSubmit",
    Right.ACCEPT_ANY_RECIPIENT: "SMTPAcceptAnyRecipient",
    Right.ACCEPT_AUTHENTICATION_FLAG: "SMTPAcceptAuthenticationFlag",
    Right.ACCEPT_ANY_SENDER: "SMTPAcceptAnySender",
    Right.ACCEPT_AUTHORITATIVE_DOMAIN_SENDER: "SMTPAcceptAuthoritativeDomainSender",
    Right.BYPASS_ANTI_SPAM: "BypassAntiSpam",
    Right.BYPASS_MESSAGE_SIZE_LIMIT: "BypassMessageSizeLimit",
    Right.ACCEPT_EXCH50: "SMTPAcceptEXCH50",
    Right.ACCEPT_HEADERS_ROUTING: "AcceptRoutingHeaders",
    Right.ACCEPT_HEADERS_FOREST: "AcceptForestHeaders",
    Right.ACCEPT_HEADERS_ORGANIZATION: "AcceptOrganizationHeaders",
}


def session_permissions(rights: Collection[Right]) -> str:
    """Return rights as the protocol log has them in "Set Session Permissions"; "None" for none."""
    return " ".join(_LOG_NAMES[right] for right in Right if right in rights) or "None"
