"""Findings that several hubs share: the receive connectors in one list, a command for each."""

from collections.abc import Iterable

from relaysim.analysis.mail_paths import Path
from relaysim.audit.shell_commands import set_connector


def connectors_of(found: Iterable[Path]) -> list[str]:
    """Return the receive connectors of paths with their hubs, such as "relay of HUB01", each once.

    Parameters
    ----------
    found : iterable of Path
        The paths that a finding is about.
    """
    names = (f"{path.connector.name} of {path.hub}" for path in found if path.connector)
    return list(dict.fromkeys(names))


def set_at(found: Iterable[Path], **parameters: object) -> str:
    """Return a `Set-ReceiveConnector` command for each connector of the paths, one a line.

    Parameters
    ----------
    found : iterable of Path
        The paths that a finding is about.
    **parameters
        The parameters of each command, as `words.set_connector` takes them.
    """
    commands = (
        set_connector(path.hub, path.connector.name, **parameters)
        for path in found
        if path.connector
    )
    return "\n".join(dict.fromkeys(commands))
