"""The check of laws whose tail is too heavy for the draws of a run."""

import pytest
from relay_designs import found, shared_hub

from relaysim.scenario.audit import Severity

RESPONSE = "destinations.gmail.response_time"


def test_a_law_that_loses_much_of_its_mean_square_is_noted_with_the_share() -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="pareto", minimum="1 s", alpha=2.1}'), "heavy_tail"
    )
    assert finding.severity is Severity.NOTE
    assert finding.place == RESPONSE
    assert finding.reason == (
        "Draws hold 71.2% of the mean square of this pareto law. The rest lies in values that one "
        "draw of 4,294,967,296 has, so waits come out too short."
    )


def test_a_law_of_an_astronomic_mean_square_has_one() -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="lognormal", median="1 s", sigma=20}'), "heavy_tail"
    )
    assert finding.reason.startswith("Draws hold 0.0% of the mean square of this lognormal law.")


def test_a_law_without_a_mean_square_is_noted() -> None:
    (finding,) = found(
        shared_hub(RESPONSE + '={distribution="pareto", minimum="1 s", alpha=1.8}'), "heavy_tail"
    )
    assert "no finite mean square" in finding.reason


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
