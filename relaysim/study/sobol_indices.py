"""Sobol indices of a function of independent factors, each uniform between 0 and 1.

The first-order index of a factor is the share of the function's variance that disappears if the
factor is known, the total index the share that remains while it is not known: joint effects count
in the total index of each of their factors. Points by Saltelli's scheme on a scrambled Sobol
sequence, estimators of Saltelli et al. (Computer Physics Communications 181, 2010), intervals by
bootstrap over the points; all by SALib.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from relaysim.stats.interval import Floats

RESAMPLES = 1000
COLUMNS = {"first": "S1", "first_half": "S1_conf", "total": "ST", "total_half": "ST_conf"}
"""What we call them, and SALib."""


def sobol_indices(
    inputs: int, points: int, seed: int, response: Callable[[Floats], Floats]
) -> dict[str, Floats]:
    """Return the Sobol indices of a function.

    Parameters
    ----------
    inputs : int
        The number of factors.
    points : int
        The number of base points, a power of two.
    seed : int
        The seed of the points and of the bootstrap.
    response : callable
        Called once with the shares of all points, shape (points x (inputs + 2), inputs); returns
        the value of the function at each point.

    Returns
    -------
    dict of str to float array, shape (inputs,)
        `first`, `total` and half the width of their 95 % intervals. All are NaN if a response is
        NaN, or if all responses are equal.
    """
    # Here, as importing it takes longer than all of relaysim.
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem: dict[str, Any] = {
        "num_vars": inputs,
        "names": [str(number) for number in range(inputs)],
        "bounds": [[0.0, 1.0]] * inputs,
    }
    shares = sample.sample(problem, points, calc_second_order=False, seed=seed)
    values = response(shares)
    if np.isnan(values).any() or np.ptp(values) == 0.0:
        return {name: np.full(inputs, np.nan) for name in COLUMNS}
    # SALib takes a seed of 0 for none.
    measured = analyze.analyze(
        problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=seed + 1
    )
    return {name: np.array(measured[column]) for name, column in COLUMNS.items()}
