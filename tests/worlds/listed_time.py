"""A list that one hit suffices for, and hits at random: how much of the time an IP is on it.

The times of the hits alone decide it: the IP is on the list for a lifetime after each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from relaysim.measure.measured_window import Window
from relaysim.scenario.model import Scenario
from relaysim.theory.listing_formulas import poisson_listed_share, poisson_mean_listing
from worlds.agreement import Outcome, System
from worlds.listing_world import DAY, MINUTE, listings, stream, world

LIST = """
[blocklists.list]
profile = "psbl"
trap_share = 1.0
build_interval = "0 s"
"""
"""One hit lists, for as long each time, published and withdrawn at once."""


@dataclass(frozen=True)
class Listed(System):
    """A system whose settings are changes of the world of listings, in TOML."""

    def scenario(self) -> Scenario:
        """The scenario of the system."""
        return world(*self.settings)


def share_listed(outcome: Outcome) -> float:
    """Share of the window's time on the list, as readers see it."""
    window = Window.of(outcome.scenario)
    listed = outcome.metric("blocklist", "list", "listed_time")
    return listed * 1_000_000 / (window.end - window.start)


def mean_listing(outcome: Outcome, first: int) -> float:
    """Mean length in days of the first so many listings: their number must not depend on them."""
    result = listings(outcome.trace, "list")
    assert len(result) > first, "the run is too short"
    return float(np.mean([end - start for start, end in result[:first]])) / DAY


def _poisson(rate: float, lifetime: float, days: int, first: int) -> Listed:
    mail = f'process = "poisson", rate = "{rate}/d"'
    return Listed(
        f"listed by Poisson hits, {rate} a day, for {lifetime} d",
        (
            LIST,
            stream("mail", mail, "trap_rate = 1.0"),
            f'[run]\nduration = "{days} d"\nwarm_up = "30 d"',
            f'[blocklists.list]\nlifetime = "{lifetime} d"',
        ),
        {
            "share of time": (poisson_listed_share(rate, lifetime), share_listed),
            "mean days": (
                poisson_mean_listing(rate, lifetime),
                partial(mean_listing, first=first),
            ),
        },
    )


POISSON = (
    _poisson(0.405, 1, 1500, 300),
    _poisson(0.1, 7, 3600, 120),
    _poisson(0.2, 5.2, 3600, 180),
    _poisson(1, 3, 3600, 120),
)
"""Hits reach the operator after a random time, which leaves them Poisson."""
FEW = 0.1
"""Listings are few and long: how wide an interval of one seed may be, as a share of its mean."""
PUBLISHED = ((0.333, 1.23), (0.503, 10.1), (0.647, 9.15), (0.950, 19.1))
"""Share of time, and mean days."""


def union(hits: Sequence[int], lifetime: int, until: int) -> list[tuple[int, int]]:
    """When less than a lifetime has passed since a hit: intervals that do not touch."""
    result: list[tuple[int, int]] = []
    for hit in hits:
        start = result.pop()[0] if result and hit <= result[-1][1] else hit
        result.append((start, hit + lifetime))
    return [(start, min(end, until)) for start, end in result]


def weekly(lifetime: str, messages: int = 20, weeks: int = 8, trap_share: float = 1.0) -> Scenario:
    """A campaign every week to the same addresses, within a second."""
    mail = f'process = "campaign", at = "0 s", messages = {messages}, rate = "100/s", every = "7 d"'
    return world(
        LIST,
        stream("news", mail, f"culprit = true\nmailing_list = {{ trap_share = {trap_share} }}"),
        f'[run]\nduration = "{7 * weeks} d"',
        f'[blocklists.list]\nlifetime = "{lifetime}"\ntrap_delay = "2 min"',
    )


DELAY = 2 * MINUTE
"""From the delivery of a campaign to a trap until the operator sees it."""
