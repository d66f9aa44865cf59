"""What `Get-ADPermission` would print for a receive connector, and where each right comes from."""

from collections.abc import Iterator

from relaysim.mail.access import Grant, grants
from relaysim.mail.spelling import unknown
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario
from relaysim.scenario.route import identity


def explain_connector(scenario: Scenario, name: str) -> str:
    r"""The rights at a receive connector, named `internalrelay` or `HUB01\internalrelay`.

    Each right of each user stands on a line of its own, as in the output of Get-ADPermission, with
    the permission group that brought it or Add-ADPermission. A name that several hubs have gives a
    table for each. Raises ValueError, which names the nearest, for an unknown connector.
    """
    return "\n\n".join(_table(hub, each) for hub, each in _named(scenario, name))


def connector_grants(scenario: Scenario, name: str) -> Iterator[tuple[str, Grant]]:
    r"""The rows of `explain_connector`, each with the identity (`HUB01\internalrelay`)."""
    for hub, connector in _named(scenario, name):
        yield from ((identity(hub, connector.name), grant) for grant in grants(connector))


def _named(scenario: Scenario, name: str) -> Iterator[tuple[str, ReceiveConnector]]:
    every = [
        (hub, each)
        for hub, model in scenario.hubs.items()
        for each in model.receive_connectors.values()
    ]
    wanted = name.strip().casefold()
    found = [
        (hub, each)
        for hub, each in every
        if wanted in (each.name.casefold(), identity(hub, each.name).casefold())
    ]
    if not found:
        with_hub = "\\" in name
        known = [identity(hub, each.name) if with_hub else each.name for hub, each in every]
        raise unknown(name, "a receive connector", known)
    yield from found


def _table(hub: str, connector: ReceiveConnector) -> str:
    rows = [("User", "ExtendedRights", "From")]
    rows.append(("----", "--------------", "----"))
    rows += [_row(grant) for grant in grants(connector)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{user:<{widths[0]}}  {right:<{widths[1]}}  {source}" for user, right, source in rows]
    head = f'Get-ADPermission "{identity(hub, connector.name)}" | select user,extendedrights'
    if len(rows) == 2:
        lines = ["Nobody has a right: the connector takes no mail."]
    return "\n".join([head, "", *lines])


def _row(grant: Grant) -> tuple[str, str, str]:
    return grant.user, f"{{{grant.right.value}}}", grant.source
