"""Little's law and the utilization law: arithmetic that nobody should have to do twice."""

import pytest

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


def test_numbers_without_a_meaning_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^arrival rate -1 is not a finite number from 0$"):
        little(-1.0, 1.0)
    with pytest.raises(ValueError, match=r"^time inf is not a finite number from 0$"):
        little(1.0, float("inf"))
    with pytest.raises(ValueError, match=r"^rate -1 is not a finite number from 0$"):
        utilization(-1.0, 1.0, 1)
    with pytest.raises(ValueError, match=r"^mean service nan is not a finite number from 0$"):
        utilization(1.0, float("nan"), 1)
    with pytest.raises(ValueError, match=r"^servers 0 is not an integer from 1$"):
        utilization(1.0, 1.0, 0)
