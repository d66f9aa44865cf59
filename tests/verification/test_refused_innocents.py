"""How many messages a listing costs: the integral of rate x reach over the time it lasts.

A domain decides once whether it refuses on a list, so with few domains there is no such average.
"""

import numpy as np
import pytest
from scipy.stats import norm, poisson
from worlds.listing_world import HOUR, SURE, statuses, within
from worlds.refused_mail import FROM, PUBLISHED, RATE, REACH, deviation, listing, of_innocents

from relaysim.engine.run import simulate
from relaysim.theory.listing_formulas import refused
from relaysim.trace.tables import Status
from relaysim.traffic.workload import Draws, draw

RUNS = 4


def due(draws: Draws, hours: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which messages are created during the listing."""
    return (draws.created >= FROM) & (draws.created < FROM + hours * HOUR)


@pytest.mark.parametrize("hours", PUBLISHED)
def test_a_listing_costs_rate_times_reach_times_its_length(hours: int) -> None:
    scenario = listing(hours).scenario()
    counts = []
    for replication in range(RUNS):
        draws = draw(scenario, replication, seed=1)
        trace = simulate(scenario, draws)
        hit = due(draws, hours) & draws.uses[draws.domain, 0]
        assert statuses(trace, "app.mail") == [
            Status.BOUNCED if bounced else Status.DELIVERED for bounced in hit.tolist()
        ]
        counts.append(of_innocents(trace))
    expected = refused(RATE, REACH, hours / 24)
    assert expected == pytest.approx(PUBLISHED[hours])
    low, high = norm.interval(SURE, expected, deviation(hours) / RUNS**0.5)
    assert low <= np.mean(counts) <= high
    assert high - low < 0.2 * expected


def test_one_domain_refuses_all_or_none() -> None:
    """Each kind of run agrees with the integral at its own reach, 1 or 0, and none with 0.49."""
    hours, runs = 12, 24
    scenario = listing(hours, domains=1).scenario()
    kinds: dict[bool, list[int]] = {True: [], False: []}
    for replication in range(runs):
        draws = draw(scenario, replication, seed=1)
        count = of_innocents(simulate(scenario, draws))
        assert count in (0, int(due(draws, hours).sum()))
        kinds[count > 0].append(count)
    assert within(len(kinds[True]), runs, REACH)
    assert kinds[False] == [0] * (runs - len(kinds[True]))
    every = refused(RATE, 1.0, hours / 24)
    low, high = poisson.interval(SURE, every * len(kinds[True]))
    assert low <= sum(kinds[True]) <= high
    average = refused(RATE, REACH, hours / 24)
    assert not any(
        0.5 * average < count < 1.5 * average for each in kinds.values() for count in each
    )
