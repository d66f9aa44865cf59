"""The rights at a receive connector as `Get-ADPermission` prints them, with their origin."""

from collections.abc import Iterator

from relaysim.mail.session_access import Grant, grants
from relaysim.mail.spelling import unknown
from relaysim.plan.routing import identity
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario


def explain_connector(scenario: Scenario, name: str) -> str:
    r"""Return the rights at a receive connector as text.

    Parameters
    ----------
    scenario : Scenario
        The design.
    name : str
        The connector: `internalrelay` for all hubs, or `HUB01\internalrelay`.

    Returns
    -------
    str
        A table for each connector: by user, one right a line, as in the output of
        Get-ADPermission, with its origin (a permission group, or Add-ADPermission).

    Raises
    ------
    ValueError
        For an unknown name; the message has the nearest name.
    """
    return "\n\n".join(_table(hub, connector) for hub, connector in _named(scenario, name))


def connector_grants(scenario: Scenario, name: str) -> Iterator[tuple[str, Grant]]:
    r"""Yield the rows of `explain_connector`, each with the identity (`HUB01\internalrelay`)."""
    for hub, connector in _named(scenario, name):
        yield from ((identity(hub, connector.name), grant) for grant in grants(connector))


def _named(scenario: Scenario, name: str) -> Iterator[tuple[str, ReceiveConnector]]:
    every = [
        (hub, connector)
        for hub, model in scenario.hubs.items()
        for connector in model.receive_connectors.values()
    ]
    key = name.strip().casefold()
    matches = [
        (hub, connector)
        for hub, connector in every
        if key in (connector.name.casefold(), identity(hub, connector.name).casefold())
    ]
    if not matches:
        with_hub = "\\" in name
        known = [
            identity(hub, connector.name) if with_hub else connector.name
            for hub, connector in every
        ]
        raise unknown(name, "a receive connector", known)
    yield from matches


def _table(hub: str, connector: ReceiveConnector) -> str:
    head = f'Get-ADPermission "{identity(hub, connector.name)}" | ft extendedrights -GroupBy user'
    blocks = [head]
    by_user: dict[str, list[Grant]] = {}
    for grant in grants(connector):
        by_user.setdefault(grant.user, []).append(grant)
    for user, user_rights in by_user.items():
        rows = [("ExtendedRights", "From"), ("--------------", "----")]
        rows += [(f"{{{grant.right.value}}}", grant.source) for grant in user_rights]
        width = max(len(right) for right, _ in rows)
        lines = [f"{right:<{width}}  {source}" for right, source in rows]
        blocks += [f"   User: {user}", "\n".join(lines)]
    if len(blocks) == 1:
        blocks.append("No user has a right, so the connector accepts no mail.")
    return "\n\n".join(blocks)
