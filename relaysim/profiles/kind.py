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
)

PROPERTIES = "properties"
"""The section of a profile file that fills no key of a scenario."""


class Kind(StrEnum):
    """A kind of profile; its value is the name of the folder."""

    MTA = "mta"
    HOST = "host"
    DESTINATION = "destination"
    BLOCKLIST = "blocklist"

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
}
_SECTIONS: Mapping[Kind, Mapping[str, str]] = MappingProxyType(
    {
        Kind.MTA: {
            "hub": "hubs.NAME",
            "back_pressure": "hubs.NAME.back_pressure",
            "receive_connector": "receive_connectors.NAME",
            "default_connector": 'receive_connectors."Default HUB"',
            "client_connector": 'receive_connectors."Client HUB"',
            "send_connector": "send_connectors.NAME",
        },
        Kind.HOST: {"host": "hosts.NAME"},
        Kind.DESTINATION: {
            "destination": "destinations.NAME",
            "reputation": "destinations.NAME.reputation",
        },
        Kind.BLOCKLIST: {"blocklist": "blocklists.NAME"},
    }
)
_PROPERTIES: Mapping[Kind, type[Properties]] = MappingProxyType(
    {
        Kind.MTA: MtaProperties,
        Kind.HOST: HostProperties,
        Kind.DESTINATION: DestinationProperties,
        Kind.BLOCKLIST: BlocklistProperties,
    }
)
OVERLAYS = MappingProxyType(
    {"default_connector": "receive_connector", "client_connector": "receive_connector"}
)
"""Sections that lie over another one: those of the connectors that Exchange installs.

An overlay may have any key of the other section, and needs none.
"""
