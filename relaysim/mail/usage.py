"""Usage types: what `New-ReceiveConnector -Usage` sets, and what it asks for."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from relaysim.mail.spelling import parse_name

BINDINGS, RANGES = "bindings", "remote_ip_ranges"


class Usage(StrEnum):
    """The values of Usage."""

    CLIENT = "Client"
    CUSTOM = "Custom"
    INTERNAL = "Internal"
    INTERNET = "Internet"
    PARTNER = "Partner"


def parse_usage(text: object) -> Usage:
    """The usage type, in any case. Raises ValueError that names the nearest."""
    return parse_name(Usage, text, "a usage type")


@dataclass(frozen=True, slots=True)
class UsageRule:
    """What a usage type sets, in a scenario file's spelling, and the keys it needs and forbids."""

    sets: Mapping[str, list[str]]
    needs: tuple[str, ...]
    forbids: tuple[str, ...] = ()


USAGES: Mapping[Usage, UsageRule] = MappingProxyType(
    {
        Usage.CLIENT: UsageRule(
            {
                "permission_groups": ["ExchangeUsers"],
                "auth_mechanism": ["Tls", "BasicAuth", "BasicAuthRequireTLS", "Integrated"],
                "bindings": ["0.0.0.0:587"],
            },
            needs=(RANGES,),
            forbids=(BINDINGS,),
        ),
        Usage.CUSTOM: UsageRule(
            {"permission_groups": [], "auth_mechanism": ["Tls"]}, needs=(BINDINGS, RANGES)
        ),
        Usage.INTERNAL: UsageRule(
            {
                "permission_groups": ["ExchangeLegacyServers", "ExchangeServers"],
                "auth_mechanism": ["Tls", "ExchangeServer"],
                "bindings": ["0.0.0.0:25"],
            },
            needs=(RANGES,),
            forbids=(BINDINGS,),
        ),
        Usage.INTERNET: UsageRule(
            {
                "permission_groups": ["AnonymousUsers"],
                "auth_mechanism": ["Tls"],
                "remote_ip_ranges": ["0.0.0.0-255.255.255.255"],
            },
            needs=(BINDINGS,),
            forbids=(RANGES,),
        ),
        Usage.PARTNER: UsageRule(
            {"permission_groups": ["Partners"], "auth_mechanism": ["Tls"]},
            needs=(BINDINGS, RANGES),
        ),
    }
)
"""The usage types (Microsoft's New-ReceiveConnector page with its 2010 paragraphs; confirmed)."""


def usage_defaults(usage: Usage) -> dict[str, Any]:
    """What the usage type sets, as a table of the scenario file that the caller may change."""
    return deepcopy(dict(USAGES[usage].sets))


def usage_problems(usage: Usage, given: Collection[str]) -> list[str]:
    """What New-ReceiveConnector would refuse, one sentence each; `given` holds the keys written."""
    rule = USAGES[usage]
    missing = [f"usage {usage} needs {key}" for key in rule.needs if key not in given]
    return missing + [f"usage {usage} sets {key} itself" for key in rule.forbids if key in given]
