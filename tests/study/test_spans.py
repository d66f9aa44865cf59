"""Numbers as files write them: scaled, and what lies between two of them."""

from fractions import Fraction

import pytest

from relaysim.study.value_range import Number, between


@pytest.mark.parametrize(
    ("written", "half", "double"),
    [
        ("3 d", "1.5 d", "6 d"),
        ("0.05 ms", "0.025 ms", "0.1 ms"),
        ("20/h", "10/h", "40/h"),
        ("100 Mbit/s", "50 Mbit/s", "200 Mbit/s"),
        (0.7, "0.35", "1.4"),
        (8.0, "4.0", "16.0"),
        (5, "2", "10"),
        (1, "1", "2"),
        (1e-07, "5e-08", "2e-07"),
    ],
)
def test_half_and_double(written: object, half: str, double: str) -> None:
    number = Number.parse(written)
    assert (str(number.times(Fraction(1, 2))), str(number.times(Fraction(2)))) == (half, double)


@pytest.mark.parametrize("written", ["unlimited", True, "", "1:2", "1.00:00:00", {}])
def test_what_is_no_number(written: object) -> None:
    with pytest.raises(ValueError, match="is no number"):
        Number.parse(written)


@pytest.mark.parametrize(
    ("low", "high", "at", "whole", "found"),
    [
        ("12 h", "3 d", 0.5, False, "42 h"),
        ("1 s", "1000 ms", 0.5, False, "1 s"),
        ("2", "8", 0.0, True, "2"),
        ("2", "8", 0.999, True, "8"),
        ("2", "8", 0.5, True, "5"),
        ("10/h", "40/h", 0.52, True, "26/h"),
        ("0.25", "1", 0.5, False, "0.625"),
        ("1", "2", 0.5, False, "1.5"),
        ("20 Mbit/s", "1 Gbit/s", 0.5, False, "510 Mbit/s"),
    ],
)
def test_what_lies_between(low: str, high: str, at: float, whole: bool, found: str) -> None:
    assert str(between(Number.parse(low), Number.parse(high), at, whole)) == found


def test_a_day_and_a_kilobyte_have_nothing_between() -> None:
    with pytest.raises(ValueError, match="not of one kind"):
        between(Number.parse("1 d"), Number.parse("1 KB"), 0.5, whole=False)
