"""Little's law and the utilization law: arithmetic that nobody should have to do twice."""

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refused_calls

from relaysim.theory.littles import little
from relaysim.theory.offered_work import utilization


def test_how_many_are_present() -> None:
    """100 messages a second that stay 1.2 s each: 120 connections are busy."""
    assert little(100.0, 1.2) == pytest.approx(120.0)
    assert little(0.0, 5.0) == 0.0


def test_how_busy_a_server_is() -> None:
    """60 messages a second at 52 ms of core time need 78 % of four cores."""
    assert utilization(60.0, 0.052, 4) == pytest.approx(0.78)
    assert utilization(100.0, 0.052, 4) == pytest.approx(1.3)  # asked for, though not carried


def test_numbers_without_a_meaning_are_refused(golden_section: Golden) -> None:
    messages = refused_calls(
        lambda: little(-1.0, 1.0),
        lambda: little(1.0, float("inf")),
        lambda: utilization(-1.0, 1.0, 1),
        lambda: utilization(1.0, float("nan"), 1),
        lambda: utilization(1.0, 1.0, 0),
    )
    golden_section("errors/theory/littles_law", messages)
