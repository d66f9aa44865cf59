"""One campaign to a mailing list, and blocklists that count the hits of their traps.

Each list has traps of its own, so one run tells of all of them. The table is that of six campaigns
and three lists; where a listing is rare, traps are made likelier and the runs weighted.
"""

import math
from dataclasses import dataclass
from functools import partial

from relaysim.engine.run import simulate
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Estimate, interval
from relaysim.study.execution.jobs import in_order
from relaysim.theory.listing_formulas import count_listing
from relaysim.trace.tables import Signal
from relaysim.traffic.workload import draw
from worlds.listing_world import SURE, listings, play, seen, stream, within, world

LISTS = {"spamhaus-css": (0.25, 5), "psbl": (0.05, 1), "uceprotect-1": (0.02, 2)}
"""By profile: the share of all traps that is the operator's, and the hits that list."""
CAMPAIGNS = (
    (5e-5, 10_000),
    (5e-5, 50_000),
    (5e-4, 10_000),
    (5e-4, 50_000),
    (5e-3, 10_000),
    (5e-3, 50_000),
)
"""Share of traps on the mailing list, and its addresses."""
PUBLISHED = {
    "spamhaus-css": (2.3e-7, 4.7e-4, 0.0091, 0.747, 0.995, 1.000),
    "psbl": (0.0247, 0.118, 0.221, 0.713, 0.918, 1.000),
    "uceprotect-1": (5.0e-5, 0.0012, 0.0047, 0.090, 0.264, 0.960),
}
"""Chance of a listing by campaign."""
RARE = 0.05
"""Plain counting would take too many runs below this chance."""


def _table(name: str) -> str:
    """A list that counts hits alone, with the threshold of the table."""
    share, threshold = LISTS[name]
    plain = f'profile = "{name}"\ntrap_share = {share}\nthreshold = {threshold}\n'
    weighs = name == "spamhaus-css"
    return plain + ('tolerated_rate = "none"\ntolerated_deviations = "none"' if weighs else "")


def campaign(trap_share: float, addresses: int, *lists: str) -> Scenario:
    """One message to each address, a thousand a second."""
    mail = f'process = "campaign", at = "0 s", messages = {addresses}, rate = "1000/s"'
    tables = [f"[blocklists.{name}]\n{_table(name)}" for name in lists]
    return world(
        stream("news", mail, f"culprit = true\nmailing_list = {{ trap_share = {trap_share} }}"),
        '[run]\nduration = "3 d"',
        *tables,
    )


@dataclass(frozen=True)
class Counted:
    """Over some runs: how many listed the IP, and how many traps were hit in all.

    `faithful`: the IP was listed exactly in the runs with as many hits as the list asks for.
    """

    runs: int
    listed: int
    hits: int
    faithful: bool

    def agrees(self, chance: float) -> bool:
        """Whether the binomial interval of the runs has room for what was counted."""
        return within(self.listed, self.runs, chance)


def counted(
    trap_share: float, addresses: int, runs: int, seed: int = 1, jobs: int | None = 1
) -> dict[str, Counted]:
    """Replications of a campaign, with what they say of each list."""
    scenario = campaign(trap_share, addresses, *LISTS)
    calls = [partial(_outcome, scenario, replication, seed) for replication in range(runs)]
    results = list(in_order(calls, jobs))
    result = {}
    for name, (_, threshold) in LISTS.items():
        hits, listed = zip(*(each[name] for each in results), strict=True)
        faithful = [count >= threshold for count in hits] == list(listed)
        result[name] = Counted(runs, sum(listed), sum(hits), faithful)
    return result


def _outcome(scenario: Scenario, replication: int, seed: int) -> dict[str, tuple[int, bool]]:
    """Of one replication: hits of each list's traps, and whether it listed the IP."""
    trace = play(scenario, seed, replication)
    return {
        name: (
            len(seen(trace, Signal.TRAP, name.partition("-")[0])),
            bool(listings(trace, name)),
        )
        for name in LISTS
    }


def weighted(
    name: str,
    trap_share: float,
    addresses: int,
    runs: int,
    seed: int = 1,
    jobs: int | None = 1,
) -> Estimate:
    """The chance of a rare listing, from runs in which it is not: as many hits as it takes.

    Each run counts with the likelihood that it would have without that.
    """
    scenario = campaign(trap_share, addresses, name)
    share, threshold = LISTS[name]
    tilt = max(1.0, threshold / (addresses * trap_share * share))
    calls = [partial(_weight, scenario, name, each, seed, tilt) for each in range(runs)]
    return interval(list(in_order(calls, jobs)), SURE)


def _weight(scenario: Scenario, name: str, replication: int, seed: int, tilt: float) -> float:
    draws = draw(scenario, replication, seed, tilt)
    trace = simulate(scenario, draws)
    return math.exp(draws.log_weight) if listings(trace, name) else 0.0


def chance(name: str, trap_share: float, addresses: int) -> float:
    """What theory says."""
    share, threshold = LISTS[name]
    return count_listing(addresses, trap_share, share, threshold, exact=True)
