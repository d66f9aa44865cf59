"""Tilt: the factor on the probability of spam traps, by which rare listings occur more often."""

import math

import numpy as np
import numpy.typing as npt

from relaysim.mail.listing_trigger import hits_needed
from relaysim.measure.recipients import streams
from relaysim.plan.reputation_compiler import ppb, thousandths
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.traffic.spam_traps import operator_shares, trap_share
from relaysim.traffic.workload import Draws, draw

MOST = 0.5
"""The highest tilted probability of a trap, see `traffic.spam_traps`."""
REPORTS = 2
"""Hits that SpamCop lists for at the least: one report alone never does."""
Floats = npt.NDArray[np.float64]


def tilt_for(scenario: Scenario, seed: int) -> float:
    """Return the tilt with which as many hits are expected as the first listing needs.

    Parameters
    ----------
    scenario
        A design with blocklists.
    seed
        Hits are those of mail from all streams within the list's window, in the workload of
        replication 0 of this seed.

    Returns
    -------
    float
        1 where listings are likely without a tilt, or where no list counts hits. All traps are
        tilted alike, those of other lists too, and each hit costs weight: with more of them hardly
        any replication would have a weight that counts.
    """
    shares, expected = operator_shares(scenario), _Expected(scenario, seed)
    needed = []
    for blocklist in scenario.blocklists.values():
        least = _least(blocklist, expected)
        if least is not None and shares.get(blocklist.properties.operator, 0.0) > 0.0:
            # Where one hit lists, any of the run will do.
            span = scenario.run.horizon if least == 1 else blocklist.window or 0
            hits = sum(shares.values()) * expected.most(span)
            needed += [least / hits] if hits > 0.0 else []
    return max(1.0, min(needed, default=1.0))


def log_likelihood_ratio(scenario: Scenario, draws: Draws, tilt: float) -> float:
    """Return the logarithm of the probability of the traps of some draws, over that under a tilt.

    For draws that were made with this tilt it is their `log_weight`.

    Parameters
    ----------
    scenario : Scenario
        The design.
    draws : Draws
        The traps that were drawn, with any tilt.
    tilt : float
        The factor on the probability of a trap.
    """
    known, parts, ratio = streams(scenario), operator_shares(scenario), 0.0
    # Messages are in the order of streams, so each stream is one slice.
    rows = np.searchsorted(draws.stream, np.arange(len(draws.streams) + 1))
    first = draws.first_recipient[rows].tolist()
    for name, start, end, size in zip(
        draws.streams, first[:-1], first[1:], draws.list_size.tolist(), strict=True
    ):
        # A mailing list decides once for each address that is written to.
        last = min(start + size, end) if size else end
        # Domain 0 is the internal one, which has no traps.
        outside = int(np.count_nonzero(draws.domain[start:last]))
        between = slice(*np.searchsorted(draws.trap_recipient, (start, last)))
        hits = np.bincount(draws.trap_operator[between], minlength=len(parts))
        for part, count in zip(parts.values(), hits.tolist(), strict=True):
            true = trap_share(known[name]) * part
            drawn = max(true, min(true * tilt, MOST))
            # A probability that the tilt does not change has a ratio of 1.
            if drawn > true:
                ratio += count * math.log(true / drawn)
                ratio += (outside - count) * (math.log1p(-true) - math.log1p(-drawn))
    return ratio


def _least(blocklist: Blocklist, expected: "_Expected") -> int | None:
    """Return how many hits a list needs; None if it does not count hits."""
    match blocklist.trigger:
        case "count":
            return hits_needed(
                max(1, int(blocklist.threshold or 1)),
                expected.most_mail(blocklist.window or 0),
                0,
                ppb(blocklist.tolerated_rate or 0.0),
                thousandths(blocklist.tolerated_deviations or 0.0),
            )
        case "scored_ratio":
            return REPORTS
        case "hazard":
            return blocklist.hazard_hits
    return None


class _Expected:
    """The mail to the outside, and its expected hits of all operators, in order of time."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        draws, known = draw(scenario, 0, seed), streams(scenario)
        shares = np.array([trap_share(known[name]) for name in draws.streams])
        # How many recipients go outside up to each row; domain 0 is the internal one.
        outside = np.concatenate((np.zeros(1), np.cumsum(draws.domain > 0)))
        mail = np.diff(outside[draws.first_recipient])
        order = np.argsort(draws.created, kind="stable")
        self.created = draws.created[order]
        self.hits = _sums((mail * shares[draws.stream])[order])
        self.mail = _sums(mail[order])

    def most(self, length: int) -> float:
        """Return the most expected hits in any span of this length."""
        return self._most(self.hits, length)

    def most_mail(self, length: int) -> int:
        """Return the most recipients outside in any span of this length."""
        return round(self._most(self.mail, length))

    def _most(self, sums: Floats, length: int) -> float:
        # The span with the most begins at a message.
        last = np.searchsorted(self.created, self.created + length, "right")
        return float((sums[last] - sums[:-1]).max(initial=0.0))


def _sums(values: Floats) -> Floats:
    """Return the sum of the values before each of them, and of all."""
    return np.concatenate((np.zeros(1), np.cumsum(values)))
