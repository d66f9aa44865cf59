"""What `Get-ADPermission` would print for a receive connector, and where each right comes from."""

from collections.abc import Iterator

from relaysim.mail.session_access import Grant, grants
from relaysim.mail.spelling import unknown
from relaysim.plan.routing import identity
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.model import Scenario


def explain_connector(scenario: Scenario, name: str) -> str:
    r"""The rights at a receive connector, named `internalrelay` or `HUB01\internalrelay`.

    Each right of each user stands on a line of its own, as in the output of Get-ADPermission, user
    by user, with the permission group that brought it or Add-ADPermission. A name that several hubs
    have gives tables for each. Raises ValueError, which names the nearest, for an unknown one.
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
    head = f'Get-ADPermission "{identity(hub, connector.name)}" | ft extendedrights -GroupBy user'
    blocks = [head]
    by_user: dict[str, list[Grant]] = {}
    for grant in grants(connector):
        by_user.setdefault(grant.user, []).append(grant)
    for user, own in by_user.items():
        rows = [("ExtendedRights", "From"), ("--------------", "----")]
        rows += [(f"{{{grant.right.value}}}", grant.source) for grant in own]
        width = max(len(right) for right, _ in rows)
        lines = [f"{right:<{width}}  {source}" for right, source in rows]
        blocks += [f"   User: {user}", "\n".join(lines)]
    if len(blocks) == 1:
        blocks.append("Nobody has a right: the connector takes no mail.")
    return "\n\n".join(blocks)
