"""Laws become tables of 65,536 means, which lose a little variance: too little to see in a wait.

The wait at one server goes with the mean square of the service time, so what a table loses of that
is what it takes from the wait. The intervals of the systems are around 1 % wide at best.
"""

import numpy as np
import pytest
from pydantic import TypeAdapter

from relaysim.scenario.distribution import Exponential, Gamma, Law, Lognormal, TimeLaw, Uniform
from relaysim.scenario.distribution import mean as law_mean
from relaysim.theory.single_server import mg1_wait
from relaysim.traffic.draw import looked_up
from relaysim.traffic.quantile_table import kept_mean_square
from relaysim.traffic.sample import ONE, factor_table, quantile_table
from relaysim.traffic.service import cv as law_cv

MEAN = 1_000_000
LAWS = {
    "exponential": (Exponential[int](distribution="exponential", mean=MEAN), 1.0, 2e-5),
    "gamma, cv 0.5": (Gamma[int](distribution="gamma", mean=MEAN, cv=0.5), 0.5, 2e-5),
    "lognormal, cv 0.8": (Lognormal[int](distribution="lognormal", mean=MEAN, cv=0.8), 0.8, 2e-4),
    "uniform": (Uniform[int](distribution="uniform", low=0, high=2 * MEAN), 3**-0.5, 2e-5),
}


def wait(table: "np.ndarray[tuple[int], np.dtype[np.int64]]", mean: int) -> float:
    """The wait at load 0.5 with services from a table."""
    return mg1_wait(0.5, float(table.mean()) / mean, float(table.std() / table.mean()))


@pytest.mark.parametrize("name", LAWS)
def test_a_table_takes_next_to_nothing_from_the_wait(name: str) -> None:
    law, cv, loss = LAWS[name]
    shortened = wait(np.array(quantile_table(law)), MEAN) / mg1_wait(0.5, 1, cv)
    assert 1 - loss < shortened <= 1 + 1e-9


def test_the_spread_of_costs_takes_next_to_nothing_from_the_wait() -> None:
    for cv in (0.5, 1.0):
        shortened = wait(np.array(factor_table(cv)), ONE) / mg1_wait(0.5, 1, cv)
        assert 1 - 2e-5 < shortened <= 1 + 1e-9


def heavy(distribution: str, **parameters: float) -> Law:
    """A law of times with a heavy tail, in seconds."""
    times = {
        name: f"{value} s" if name in ("mean", "minimum", "maximum") else value
        for name, value in parameters.items()
    }
    return TypeAdapter(TimeLaw).validate_python({"distribution": distribution} | times)


HEAVY = {
    "lognormal, cv 2": (heavy("lognormal", mean=1, cv=2.0), 0.9939, 0.9999),
    "lognormal, cv 5": (heavy("lognormal", mean=1, cv=5.0), 0.9169, 0.9989),
    "lognormal, cv 10": (heavy("lognormal", mean=1, cv=10.0), 0.7521, 0.9937),
    "pareto 1.2, cut at 10,000": (
        heavy("pareto", minimum=1, alpha=1.2, maximum=10_000),
        0.9885,
        0.9979,
    ),
    "pareto 1.5, cut at 10,000": (
        heavy("pareto", minimum=1, alpha=1.5, maximum=10_000),
        0.8539,
        0.9984,
    ),
    "pareto 2.1, uncut": (heavy("pareto", minimum=1, alpha=2.1), 0.5124, 0.7122),
    "weibull, shape 0.3": (heavy("weibull", mean=1, shape=0.3), 0.9883, 0.9997),
}


@pytest.mark.parametrize("name", HEAVY)
def test_the_tail_brings_back_what_the_top_value_loses_of_the_mean_square(name: str) -> None:
    """What the table holds, by the closed form of the law's mean square."""
    law, without, with_tail = HEAVY[name]
    table = np.array(quantile_table(law), dtype=np.float64)
    bins, tail = table[:65_536], table[65_536:]
    stated = law_mean(law) ** 2 * (1 + law_cv(law) ** 2)
    result = (np.sum(bins[:-1] ** 2) + np.mean(tail**2)) / 65_536 / stated
    assert np.mean(bins**2) / stated == pytest.approx(without, abs=6e-5)
    assert result == pytest.approx(with_tail, abs=6e-5)
    assert result == pytest.approx(kept_mean_square(law), rel=1e-6)


@pytest.mark.parametrize("name", HEAVY)
def test_a_tail_continues_the_values_below_it(name: str) -> None:
    table = quantile_table(HEAVY[name][0])
    tail = table[65_536:]
    assert table[65_534] <= tail[0] <= table[65_535] <= tail[-1]
    assert list(tail) == sorted(tail)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_without_a_heavy_tail_takes_no_more_memory(name: str) -> None:
    assert len(quantile_table(LAWS[name][0])) == 65_536


def test_the_lower_half_of_a_draw_chooses_within_the_top_value_alone() -> None:
    table = quantile_table(HEAVY["lognormal, cv 10"][0])
    assert looked_up(table, 5 << 16 | 0xFFFF) == table[5]
    assert looked_up(table, 0xFFFE_FFFF) == table[65_534]
    assert looked_up(table, 0xFFFF_0000) == table[65_536]
    assert looked_up(table, 0xFFFF_0007) == table[65_543]
    assert looked_up(table, 0xFFFF_FFFF) == table[131_071]
    light = quantile_table(LAWS["exponential"][0])
    assert looked_up(light, 0xFFFF_FFFF) == light[65_535]
