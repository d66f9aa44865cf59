"""Simulated queues against the formulas, by confidence intervals of independent replications.

One seed keeps this short; `benchmarks/verification.py` runs the same systems with twenty.
"""

from dataclasses import replace

import pytest
from worlds.agreement import NARROW, System, agreement, fewest
from worlds.systems import SYSTEMS, seeds

BATCHES = SYSTEMS[-1]
SHORT = {
    "M/M/4: connections to a domain": 12_000,
    "M/M/1: a core, gamma cost with cv 1": 15_000,
    "M/G/1: a core, gamma cost with cv 0.5": 10_000,
    "M/G/1: a line, gamma sizes": 16_000,
    "M/G/1: one connection, lognormal answers": 15_000,
    "M/M/2, then M/M/3: cores, then connections": 3_000,
    "M/G/1, three priorities: one connection": 20_000,
    "M/M/2, two priorities: two connections": 12_000,
}
"""Seconds of a run where the one seed of a test has narrow intervals in less time than all seeds."""


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_theory_lies_in_the_intervals_and_they_are_narrow(system: System) -> None:
    shorter = system.lasting(SHORT[system.name]) if system.name in SHORT else system
    for quantity, result in agreement(shorter, seeds(system, 1)).items():
        assert result.widest < NARROW, quantity
        assert result.contains, quantity


def test_a_shorter_run_is_of_a_system_that_is_there() -> None:
    assert set(SHORT) <= {system.name for system in SYSTEMS}


def test_sixteen_of_twenty_intervals_must_contain_the_value() -> None:
    assert fewest(20) == 16
    assert fewest(2) == 1


@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_a_formula_that_is_two_percent_off_is_rejected(factor: float) -> None:
    off = {name: (factor * theory, run) for name, (theory, run) in BATCHES.expected.items()}
    result = agreement(replace(BATCHES, expected=off), seeds(BATCHES, 2))
    assert not any(each.contains for each in result.values())
