"""Policies of receiving domains: drawn once per replication, constant during a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.destination import Destination, RefusalAction, RefusalStage
from relaysim.scenario.model import Scenario
from relaysim.traffic.draw import (
    Decision,
    below,
    draw_array,
    mix_array,
    name_key,
    name_keys,
    uniforms,
)
from relaysim.traffic.receiving_domains import Receivers

__all__ = ["ACTIONS", "STAGES", "Policies", "policies"]

Keys = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int8]

Word = TypeVar("Word", bound=str)

STAGES: tuple[RefusalStage, ...] = ("greeting", "mail", "rcpt", "data")
ACTIONS: tuple[RefusalAction, ...] = ("reject", "defer", "score")


@dataclass(frozen=True)
class Policies:
    """The policies of all domains; 0 and False for domains that belong to no destination."""

    uses: npt.NDArray[np.bool_]
    """[domains, blocklists by name] whether the domain acts on the list."""
    stage: Codes
    """[domains] index into `STAGES`."""
    action: Codes
    """[domains] index into `ACTIONS`."""
    mirrors: npt.NDArray[np.bool_]
    """[domains] whether it queries a local copy of the lists."""
    greylists: npt.NDArray[np.bool_]
    """[domains] whether it defers mail of senders that it does not know."""


def policies(scenario: Scenario, places: Receivers, replication: int, seed: int) -> Policies:
    """Return the policies of all domains, drawn by the name of each domain.

    The use of a blocklist is drawn by the zone that is queried: a domain that uses ZEN uses all
    lists of Spamhaus in it. A blocklist without a known zone is drawn by its name in `refuses_on`.

    Parameters
    ----------
    scenario : Scenario
        The design.
    places : Receivers
        The receiving domains.
    replication, seed : int
        The draws.
    """
    lists = [scenario.blocklists[name] for name in sorted(scenario.blocklists)]
    count = len(places.domains)
    drawn = Policies(
        uses=np.zeros((count, len(lists)), dtype=np.bool_),
        stage=np.zeros(count, dtype=np.int8),
        action=np.zeros(count, dtype=np.int8),
        mirrors=np.zeros(count, dtype=np.bool_),
        greylists=np.zeros(count, dtype=np.bool_),
    )
    for name, destination in scenario.destinations.items():
        first, length = places.span[name]
        rows = slice(first, first + length)
        keys = name_keys(seed, replication, "domain", places.domains[rows])
        for column, blocklist in enumerate(lists):
            entry = _entry(destination, blocklist)
            if entry is not None:
                key = name_key(seed, replication, "blocklist", blocklist.properties.zone or entry)
                share = destination.refuses_on[entry]
                drawn.uses[rows, column] = below(mix_array(keys, key), share)
        drawn.stage[rows] = _chosen(destination.refusal_stage, STAGES, keys, Decision.STAGE)
        drawn.action[rows] = _chosen(destination.refusal_action, ACTIONS, keys, Decision.ACTION)
        drawn.mirrors[rows] = below(draw_array(keys, Decision.MIRROR), destination.mirrors)
        if destination.greylisting is not None:
            share = destination.greylisting.share
            drawn.greylists[rows] = below(draw_array(keys, Decision.GREYLIST), share)
    return drawn


def _entry(destination: Destination, blocklist: Blocklist) -> str | None:
    """Return the key of a blocklist in `refuses_on`, its name or else its profile; or None."""
    known = (blocklist.name, blocklist.profile)
    return next((name for name in known if name in destination.refuses_on), None)


def _chosen(
    shares: Mapping[Word, float], words: tuple[Word, ...], keys: Keys, decision: Decision
) -> npt.NDArray[np.int64]:
    """Return the index of a word for each domain, drawn by the shares of the words."""
    reached = np.cumsum([shares.get(word, 0.0) for word in words])
    u = uniforms(draw_array(keys, decision))
    return np.searchsorted(reached[:-1] / reached[-1], u, side="right")
