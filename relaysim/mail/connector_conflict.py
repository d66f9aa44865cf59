"""Conflicts between the receive connectors of one server."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product

from relaysim.mail.address import AddressRange, Binding
from relaysim.mail.receive_connector import ReceiveConnector


class ConflictKind(StrEnum):
    """How two connectors with a common binding collide."""

    SAME = "same remote range"
    PARTIAL = "remote ranges overlap in part"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two connectors of a server that share a binding, and two ranges that may not stand together.

    `connector` is the later one, which Exchange would refuse; `existing` the one it names.
    """

    connector: str
    existing: str
    kind: ConflictKind
    binding: Binding
    remote_range: AddressRange
    existing_range: AddressRange

    def message(self, server: str) -> str:
        """Return Exchange's error text (the sentence that 2007 and later have in common)."""
        return (
            "The values that you specified for the Bindings and RemoteIPRanges parameters conflict "
            f'with the settings on Receive connector "{server}\\{self.existing}".'
        )


def conflicts(connectors: Iterable[ReceiveConnector]) -> tuple[Conflict, ...]:
    """Return the conflicts between connectors of a server, at most one a pair, equal ranges first.

    Notes
    -----
    Every combination of local address, port and remote ranges must be unique; two ranges may
    overlap only if one lies completely inside the other (Microsoft's Set-ReceiveConnector page). A
    wildcard and a specific address are different local addresses, so they never conflict:
    `192.168.168.170:25` with all remote addresses may stand beside `0.0.0.0:25` with all (by the
    wording of the rule; how Exchange then chooses is unconfirmed, see `select`). Disabled
    connectors count, since the rule is about settings.
    """
    result = []
    for existing, connector in combinations(connectors, 2):
        collisions = _collisions(connector, existing)
        result += sorted(collisions, key=lambda conflict: conflict.kind is not ConflictKind.SAME)[
            :1
        ]
    return tuple(result)


def _collisions(connector: ReceiveConnector, existing: ReceiveConnector) -> Iterator[Conflict]:
    shared = [binding for binding in connector.bindings if binding in existing.bindings]
    ranges = product(connector.remote_ip_ranges, existing.remote_ip_ranges)
    for binding, (ip_range, other) in product(shared, ranges):
        if ip_range == other:
            kind = ConflictKind.SAME
        elif ip_range.overlaps(other) and not (
            ip_range.contains_range(other) or other.contains_range(ip_range)
        ):
            kind = ConflictKind.PARTIAL
        else:
            continue
        yield Conflict(connector.name, existing.name, kind, binding, ip_range, other)
