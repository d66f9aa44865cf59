"""Which receive connector answers a session."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from relaysim.mail.address import IpAddress
from relaysim.mail.receive_connector import ReceiveConnector

C = TypeVar("C", bound=ReceiveConnector)


class Reason(StrEnum):
    """Why a connector does not answer a session."""

    DISABLED = "disabled"
    BINDING = "no binding fits"
    REMOTE = "remote address not listed"
    HIDDEN = "hidden by a specific binding"
    LARGER_RANGE = "larger remote range"
    WILDCARD = "wildcard binding"
    NAME = "later name"


@dataclass(frozen=True, slots=True)
class PassedOver(Generic[C]):
    """A connector that does not answer, and why; `text` is one clause about it."""

    connector: C
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class Selection(Generic[C]):
    """The connector of a session, or None (`421 4.3.2 Service not available`), and all others."""

    connector: C | None
    passed_over: tuple[PassedOver[C], ...]


class _Candidate(NamedTuple, Generic[C]):
    """A connector that could answer, in the order of preference."""

    range_size: int
    wildcard: bool
    name: str
    connector: C


def _wildcard_binding(connector: ReceiveConnector, local: IpAddress, port: int) -> bool | None:
    """Return whether the closest fitting binding is a wildcard; None if no binding fits."""
    fitting = [binding.is_wildcard for binding in connector.bindings if binding.fits(local, port)]
    return min(fitting, default=None)


def _range_size(connector: ReceiveConnector, remote: IpAddress) -> int | None:
    """Return the size of the smallest range that holds the client; None if none does."""
    fitting = [
        ip_range.size for ip_range in connector.remote_ip_ranges if ip_range.contains(remote)
    ]
    return min(fitting, default=None)


def select(
    connectors: Iterable[C],
    local: IpAddress,
    port: int,
    remote: IpAddress,
    specific_binding_hides_wildcard: bool = False,
) -> Selection[C]:
    """Select the receive connector of a hub that answers a session.

    Parameters
    ----------
    connectors : iterable of ReceiveConnector
        The connectors of the hub.
    local, port : IpAddress, int
        Local address and port of the session.
    remote : IpAddress
        Address of the client.
    specific_binding_hides_wildcard : bool
        Whether wildcard bindings are out where a connector is bound to exactly this address and
        port and no such connector lists the client.

    Returns
    -------
    Selection
        The connector, or None, and all others with the reason.

    Notes
    -----
    Of the enabled connectors with a fitting binding and a remote range that holds the client, the
    one with the smallest such range answers (confirmed: Microsoft's documented example). Among
    equals a binding to the exact address goes before a wildcard (unconfirmed), then the earlier
    name. A wildcard binding fits every address of the hub, also one that another connector is bound
    to, so it answers clients that the specific connector does not list (unconfirmed).
    """
    candidates: list[_Candidate[C]] = []
    lost: list[PassedOver[C]] = []
    bound = False
    for connector in connectors:
        wildcard = _wildcard_binding(connector, local, port)
        size = _range_size(connector, remote)
        bound = bound or (connector.enabled and wildcard is False)
        if not connector.enabled:
            lost.append(PassedOver(connector, Reason.DISABLED, "it is disabled"))
        elif wildcard is None:
            text = f"none of its bindings fits {local} port {port}"
            lost.append(PassedOver(connector, Reason.BINDING, text))
        elif size is None:
            text = f"its remote IP ranges do not list {remote}"
            lost.append(PassedOver(connector, Reason.REMOTE, text))
        else:
            name = connector.name.casefold()
            candidates.append(_Candidate(size, wildcard, name, connector))
    if (
        specific_binding_hides_wildcard
        and bound
        and all(candidate.wildcard for candidate in candidates)
    ):
        text = f"its wildcard binding is hidden by a connector bound to {local} port {port}"
        lost += [PassedOver(candidate.connector, Reason.HIDDEN, text) for candidate in candidates]
        candidates = []
    if not candidates:
        return Selection(None, tuple(lost))
    best, *rest = sorted(candidates, key=lambda candidate: candidate[:3])
    lost += [_beaten(best, candidate) for candidate in rest]
    return Selection(best.connector, tuple(lost))


def _beaten(best: _Candidate[C], other: _Candidate[C]) -> PassedOver[C]:
    """Return why another connector, which could have answered, comes after the best one."""
    winner = best.connector.name
    if other.range_size > best.range_size:
        sizes = f"{best.range_size} against {other.range_size} addresses"
        text = f"{winner} has the smaller remote range ({sizes})"
        return PassedOver(other.connector, Reason.LARGER_RANGE, text)
    if other.wildcard and not best.wildcard:
        text = f"{winner} is bound to the very address, with as small a remote range"
        return PassedOver(other.connector, Reason.WILDCARD, text)
    text = f"{winner} comes first by name, with as small a range and as close a binding"
    return PassedOver(other.connector, Reason.NAME, text)
