"""The principal of a session, and its rights."""

from collections.abc import Iterator
from dataclasses import dataclass

from relaysim.mail.auth import LOGINS, AuthMechanism
from relaysim.mail.principal import is_account
from relaysim.mail.receive_connector import ReceiveConnector
from relaysim.mail.rights import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    EXTERNALLY_SECURED_SERVERS,
    RIGHTS_OF_GROUP,
    Right,
)

ADDED = "Add-ADPermission"
"""The source of a right that no permission group brought."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of `Get-ADPermission`, with where it comes from: a permission group or `ADDED`."""

    user: str
    right: Right
    source: str


def offers_login(connector: ReceiveConnector) -> bool:
    """Return whether an account can log in (BasicAuth or Integrated)."""
    return not LOGINS.isdisjoint(connector.auth_mechanism)


def logs_in(connector: ReceiveConnector, account: str | None) -> bool:
    """Return whether a host with an account sends AUTH: only if the connector offers it."""
    return account is not None and offers_login(connector)


def identify(connector: ReceiveConnector, authenticated: bool = False) -> str:
    """Return the security principal of a session.

    An externally secured connector trusts every client. A client of a connector without log-in
    stays anonymous, even with an account (`authenticated`).
    """
    if AuthMechanism.EXTERNAL_AUTHORITATIVE in connector.auth_mechanism:
        return EXTERNALLY_SECURED_SERVERS
    return AUTHENTICATED_USERS if authenticated and offers_login(connector) else ANONYMOUS


def grants(connector: ReceiveConnector) -> tuple[Grant, ...]:
    """Return the grants of a connector: by group, then added rights, each right of a user once.

    The externally secured servers are listed only if the connector makes every client one of them.
    Denied rights are not modelled.
    """
    first: dict[tuple[str, Right], Grant] = {}
    for grant in _all_grants(connector):
        first.setdefault((grant.user.casefold(), grant.right), grant)
    return tuple(first.values())


def _all_grants(connector: ReceiveConnector) -> Iterator[Grant]:
    secured = AuthMechanism.EXTERNAL_AUTHORITATIVE in connector.auth_mechanism
    for group, principals in RIGHTS_OF_GROUP.items():
        if group not in connector.permission_groups:
            continue
        for user, rights in principals.items():
            if secured or user != EXTERNALLY_SECURED_SERVERS:
                yield from (Grant(user, right, group.value) for right in rights)
    for permission in connector.permissions:
        yield from (Grant(permission.user, right, ADDED) for right in permission.extended_rights)


def session_rights(connector: ReceiveConnector, *users: str) -> frozenset[Right]:
    """Return the rights of a session: of its principal, and of its account if one is given too."""
    return frozenset(
        grant.right
        for grant in grants(connector)
        if any(is_account(grant.user, user) for user in users)
    )
