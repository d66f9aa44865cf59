"""Spam traps of blocklist operators: shares of the operators, and addressees that are traps."""

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
        """Return the recipients that are traps, with their operators.

        Recipient i has addressee i % n.

        Parameters
        ----------
        addressees : int
            The number of addressees, n.
        recipients : int
            The number of recipients.

        Returns
        -------
        recipient, operator : int64 arrays, shape (k,)
            Rows of recipients, ascending, and numbers of operators.
        """
        first = addressees * np.arange(-(-recipients // max(addressees, 1)))
        recipient = (first[:, np.newaxis] + self.addressee).ravel()
        count = np.searchsorted(recipient, recipients)
        return recipient[:count], np.tile(self.operator, len(first))[:count]


def trap_share(stream: Stream) -> float:
    """Return the share of the stream's external addressees that are traps of any operator."""
    return stream.mailing_list.trap_share if stream.mailing_list else stream.trap_rate


def operator_shares(scenario: Scenario) -> Mapping[str, float]:
    """Return the share of all traps of each operator that owns traps, by name.

    Lists of one operator receive hits of the same traps: the largest `trap_share` among them
    counts.
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
    operators: Iterable[tuple[int, float]], addressees: Keys, outside: Integers, tilt: float
) -> Traps:
    """Return the addressees that are traps.

    Parameters
    ----------
    operators : iterable of (int, float)
        For each operator the salt of its draws, and the probability that an addressee is one of its
        traps.
    addressees : uint64 array, shape (n,)
        The keys of the addressees.
    outside : int64 array, shape (m,)
        The rows of external addressees.
    tilt : float
        A factor on the probabilities, whose product is at most 0.5.

    Returns
    -------
    Traps
        Rows of addressees and numbers of operators, with the weight of the tilt.

    Notes
    -----
    With a tilt above 1 rare listings occur more often; `log_weight` corrects the weight of a
    replication (importance sampling: Asmussen and Glynn, Stochastic Simulation, 2007, chapter 5).
    """
    hit_rows, log_weight = [outside[:0]], 0.0
    for key, true in operators:
        drawn = max(true, min(true * tilt, _MOST_TILTED))
        hits = outside[below(mix_array(addressees[outside], key), drawn)] if drawn else outside[:0]
        hit_rows.append(hits)
        log_weight += _log_ratio(true, drawn, len(hits), len(outside))
    addressee = np.concatenate(hit_rows)
    operator = np.repeat(np.arange(len(hit_rows)) - 1, [len(hits) for hits in hit_rows])
    order = np.lexsort((operator, addressee))
    return Traps(addressee[order], operator[order], log_weight)


def _log_ratio(true: float, drawn: float, hits: int, decisions: int) -> float:
    """Return the log-likelihood of the hits with probability `true`, minus that with `drawn`."""
    if drawn == true:
        return 0.0
    misses = decisions - hits
    return hits * math.log(true / drawn) + misses * (math.log1p(-true) - math.log1p(-drawn))
