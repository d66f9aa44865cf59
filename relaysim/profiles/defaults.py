"""The tables of a scenario file that profiles fill; a caller may change what it gets."""

from collections.abc import Sequence
from typing import Any

from relaysim.profiles.kind import LIMITS, RECEIVE_CONNECTOR, REQUIRES, installed_name
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

    The connectors that Exchange installs, such as `Default <hub>`, differ from others.
    """
    return plain(receive_connector_table(profile, hub, connector))


def receive_connector_table(profile: Profile, hub: str, connector: str) -> Table:
    """Return the defaults of a receive connector of `hub`, with their sources."""
    section = section_of_installed(profile, hub, connector)
    overlay = {} if section is None else profile.table(section)
    return {**profile.table(RECEIVE_CONNECTOR), **overlay}


def section_of_installed(profile: Profile, hub: str, connector: str) -> str | None:
    """Return the section of a profile for the connector of this name; None for a custom one."""
    for section in profile.sections:
        name = installed_name(section)
        if name is not None and name.replace("HUB", hub).casefold() == connector.casefold():
            return section
    return None


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
    """Return the defaults of a destination; without a section it has "none" there."""
    reputation = profile.table("reputation")
    below: Raw = {
        "reputation": plain(reputation) or "none",
        REQUIRES: plain(profile.table(REQUIRES)) or "none",
    }
    return below | plain(profile.table("destination"))


def blocklist_defaults(profile: Profile) -> Raw:
    """Return the parameters of a blocklist."""
    return plain(profile.table("blocklist"))


def relay_defaults(profile: Profile) -> Raw:
    """Return the defaults of a relay service, with its limits by name."""
    limits = plain(profile.table(LIMITS))
    return plain(profile.table("relay")) | ({"limits": limits} if limits else {})
