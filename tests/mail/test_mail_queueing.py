from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.golden_sections import Golden
from worlds.refusals import refusals

from relaysim.mail.priority_queuing import Priority, choose, parse_priority
from relaysim.mail.retry_clock import delay_notice_at, expires_at, queue_retry_delay

MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 1440 * MINUTE
HUB = (4, MINUTE, 6, 5 * MINUTE, 10 * MINUTE)
EDGE = (4, MINUTE, 6, 10 * MINUTE, 30 * MINUTE)


def tries(clock: tuple[int, int, int, int, int], count: int) -> list[int]:
    """Minutes of the tries after the first failure."""
    delays = (queue_retry_delay(failure, *clock) for failure in range(1, count + 1))
    return [tick // MINUTE for tick in accumulate(delays)]


def test_the_queue_retry_clock_of_a_hub() -> None:
    assert tries(HUB, 13) == [1, 2, 3, 4, 9, 14, 19, 24, 29, 34, 44, 54, 64]


def test_the_queue_retry_clock_of_an_edge_server() -> None:
    assert tries(EDGE, 12) == [1, 2, 3, 4, 14, 24, 34, 44, 54, 64, 94, 124]


def test_without_glitch_and_transient_retries_only_the_steady_interval_is_left() -> None:
    assert tries((0, MINUTE, 0, MINUTE, 10 * MINUTE), 3) == [10, 20, 30]


def test_a_message_expires_two_days_after_it_was_accepted() -> None:
    assert expires_at(5, 2 * DAY) == 5 + 2 * DAY


def test_the_delay_notice_comes_at_four_hours_or_not_at_all() -> None:
    assert delay_notice_at(5, 4 * HOUR, 2 * DAY) == 5 + 4 * HOUR
    assert delay_notice_at(5, 4 * HOUR, 4 * HOUR) is None


QUOTAS = (3, 15, 2)


@pytest.mark.parametrize(
    ("waiting", "in_use", "taken"),
    [
        ((1, 1, 1), (0, 0, 0), Priority.HIGH),
        ((9, 1, 1), (3, 0, 0), Priority.NORMAL),
        ((0, 1, 1), (0, 14, 0), Priority.NORMAL),
        ((9, 9, 1), (3, 15, 1), Priority.LOW),
        ((9, 9, 9), (3, 15, 2), -1),
        ((0, 0, 0), (0, 0, 0), -1),
        ((0, 0, 9), (0, 0, 2), -1),
    ],
)
def test_the_highest_priority_with_work_and_quota(
    waiting: tuple[int, ...], in_use: tuple[int, ...], taken: int
) -> None:
    assert choose(waiting, in_use, QUOTAS) == taken


@given(
    st.lists(st.integers(0, 3), min_size=3, max_size=3), st.lists(st.integers(0, 99), min_size=3)
)
def test_quotas_out_of_reach_are_strict_priority(waiting: list[int], in_use: list[int]) -> None:
    first = next((n for n, work in enumerate(waiting) if work), -1)
    assert choose(waiting, in_use[:3], (2**62,) * 3) == first


def test_priorities_in_any_case(golden_section: Golden) -> None:
    assert parse_priority("Low") is Priority.LOW
    messages = refusals(parse_priority, ("hihg", 1))
    assert '"high"' in messages
    golden_section("errors/mail", messages)
