"""Who a session is, and what it may do."""

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
    """Whether an account can log in (BasicAuth or Integrated)."""
    return not LOGINS.isdisjoint(connector.auth_mechanism)


def logs_in(connector: ReceiveConnector, account: str | None) -> bool:
    """Whether a host with this account sends AUTH: only where the connector offers it."""
    return account is not None and offers_login(connector)


def identify(connector: ReceiveConnector, authenticated: bool = False) -> str:
    """The security principal of a session; `authenticated` if the client logs in with an account.

    An externally secured connector trusts whoever connects. Where no login is offered a client
    stays anonymous.
    """
    if AuthMechanism.EXTERNAL_AUTHORITATIVE in connector.auth_mechanism:
        return EXTERNALLY_SECURED_SERVERS
    return AUTHENTICATED_USERS if authenticated and offers_login(connector) else ANONYMOUS


def grants(connector: ReceiveConnector) -> tuple[Grant, ...]:
    """All grants of a connector: group by group, then what was added, each right of a user once.

    The externally secured servers are listed only where the connector makes anyone one of them.
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
    """The rights of a session: its principal's, and those of its account if one is also given."""
    return frozenset(
        grant.right
        for grant in grants(connector)
        if any(is_account(grant.user, user) for user in users)
    )
