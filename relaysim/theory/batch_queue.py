"""Batches that close at a size or after a time: the mean wait until the batch closes.

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

Both sums are moments of M = min(N, B - 1), where N is Poisson with mean a (summation by parts):

    sum of Q(k)    = E[M]            = a P(N <= B-2) + (B-1) P(N >= B)
    sum of k Q(k)  = E[M (M + 1)] / 2
                   = (a^2 P(N <= B-3) + 2 a P(N <= B-2) + (B-1) B P(N >= B)) / 2

so that time and memory do not grow with the size of a batch.
"""

from scipy.special import pdtr, pdtrc

from relaysim.theory.checks import from_one, positive

__all__ = ["batch_members", "batch_wait"]


def batch_members(arrival_rate: float, batch_size: int, timeout: float) -> float:
    """Return the mean number of members of a batch, under the conditions of the module.

    Parameters
    ----------
    arrival_rate : float
        Arrivals per unit of time, above 0.
    batch_size : int
        Members at which a batch closes, from 1.
    timeout : float
        Time after which a batch closes, above 0.

    Returns
    -------
    float
        Members.

    Raises
    ------
    ValueError
        For arguments outside these ranges.
    """
    return 1 + _sums(arrival_rate, batch_size, timeout)[0]


def batch_wait(arrival_rate: float, batch_size: int, timeout: float) -> float:
    """Return the mean time from an arrival until its batch closes, in the unit of `timeout`.

    Parameters
    ----------
    arrival_rate, batch_size, timeout
        As for `batch_members`, with the same errors.

    Returns
    -------
    float
        Mean time, without the time that writing the batch takes.
    """
    plain, weighted = _sums(arrival_rate, batch_size, timeout)
    return weighted / arrival_rate / (1 + plain)


def _sums(arrival_rate: float, batch_size: int, timeout: float) -> tuple[float, float]:
    """Return the sum of Q(k) and the sum of k Q(k), both for k = 1 .. B-1."""
    positive("arrival rate", arrival_rate)
    positive("timeout", timeout)
    from_one("batch size", batch_size)
    arrivals, most = arrival_rate * timeout, batch_size - 1
    full = float(pdtrc(most, arrivals))
    fewer, fewer_still = (_at_most(most - k, arrivals) for k in (1, 2))
    plain = arrivals * fewer + most * full
    weighted = (arrivals**2 * fewer_still + 2 * arrivals * fewer + most * (most + 1) * full) / 2
    return plain, weighted


def _at_most(count: int, mean: float) -> float:
    """Return P(N <= count) for a Poisson number N with this mean."""
    return float(pdtr(count, mean)) if count >= 0 else 0.0
