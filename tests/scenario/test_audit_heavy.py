"""The check of laws whose tail is too heavy for the draws of a run."""

import pytest
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import found, shared_hub

from relaysim.audit import Severity

RESPONSE = "destinations.gmail.response_time"


def test_a_law_that_loses_much_of_its_mean_square_is_noted_with_the_share(wording: Wording) -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="pareto", minimum="1 s", alpha=2.1}'), "heavy_tail"
    )
    assert finding.severity is Severity.INFO
    assert finding.place == RESPONSE
    assert quantities(finding.reason) >= {"71.2%", "4,294,967,296"}
    wording(finding)


def test_a_law_of_an_astronomic_mean_square_has_one(wording: Wording) -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="lognormal", median="1 s", sigma=20}'), "heavy_tail"
    )
    assert "0.0%" in quantities(finding.reason)
    wording(finding)


def test_a_law_without_a_mean_square_is_noted(wording: Wording) -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="pareto", minimum="1 s", alpha=1.8}'), "heavy_tail"
    )
    assert not any(each.endswith("%") for each in quantities(finding.reason))
    wording(finding)


@pytest.mark.parametrize(
    "law",
    [
        '{distribution="lognormal", mean="1 s", cv=10}',
        '{distribution="pareto", minimum="1 s", alpha=1.2, maximum="10000 s"}',
        '{distribution="pareto", minimum="1 s", alpha=3.0}',
        '{distribution="gamma", mean="1 s", cv=20}',
        '"1 s"',
    ],
)
def test_a_law_that_keeps_99_percent_is_not(law: str) -> None:
    assert found(shared_hub(f"{RESPONSE}={law}"), "heavy_tail") == []


def test_all_laws_of_a_run_are_looked_at() -> None:
    law = '{distribution="lognormal", mean="1 s", cv=20}'
    places = (
        "mailboxes.delivery_time",
        "operations.repair_time",
        "operations.ndr_time",
        "destinations.gmail.connect_time",
        RESPONSE,
        "destinations.gmail.reputation.mitigation_time",
        "blocklists.psbl.trap_delay",
        "blocklists.psbl.delisting_time",
    )
    scenario = shared_hub('blocklists.psbl={profile="psbl"}', *(f"{at}={law}" for at in places))
    assert sorted(each.place for each in found(scenario, "heavy_tail")) == sorted(places)
