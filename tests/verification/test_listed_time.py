"""How much of the time an IP is listed: by hits at random, and by the traps of a weekly campaign."""

from itertools import pairwise

import pytest
from worlds.agreement import agreement
from worlds.listed_time import DELAY, FEW, POISSON, PUBLISHED, Listed, union, weekly
from worlds.listing_world import DAY, SECOND, listings, play, seen

import relaysim
from relaysim.scenario.model import Scenario
from relaysim.theory.listing_formulas import sticky_share
from relaysim.trace.tables import Signal, Trace

WEEKS = 8


def test_the_formulas_give_the_published_figures() -> None:
    result = [tuple(theory for theory, _ in system.expected.values()) for system in POISSON]
    assert result == [pytest.approx(values, rel=0.004) for values in PUBLISHED]


@pytest.mark.parametrize("system", POISSON, ids=lambda system: system.name)
def test_share_of_time_and_mean_length_are_those_of_a_busy_period(system: Listed) -> None:
    """M/D/oo: each hit stays for a lifetime, and the IP is listed while one is there."""
    for quantity, result in agreement(system, [1]).items():
        assert result.contains, quantity
        assert result.widest < FEW, quantity


@pytest.mark.parametrize("system", POISSON, ids=lambda system: system.name)
def test_an_ip_is_listed_exactly_while_a_hit_is_younger_than_the_lifetime(system: Listed) -> None:
    scenario = system.scenario()
    trace = play(scenario)
    hits = seen(trace, Signal.TRAP)
    lifetime = scenario.blocklists["list"].lifetime
    assert lifetime is not None
    assert len(hits) > 100
    assert listings(trace, "list") == union(hits, lifetime, trace.end)


def weeks(scenario: Scenario) -> tuple[Trace, list[tuple[int, int]], list[list[int]]]:
    """A run, its listings, and the hits of each week."""
    trace = play(scenario)
    hits = seen(trace, Signal.TRAP)
    return (
        trace,
        listings(trace, "list"),
        [[hit for hit in hits if hit // (7 * DAY) == week] for week in range(WEEKS)],
    )


@pytest.mark.parametrize(("lifetime", "days"), [("1 d", 1), ("3 d", 3)])
def test_a_short_listing_comes_back_with_each_campaign(lifetime: str, days: int) -> None:
    """The same traps each week: listed from the first hit until a lifetime after the last."""
    trace, result, hits = weeks(weekly(lifetime, trap_share=0.5))
    assert [len(each) for each in hits] == [len(hits[0])] * WEEKS
    assert 1 < len(hits[0]) < 20
    addresses = (trace.recipients["message"][trace.signals["recipient"]] % 20).tolist()
    assert addresses == addresses[: len(hits[0])] * WEEKS
    assert result == [(each[0], each[-1] + days * DAY) for each in hits]


@pytest.mark.parametrize(("lifetime", "days"), [("1 d", 1), ("3 d", 3)])
def test_one_trap_lists_for_the_lifetime_of_each_week(lifetime: str, days: int) -> None:
    """14 and 43 % of the time: exactly, as the delay is the same each week."""
    trace, result, _ = weeks(weekly(lifetime, messages=1))
    assert result == [
        (7 * week * DAY + DELAY, (7 * week + days) * DAY + DELAY) for week in range(WEEKS)
    ]
    listed = sum(end - start for start, end in result)
    assert listed / trace.end == sticky_share(days, 7)


def test_the_share_that_readers_see() -> None:
    """Of a run of eight weeks, by its metrics."""
    for lifetime, days in (("1 d", 1), ("3 d", 3), ("7 d", 7), ("14 d", 14)):
        result = relaysim.run(weekly(lifetime, messages=1), replications=1, jobs=1)
        rows = result.metrics[result.metrics["metric"] == "listed_time"]
        listed = rows.set_index("subject")["value"]["list"] / (WEEKS * 7 * 86400)
        late = 120 / (WEEKS * 7 * 86400) if days >= 7 else 0.0
        assert listed == pytest.approx(sticky_share(days, 7) - late, abs=1e-12)


@pytest.mark.parametrize("messages", [1, 20])
def test_a_lifetime_of_a_week_lists_for_ever(messages: int) -> None:
    """The next campaign hits when the listing is just about to end."""
    trace, result, _ = weeks(weekly("7 d", messages=messages))
    assert result[0][0] == DELAY
    assert result[-1][1] == trace.end == WEEKS * 7 * DAY
    assert all(end == start for (_, end), (start, _) in pairwise(result))
    assert sum(end - start for start, end in result) == trace.end - DELAY


def test_a_lifetime_just_short_of_a_week_does_not() -> None:
    _, result, _ = weeks(weekly("604799 s", messages=1))
    assert len(result) == WEEKS
    gaps = [start - end for (_, end), (start, _) in pairwise(result)]
    assert gaps == [SECOND] * (WEEKS - 1)
