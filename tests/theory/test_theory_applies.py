"""A formula says in plain words why it does not apply."""

from dataclasses import replace
from typing import Any

import pytest

from relaysim.theory.applies import Queue, mg1_applies, mmc_applies

MM4 = Queue(
    arrivals="poisson",
    constant_rate=True,
    singly=True,
    service="exponential",
    cv=1.0,
    servers=4,
    queue_limit=None,
    load=0.8,
)


def test_the_example_scenario_is_a_queue_that_theory_knows() -> None:
    assert mmc_applies(MM4) is None


def test_a_gamma_or_weibull_law_with_cv_1_is_exponential_and_a_lognormal_one_is_not() -> None:
    assert mmc_applies(replace(MM4, service="gamma")) is None
    assert mmc_applies(replace(MM4, service="weibull")) is None
    assert mmc_applies(replace(MM4, service="lognormal")) == (
        "service is lognormal (cv 1), not exponential"
    )
    assert mmc_applies(replace(MM4, service="gamma", cv=0.5)) == (
        "service is gamma (cv 0.5), not exponential"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"arrivals": "campaign"}, "arrivals are campaign, not Poisson"),
        # A campaign has no constant rate either, but one reason is enough.
        (
            {"arrivals": "campaign", "constant_rate": False},
            "arrivals are campaign, not Poisson",
        ),
        ({"constant_rate": False}, "the arrival rate changes with time"),
        ({"singly": False}, "several arrive at the same moment"),
        ({"servers": None, "load": 0.0}, "servers are unlimited, so nothing waits"),
        ({"queue_limit": 100}, "at most 100 may wait, and the rest is turned away"),
        ({"load": 1.0}, "load 1 is not below 1: the queue does not settle"),
        ({"load": float("nan")}, "load nan is not below 1: the queue does not settle"),
    ],
)
def test_each_condition_has_its_reason_for_both_formulas(
    change: dict[str, Any], reason: str
) -> None:
    assert mmc_applies(replace(MM4, **change)) == reason
    assert mg1_applies(replace(MM4, **({"servers": 1} | change))) == reason


def test_one_server_may_serve_by_any_law_with_a_variance() -> None:
    line = replace(MM4, servers=1, service="lognormal", cv=3.0)
    assert mg1_applies(line) is None
    assert mg1_applies(replace(line, servers=4)) == (
        "4 servers share the queue, and the formula is for one"
    )
    assert mg1_applies(replace(line, service="pareto", cv=float("inf"))) == (
        "service has no finite variance"
    )


def test_all_reasons_are_given_at_once() -> None:
    queue = replace(MM4, arrivals="bursts", service="constant", cv=0.0, load=1.5)
    assert mmc_applies(queue) == (
        "arrivals are bursts, not Poisson; load 1.5 is not below 1: the queue does not settle;"
        " service is constant (cv 0), not exponential"
    )
