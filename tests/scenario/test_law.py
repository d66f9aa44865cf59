"""A mean that is stated is the mean; where it is not, it follows from the other parameters."""

import math

import pytest
from pydantic import TypeAdapter
from scipy import integrate, stats

from relaysim.scenario.distribution import Law, SizeLaw, TimeLaw, lognormal, mean

TIME: TypeAdapter[Law] = TypeAdapter(TimeLaw)
SIZE: TypeAdapter[Law] = TypeAdapter(SizeLaw)


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        ("5 ms", 5000),
        ({"distribution": "exponential", "mean": "1 s"}, 1_000_000),
        ({"distribution": "lognormal", "mean": "1 s", "cv": 1.5}, 1_000_000),
        ({"distribution": "lognormal", "mean": "1 s", "sigma": 0.7}, 1_000_000),
        ({"distribution": "gamma", "mean": "1 s", "cv": 0.5}, 1_000_000),
        ({"distribution": "weibull", "mean": "1 s", "shape": 0.5}, 1_000_000),
        ({"distribution": "uniform", "low": "1 s", "high": "3 s"}, 2_000_000),
        ({"distribution": "pareto", "minimum": "1 s", "alpha": 2.0}, 2_000_000),
    ],
)
def test_the_mean_of_a_law(law: object, expected: float) -> None:
    assert mean(TIME.validate_python(law)) == pytest.approx(expected)


def test_a_median_and_a_sigma_give_a_mean() -> None:
    law = SIZE.validate_python({"distribution": "lognormal", "median": "25 KB", "sigma": 1.6})
    expected = stats.lognorm(s=1.6, scale=25 * 1024).mean()
    assert mean(law) == pytest.approx(expected)


def test_a_cv_gives_a_sigma() -> None:
    law = SIZE.validate_python({"distribution": "lognormal", "mean": "25 KB", "cv": 1.0})
    _, sigma = lognormal(law)  # type: ignore[arg-type]
    assert sigma == pytest.approx(math.sqrt(math.log(2)))


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.2, 3.0])
def test_the_mean_of_a_pareto_that_is_cut(alpha: float) -> None:
    law = TIME.validate_python(
        {"distribution": "pareto", "minimum": "1 s", "alpha": alpha, "maximum": "50 s"}
    )
    kept = 1 - 50**-alpha
    expected, _ = integrate.quad(lambda x: x * alpha * x ** (-alpha - 1) / kept, 1, 50)
    assert mean(law) == pytest.approx(expected * 1e6)
