"""Laws become tables of 65,536 means, which lose a little variance: too little to see in a wait.

The wait at one server goes with the mean square of the service time, so what a table loses of that
is what it takes from the wait. The intervals of the systems are around 1 % wide at best.
"""

import numpy as np
import pytest

from relaysim.scenario.law import Exponential, Gamma, Lognormal, Uniform
from relaysim.theory.single import mg1_wait
from relaysim.traffic.sample import ONE, factor_table, quantile_table

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
