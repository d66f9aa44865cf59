"""How likely something is: ends that one may decide on, and what nobody has seen."""

import numpy as np
import pytest
from scipy.stats import binom

from relaysim.stats.proportion import exact_chances, unseen


def test_exact_ends_err_with_no_more_than_half_of_what_the_confidence_leaves() -> None:
    """At its own lower end a share has as many hits or more with just that chance."""
    row = np.array([[1.0] * 3 + [0.0] * 7])
    result = exact_chances(row, 0.98)
    assert result.value[0] == 0.3
    assert binom.sf(2, 10, result.low[0]) == pytest.approx(0.01)
    assert binom.cdf(3, 10, result.high[0]) == pytest.approx(0.01)
    low, high = exact_chances(np.array([[0.0] * 5, [1.0] * 5]))[1:3]
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(1 - 0.025**0.2)
    assert low[1] == pytest.approx(0.025**0.2)


def test_what_was_never_seen_may_happen_all_the_same() -> None:
    assert unseen(5) == pytest.approx(0.4507, abs=1e-4)
    assert (1 - unseen(100)) ** 100 == pytest.approx(0.05)
