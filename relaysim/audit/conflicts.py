"""Checks of receive connectors that Exchange would refuse."""

from collections.abc import Iterator

from relaysim.analysis.client_sources import sources_at
from relaysim.analysis.mail_paths import connector_place
from relaysim.audit.finding import Finding, Severity
from relaysim.audit.shell_commands import set_connector
from relaysim.mail.connector_conflict import Conflict, ConflictKind, conflicts
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.wording import listed


def connector_conflict(scenario: Scenario) -> Iterator[Finding]:
    """Two connectors of a hub have the same binding and the same remote range."""
    yield from _conflicts(
        scenario,
        ConflictKind.SAME,
        "both listen at {binding} to {range}",
        "Give one of the two another address of the hub, or narrow its remote_ip_ranges to the "
        "hosts that need it.",
    )


def partial_overlap(scenario: Scenario) -> Iterator[Finding]:
    """Two connectors of a hub have the same binding, and remote ranges that overlap in part."""
    yield from _conflicts(
        scenario,
        ConflictKind.PARTIAL,
        "both listen at {binding}, and {range} overlaps {existing} only in part; one range must "
        "lie completely inside the other",
        "Change the ranges: one inside the other, or no common address.",
    )


def _conflicts(scenario: Scenario, kind: ConflictKind, pattern: str, fix: str) -> Iterator[Finding]:
    for name, hub in scenario.hubs.items():
        for conflict in conflicts(hub.receive_connectors.values()):
            if conflict.kind is kind:
                clash = pattern.format(
                    binding=conflict.binding,
                    range=conflict.remote_range,
                    existing=conflict.existing_range,
                )
                yield Finding(
                    Severity.ERROR,
                    connector_place(name, conflict.connector),
                    f"{conflict.connector} and {conflict.existing}: {clash}. Exchange refuses it: "
                    f"{conflict.message(name)}",
                    fix,
                    _narrowed(scenario, name, conflict),
                )


def _narrowed(scenario: Scenario, hub: str, conflict: Conflict) -> str | None:
    """Return the command that limits the connector to its own hosts; None without hosts.

    With the same range these are the hosts of both connectors, because one of them answers all.
    With a partial overlap each connector keeps the hosts that it answers.
    """
    both = [scenario.hubs[hub].receive_connectors[conflict.existing]]
    both.append(scenario.hubs[hub].receive_connectors[conflict.connector])
    # `both[1]` is the connector that the command changes.
    answering = both if conflict.kind is ConflictKind.SAME else both[1:]
    users = [
        str(source)
        for connector in answering
        for name, source in sources_at(scenario, hub, connector).items()
        if not scenario.hosts[name].properties.internet
        and any(ip_range.contains(source) for ip_range in both[1].remote_ip_ranges)
    ]
    if not users:
        return None
    return set_connector(hub, conflict.connector, RemoteIPRanges=list(dict.fromkeys(users)))


def binding_address(scenario: Scenario) -> Iterator[Finding]:
    """A connector is bound to an address that the hub does not have."""
    for name, hub in scenario.hubs.items():
        for connector in hub.receive_connectors.values():
            for binding in connector.bindings:
                if not binding.is_wildcard and binding.address not in hub.addresses:
                    yield Finding(
                        Severity.ERROR,
                        connector_place(name, connector.name),
                        f"{connector.name} is bound to {binding}, and {name} has no such address: "
                        "no client can connect there, and the transport service may fail to start.",
                        f"Add {binding.address} to the network adapter (and to addresses of "
                        f"{name}), or bind the connector to an address that the hub has: "
                        f"{listed(map(str, hub.addresses))}.",
                        set_connector(
                            name, connector.name, Bindings=[_free_binding(hub, binding.port)]
                        ),
                    )


def _free_binding(hub: Hub, port: int) -> str:
    """Return the first free address of the hub with this port, or else the first address."""
    taken = {binding for other in hub.receive_connectors.values() for binding in other.bindings}
    addresses = {(binding.address, binding.port) for binding in taken}
    free = [address for address in hub.addresses if (address, port) not in addresses]
    address = (free or list(hub.addresses))[0]
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
