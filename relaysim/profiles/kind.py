"""Kinds of profile: the folder that a profile lies in, its sections and its properties."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from relaysim.profiles.properties import (
    BlocklistProperties,
    DestinationProperties,
    HostProperties,
    MtaProperties,
    Properties,
    RelayProperties,
)

PROPERTIES = "properties"
"""The section of a profile file that fills no key of a scenario."""

LIMITS = "limits"
"""The section of a relay profile whose keys are names of limits, chosen freely."""

REQUIRES = "requires"
"""The section of a destination profile about what mail must have; it needs none of its keys."""


class Kind(StrEnum):
    """A kind of profile; its value is the name of the folder."""

    MTA = "mta"
    HOST = "host"
    DESTINATION = "destination"
    BLOCKLIST = "blocklist"
    RELAY = "relay"

    @property
    def noun(self) -> str:
        """What messages call a profile of this kind."""
        return _NOUNS[self]

    @property
    def sections(self) -> Mapping[str, str]:
        """The sections of a profile file, each with the table of a scenario that it fills."""
        return _SECTIONS[self]

    @property
    def properties(self) -> type[Properties]:
        """The class that declares the properties."""
        return _PROPERTIES[self]


_NOUNS = {
    Kind.MTA: "MTA profile",
    Kind.HOST: "kind of host",
    Kind.DESTINATION: "destination profile",
    Kind.BLOCKLIST: "blocklist profile",
    Kind.RELAY: "relay profile",
}
_SECTIONS: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        Kind.MTA: {
            "hub": "hubs.NAME",
            "back_pressure": "hubs.NAME.back_pressure",
            "receive_connector": "receive_connectors.NAME",
            "send_connector": "send_connectors.NAME",
        },
        Kind.HOST: {"host": "hosts.NAME"},
        Kind.DESTINATION: {
            "destination": "destinations.NAME",
            "reputation": "destinations.NAME.reputation",
            REQUIRES: "destinations.NAME.requires",
        },
        Kind.BLOCKLIST: {"blocklist": "blocklists.NAME"},
        Kind.RELAY: {"relay": "relays.NAME", LIMITS: "relays.NAME.limits"},
    }
)
_PROPERTIES: Mapping[Kind, type[Properties]] = MappingProxyType(
    {
        Kind.MTA: MtaProperties,
        Kind.HOST: HostProperties,
        Kind.DESTINATION: DestinationProperties,
        Kind.BLOCKLIST: BlocklistProperties,
        Kind.RELAY: RelayProperties,
    }
)
RECEIVE_CONNECTOR = "receive_connector"
INSTALLED = "installed_connectors"
"""The tables of an MTA profile for receive connectors that the server installs, by their names.

HUB in a name stands for the name of the hub. A table lies over `receive_connector`: it may have any
key of a receive connector, and needs none. A profile keeps each table as a section of its own.
"""


def installed_section(name: str) -> str:
    """Return the section of an installed connector, such as "Default HUB"."""
    return f"{INSTALLED}.{name}"


def installed_name(section: str) -> str | None:
    """Return the name of the installed connector that a section is for; None for another one."""
    prefix, _, name = section.partition(".")
    return name if prefix == INSTALLED and name else None


def section_path(section: str) -> tuple[str, ...]:
    """Return the keys that lead to a section in a profile file."""
    name = installed_name(section)
    return (section,) if name is None else (INSTALLED, name)
