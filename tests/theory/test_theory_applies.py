"""A formula says in plain words why it does not apply."""

from dataclasses import replace
from typing import Any

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities

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


def test_a_gamma_or_weibull_law_with_cv_1_is_exponential_and_a_lognormal_one_is_not(
    golden_section: Golden,
) -> None:
    assert mmc_applies(replace(MM4, service="gamma")) is None
    assert mmc_applies(replace(MM4, service="weibull")) is None
    lognormal = str(mmc_applies(replace(MM4, service="lognormal")))
    gamma = str(mmc_applies(replace(MM4, service="gamma", cv=0.5)))
    assert "lognormal" in lognormal
    assert "0.5" in quantities(gamma)
    golden_section("theory/applies", f"{lognormal}\n{gamma}")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"arrivals": "campaign"}, "campaign"),
        ({"constant_rate": False}, "rate"),
        ({"singly": False}, ""),
        ({"servers": None, "load": 0.0}, "servers"),
        ({"queue_limit": 100}, "100"),
        ({"load": 1.0}, "1"),
        ({"load": float("nan")}, "nan"),
    ],
    ids=["arrivals", "rate", "groups", "servers", "queue limit", "load 1", "no load"],
)
def test_each_condition_has_its_reason_for_both_formulas(
    golden_section: Golden, change: dict[str, Any], named: str
) -> None:
    reason = mmc_applies(replace(MM4, **change))
    assert reason is not None
    assert reason == mg1_applies(replace(MM4, **({"servers": 1} | change)))
    assert named in reason
    golden_section("theory/applies", reason)


def test_a_campaign_has_no_constant_rate_either_and_one_reason_is_enough() -> None:
    campaign = replace(MM4, arrivals="campaign")
    assert mmc_applies(replace(campaign, constant_rate=False)) == mmc_applies(campaign)


def test_one_server_may_serve_by_any_law_with_a_variance(golden_section: Golden) -> None:
    line = replace(MM4, servers=1, service="lognormal", cv=3.0)
    assert mg1_applies(line) is None
    several = str(mg1_applies(replace(line, servers=4)))
    endless = str(mg1_applies(replace(line, service="pareto", cv=float("inf"))))
    assert "4" in quantities(several)
    golden_section("theory/applies", f"{several}\n{endless}")


def test_all_reasons_are_given_at_once(golden_section: Golden) -> None:
    queue = replace(MM4, arrivals="bursts", service="constant", cv=0.0, load=1.5)
    reasons = str(mmc_applies(queue))
    assert len(reasons.split("; ")) == 3
    assert "1.5" in quantities(reasons)
    golden_section("theory/applies", reasons)
