"""Usage types: what `New-ReceiveConnector -Usage` sets."""

from collections.abc import Mapping
from copy import deepcopy
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from relaysim.mail.spelling import parse_name


class Usage(StrEnum):
    """The values of Usage."""

    CLIENT = "Client"
    CUSTOM = "Custom"
    INTERNAL = "Internal"
    INTERNET = "Internet"
    PARTNER = "Partner"


def parse_usage(text: object) -> Usage:
    """Return the usage type of a name, in any case.

    Raises
    ------
    ValueError
        If there is no such value; the text names the nearest.
    """
    return parse_name(Usage, text, "a usage type")


USAGES: Mapping[Usage, Mapping[str, list[str]]] = MappingProxyType(
    {
        Usage.CLIENT: {
            "permission_groups": ["ExchangeUsers"],
            "auth_mechanism": ["Tls", "BasicAuth", "BasicAuthRequireTLS", "Integrated"],
            "bindings": ["0.0.0.0:587"],
        },
        Usage.CUSTOM: {"permission_groups": [], "auth_mechanism": ["Tls"]},
        Usage.INTERNAL: {
            "permission_groups": ["ExchangeLegacyServers", "ExchangeServers"],
            "auth_mechanism": ["Tls", "ExchangeServer"],
            "bindings": ["0.0.0.0:25"],
        },
        Usage.INTERNET: {
            "permission_groups": ["AnonymousUsers"],
            "auth_mechanism": ["Tls"],
            "remote_ip_ranges": ["0.0.0.0-255.255.255.255"],
        },
        Usage.PARTNER: {"permission_groups": ["Partners"], "auth_mechanism": ["Tls"]},
    }
)
"""What each usage type sets, in a scenario file's spelling.

Confirmed: Microsoft's New-ReceiveConnector page with its paragraphs on 2010.
"""


def usage_defaults(usage: Usage) -> dict[str, Any]:
    """Return what a usage type sets, as a table of the scenario file that the caller may change."""
    return deepcopy(dict(USAGES[usage]))
