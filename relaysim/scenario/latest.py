"""Keep what was computed last: replications and checks ask again and again for one scenario."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from relaysim.scenario.model import Scenario

T = TypeVar("T")


def keep_latest(compute: Callable[[Scenario], T]) -> Callable[[Scenario], T]:
    """Make a function of a scenario return the same object until it is called with another one.

    Parameters
    ----------
    compute : callable
        The function. Callers share its result and must not change it.

    Returns
    -------
    callable
        The function with a memory of one result. `functools.lru_cache` needs a hash, which a
        scenario does not have; equal scenarios have equal results.
    """
    known: list[tuple[Scenario, T]] = []

    @wraps(compute)
    def latest(scenario: Scenario) -> T:
        if not known or known[0][0] != scenario:
            known[:] = [(scenario, compute(scenario))]
        return known[0][1]

    return latest
