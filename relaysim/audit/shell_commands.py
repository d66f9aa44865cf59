"""Exchange Management Shell commands that findings print."""

from collections.abc import Iterable

from relaysim.mail.rights import Right
from relaysim.plan.routing import identity
from relaysim.scenario.model import Scenario


def set_connector(hub: str, connector: str, **parameters: object) -> str:
    """Return `Set-ReceiveConnector "HUB01\\externalrelay" -Bindings ...`; commas join a list."""
    words = [
        f"-{name} {','.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in parameters.items()
    ]
    return " ".join([f'Set-ReceiveConnector "{identity(hub, connector)}"', *words])


def free_name(scenario: Scenario, hub: str, name: str) -> str:
    """Return a name for a new receive connector of a hub; it has a number if the name exists."""
    taken = {connector.casefold() for connector in scenario.hubs[hub].receive_connectors}
    names = (name, *(f"{name}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.casefold() not in taken)


def new_connector(hub: str, name: str, bindings: str, addresses: Iterable[str]) -> str:
    """Return the `New-ReceiveConnector` command for an anonymous connector with TLS.

    Parameters
    ----------
    hub, name
        The hub, and the name of the new connector.
    bindings
        Addresses and ports of the connector, joined by commas.
    addresses
        The clients that the connector answers.

    Returns
    -------
    str
        The command, on one line.
    """
    return (
        f'New-ReceiveConnector -Name "{name}" -Server {hub} -Usage Custom -Bindings {bindings} '
        f"-RemoteIPRanges {','.join(addresses)} -PermissionGroups AnonymousUsers "
        "-AuthMechanism Tls"
    )


def permission(verb: str, hub: str, connector: str, user: str, *rights: Right) -> str:
    """Return `Get-ReceiveConnector ... | Add-ADPermission ...`, or Remove-, for these rights."""
    named = ",".join(f'"{right.value}"' for right in rights)
    return (
        f'Get-ReceiveConnector "{identity(hub, connector)}" | {verb}-ADPermission -User "{user}" '
        f"-ExtendedRights {named}"
    )


def at_exchange(scenario: Scenario, commands: str | None) -> str | None:
    """Return the commands without those for hubs that are no Exchange servers; None for none.

    Parameters
    ----------
    scenario : Scenario
        The design.
    commands : str or None
        Commands of the Exchange Management Shell, one a line.

    Returns
    -------
    str or None
        The commands that have a server to run on.
    """
    hubs = scenario.hubs
    others = [name for name, hub in hubs.items() if not hub.properties.server_authentication]
    connectors = [
        name
        for name, connector in scenario.send_connectors.items()
        if all(server in others for server in connector.source_transport_servers)
    ]
    named = [
        *(f'"{hub}\\' for hub in others),
        *(f"-Server {hub}" for hub in others),
        *(f'SendConnector "{name}"' for name in connectors),
    ]
    lines = (commands or "").splitlines()
    return "\n".join(line for line in lines if not any(name in line for name in named)) or None
