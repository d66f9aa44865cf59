"""The check of permissions that no host can use."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import connector_place
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.principal import is_account, is_well_known
from relaysim.mail.rights import ANONYMOUS
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import nearest
from relaysim.wording import listed


def right_without_user(scenario: Scenario) -> Iterator[Finding]:
    """Permissions give a right to an account with which no host logs in.

    Well-known principals are left out: Exchange itself decides which sessions belong to them.
    """
    accounts = {host.account for host in scenario.hosts.values() if host.account is not None}
    for hub, table in scenario.hubs.items():
        for connector in table.receive_connectors.values():
            for permission in connector.permissions:
                user = permission.user
                if is_well_known(user) or any(is_account(user, account) for account in accounts):
                    continue
                rights = listed(right.value for right in permission.extended_rights)
                near = nearest(user, accounts)
                spelling = f' For account "{near}" use the same spelling.' if near else ""
                yield Finding(
                    Severity.WARNING,
                    connector_place(hub, connector.name),
                    f"permissions gives {rights} to {user}, but no host logs in with that "
                    "account, so the right has no effect.",
                    f"For sessions without a login write {ANONYMOUS}. For an application write "
                    f'account = "{user}" at the host of the application.{spelling}',
                )
