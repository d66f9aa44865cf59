"""An independent way to the same numbers: the stationary law of a Markov chain, solved as it is."""

from collections.abc import Callable, Hashable, Iterable

import numpy as np
import pytest
from scipy.sparse import csc_array
from scipy.sparse.linalg import spsolve

Moves = Callable[[Hashable], Iterable[tuple[Hashable, float]]]


def _stationary(start: Hashable, moves: Moves) -> dict[Hashable, float]:
    """Long-run share of time in each state that can be reached from `start`.

    `moves(state)` gives (next state, rate per unit of time). Solves pi Q = 0, sum of pi = 1.
    """
    number = {start: 0}
    rows, columns, rates = [], [], []
    reached = [start]
    for state in reached:
        for following, rate in moves(state):
            if following not in number:
                number[following] = len(number)
                reached.append(following)
            rows += [number[following], number[state]]
            columns += [number[state], number[state]]
            rates += [rate, -rate]
    size = len(number)
    flow = csc_array((rates, (rows, columns)), shape=(size, size)).tolil()
    flow[0, :] = 1.0  # one balance equation is redundant; the shares sum to 1 instead
    ones = np.zeros(size)
    ones[0] = 1.0
    return dict(zip(number, spsolve(flow.tocsc(), ones), strict=True))


@pytest.fixture
def stationary() -> Callable[[Hashable, Moves], dict[Hashable, float]]:
    return _stationary
