"""Spam traps of blocklist operators: whose they are, and which addressees are traps."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream
from relaysim.traffic.draw import below, mix_array

__all__ = ["Traps", "has_traps", "operator_shares", "trap_share", "traps"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

_MOST_TILTED = 0.5


@dataclass(frozen=True)
class Traps:
    """Traps among the addressees of a stream, in order of (addressee, operator)."""

    addressee: Integers
    operator: Integers
    log_weight: float
    """Logarithm of the likelihood of all decisions, true over tilted."""

    def recipients(self, addressees: int, recipients: int) -> tuple[Integers, Integers]:
        """Recipients that are traps, and their operators; recipient i is i % `addressees`."""
        first = addressees * np.arange(-(-recipients // max(addressees, 1)))
        recipient = (first[:, np.newaxis] + self.addressee).ravel()
        count = np.searchsorted(recipient, recipients)
        return recipient[:count], np.tile(self.operator, len(first))[:count]


def trap_share(stream: Stream) -> float:
    """Return the share of the stream's external addressees that are traps of any operator."""
    return stream.mailing_list.trap_share if stream.mailing_list else stream.trap_rate


def operator_shares(scenario: Scenario) -> Mapping[str, float]:
    """The operators of the scenario's lists that own traps, by name, each with its share of all.

    Lists of one operator see the same traps: the largest `trap_share` among them is the operator's.
    """
    shares: dict[str, float] = {}
    for blocklist in scenario.blocklists.values():
        operator, share = blocklist.properties.operator, blocklist.trap_share or 0.0
        if share > 0:
            shares[operator] = max(share, shares.get(operator, 0.0))
    return dict(sorted(shares.items()))


def has_traps(scenario: Scenario) -> bool:
    """Return whether some stream can write to a trap of a blocklist operator."""
    streams = [stream for host in scenario.hosts.values() for stream in host.streams.values()]
    return bool(operator_shares(scenario)) and any(trap_share(stream) > 0 for stream in streams)


def traps(
    operators: Iterable[tuple[int, float]], people: Keys, outside: Integers, tilt: float
) -> Traps:
    """Which of the addressees in the rows `outside` of `people` are traps.

    Each of the operators has a key, which leads on from that of an addressee, and the probability
    that an addressee is one of its traps, whatever else he is. `tilt` multiplies it, up to 0.5:
    rare listings are then seen more often, and `log_weight` gives each replication its true weight
    (importance sampling: Asmussen and Glynn, Stochastic Simulation, 2007, chapter 5).
    """
    addressees, log_weight = [outside[:0]], 0.0
    for key, true in operators:
        drawn = max(true, min(true * tilt, _MOST_TILTED))
        hits = outside[below(mix_array(people[outside], key), drawn)] if drawn else outside[:0]
        addressees.append(hits)
        log_weight += _log_ratio(true, drawn, len(hits), len(outside))
    addressee = np.concatenate(addressees)
    operator = np.repeat(np.arange(len(addressees)) - 1, [len(hits) for hits in addressees])
    order = np.lexsort((operator, addressee))
    return Traps(addressee[order], operator[order], log_weight)


def _log_ratio(true: float, drawn: float, hits: int, decisions: int) -> float:
    """Log likelihood of so many hits with probability `true`, less that with `drawn`."""
    if drawn == true:
        return 0.0
    misses = decisions - hits
    return hits * math.log(true / drawn) + misses * (math.log1p(-true) - math.log1p(-drawn))
