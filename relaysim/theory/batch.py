"""Batches that close at a size or after a time: what a member waits for the others.

A batch opens with the first arrival after the last batch closed. It closes when it has
`batch_size` members or `timeout` after its first, whichever comes first, and the next arrival opens
another one at once, even while this one is being written. Arrivals are Poisson with rate lambda.

Derivation. t after the first, an open batch has 1 + k members, where k of the arrivals since are
Poisson with mean lambda t, and it is open while k <= B - 2 and t < T. Together the members wait
for the integral of (1 + k) over that time. The integral of P(k arrivals by t) over t in [0, T] is
Q(k + 1) / lambda, with Q(n) the chance of at least n arrivals within T. Hence

    sum of the waits of a batch  = (1 / lambda) * sum of k Q(k) for k = 1 .. B-1
    members of a batch           = 1 + sum of Q(k) for k = 1 .. B-1

and, as batches start afresh with a first member, the mean wait of a member is the ratio of the
two (renewal-reward; Ross, Introduction to Probability Models, chapter 7). Limits: without a
timeout (B - 1) / (2 lambda); without a size T (1 + a/2) / (1 + a), where a = lambda T.
"""

import numpy as np
from scipy.special import pdtrc

from relaysim.theory.checks import from_one, positive

__all__ = ["batch_members", "batch_wait"]


def batch_members(arrival_rate: float, batch_size: int, timeout: float) -> float:
    """Mean members of a batch; the conditions are those of the module.

    ValueError unless rate and timeout are above 0 and the size is an integer from 1.
    """
    return 1 + float(_reached(arrival_rate, batch_size, timeout).sum())


def batch_wait(arrival_rate: float, batch_size: int, timeout: float) -> float:
    """Mean time from a member's arrival until its batch closes, in the unit of `timeout`.

    What writing the batch takes comes on top. Conditions and errors as `batch_members`.
    """
    reached = _reached(arrival_rate, batch_size, timeout)
    return float(np.arange(1, batch_size) @ reached) / arrival_rate / (1 + float(reached.sum()))


def _reached(arrival_rate: float, batch_size: int, timeout: float) -> np.ndarray:
    """Q(1) .. Q(B-1): the chance of at least that many arrivals within the timeout."""
    positive("arrival rate", arrival_rate)
    positive("timeout", timeout)
    from_one("batch size", batch_size)
    return np.asarray(pdtrc(np.arange(batch_size - 1), arrival_rate * timeout))
