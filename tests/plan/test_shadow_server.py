"""The shadow server of a hub: the next one of its site by name."""

from worlds.small_world import SECOND_HUB, tables

from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import from_mapping

THIRD = SECOND_HUB.replace("HUB02", "HUB03").replace(".172", ".173").replace("0.113.25", "0.113.26")
ENABLED = "\n".join(
    f"[hubs.HUB0{number}]\nshadow_redundancy_enabled = true" for number in (1, 2, 3)
)


def shadows(*changes: str) -> list[int]:
    scenario = from_mapping(tables(SECOND_HUB, THIRD, ENABLED, *changes), "story")
    return [hub.shadow for hub in compile_plan(scenario).hubs]


def test_each_server_of_a_site_copies_to_the_next_one() -> None:
    assert shadows() == [1, 2, 0]


def test_a_server_of_another_site_takes_no_copies() -> None:
    assert shadows("[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'") == [2, -1, 0]


def test_sites_are_compared_without_case() -> None:
    sites = (
        "[hubs.HUB01]\nsite = 'ANKARA'\n[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'"
    )
    assert shadows(sites) == [1, 0, -1]


def test_a_server_without_shadow_redundancy_neither_sends_nor_takes_copies() -> None:
    assert shadows("[hubs.HUB01]\nshadow_redundancy_enabled = false") == [-1, 2, 1]
