"""Pollaczek-Khinchine against the chain of those left behind at each departure, solved as it is."""

import numpy as np
import pytest
from scipy.stats import geom, nbinom, poisson
from worlds.golden_sections import Golden
from worlds.quantities import quantities
from worlds.refusals import refused_calls

from relaysim.theory.single_server import md1_wait, mg1_wait, mm1_wait

MOST = 400


def wait_by_departures(arrived: np.ndarray, arrival_rate: float, mean_service: float) -> float:
    """Mean wait from `arrived`, the law of the number of arrivals during one service.

    A departure leaves n behind; the next one leaves n - 1 (or 0) plus the arrivals of a service.
    With Poisson arrivals everybody sees that law, and Little's law turns it into a time.
    """
    step = np.zeros((MOST, MOST))
    for left in range(MOST):
        first = max(left - 1, 0)
        step[left, first:] = arrived[: MOST - first]
        step[left, -1] += 1 - step[left].sum()
    balance = step.T - np.eye(MOST)
    balance[0] = 1.0
    share = np.linalg.solve(balance, np.eye(MOST)[0])
    return float(share @ np.arange(MOST)) / arrival_rate - mean_service


def test_constant_service_by_departures() -> None:
    arrived = poisson.pmf(np.arange(MOST), 0.8)
    assert md1_wait(0.4, 2.0) == pytest.approx(wait_by_departures(arrived, 0.4, 2.0), rel=1e-9)
    assert md1_wait(0.4, 2.0) == pytest.approx(4.0)  # half of what M/M/1 waits


def test_exponential_service_by_departures() -> None:
    arrived = geom.pmf(np.arange(1, MOST + 1), 1 / 1.8)
    assert mm1_wait(0.4, 2.0) == pytest.approx(wait_by_departures(arrived, 0.4, 2.0), rel=1e-9)
    assert mm1_wait(0.4, 2.0) == pytest.approx(8.0)  # rho / (mu - lambda)


@pytest.mark.parametrize("cv", [0.5, 1.5])
def test_gamma_service_by_departures(cv: float) -> None:
    """Poisson arrivals in a gamma time are negative binomial: the CPU of a hub has cv 0.5."""
    shape = 1 / cv**2
    arrived = nbinom.pmf(np.arange(MOST), shape, shape / (shape + 0.7))
    assert mg1_wait(14.0, 0.05, cv) == pytest.approx(
        wait_by_departures(arrived, 14.0, 0.05), rel=1e-6
    )


def test_nobody_waits_without_arrivals() -> None:
    assert mg1_wait(0.0, 2.0, 3.0) == 0.0


def test_a_server_with_too_much_to_do_is_refused(golden_section: Golden) -> None:
    messages = refused_calls(lambda: mm1_wait(0.6, 2.0), lambda: md1_wait(0.5, 2.0))
    assert "1.2" in quantities(messages)
    golden_section("errors/theory/single_server", messages)


def test_numbers_without_a_meaning_are_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: mg1_wait(0.1, 0.0, 1.0),
        lambda: mg1_wait(0.1, 1.0, -1.0),
        lambda: mg1_wait(0.1, 1.0, float("inf")),
        lambda: mg1_wait(-0.1, 1.0, 1.0),
    )
    golden_section("errors/theory/single_server", messages)
