"""Office hours from Monday 00:00: when work is done, and when people wake up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.mail.office_hours import CLOSES, OPENS, office, waking

HOUR = 3_600_000_000
DAY, WEEK = 24 * HOUR, 7 * 24 * HOUR
MON, TUE, FRI, SAT, SUN = (day * DAY for day in (0, 1, 4, 5, 6))

moments = st.integers(0, 5 * WEEK)
works = st.integers(0, 200 * HOUR)


@pytest.mark.parametrize(
    ("moment", "hours", "done"),
    [
        (MON + 10 * HOUR, 4, MON + 14 * HOUR),
        (MON + 3 * HOUR, 4, MON + 13 * HOUR),
        (MON + 15 * HOUR, 4, TUE + 11 * HOUR),
        (MON + 20 * HOUR, 1, TUE + 10 * HOUR),
        (MON + 13 * HOUR, 4, MON + 17 * HOUR),  # done as the office closes
        (MON + 17 * HOUR, 1, TUE + 10 * HOUR),
        (FRI + 16 * HOUR, 2, WEEK + 10 * HOUR),
        (SAT + 12 * HOUR, 8, WEEK + 17 * HOUR),
        (SUN + 23 * HOUR, 9, WEEK + TUE + 10 * HOUR),
        (MON + 9 * HOUR, 40, FRI + 17 * HOUR),
        (MON + 9 * HOUR, 41, WEEK + 10 * HOUR),
        (SAT, 0, SAT),  # no work needs no office
    ],
)
def test_when_work_is_done(moment: int, hours: int, done: int) -> None:
    assert office(moment, hours * HOUR) == done


@given(moments, works, works)
def test_work_in_two_parts_takes_as_long_as_at_once(moment: int, first: int, then: int) -> None:
    assert office(office(moment, first), then) == office(moment, first + then)


@given(moments, st.integers(1, 200 * HOUR))
def test_work_is_done_in_office_hours_and_the_same_a_week_later(moment: int, work: int) -> None:
    done = office(moment, work)
    assert done >= moment + work
    assert done % WEEK < SAT
    assert OPENS < done % DAY <= CLOSES
    assert office(moment + WEEK, work) == done + WEEK


@pytest.mark.parametrize(
    ("moment", "awake"),
    [
        (MON + 6 * HOUR, MON + 7 * HOUR),
        (MON + 7 * HOUR, MON + 7 * HOUR),
        (SAT + 22 * HOUR, SAT + 22 * HOUR),  # weekends too
        (MON + 23 * HOUR, TUE + 7 * HOUR),
        (SUN + 23 * HOUR + 1, WEEK + 7 * HOUR),
        (MON, MON + 7 * HOUR),
    ],
)
def test_mail_that_comes_at_night_is_read_at_seven(moment: int, awake: int) -> None:
    assert waking(moment) == awake


@given(moments)
def test_office_hours_pause_for_at_most_eight_hours(moment: int) -> None:
    assert 0 <= waking(moment) - moment <= 8 * HOUR
    assert waking(waking(moment)) == waking(moment)
