"""A number over time, from the times at which things enter and leave."""

import numpy as np

from relaysim.trace.step_function import StepFunction


def test_the_number_changes_at_each_distinct_time() -> None:
    steps = StepFunction.of(np.array([5, 0, 5]), np.array([10, 5, 7]))
    assert steps.times.tolist() == [0, 5, 7, 10]
    assert steps.values.tolist() == [1, 2, 1, 0]


def test_what_leaves_long_after_any_run_is_present_until_then() -> None:
    steps = StepFunction.of(np.array([0, 5]), np.array([10, 2**62 + 5]))
    assert steps.times.tolist() == [0, 5, 10, 2**62 - 1]
    assert steps.values.tolist() == [1, 2, 1, 0]
