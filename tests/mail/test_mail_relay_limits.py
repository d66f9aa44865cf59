"""Limits of relay services: windows, and the recipients that a tenant may write to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaysim.mail.relay_limits import Window, external_recipient_limit


@pytest.mark.parametrize(
    ("licences", "recipients"),
    [
        (1, 10_000),
        (2, 10_312),
        (10, 12_006),
        (25, 14_259),
        (100, 22_059),
        (1_000, 72_446),
        (10_000, 324_979),
        (100_000, 1_590_639),
    ],
)
def test_the_limit_of_a_tenant_is_that_of_microsofts_table(licences: int, recipients: int) -> None:
    assert external_recipient_limit(licences) == recipients


def test_a_rolling_window_lets_go_of_what_is_as_old_as_it_is_long() -> None:
    window = Window(10, rolls=True)
    for time, amount in ((0, 3), (4, 2)):
        window.used_at(time)
        window.add(time, amount)
    assert [window.used_at(time) for time in (9, 10, 13, 14)] == [5, 2, 2, 0]


def test_a_fixed_window_begins_anew_with_the_clock() -> None:
    window = Window(10, rolls=False)
    window.used_at(9)
    window.add(9, 3)
    assert [window.used_at(time) for time in (9, 10)] == [3, 0]


def test_booked_messages_pass_in_the_first_window_with_room() -> None:
    window = Window(10, rolls=False)
    assert [window.book(3, 2) for _ in range(5)] == [3, 3, 10, 10, 20]
    assert window.book(15, 2) == 20
    assert window.book(25, 2) == 30


_STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), max_size=30)


@given(_STEPS)
def test_a_rolling_window_counts_what_came_within_its_length(steps: list[tuple[int, int]]) -> None:
    window, time, came = Window(20, rolls=True), 0, []
    for gap, amount in steps:
        time += gap
        came.append((time, amount))
        window.used_at(time)
        window.add(time, amount)
        assert window.used_at(time) == sum(n for at, n in came if at > time - 20)


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 3))
def test_no_fixed_window_gets_more_bookings_than_its_limit(gaps: list[int], limit: int) -> None:
    window, time, passed = Window(20, rolls=False), 0, []
    for gap in gaps:
        time += gap
        passed.append(window.book(time, limit))
        assert passed[-1] >= time
    assert passed == sorted(passed)
    assert all(sum(at // 20 == number for at in passed) <= limit for number in range(100))
