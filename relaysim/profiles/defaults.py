"""The tables of a scenario file that profiles fill; a caller may change what it gets."""

from collections.abc import Sequence
from typing import Any

from relaysim.profiles.profile import Profile, Table
from relaysim.profiles.value import plain

Raw = dict[str, Any]

_UNLIMITED = "unlimited"


def hub_defaults(profile: Profile) -> Raw:
    """Return the defaults of a hub with this MTA profile."""
    pressure = plain(profile.table("back_pressure"))
    return plain(profile.table("hub")) | {"back_pressure": pressure}


def receive_connector_defaults(profile: Profile, hub: str, connector: str) -> Raw:
    """Return the defaults of a receive connector of `hub`.

    The connectors that Exchange installs, `Default <hub>` and `Client <hub>`, differ from others.
    """
    installed = {f"Default {hub}": "default_connector", f"Client {hub}": "client_connector"}
    overlays = {name.casefold(): profile.table(section) for name, section in installed.items()}
    overlay = overlays.get(connector.casefold(), {})
    return plain({**profile.table("receive_connector"), **overlay})


def send_connector_table(servers: Sequence[Profile]) -> Table:
    """Return the defaults of a send connector, given the MTA profiles of its source servers.

    Of each limit the first source server that has one decides: a connector has no limit only if
    none of its servers has it.
    """
    tables = [server.table("send_connector") for server in servers]
    return {
        key: next((table[key] for table in tables if table[key].value != _UNLIMITED), value)
        for key, value in tables[0].items()
    }


def host_defaults(profile: Profile) -> Raw:
    """Return the defaults of a host of this kind."""
    return plain(profile.table("host"))


def destination_defaults(profile: Profile) -> Raw:
    """Return the defaults of a destination; without a section `reputation` it keeps none."""
    reputation = profile.table("reputation")
    below = {"reputation": plain(reputation) or "none"}
    return below | plain(profile.table("destination"))


def blocklist_defaults(profile: Profile) -> Raw:
    """Return the parameters of a blocklist."""
    return plain(profile.table("blocklist"))
