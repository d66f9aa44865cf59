"""Simulated queues against the formulas, by confidence intervals of independent replications.

One seed keeps this short; `benchmarks/verification.py` runs the same systems with twenty.
"""

from dataclasses import replace

import pytest
from worlds.agreement import NARROW, System, agreement, fewest
from worlds.systems import SYSTEMS, seeds

BATCHES = SYSTEMS[-1]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_theory_lies_in_the_intervals_and_they_are_narrow(system: System) -> None:
    for quantity, result in agreement(system, seeds(system, 1)).items():
        assert result.widest < NARROW, quantity
        assert result.contains, quantity


def test_sixteen_of_twenty_intervals_must_contain_the_value() -> None:
    assert fewest(20) == 16
    assert fewest(2) == 1


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_a_formula_that_is_two_percent_off_is_rejected(factor: float) -> None:
    off = {name: (factor * theory, run) for name, (theory, run) in BATCHES.expected.items()}
    result = agreement(replace(BATCHES, expected=off), seeds(BATCHES, 2))
    assert not any(each.contains for each in result.values())
