"""Moments of service, as the formulas of queueing want them."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from relaysim.scenario.core_time import Cost
from relaysim.scenario.distribution import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pareto,
    Uniform,
    Weibull,
    mean,
)
from relaysim.traffic.service import Service, cv, mixture, of_costs, of_size, of_time

KB = 1024


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (Constant[int](value=5), 0.0),
        (Exponential[int](distribution="exponential", mean=5), 1.0),
        (Gamma[int](distribution="gamma", mean=5, cv=0.5), 0.5),
        (Lognormal[int](distribution="lognormal", mean=5, cv=0.8), 0.8),
        (Weibull[int](distribution="weibull", mean=5, shape=1.0), 1.0),
        (Weibull[int](distribution="weibull", mean=5, shape=0.5), math.sqrt(5)),
        (Pareto[int](distribution="pareto", minimum=5, alpha=3.0), 1 / math.sqrt(3)),
        (Pareto[int](distribution="pareto", minimum=5, alpha=2.0), math.inf),
        (Uniform[int](distribution="uniform", low=0, high=10), 1 / math.sqrt(3)),
        (Uniform[int](distribution="uniform", low=0, high=0), 0.0),
    ],
)
def test_standard_deviation_over_mean_of_each_law(law, expected):
    assert cv(law) == pytest.approx(expected)


def test_recorded_values_have_the_spread_of_the_values(tmp_path):
    file = tmp_path / "times.txt"
    file.write_text("1 s\n3 s\n", encoding="utf-8")
    law = Empirical[int].model_construct(distribution="empirical", file=file, values=(1, 3))
    assert cv(law) == 0.5


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.5, 2.0, 3.0])
def test_a_pareto_law_that_is_cut_has_a_variance(alpha):
    law = Pareto[int](distribution="pareto", minimum=2, alpha=alpha, maximum=200)
    kept = 1 - (2 / 200) ** alpha

    def moment(k):
        return quad(lambda x: x**k * alpha * 2**alpha * x ** (-alpha - 1) / kept, 2, 200)[0]

    assert mean(law) == pytest.approx(moment(1))
    assert cv(law) == pytest.approx(math.sqrt(moment(2) - moment(1) ** 2) / moment(1))


def test_times_and_transfers_in_seconds():
    law = Gamma[int](distribution="gamma", mean=500_000, cv=0.5)
    assert of_time(law) == Service(0.5, 0.5, "gamma")
    assert of_size(Constant[int](value=KB), 8 * KB) == Service(1.0, 0.0, "constant")


def test_a_cost_that_goes_by_size_is_spread_by_it_too():
    size = Uniform[int](distribution="uniform", low=0, high=20 * KB)
    # (100 + 10 x KB) ms x a factor of cv 0.5: var = 57.7^2 (1 + 0.25) + 200^2 x 0.25.
    cost = Cost(base="100 ms", per_kb="10 ms", cv=0.5)
    spread = 100 / math.sqrt(3)
    result = of_costs([cost], size)
    assert result.seconds == pytest.approx(0.2)
    assert result.cv == pytest.approx(math.sqrt(spread**2 * 1.25 + 200**2 * 0.25) / 200)
    assert result.law == "mixed"


def test_two_costs_have_a_factor_each_and_none_takes_no_time():
    size = Constant[int](value=KB)
    cost = Cost(base="100 ms", per_kb="0 s", cv=1.0)
    nothing = Cost(base="0 s", per_kb="0 s", cv=1.0)
    assert of_costs([cost, nothing], size) == Service(0.1, 1.0, "gamma")
    both = of_costs([cost, cost], size)
    assert (both.seconds, both.law) == (0.2, "mixed")
    assert both.cv == pytest.approx(1 / math.sqrt(2))
    assert of_costs([nothing], size) == Service(0.0, 0.0, "constant")


def test_a_mixture_has_the_moments_of_what_is_mixed():
    one, other = Service(1.0, 0.0, "constant"), Service(3.0, 0.0, "constant")
    assert mixture([(1.0, one), (2.0, one)]) is one
    result = mixture([(1.0, one), (1.0, other)])
    assert (result.seconds, result.law) == (2.0, "mixed")
    assert result.cv == pytest.approx(np.std([1, 3]) / 2)
