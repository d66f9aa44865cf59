"""Send connectors: address spaces, and the next hop that a connector leads to."""

# ruff: noqa: D102 -- the properties are Exchange's parameters; the class describes them

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from relaysim.mail.address import IpAddress, parse_ip
from relaysim.mail.domains import parse_pattern
from relaysim.mail.spelling import text_of


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """Recipient domains that a send connector serves: a pattern (see `specificity`) at a cost."""

    pattern: str
    cost: int

    def __str__(self) -> str:
        return f"SMTP:{self.pattern};{self.cost}"


_SPACE = re.compile(r"(?:(?P<type>[^:;]+):)?(?P<pattern>[^:;]+)(?:;(?P<cost>[0-9]{1,3}))?")


def parse_address_space(text: object) -> AddressSpace:
    """Return an address space from "SMTP:*;1", "contoso.com" or "*.contoso.com;5".

    The cost is 1 to 100; without one it is 1.

    Raises
    ------
    ValueError
        If the text is no address space.
    """
    match = _SPACE.fullmatch(text_of(text))
    if match is None or (match["type"] or "SMTP").strip().upper() != "SMTP":
        raise ValueError(
            f'"{text}" is not an SMTP address space: write one such as "SMTP:*;1", "contoso.com" '
            'or "*.contoso.com;5"'
        )
    cost = int(match["cost"] or 1)
    if not 1 <= cost <= 100:
        raise ValueError(f'"{text}" has a cost of {cost}: costs are 1 to 100')
    return AddressSpace(parse_pattern(match["pattern"]), cost)


class SendConnector(Protocol):
    r"""A send connector of the organization, with Exchange's parameter names.

    `max_message_size` in bytes; None is "unlimited". `linked_receive_connector` is `SERVER\name`.
    """

    @property
    def name(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def address_spaces(self) -> Sequence[AddressSpace]: ...
    @property
    def source_transport_servers(self) -> Collection[str]: ...
    @property
    def smart_hosts(self) -> Sequence[str]: ...
    @property
    def dns_routing_enabled(self) -> bool: ...
    @property
    def max_message_size(self) -> int | None: ...
    @property
    def smtp_max_messages_per_connection(self) -> int | None: ...
    @property
    def linked_receive_connector(self) -> str | None: ...


def is_source(connector: SendConnector, hub: str) -> bool:
    """Return whether a hub sends by a connector itself, without a hand-over to another hub."""
    return hub in connector.source_transport_servers


def smart_host_domain(name: str) -> str:
    """Return the domain or address of a smart host as destinations write it: lower case, no []."""
    return name.strip().removeprefix("[").removesuffix("]").casefold()


def hubs_named(
    smart_host: str,
    hubs: Mapping[str, Sequence[IpAddress]],
    dns: Mapping[str, Sequence[IpAddress]],
) -> tuple[tuple[str, IpAddress], ...]:
    """Return the hubs that a smart host names.

    Parameters
    ----------
    smart_host : str
        The name of a hub, a name in DNS, or an address, in brackets or without.
    hubs, dns : mapping of str to sequence of IpAddress
        The addresses of each hub, and of each name in DNS.

    Returns
    -------
    tuple of (str, IpAddress)
        Each hub with the address that a connection goes to; empty if the smart host is no hub.
    """
    name = smart_host_domain(smart_host)
    for hub, addresses in hubs.items():
        if hub.casefold() == name:
            return tuple((hub, address) for address in addresses[:1])
    owner = {address: hub for hub, addresses in hubs.items() for address in addresses}
    for host, addresses in dns.items():
        if host.casefold() == name:
            return tuple((owner[each], each) for each in addresses if each in owner)
    try:
        address = parse_ip(name)
    except ValueError:
        return ()
    return ((owner[address], address),) if address in owner else ()


def balancer_named(
    smart_host: str,
    balancers: Mapping[str, IpAddress],
    dns: Mapping[str, Sequence[IpAddress]],
) -> str | None:
    """Return the load balancer that a smart host names.

    Parameters
    ----------
    smart_host : str
        The name of a load balancer, a name in DNS that has its address alone, or the address.
    balancers : mapping of str to IpAddress
        The address of each load balancer.
    dns : mapping of str to sequence of IpAddress
        The addresses of each name in DNS.

    Returns
    -------
    str or None
        Its name; None if the smart host is no load balancer.
    """
    name = smart_host_domain(smart_host)
    known = {host.casefold(): tuple(addresses) for host, addresses in dns.items()}
    for balancer, address in balancers.items():
        if name in (balancer.casefold(), str(address)) or known.get(name) == (address,):
            return balancer
    return None


def next_hop(connector: SendConnector, domain: str) -> str:
    """Return the next hop: the recipient domain with DNS routing, else the list of smart hosts.

    With smart hosts all domains share one queue, and one limit of connections.
    """
    return domain if connector.dns_routing_enabled else ",".join(connector.smart_hosts)
