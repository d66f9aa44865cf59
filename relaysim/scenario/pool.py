"""Pools of public IPs: a hub chooses one of them for each message."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from relaysim.mail.address import parse_ip
from relaysim.scenario.table import AddressName, Keyed, Table

_LARGEST = 1000
"""The most of all weights of a pool."""


def _ip_or_name(value: object) -> object:
    """Return an address in its canonical spelling, and any other text as it is."""
    try:
        return str(parse_ip(value))
    except ValueError:
        return value


def _small(weights: dict[str, int]) -> dict[str, int]:
    if sum(weights.values()) > _LARGEST:
        raise ValueError(f"the weights add up to more than {_LARGEST}: write smaller ones")
    return weights


EgressName = Annotated[str, BeforeValidator(_ip_or_name)]
"""A key of `[egress]` or of `[pools]`."""


class Pool(Table):
    """Public IPs. A hub chooses one of them for each message, by weight.

    A message keeps its IP for all its attempts (assumption: KumoMTA may choose anew at each).
    """

    members: Annotated[
        Keyed[AddressName, Annotated[int, Field(ge=1)]],
        Field(min_length=1),
        AfterValidator(_small),
    ]
    """Its public IPs, keys of `[egress]`, each with a weight: the share of messages that it has."""
