"""Checks of the users that rights are given to."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import connector_place
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.principal import is_account, is_well_known
from relaysim.mail.rights import ANONYMOUS
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import nearest
from relaysim.wording import listed


def right_without_user(scenario: Scenario) -> Iterator[Finding]:
    """A right that is given to a user as which no host logs in: nobody can use it.

    Well-known principals are left out, because Exchange itself decides which sessions they are.
    """
    accounts = {host.account for host in scenario.hosts.values() if host.account is not None}
    for hub, table in scenario.hubs.items():
        for connector in table.receive_connectors.values():
            for permission in connector.permissions:
                user = permission.user
                if is_well_known(user) or any(is_account(user, each) for each in accounts):
                    continue
                rights = listed(right.value for right in permission.extended_rights)
                near = nearest(user, accounts)
                meant = f' For account "{near}" write it in the same spelling.' if near else ""
                yield Finding(
                    Severity.WARNING,
                    connector_place(hub, connector.name),
                    f"permissions gives {rights} to {user}, but no host logs in with that "
                    "account: nobody can use the right.",
                    f"If whoever does not log in is meant, write {ANONYMOUS}; if an application "
                    f'is meant, write account = "{user}" at its host.{meant}',
                )
