"""A dedicated hub for bulk mail: the tables that differ from the base design.

Dedicated means that no other mail goes through that hub or leaves by its public IP. So the hub is a
source server of the send connector (else it would hand mail to another hub), and the mailbox server
does not submit to the hub (else part of the users' mail would go through it). A hub with a front
end gets a site of its own, because front ends spread mail over the servers of a site.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network
from itertools import count
from typing import Any

from immutabledict import immutabledict

from relaysim.analysis.mail_paths import Path, paths
from relaysim.analysis.sharing import hubs_of, ips, outside
from relaysim.mail.address import AddressRange, Binding, IpAddress
from relaysim.plan import submission
from relaysim.plan.public_ips import all_public_ips
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
"""Keys and values of a scenario file, by the path of each table."""

_NAME = "bulkrelay"
_SITE = "Bulk-Relay"
_NETWORKS = [IPv4Network(text) for text in ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")]
"""Networks, and below AS numbers, for documentation: RFC 5737 and RFC 5398."""
_NUMBERS = range(64501, 64512)


class DedicatedError(Exception):
    """No bulk mail can get a dedicated hub; the message has the reason."""


@dataclass(frozen=True)
class Dedicated:
    """The difference of a dedicated design from its base design.

    Parameters
    ----------
    tables : Tables
        The tables that differ.
    hub : str
        The new hub.
    like : str
        The hub from which the new hub is copied.
    hosts : tuple of str
        The hosts that submit to the new hub.
    """

    tables: Tables
    hub: str
    like: str
    hosts: tuple[str, ...]


def dedicated(base: Scenario) -> Dedicated:
    """Return a dedicated hub and public IP for the hosts of `base` that send bulk mail.

    Parameters
    ----------
    base : Scenario
        The base design.

    Returns
    -------
    Dedicated
        The difference. The hub is a copy of the hub that accepts the bulk mail now, with the next
        free address. The public IP is a new example from another allocation and network.

    Raises
    ------
    DedicatedError
        If there is no bulk mail, no hub accepts it, or it has a dedicated hub and IP already.
    """
    bulk = _bulk(base)
    taken = [
        path
        for path in paths(base)
        # A hub that refuses the mail today is no model for the new hub.
        if path.host in bulk and path.connector is not None and path.reply is None
    ]
    if not taken:
        raise DedicatedError(f"no hub accepts the mail of {', '.join(bulk)}")
    hosts = tuple(dict.fromkeys(path.host for path in taken))
    if _is_dedicated(base, hosts):
        raise DedicatedError(f"{', '.join(hosts)} has a hub and a public IP of its own already")
    like = base.hubs[taken[0].hub]
    name = _free((f"HUB{number:02}" for number in count(2)), base.hubs)
    server = _free(_servers(), (*base.dns, *base.load_balancers))
    address, ip = _next_address(base, like), _public_ip(base)
    apart, sites = like.properties.front_end, {hub.site for hub in base.hubs.values()}
    hub = like.model_copy(
        update={
            "name": name,
            "addresses": (address,),
            "egress": str(ip),
            "egress_by_sender_domain": immutabledict[str, str](),
            "site": _free(_sites(), sites) if apart else like.site,
            "receive_connectors": _connectors(base, taken, address),
        }
    )
    tables: Tables = {
        ("dns",): {server: [str(address)]},
        **_of_hub(base, hub),
        **_left(base, taken),
        **_sources(base, taken, name),
        ("egress", str(ip)): _egress(base, all_public_ips(base, like.name)[0], ip),
    }
    # Without a site or a list the mailbox server would submit to the new hub as well.
    if apart:
        tables["mailboxes",] = {"site": base.mailboxes.site or like.site}
    elif not base.mailboxes.submission_server_override_list:
        override_list = list(submission.submission_hubs(base))
        tables["mailboxes",] = {"submission_server_override_list": override_list}
    tables |= {("hosts", host): {"server": server} for host in hosts}
    return Dedicated(tables, name, like.name, hosts)


def _bulk(base: Scenario) -> tuple[str, ...]:
    """Return the hosts that send bulk mail and submit it by SMTP."""
    hosts = tuple(
        name
        for name, host in base.hosts.items()
        if not (host.properties.mailbox_submission or host.properties.internet)
        and any(_is_bulk(host, short) for short in host.streams)
    )
    if not hosts:
        raise DedicatedError("there is no bulk mail: no host of kind bulk_marketing sends any")
    return hosts


def _is_bulk(host: Host, short: str) -> bool:
    stream = host.streams[short]
    return is_culprit(host, stream) and not isinstance(stream.arrivals, Compromise)


def _is_dedicated(base: Scenario, hosts: tuple[str, ...]) -> bool:
    """Return whether no other mail uses the hubs and public IPs of these hosts."""
    used: tuple[set[str], set[str]] = (set(), set())
    for path in paths(base):
        if path.routes:
            used[path.host in hosts].update(hubs_of(path), ips(path))
    return not used[0] & used[1]


def _free(names: Iterable[str], known: Iterable[str]) -> str:
    """Return the first name that is not `known`, in upper or lower case."""
    used = {name.casefold() for name in known}
    return next(name for name in names if name.casefold() not in used)


def _servers() -> Iterator[str]:
    yield _NAME
    yield from (f"{_NAME}{number}" for number in count(2))


def _sites() -> Iterator[str]:
    yield _SITE
    yield from (f"{_SITE}{number}" for number in count(2))


def _next_address(base: Scenario, like: Hub) -> IpAddress:
    """Return the first free address after the last address of the hub."""
    used = {address for hub in base.hubs.values() for address in hub.addresses}
    used |= {host.address for host in base.hosts.values()}
    used |= {balancer.address for balancer in base.load_balancers.values()}
    used |= {address for addresses in base.dns.values() for address in addresses}
    # IPv4 and IPv6 addresses do not compare, so the version comes first.
    last = max(like.addresses, key=lambda address: (address.version, int(address)))
    return next(last + step for step in count(1) if last + step not in used)


def _public_ip(base: Scenario) -> IpAddress:
    """Return an example of a public IP, in a network without other public IPs if one is left."""
    known = [ip_address(address) for address in base.egress]
    free = [block for block in _NETWORKS if not any(ip in block for ip in known)]
    block = (free or _NETWORKS)[0]
    return next(block[number] for number in range(25, 255) if block[number] not in known)


def _connectors(
    base: Scenario, taken: list[Path], address: IpAddress
) -> dict[str, ReceiveConnector]:
    """Return copies of the connectors that answer the hosts, at the new address, only for them."""
    served: dict[tuple[str, str], dict[str, Host]] = {}
    for path in taken:
        if path.connector is not None:
            hosts = served.setdefault((path.hub, path.connector.name), {})
            hosts[path.host] = base.hosts[path.host]
    copies: dict[str, ReceiveConnector] = {}
    known: set[IpAddress] = set()
    for (hub, name), hosts in served.items():
        # Exchange refuses two connectors with the same binding and remote range: an address goes to
        # one.
        here = {host.address: host for host in hosts.values() if host.address not in known}
        known |= set(here)
        if here:
            own_connector = _free(_servers(), copies)
            ports = sorted({host.port for host in here.values()})
            copies[own_connector] = (
                base.hubs[hub]
                .receive_connectors[name]
                .model_copy(
                    update={
                        "name": own_connector,
                        "bindings": tuple(Binding(address, port) for port in ports),
                        "remote_ip_ranges": tuple(AddressRange(ip, ip) for ip in here),
                    }
                )
            )
    return copies


def _of_hub(base: Scenario, hub: Hub) -> Tables:
    """Return the tables of a new hub, without the defaults of its mta."""
    other = base.model_copy(update={"hubs": {**base.hubs, hub.name: hub}})
    tables: Tables = {}
    for change in diff(base, other):
        # The parser splits a quoted path; the value 0 is not used.
        *table, key = override.parse(f"{change.path}=0")[0]
        tables.setdefault(tuple(table), {})[key] = change.after
    return tables


def _left(base: Scenario, taken: list[Path]) -> Tables:
    """Return the old connectors without the hosts; a list must not become empty."""
    tables: Tables = {}
    moved_addresses = {base.hosts[path.host].address for path in taken}
    for path in taken:
        ranges = path.connector.remote_ip_ranges if path.connector is not None else ()
        kept = [
            ip_range
            for ip_range in ranges
            if ip_range.first != ip_range.last or ip_range.first not in moved_addresses
        ]
        # Ranges of several addresses stay: the new hub takes the sessions by its own address.
        if path.connector is not None and 0 < len(kept) < len(ranges):
            table = ("hubs", path.hub, "receive_connectors", path.connector.name)
            tables[table] = {"remote_ip_ranges": [str(ip_range) for ip_range in kept]}
    return tables


def _sources(base: Scenario, taken: list[Path], hub: str) -> Tables:
    """Return the send connectors of the mail, with the new hub as one more source server."""
    used = {
        hop.connector.name
        for path in taken
        for _, hop in outside(path)
        # A linked connector carries only mail of a receive connector of the old hub.
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
    """Return the table of a new public IP on the line of the old public IP."""
    other = base.egress[like]
    numbers = {egress.asn for egress in base.egress.values()}
    return {
        **dict(_line(other.line, other.bandwidth)),
        "allocation": str(ip_network(f"{ip}/29", strict=False)),
        "asn": next((asn for asn in _NUMBERS if asn not in numbers), _NUMBERS[0]),
        "age": "0 d",
    }


def _line(line: str | None, bandwidth: int | None) -> Iterator[tuple[str, str]]:
    if line is not None:
        yield "line", line
    elif bandwidth is not None:
        yield "bandwidth", format_bandwidth(bandwidth)
