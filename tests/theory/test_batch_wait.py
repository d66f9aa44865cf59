"""The batch formula against cases by hand and against arrivals played message by message."""

import math

import numpy as np
import pytest
from scipy.stats import poisson
from worlds.golden_sections import Golden
from worlds.refusals import refused_calls

from relaysim.theory.batch_queue import batch_members, batch_wait


def played(rate: float, batch_size: int, timeout: float, seed: int) -> np.ndarray:
    """Members and sum of waits of 20,000 batches, one row each, from one stream of arrivals."""
    rng = np.random.default_rng(seed)
    batches: list[tuple[int, float]] = []
    now = 0.0
    members: list[float] = []
    while len(batches) < 20_000:
        for gap in rng.exponential(1 / rate, 10_000).tolist():
            now += gap
            if members and now >= members[0] + timeout:
                closes = members[0] + timeout
                batches.append((len(members), sum(closes - each for each in members)))
                members = []
            members.append(now)
            if len(members) == batch_size:
                batches.append((batch_size, sum(now - each for each in members)))
                members = []
    return np.array(batches[:20_000])


@pytest.mark.parametrize(
    ("rate", "batch_size", "timeout"),
    [
        (60.0, 40, 0.1),  # the commit of a busy hub: the time closes nearly all batches
        (380.0, 40, 0.1),  # size and time close about half each
        (450.0, 40, 0.1),  # the size closes most
        (2.0, 3, 1.0),
    ],
)
def test_the_formula_agrees_with_arrivals_played_one_by_one(
    rate: float, batch_size: int, timeout: float
) -> None:
    rows = played(rate, batch_size, timeout, seed=20100301)
    members, waited = rows[:, 0], rows[:, 1]
    n = len(rows)

    half = 3.29 * members.std(ddof=1) / math.sqrt(n)  # 99.9 %, normal
    assert batch_members(rate, batch_size, timeout) == pytest.approx(members.mean(), abs=half)

    ratio = waited.sum() / members.sum()
    residual = (waited - ratio * members).std(ddof=1)
    half = 3.29 * residual / math.sqrt(n) / members.mean()
    assert half < 0.03 * ratio  # else the next line would prove little
    assert batch_wait(rate, batch_size, timeout) == pytest.approx(ratio, abs=half)


def test_batches_of_two_by_hand() -> None:
    """The second comes within T with probability q, and the first waits min(T, gap)."""
    q = 1 - math.exp(-1.0)
    assert batch_members(10.0, 2, 0.1) == pytest.approx(1 + q)
    assert batch_wait(10.0, 2, 0.1) == pytest.approx(0.1 * q / (1 + q))


def test_a_batch_of_one_does_not_wait() -> None:
    assert batch_wait(10.0, 1, 0.1) == 0.0
    assert batch_members(10.0, 1, 0.1) == 1.0


def test_a_lone_message_waits_for_the_timeout() -> None:
    assert batch_wait(1e-6, 40, 0.1) == pytest.approx(0.1, rel=1e-6)


def test_without_a_timeout_the_first_waits_for_all_others() -> None:
    assert batch_wait(10.0, 5, 1e6) == pytest.approx((5 - 1) / (2 * 10.0))
    assert batch_members(10.0, 5, 1e6) == pytest.approx(5.0)


def test_without_a_size_the_first_waits_the_timeout_and_the_others_half() -> None:
    assert batch_wait(10.0, 10_000, 0.1) == pytest.approx((0.1 + 1 * 0.05) / 2)
    assert batch_members(10.0, 10_000, 0.1) == pytest.approx(2.0)


def test_a_batch_of_any_size_takes_no_memory() -> None:
    assert batch_wait(10.0, 10**18, 0.1) == pytest.approx((0.1 + 1 * 0.05) / 2)
    assert batch_members(10.0, 10**18, 0.1) == pytest.approx(2.0)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("mean", [0.01, 1.0, 39.0, 500.0])
def test_the_closed_form_is_the_sum_over_the_members(batch_size: int, mean: float) -> None:
    reached = [float(poisson.sf(k - 1, mean)) for k in range(1, batch_size)]
    members = 1 + math.fsum(reached)
    waited = math.fsum(k * each for k, each in enumerate(reached, 1))
    assert batch_members(mean, batch_size, 1.0) == pytest.approx(members, rel=1e-12)
    assert batch_wait(mean, batch_size, 1.0) == pytest.approx(waited / mean / members, rel=1e-12)


def test_numbers_without_a_meaning_are_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: batch_wait(0.0, 40, 0.1),
        lambda: batch_wait(1.0, 40, float("inf")),
        lambda: batch_members(1.0, 0, 0.1),
    )
    golden_section("errors/theory/batch_wait", messages)
