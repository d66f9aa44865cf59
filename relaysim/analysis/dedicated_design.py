"""A hub of its own for the bulk mail: what such a design has otherwise than the one it starts from.

Dedicated means that no other mail goes through that hub or leaves by its public IP: it is a source
server of the send connector, or it would hand its mail to another hub; and the mailbox server does
not submit to it, or half of the users' mail would.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network
from itertools import count
from typing import Any

from relaysim.analysis.mail_paths import Path, paths
from relaysim.analysis.sharing import hubs_of, ips, outside
from relaysim.mail.address import AddressRange, Binding, IpAddress
from relaysim.plan import routing
from relaysim.scenario import override
from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.culprit import is_culprit
from relaysim.scenario.difference import diff
from relaysim.scenario.host import Host
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.units import format_bandwidth

Tables = dict[tuple[str, ...], dict[str, Any]]
"""What a file says, by the path of each table."""

_NAME = "bulkrelay"
_NETWORKS = [IPv4Network(text) for text in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")]
"""Addresses and (below) networks that are for documentation: RFC 5737 and RFC 5398."""
_NUMBERS = range(64501, 64512)


class DedicatedError(Exception):
    """There is no bulk mail that could get a hub of its own, and why."""


@dataclass(frozen=True)
class Dedicated:
    """The difference: its `tables`, the new `hub`, the one it is `like`, the `hosts` it serves."""

    tables: Tables
    hub: str
    like: str
    hosts: tuple[str, ...]


def dedicated(base: Scenario) -> Dedicated:
    """A relay hub and a public IP for the hosts of `base` that send bulk mail.

    The hub is like the one that takes their mail now. Its address is the next free one there; its
    public IP is an example from another allocation and network, and new. Raises DedicatedError.
    """
    bulk = _bulk(base)
    mine = [path for path in paths(base) if path.host in bulk]
    taken = [path for path in mine if path.connector is not None and path.reply is None]
    if not taken:
        raise DedicatedError(f"no hub takes the mail of {', '.join(bulk)}")
    hosts = tuple(dict.fromkeys(path.host for path in taken))
    if _is_apart(base, hosts):
        raise DedicatedError(f"{', '.join(hosts)} has a hub and a public IP of its own already")
    like = base.hubs[taken[0].hub]
    name = _free((f"HUB{number:02}" for number in count(2)), base.hubs)
    server = _free(_servers(), base.dns)
    address, ip = _next_address(base, like), _public_ip(base)
    hub = like.model_copy(
        update={
            "name": name,
            "addresses": (address,),
            "egress": str(ip),
            "receive_connectors": _connectors(base, taken, address),
        }
    )
    tables: Tables = {
        ("dns",): {server: [str(address)]},
        **_of_hub(base, hub),
        **_left(base, taken),
        **_sources(base, taken, name),
        ("egress", str(ip)): _egress(base, like.egress, ip),
    }
    if not base.mailboxes.submission_server_override_list:
        override_list = list(routing.submission_hubs(base))
        tables["mailboxes",] = {"submission_server_override_list": override_list}
    tables |= {("hosts", host): {"server": server} for host in hosts}
    return Dedicated(tables, name, like.name, hosts)


def _bulk(base: Scenario) -> tuple[str, ...]:
    """The hosts that send bulk mail and submit it by SMTP."""
    found = tuple(
        name
        for name, host in base.hosts.items()
        if not (host.properties.mailbox_submission or host.properties.internet)
        and any(_is_bulk(host, short) for short in host.streams)
    )
    if not found:
        raise DedicatedError("there is no bulk mail: no host of kind bulk_marketing sends any")
    return found


def _is_bulk(host: Host, short: str) -> bool:
    stream = host.streams[short]
    return is_culprit(host, stream) and not isinstance(stream.arrivals, Compromise)


def _is_apart(base: Scenario, hosts: tuple[str, ...]) -> bool:
    """Whether no other mail goes through their hubs or leaves by their IPs."""
    used: tuple[set[str], set[str]] = (set(), set())
    for path in paths(base):
        if path.routes:
            used[path.host in hosts].update(hubs_of(path), ips(path))
    return not used[0] & used[1]


def _free(names: Iterable[str], known: Iterable[str]) -> str:
    """The first of the names that nothing bears, in any case."""
    borne = {name.casefold() for name in known}
    return next(name for name in names if name.casefold() not in borne)


def _servers() -> Iterator[str]:
    yield _NAME
    yield from (f"{_NAME}{number}" for number in count(2))


def _next_address(base: Scenario, like: Hub) -> IpAddress:
    """The address after the hub's last one, or the next after it that nobody has."""
    used = {address for hub in base.hubs.values() for address in hub.addresses}
    used |= {host.address for host in base.hosts.values()}
    used |= {address for addresses in base.dns.values() for address in addresses}
    last = max(like.addresses, key=lambda address: (address.version, int(address)))
    return next(last + step for step in count(1) if last + step not in used)


