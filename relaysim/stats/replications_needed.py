"""How many replications would decide a comparison that is not decided.

The difference and its standard deviation are taken to stay as they are, and the number is the
smallest for which the interval is narrow enough: Student's t falls with the number too, so it is
searched for, not computed (Law, Simulation Modeling and Analysis, section 9.4.1, a specified
absolute precision, for the paired interval of section 10.2.1). It rests on the few replications
that there are: it is an order of magnitude, not a promise.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from relaysim.stats.interval import CONFIDENCE, Estimates, Floats, Mask
from relaysim.stats.proportion import chance_differences

MOST = 10_000
"""Where more would be needed, the number is infinite: nobody will run so many."""


def needed(
    difference: Estimates, least: Floats, replications: int, confidence: float = CONFIDENCE
) -> Floats:
    """Replications that decide each paired difference; `least` is the one that matters.

    `replications` have been run; where only some have a value, as few of the others will. NaN where
    fewer than two have one, so that nothing is known of the spread.
    """
    value, _, high, n = difference
    deviation = deviation_of(high - value, n, confidence)
    found = smallest(deviation, room(value, least), confidence)
    return np.ceil(found * replications / np.maximum(n, 1))


def deviation_of(half: npt.ArrayLike, n: npt.ArrayLike, confidence: float = CONFIDENCE) -> Floats:
    """The standard deviation behind half the width of an interval of `n` replications."""
    many = np.maximum(np.asarray(n, np.float64), 2.0)
    return np.asarray(half, np.float64) * np.sqrt(many) / _student(many, confidence)


def room(difference: Floats, least: Floats) -> Floats:
    """How wide half an interval may be for a verdict.

    A difference that matters is told from zero; one that does not must fit in what matters.
    """
    size = np.abs(difference)
    # For `better` and `worse` zero must lie outside, not on the end.
    return np.where(size > least, np.nextafter(size, 0.0), least - size)


def smallest(
    deviation: Floats, half: Floats, confidence: float = CONFIDENCE, samples: int = 1
) -> Floats:
    """The smallest number, from 2, with Student's half-width `half` at most; infinite above `MOST`.

    `deviation` is that of one replication. Two `samples` that are not paired have twice the degrees
    of freedom.
    """

    def enough(n: Floats) -> Mask:
        wide: Floats = _student(n, confidence, samples) * deviation / np.sqrt(n)
        return wide <= half

    found = _search(enough, np.full(len(half), 2.0), np.full(len(half), float(MOST)))
    return np.where(np.isnan(deviation) | np.isnan(half), np.nan, found)


def chances_needed(
    base: Floats, other: Floats, least: Floats, confidence: float = CONFIDENCE
) -> Floats:
    """The same for rows of zeros and ones: if those that there are came over and over again.

    A multiple of the replications that there are. NaN where fewer than two have a value.
    """
    replications = base.shape[1]

    def enough(times: Floats) -> Mask:
        found = np.zeros(len(times), bool)
        for i, many in enumerate(times.astype(int)):
            was, now = np.tile(base[i : i + 1], many), np.tile(other[i : i + 1], many)
            value, low, high, _ = (part[0] for part in chance_differences(was, now, confidence))
            told = abs(value) > least[i] and (low > 0 or high < 0)
            found[i] = told or (-least[i] <= low and high <= least[i])
        return found

    once = np.ones(len(base))
    times = _search(enough, once, np.maximum(once, MOST // replications))
    known = np.count_nonzero(~(np.isnan(base) | np.isnan(other)), axis=1) > 1
    return np.where(known, times * replications, np.nan)


def _search(enough: Callable[[Floats], Mask], low: Floats, high: Floats) -> Floats:
    """The smallest whole numbers from `low` that are enough; infinite where `high` is not."""
    never = ~enough(high)
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        here = enough(middle)
        low, high = np.where(here, low, np.minimum(middle + 1, high)), np.where(here, middle, high)
    return np.where(never, np.inf, high)


def _student(n: npt.ArrayLike, confidence: float, samples: int = 1) -> Floats:
    degrees = samples * (np.asarray(n, np.float64) - 1.0)
    found: Floats = np.asarray(stdtrit(degrees, 0.5 + confidence / 2), np.float64)
    return found
