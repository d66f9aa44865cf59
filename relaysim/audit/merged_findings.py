"""Findings about several hubs: a list of the receive connectors, and a command for each."""

from collections.abc import Iterable

from relaysim.analysis.mail_paths import Path
from relaysim.audit.shell_commands import set_connector


def connectors_of(routes: Iterable[Path]) -> list[str]:
    """Return the receive connectors of paths with their hubs, such as "relay of HUB01", each once.

    Parameters
    ----------
    routes : iterable of Path
        The paths of the finding.

    Returns
    -------
    list of str
        The names, in the order of the paths.
    """
    names = (f"{path.connector.name} of {path.hub}" for path in routes if path.connector)
    return list(dict.fromkeys(names))


def set_at(routes: Iterable[Path], **parameters: object) -> str:
    """Return a `Set-ReceiveConnector` command for each connector of the paths, one a line.

    Parameters
    ----------
    routes : iterable of Path
        The paths of the finding.
    **parameters
        The parameters of each command, as for `shell_commands.set_connector`.

    Returns
    -------
    str
        The commands, each once.
    """
    commands = (
        set_connector(path.hub, path.connector.name, **parameters)
        for path in routes
        if path.connector
    )
    return "\n".join(dict.fromkeys(commands))
