"""Numbers are written with few digits, a unit that fits, and their interval."""

import math
import re

import pytest

from relaysim.present.text.number_format import change, difference, interval, number


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "s", "0 s"),
        (0.0004, "s", "<1 ms"),
        (0.0014, "s", "1.4 ms"),
        (0.0723, "s", "72.3 ms"),
        (0.9996, "s", "1.00 s"),
        (12.345, "s", "12.3 s"),
        (119.4, "s", "119 s"),
        (120.0, "s", "2 min"),
        (3599.0, "s", "60.0 min"),
        (7300.0, "s", "2.03 h"),
        (200_000.0, "s", "2.31 d"),
        (60_000.0, "recipients", "60,000"),
        (17_512.4, "recipients", "17,512"),
        (3.6, "recipients", "3.6"),
        (0.03, "entries", "<0.1"),
        (12.3456, "recipients/s", "12.3/s"),
        (7.25, "min", "7.25 min"),
        (math.nan, "s", "-"),
    ],
)
def test_a_number_has_three_digits_and_a_unit_of_its_size(value, unit, text):
    assert number(value, unit) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (0.00003, "<0.01 %"),
        (0.0003, "0.03 %"),
        (0.983, "98.3 %"),
        (0.9997, "99.97 %"),
        (0.99999, ">99.99 %"),
        (1.0, "100 %"),
    ],
)
def test_only_nothing_is_written_as_nothing_and_only_all_as_all(share, text):
    assert number(share, "share") == text


@pytest.mark.parametrize(
    ("value", "half", "unit", "text"),
    [
        (0.983, 0.004, "share", "98.3 % (97.9 to 98.7 %)"),
        (0.9997, 0.0001, "share", "99.97 % (99.96 to 99.98 %)"),
        (17_512.4, 160.0, "recipients", "17,512 (17,352 to 17,672)"),
        (12.34, 0.25, "s", "12.3 s (12.1 to 12.6 s)"),
        (12.34, 0.123, "s", "12.3 s (12.2 to 12.5 s)"),
        (740.0, 40.0, "s", "12.3 min (11.7 to 13.0 min)"),
        (0.5, 3.0, "s", "0.5 s (0 to 3.5 s)"),
        (0.05, 3.0, "s", "0.05 s (0 to 3.05 s)"),
        (60_000.0, 0.0, "recipients", "60,000"),
    ],
)
def test_an_interval_takes_away_the_digits_that_are_noise(value, half, unit, text):
    assert interval(value, value - half, value + half, unit) == text


def test_one_replication_has_no_interval():
    assert interval(12.34, math.nan, math.nan, "s") == "12.3 s"


@pytest.mark.parametrize(
    ("value", "half", "unit", "text"),
    [
        (0.012, 0.003, "share", "+1.2 pp (+0.9 to +1.5 pp)"),
        (-0.35, 0.05, "share", "-35 pp (-40 to -30 pp)"),
        (1.0, 0.0, "share", "+100 pp"),
        (0.0, 0.0, "share", "0 pp"),
        (-91.0, 6.0, "s", "-91 s (-97 to -85 s)"),
        (-0.5, 3.0, "s", "-0.5 s (-3.5 to +2.5 s)"),
        (-0.05, 3.0, "s", "0 s (-3 to +3 s)"),
        (1894.0, 527.0, "recipients", "+1,894 (+1,367 to +2,421)"),
        (math.nan, math.nan, "s", "-"),
    ],
)
def test_a_difference_has_a_sign_and_shares_differ_by_points(value, half, unit, text):
    assert difference(value, value - half, value + half, unit) == text


def test_an_interval_that_is_not_symmetric_shows_its_ends() -> None:
    assert interval(0.0, 0.0, 0.3244, "share") == "0 % (0 to 32 %)"
    assert interval(0.961, 0.957, 0.964, "share") == "96.1 % (95.7 to 96.4 %)"
    assert interval(1.38, 1.34, 1.46, "s") == "1.38 s (1.34 to 1.46 s)"
    assert difference(0.1, -0.19, 0.4, "share") == "+10 pp (-19 to +40 pp)"
    assert difference(0.1, -0.19, 0.5, "share") == "+10 pp (-19 to +50 pp)"


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "text"),
    [
        (0.92, 0.24, 1.0, "share", "92 % (24 to 100 %)"),
        (0.5, 0.0, 6.9, "recipients", "0.5 (0 to 6.9)"),
        (0.99, 0.9702, 1.0, "share", "99.0 % (97.0 to 100.0 %)"),
        (0.99, 0.98, 1.0, "share", "99.0 % (98.0 to 100.0 %)"),
        (15.76, 0.0, 35.78, "s", "16 s (0 to 36 s)"),
        (-0.01, -0.03, 0.01, "share", "-1 % (-3 to 1 %)"),
    ],
)
def test_an_interval_that_would_leave_the_range_shows_its_ends(
    value: float, low: float, high: float, unit: str, text: str
) -> None:
    assert interval(value, low, high, unit) == text


def test_a_difference_of_shares_stays_within_a_hundred_points() -> None:
    assert difference(0.67, -0.76, 1.0, "share") == "+67 pp (-76 to +100 pp)"
    assert difference(0.95, 0.89, 1.0, "share") == "+95 pp (+89 to +100 pp)"
    assert difference(15.0, -5.0, 35.0, "s") == "+15 s (-5 to +35 s)"


@pytest.mark.parametrize("unit", ["share", "s", "recipients", "min"])
@pytest.mark.parametrize("value", [0.0, 1e-7, 0.004, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("half", [0.0, 1e-9, 1e-4, 0.01, 0.7, 40.0])
def test_no_interval_leaves_the_range_and_none_has_a_width_of_zero(
    value: float, half: float, unit: str
) -> None:
    """A share is from 0 to 100 %, other quantities are not negative; there is no "±0.00"."""
    text = interval(value, value - half, value + half, unit)
    assert "±" not in text
    assert "-" not in text
    ends = [float(end) for end in re.findall(r"[\d.]+", text.partition("(")[2].replace(",", ""))]
    assert unit != "share" or all(end <= 100.0 for end in ends)
    assert len(ends) in (0, 2)
    assert len(ends) == 0 or ends[0] < ends[1]


def test_an_isolation_gain_may_be_negative() -> None:
    """It is a share that has no lower bound, so its interval is not cut off."""
    assert interval(0.1, -0.4, 0.6, "share", bounded=False) == "10 % (-40 to 60 %)"


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "text"),
    [
        (-0.532, -0.537, -0.527, "share", "53.2 percentage points less (52.7 to 53.7)"),
        (0.361, 0.175, 0.371, "s", "361 ms more (175 to 371 ms)"),
        (-112.0, -166.0, -58.0, "recipients", "112 less (58 to 166)"),
        (-1.0, -3.0, 1.0, "s", "-1 s (-3 to +1 s)"),
        (12.0, math.nan, math.nan, "s", "12 s more"),
        (math.inf, math.nan, math.nan, "s", "becomes lost"),
    ],
)
def test_a_change_is_written_in_words(
    value: float, low: float, high: float, unit: str, text: str
) -> None:
    """Without a sign, unless the ends of the interval have different signs."""
    assert change(value, low, high, unit) == text
