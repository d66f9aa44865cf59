"""Authentication mechanisms of a receive connector, and which of them go together."""

from collections.abc import Collection
from enum import StrEnum

from relaysim.mail.rights import PermissionGroup
from relaysim.mail.spelling import parse_name


class AuthMechanism(StrEnum):
    """The values of AuthMechanism."""

    NONE = "None"
    TLS = "Tls"
    INTEGRATED = "Integrated"
    BASIC_AUTH = "BasicAuth"
    BASIC_AUTH_REQUIRE_TLS = "BasicAuthRequireTLS"
    EXCHANGE_SERVER = "ExchangeServer"
    EXTERNAL_AUTHORITATIVE = "ExternalAuthoritative"
    """Externally secured: every client is trusted as an Exchange server."""


LOGINS = frozenset({AuthMechanism.BASIC_AUTH, AuthMechanism.INTEGRATED})
"""The mechanisms with which an account logs in."""


def parse_mechanism(text: object) -> AuthMechanism:
    """Return the authentication mechanism of a name, in any case.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    return parse_name(AuthMechanism, text, "an authentication mechanism")


def auth_problems(
    mechanisms: Collection[AuthMechanism],
    groups: Collection[PermissionGroup],
    require_tls: bool = False,
) -> list[str]:
    """Return what Set-ReceiveConnector would refuse about AuthMechanism, one sentence each."""
    given = set(mechanisms)
    problems = []
    if AuthMechanism.NONE in given and len(given) > 1:
        problems.append("auth_mechanism None stands alone")
    if AuthMechanism.BASIC_AUTH_REQUIRE_TLS in given and not given >= {
        AuthMechanism.BASIC_AUTH,
        AuthMechanism.TLS,
    }:
        problems.append("auth_mechanism BasicAuthRequireTLS needs BasicAuth and Tls")
    if require_tls and AuthMechanism.TLS not in given:
        problems.append("require_tls needs auth_mechanism Tls")
    if AuthMechanism.EXTERNAL_AUTHORITATIVE in given:
        if given - {AuthMechanism.EXTERNAL_AUTHORITATIVE, AuthMechanism.TLS}:
            problems.append("auth_mechanism ExternalAuthoritative goes with Tls only")
        if PermissionGroup.EXCHANGE_SERVERS not in groups:
            problems.append(
                "auth_mechanism ExternalAuthoritative needs permission_groups ExchangeServers"
            )
    return problems
