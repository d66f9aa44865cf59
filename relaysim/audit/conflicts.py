"""Checks of receive connectors that cannot stand as they are."""

from collections.abc import Iterator

from relaysim.analysis.mail_paths import clients, connector_place
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.mail.connector_conflict import Conflict, ConflictKind, conflicts
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.wording import listed


def connector_conflict(scenario: Scenario) -> Iterator[Finding]:
    """Two connectors of a hub with the same binding and the same remote range."""
    yield from _conflicts(
        scenario,
        ConflictKind.SAME,
        "both listen at {binding} to {range}",
        "Give one of the two another address of the hub, or narrow its remote_ip_ranges to the "
        "hosts that need it.",
    )


def partial_overlap(scenario: Scenario) -> Iterator[Finding]:
    """Two connectors of a hub with the same binding whose remote ranges overlap in part."""
    yield from _conflicts(
        scenario,
        ConflictKind.PARTIAL,
        "both listen at {binding}, and {range} overlaps {existing} only in part; one range must "
        "lie completely inside the other",
        "Draw the ranges so that one lies inside the other, or so that they have no address in "
        "common.",
    )


def _conflicts(scenario: Scenario, kind: ConflictKind, what: str, fix: str) -> Iterator[Finding]:
    for name, hub in scenario.hubs.items():
        for found in conflicts(hub.receive_connectors.values()):
            if found.kind is kind:
                clash = what.format(
                    binding=found.binding, range=found.remote_range, existing=found.existing_range
                )
                yield Finding(
                    Severity.ERROR,
                    connector_place(name, found.connector),
                    f"{found.connector} and {found.existing}: {clash}. Exchange refuses it: "
                    f"{found.message(name)}",
                    fix,
                    _narrowed(scenario, name, found),
                )


def _narrowed(scenario: Scenario, hub: str, conflict: Conflict) -> str | None:
    """The command that leaves the connector to its hosts, if it has any.

    Of two connectors with the same range these are the hosts of both, since one answers for both.
    Where ranges overlap in part each keeps those that it answers.
    """
    both = [scenario.hubs[hub].receive_connectors[conflict.existing]]
    both.append(scenario.hubs[hub].receive_connectors[conflict.connector])
    answering = both if conflict.kind is ConflictKind.SAME else both[1:]
    hosts = [scenario.hosts[name] for each in answering for name in clients(scenario, hub, each)]
    users = [
        str(host.address)
        for host in hosts
        if not host.properties.internet
        and any(each.contains(host.address) for each in both[1].remote_ip_ranges)
    ]
    if not users:
        return None
    return set_connector(hub, conflict.connector, RemoteIPRanges=list(dict.fromkeys(users)))


def binding_address(scenario: Scenario) -> Iterator[Finding]:
    """A binding to an address that the hub does not have."""
    for name, hub in scenario.hubs.items():
        for connector in hub.receive_connectors.values():
            for binding in connector.bindings:
                if not binding.is_wildcard and binding.address not in hub.addresses:
                    yield Finding(
                        Severity.ERROR,
                        connector_place(name, connector.name),
                        f"It is bound to {binding}, and {name} has no such address: nobody can "
                        "reach it there, and the transport service may not even start.",
                        f"Add {binding.address} to the network adapter (and to addresses of "
                        f"{name}), or bind the connector to an address that the hub has: "
                        f"{listed(map(str, hub.addresses))}.",
                        set_connector(
                            name, connector.name, Bindings=[_free_binding(hub, binding.port)]
                        ),
                    )


def _free_binding(hub: Hub, port: int) -> str:
    """The first address and port of the hub that no connector is bound to, or the first at all."""
    taken = {each for other in hub.receive_connectors.values() for each in other.bindings}
    addresses = {(binding.address, binding.port) for binding in taken}
    free = [address for address in hub.addresses if (address, port) not in addresses]
    address = (free or list(hub.addresses))[0]
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
