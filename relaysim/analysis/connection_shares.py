"""The share of connections that each submission target answers."""

from fractions import Fraction
from itertools import accumulate


def connection_shares(sizes: list[int], taken: list[bool]) -> list[float]:
    """Return the share of connections that each target answers.

    Connections start at each address in turn and fail over to the next. Behind a load balancer each
    target has as many (of least connections an assumption), and what one does not answer leaves the
    address. What no address answers counts where it started.

    Parameters
    ----------
    sizes
        The number of targets at each address.
    taken
        Of each target, whether it answers.
    """
    ends = list(accumulate(sizes))
    places = [range(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    shares = [Fraction(0)] * len(taken)
    for start in range(len(places)):
        rest = Fraction(1, len(places))
        for turn in range(len(places)):
            targets = places[(start + turn) % len(places)]
            answering = [place for place in targets if taken[place]]
            for place in answering:
                shares[place] += rest / len(targets)
            rest *= 1 - Fraction(len(answering), len(targets))
        silent = [place for place in places[start] if not taken[place]]
        for place in silent:
            shares[place] += rest / len(silent)
    return [float(share) for share in shares]
