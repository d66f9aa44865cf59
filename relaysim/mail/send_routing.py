"""Which send connector carries a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from relaysim.mail.domains import specificity
from relaysim.mail.send_connector import SendConnector, is_source

S = TypeVar("S", bound=SendConnector)


class Unrouted(StrEnum):
    """Why no send connector carries a message."""

    UNREACHABLE = "unreachable"
    """No address space matches: the Unreachable queue, until the message expires."""
    TOO_LARGE = "too large"
    """The matching connectors are all too small: an NDR at once (`NO_ROUTE_FOR_SIZE`)."""


class NotUsed(StrEnum):
    """Why a send connector does not carry a message."""

    DISABLED = "disabled"
    LINKED = "linked"
    ADDRESS_SPACE = "no address space matches"
    SIZE = "message too large"
    LESS_SPECIFIC = "less specific address space"
    COST = "higher cost"
    REMOTE = "hub is not a source server"
    NAME = "later name"


@dataclass(frozen=True, slots=True)
class OtherConnector(Generic[S]):
    """A send connector that is not used, and why; `text` is one clause about it."""

    connector: S
    reason: NotUsed
    text: str


@dataclass(frozen=True, slots=True)
class Route(Generic[S]):
    """The send connector of a message, or why there is none, and all other connectors."""

    connector: S | None
    unrouted: Unrouted | None
    others: tuple[OtherConnector[S], ...]


class _Candidate(NamedTuple, Generic[S]):
    """A connector that could carry the message, in the order of preference."""

    generality: int
    cost: int
    remote: bool
    name: str
    connector: S


def select_send_connector(
    connectors: Iterable[S],
    domain: str,
    size: int,
    hub: str,
    receive_connector: str | None = None,
) -> Route[S]:
    r"""Select the send connector for a recipient domain.

    Parameters
    ----------
    connectors : iterable of SendConnector
        The connectors of the organization.
    domain : str
        Recipient domain, lower case.
    size : int
        Size of the message, bytes.
    hub : str
        Name of the hub that routes.
    receive_connector : str or None
        `SERVER\name` of the receive connector that accepted the message.

    Returns
    -------
    Route
        The one connector, or the reason why there is none, and all other connectors.

    Notes
    -----
    Connectors that are too small are dropped; the most specific address space wins whatever its
    cost, then the lowest cost, then a connector that the hub is a source of, then the first name
    (confirmed: Microsoft's page on connector selection). There is no failover to a less specific
    space (one source). Mail from a receive connector that a send connector is linked to leaves by
    that send connector, whatever the domain.
    """
    pool = tuple(connectors)
    for connector in pool:
        if connector.enabled and _is_linked(connector, receive_connector):
            text = f"{connector.name} is linked to {receive_connector}"
            rest = (other for other in pool if other is not connector)
            others = tuple(OtherConnector(other, NotUsed.LINKED, text) for other in rest)
            return Route(connector, None, others)
    candidates: list[_Candidate[S]] = []
    lost: list[OtherConnector[S]] = []
    for connector in pool:
        out = _ruled_out(connector, domain, size)
        if out is not None:
            lost.append(OtherConnector(connector, *out))
            continue
        generality, cost = min(_matches(connector, domain))
        remote = not is_source(connector, hub)
        candidates.append(
            _Candidate(generality, cost, remote, connector.name.casefold(), connector)
        )
    if not candidates:
        too_large = any(other.reason is NotUsed.SIZE for other in lost)
        return Route(None, Unrouted.TOO_LARGE if too_large else Unrouted.UNREACHABLE, tuple(lost))
    best, *others_left = sorted(candidates, key=lambda candidate: candidate[:4])
    lost += [
        OtherConnector(candidate.connector, *_beaten(best, candidate)) for candidate in others_left
    ]
    return Route(best.connector, None, tuple(lost))


def _is_linked(connector: SendConnector, receive_connector: str | None) -> bool:
    link = connector.linked_receive_connector
    return None not in (link, receive_connector) and (
        str(link).casefold() == str(receive_connector).casefold()
    )


def _matches(connector: SendConnector, domain: str) -> list[tuple[int, int]]:
    """Return for each matching address space how general it is (higher is more), and its cost."""
    matches = [
        (specificity(space.pattern, domain), space.cost) for space in connector.address_spaces
    ]
    return [(-match, cost) for match, cost in matches if match is not None]


def _ruled_out(connector: SendConnector, domain: str, size: int) -> tuple[NotUsed, str] | None:
    """Return why a connector cannot carry the message; None if it can."""
    limit = connector.max_message_size
    if not connector.enabled:
        return NotUsed.DISABLED, "it is disabled"
    if connector.linked_receive_connector is not None:
        return NotUsed.LINKED, f"it carries only mail from {connector.linked_receive_connector}"
    if not _matches(connector, domain):
        return NotUsed.ADDRESS_SPACE, f"none of its address spaces matches {domain}"
    if limit is not None and size > limit:
        return NotUsed.SIZE, f"it takes {limit} bytes at most, the message has {size}"
    return None


def _beaten(best: _Candidate[S], other: _Candidate[S]) -> tuple[NotUsed, str]:
    """Return why another connector, which could carry the message, comes after the best one."""
    winner = best.connector.name
    if other.generality > best.generality:
        return NotUsed.LESS_SPECIFIC, f"{winner} has the more specific address space"
    if other.cost > best.cost:
        return NotUsed.COST, f"{winner} costs {best.cost}, it costs {other.cost}"
    if other.remote and not best.remote:
        return NotUsed.REMOTE, f"the hub is a source server of {winner}, not of it"
    return NotUsed.NAME, f"{winner} comes first by name, all else being equal"
