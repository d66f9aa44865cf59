"""Greylisting: when a triplet passes, what a pass counts for, and what is forgotten."""

from dataclasses import replace

from relaysim.mail.greylisting import Greylist, GreylistRules, wait

MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 1440 * MINUTE
POSTGREY = GreylistRules(5 * MINUTE, 2 * DAY, 35 * DAY, 5)
NEVER = GreylistRules(5 * MINUTE, 2 * DAY, 35 * DAY, 0)


def tries(rules: GreylistRules, *steps: tuple[int, int, int, int]) -> list[bool]:
    """The answers to tries: time in minutes, client, network, person."""
    greylist = Greylist(rules)
    return [greylist.admits(time * MINUTE, *rest) for time, *rest in steps]


def test_a_triplet_passes_when_the_delay_is_over_and_from_then_on() -> None:
    times = (0, 4, 5, 6, 20 * 1440)
    assert tries(NEVER, *((time, 0, 0, 7) for time in times)) == [False, False, True, True, True]


def test_each_person_and_each_network_is_a_triplet_of_its_own() -> None:
    """The other IP of the network passes with the first one, that of another network does not."""
    assert tries(NEVER, (0, 0, 0, 7), (5, 0, 0, 8), (5, 1, 0, 7), (5, 2, 2, 7)) == [
        *(False, False, True, False)
    ]


def test_a_retry_after_the_window_is_a_first_try() -> None:
    """49 h after the first try, and not a moment earlier than 5 min after that."""
    assert tries(NEVER, (0, 0, 0, 7), (2941, 0, 0, 7), (2945, 0, 0, 7), (2946, 0, 0, 7)) == [
        *(False, False, False, True)
    ]
    assert tries(NEVER, (0, 0, 0, 7), (2880, 0, 0, 7)) == [False, True]


def test_a_triplet_that_is_not_seen_is_forgotten() -> None:
    known = [(0, 0, 0, 7), (5, 0, 0, 7)]
    last = 5 + 35 * 1440
    assert tries(NEVER, *known, (last, 0, 0, 7)) == [False, True, True]
    assert tries(NEVER, *known, (last + 1, 0, 0, 7)) == [False, True, False]


def passes(*hours: float) -> list[tuple[int, int, int, int]]:
    """First tries and passes of one new person each: the pass is at the hour."""
    return [
        (round(60 * hour) + after, 0, 0, person)
        for person, hour in enumerate(hours)
        for after in (-5, 0)
    ]


def test_a_client_passes_at_once_after_five_passes_an_hour_apart() -> None:
    new = (700, 0, 0, 99)
    assert tries(POSTGREY, *passes(1, 2, 3, 4, 5), new)[-1]
    assert not tries(POSTGREY, *passes(1, 2, 3, 4), new)[-1]
    # The second and the fourth come within an hour of one that counted.
    assert not tries(POSTGREY, *passes(1, 1.5, 3, 3.9, 5), new)[-1]
    assert not tries(NEVER, *passes(1, 2, 3, 4, 5), new)[-1]


def test_only_the_first_pass_of_a_triplet_counts() -> None:
    again = [(60 * hour, 0, 0, 0) for hour in range(2, 9)]
    assert not tries(POSTGREY, *passes(1), *again, (700, 0, 0, 99))[-1]


def test_another_client_of_the_network_is_not_known_by_that() -> None:
    assert not tries(POSTGREY, *passes(1, 2, 3, 4, 5), (700, 1, 0, 99))[-1]


def test_a_client_without_mail_is_forgotten() -> None:
    known, last = passes(1, 2, 3, 4, 5), 300 + 35 * 1440
    assert tries(POSTGREY, *known, (last, 0, 0, 99))[-1]
    assert not tries(POSTGREY, *known, (last + 1, 0, 0, 99))[-1]
    # Mail that passes at once keeps it known.
    assert tries(POSTGREY, *known, (last - 60, 0, 0, 98), (last + 1, 0, 0, 99))[-1]


def test_the_wait_is_the_first_retry_at_or_after_the_delay() -> None:
    for interval, expected in ((1, 5), (2, 6), (5, 5), (15, 15), (20, 20)):
        assert wait(POSTGREY, range(7, 7 + DAY, interval * MINUTE)) == expected * MINUTE
    assert wait(POSTGREY, range(0, 30 * DAY, 3 * DAY)) is None
    # 1 + 2 + 4 minutes.
    assert wait(POSTGREY, (0, MINUTE, 3 * MINUTE, 7 * MINUTE)) == 7 * MINUTE
    assert wait(POSTGREY, (0, MINUTE, 3 * MINUTE)) is None


def test_a_late_retry_begins_anew() -> None:
    """The try at 3.9 min is early, that at 6.9 min late; from there on 6 min are in the window."""
    rules = replace(POSTGREY, delay=6 * MINUTE, retry_window=6 * MINUTE)
    tenths = MINUTE // 10
    assert wait(rules, [each * tenths for each in (0, 10, 39, 69, 99, 129)]) == 129 * tenths