def _public_ip(base: Scenario) -> IpAddress:
    """An example of a public IP, in a network in which the others are not."""
    known = [ip_address(each) for each in base.egress]
    free = [block for block in _NETWORKS if not any(each in block for each in known)]
    block = (free or _NETWORKS)[0]
    return next(block[number] for number in range(25, 255) if block[number] not in known)


def _connectors(
    base: Scenario, taken: list[Path], address: IpAddress
) -> dict[str, ReceiveConnector]:
    """The receive connectors that answer the hosts now, at the new address and for them alone."""
    served: dict[tuple[str, str], dict[str, Host]] = {}
    for path in taken:
        if path.connector is not None:
            hosts = served.setdefault((path.hub, path.connector.name), {})
            hosts[path.host] = base.hosts[path.host]
    made: dict[str, ReceiveConnector] = {}
    known: set[IpAddress] = set()
    for (hub, name), hosts in served.items():
        here = {host.address: host for host in hosts.values() if host.address not in known}
        known |= set(here)
        if here:
            own = _free(_servers(), made)
            ports = sorted({host.port for host in here.values()})
            made[own] = (
                base.hubs[hub]
                .receive_connectors[name]
                .model_copy(
                    update={
                        "name": own,
                        "bindings": tuple(Binding(address, port) for port in ports),
                        "remote_ip_ranges": tuple(AddressRange(each, each) for each in here),
                    }
                )
            )
    return made


def _of_hub(base: Scenario, hub: Hub) -> Tables:
    """The tables of a new hub: what the defaults of its mta do not say."""
    other = base.model_copy(update={"hubs": {**base.hubs, hub.name: hub}})
    tables: Tables = {}
    for change in diff(base, other):
        *table, key = override.parse(f"{change.path}=0")[0]
        tables.setdefault(tuple(table), {})[key] = change.after
    return tables


def _left(base: Scenario, taken: list[Path]) -> Tables:
    """The connectors that answer the hosts now, without them; a list must not become empty."""
    tables: Tables = {}
    gone = {base.hosts[path.host].address for path in taken}
    for path in taken:
        ranges = path.connector.remote_ip_ranges if path.connector is not None else ()
        kept = [each for each in ranges if each.first != each.last or each.first not in gone]
        if path.connector is not None and 0 < len(kept) < len(ranges):
            table = ("hubs", path.hub, "receive_connectors", path.connector.name)
            tables[table] = {"remote_ip_ranges": [str(each) for each in kept]}
    return tables


def _sources(base: Scenario, taken: list[Path], hub: str) -> Tables:
    """The send connectors by which the mail leaves, with the new hub as one more source server."""
    used = {
        hop.connector.name
        for path in taken
        for _, hop in outside(path)
        if hop.connector is not None and hop.connector.linked_receive_connector is None
    }
    return {
        ("send_connectors", name): {
            "source_transport_servers": [*connector.source_transport_servers, hub]
        }
        for name, connector in base.send_connectors.items()
        if name in used
    }


def _egress(base: Scenario, like: str, ip: IpAddress) -> dict[str, Any]:
    """A new public IP, on the line of the other one."""
    other = base.egress[like]
    numbers = {each.asn for each in base.egress.values()}
    return {
        **dict(_line(other.line, other.bandwidth)),
        "allocation": str(ip_network(f"{ip}/29", strict=False)),
        "asn": next((each for each in _NUMBERS if each not in numbers), _NUMBERS[0]),
        "age": "0 d",
    }


def _line(line: str | None, bandwidth: int | None) -> Iterator[tuple[str, str]]:
    if line is not None:
        yield "line", line
    elif bandwidth is not None:
        yield "bandwidth", format_bandwidth(bandwidth)
