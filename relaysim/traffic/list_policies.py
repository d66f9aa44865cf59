"""What each receiving domain does about blocklists: drawn once, the same all through a run."""

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
    """Of each domain; 0 and False for the domains of no destination."""

    uses: npt.NDArray[np.bool_]
    """[domains, blocklists by name] whether the domain acts on the list."""
    stage: Codes
    """[domains] index into `STAGES`."""
    action: Codes
    """[domains] index into `ACTIONS`."""
    mirrors: npt.NDArray[np.bool_]
    """[domains] whether it asks a local copy of the lists."""


def policies(scenario: Scenario, places: Receivers, replication: int, seed: int) -> Policies:
    """Draw the policies of all domains, each by its name.

    A list is drawn by the zone that is asked: who uses ZEN uses all of Spamhaus's lists in it. A
    list without a known zone goes by its name in `refuses_on`.
    """
    lists = [scenario.blocklists[name] for name in sorted(scenario.blocklists)]
    count = len(places.domains)
    drawn = Policies(
        uses=np.zeros((count, len(lists)), dtype=np.bool_),
        stage=np.zeros(count, dtype=np.int8),
        action=np.zeros(count, dtype=np.int8),
        mirrors=np.zeros(count, dtype=np.bool_),
    )
    for name, destination in scenario.destinations.items():
        first, length = places.span[name]
        own = slice(first, first + length)
        keys = name_keys(seed, replication, "domain", places.domains[own])
        for column, of in enumerate(lists):
            entry = _entry(destination, of)
            if entry is not None:
                key = name_key(seed, replication, "blocklist", of.properties.zone or entry)
                share = destination.refuses_on[entry]
                drawn.uses[own, column] = below(mix_array(keys, key), share)
        drawn.stage[own] = _chosen(destination.refusal_stage, STAGES, keys, Decision.STAGE)
        drawn.action[own] = _chosen(destination.refusal_action, ACTIONS, keys, Decision.ACTION)
        drawn.mirrors[own] = below(draw_array(keys, Decision.MIRROR), destination.mirrors)
    return drawn


def _entry(destination: Destination, blocklist: Blocklist) -> str | None:
    """What `refuses_on` calls the list: its name, else its profile; None if it is not there."""
    known = (blocklist.name, blocklist.profile)
    return next((name for name in known if name in destination.refuses_on), None)


def _chosen(
    shares: Mapping[Word, float], words: tuple[Word, ...], keys: Keys, decision: Decision
) -> npt.NDArray[np.int64]:
    """The number of a word for each domain, by the shares of the words."""
    reached = np.cumsum([shares.get(word, 0.0) for word in words])
    u = uniforms(draw_array(keys, decision))
    return np.searchsorted(reached[:-1] / reached[-1], u, side="right")
