from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.golden_sections import Golden
from worlds.refusals import refusals

from relaysim.mail.backpressure import (
    Level,
    Peer,
    ReplyDelay,
    Thresholds,
    delay_at,
    level,
    mail_from_delay,
    refuses_connection,
    refuses_mail_from,
    refusing_level,
)
from relaysim.mail.watched_drive import (
    Drive,
    Margins,
    Resource,
    disk_thresholds,
    level_at_start,
)

NORMAL, MEDIUM, HIGH = Level
MB = 1024**2
GB = 1024 * MB
FREE = 500 * MB
UNTIL_2013 = Margins(2, 2, 4)
FROM_2016 = Margins(3, 2, 5)
SECOND = 1_000_000
DELAY = ReplyDelay(10 * SECOND, 5 * SECOND, 55 * SECOND)
OF_2007 = Thresholds(120, 200, 120, 80)
OF_2016 = Thresholds(999, 1500, 1000, 800)


def levels(values: list[int], thresholds: Thresholds = OF_2007) -> str:
    """The level after each poll, as N, M and H."""
    reached = accumulate(
        values, lambda before, value: level(before, value, thresholds), initial=NORMAL
    )
    return "".join(each.name[0] for each in reached)[1:]


def test_version_buckets_rise_and_fall_with_hysteresis() -> None:
    assert levels([79, 119, 120, 100, 81, 80, 119]) == "NNMMMNN"
    assert levels([120, 199, 200, 199, 121, 120, 199, 80]) == "MMHHHMMN"
    assert levels([213, 100, 119]) == "HMM"
    assert levels([213, 80, 213]) == "HNH"


def test_exchange_2016_has_a_threshold_for_each_of_four_changes() -> None:
    assert levels([998, 999, 801, 800, 998], OF_2016) == "NMMNN"
    assert levels([1499, 1500, 1001, 1000, 999, 800], OF_2016) == "MHHMMN"


def drive(resource: Resource, gigabytes: int, used: float, *, holds_mail: bool = True) -> Drive:
    """A drive of so many gigabytes; the database keeps 500 MB of it free, the log 5 GB."""
    free = FREE if resource is Resource.DATABASE else 5 * GB
    return Drive(resource, gigabytes * GB, int(used * GB), free, UNTIL_2013, holds_mail)


def test_the_drive_of_the_queue_database() -> None:
    assert disk_thresholds(100 * GB, FREE, UNTIL_2013) == Thresholds(97, 99, 97, 95)
    assert disk_thresholds(10 * GB, FREE, UNTIL_2013) == Thresholds(93, 95, 93, 91)
    assert disk_thresholds(524 * MB, FREE, UNTIL_2013) == Thresholds(2, 4, 2, 0)
    assert disk_thresholds(100 * GB, FREE, FROM_2016) == Thresholds(96, 99, 97, 94)
    assert drive(Resource.DATABASE, 100, 96).use() == 96
    assert drive(Resource.DATABASE, 100, 96).use(3 * GB - 1) == 98
    assert level_at_start([drive(Resource.DATABASE, 100, 96)]) is NORMAL
    assert level_at_start([drive(Resource.DATABASE, 100, 97)]) is MEDIUM


def test_the_drive_of_the_log_keeps_5_gb_free() -> None:
    """Event 15006 of a real server: 92, 94 and 96 % for the log, 95, 97 and 99 % beside it."""
    database, log = (drive(each, 130, 125.5) for each in Resource)
    assert database.thresholds == Thresholds(97, 99, 97, 95)
    assert log.thresholds == Thresholds(94, 96, 94, 92)
    assert level_at_start([database]) is NORMAL
    assert level_at_start([log]) is HIGH
    assert level_at_start([database, log]) is HIGH
    assert level_at_start([]) is NORMAL


def test_mail_takes_no_room_on_a_drive_of_the_log_alone() -> None:
    assert drive(Resource.LOG, 100, 50, holds_mail=False).use(40 * GB) == 50


def test_a_drive_too_small_to_keep_500_mb_free(golden_section: Golden) -> None:
    sizes = (0, 1, 500 * MB, 520 * MB)
    golden_section(
        "errors/mail", refusals(lambda size: disk_thresholds(size, FREE, UNTIL_2013), sizes)
    )


@pytest.mark.parametrize(
    ("pressure", "peer", "authoritative", "refused"),
    [
        (NORMAL, Peer.OTHER, False, False),
        (MEDIUM, Peer.OTHER, False, True),
        (MEDIUM, Peer.OTHER, True, False),
        (MEDIUM, Peer.EXCHANGE_SERVER, False, False),
        (MEDIUM, Peer.MAILBOX_SERVER, False, False),
        (HIGH, Peer.OTHER, True, True),
        (HIGH, Peer.EXCHANGE_SERVER, True, True),
        (HIGH, Peer.MAILBOX_SERVER, True, True),
    ],
)
def test_who_is_refused_at_which_level(
    pressure: Level, peer: Peer, authoritative: bool, refused: bool
) -> None:
    assert refuses_mail_from(pressure, peer, authoritative) is refused


def test_2007_refuses_connections_at_high_and_2010_takes_them() -> None:
    assert [refuses_connection(each, delays_first=False) for each in Level] == [False, False, True]
    assert not any(refuses_connection(each, delays_first=True) for each in Level)


def test_2010_is_patient_with_version_buckets_and_not_with_the_drive() -> None:
    assert refusing_level(NORMAL, MEDIUM, 9, patience=10) is NORMAL
    assert refusing_level(NORMAL, MEDIUM, 10, patience=10) is MEDIUM
    assert refusing_level(NORMAL, MEDIUM, 0, patience=0) is MEDIUM
    assert refusing_level(MEDIUM, MEDIUM, 0, patience=10) is MEDIUM
    assert refusing_level(NORMAL, HIGH, 0, patience=10) is HIGH


def after_poll(previous: int, pressed: bool) -> int:
    return mail_from_delay(previous, pressed, DELAY)


def test_the_delay_climbs_to_55_s_by_the_tenth_poll_and_comes_down_again() -> None:
    up = list(accumulate([True] * 11, after_poll, initial=0))
    assert [tick // 1_000_000 for tick in up] == [0, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 55]
    down = list(accumulate([False] * 11, after_poll, initial=up[-1]))
    assert [tick // 1_000_000 for tick in down] == [55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 0, 0]


def test_a_step_longer_than_the_start_comes_down_to_no_delay() -> None:
    delay = ReplyDelay(1 * SECOND, 10 * SECOND, 55 * SECOND)
    after = [55 * SECOND]
    for _ in range(7):
        after.append(mail_from_delay(after[-1], pressed=False, delay=delay))
    assert [tick // SECOND for tick in after] == [55, 45, 35, 25, 15, 5, 0, 0]


@given(st.lists(st.booleans(), min_size=1, max_size=80), st.integers(1, 5), st.data())
def test_the_delay_at_a_time_is_that_of_the_polls_before(
    polls: list[bool], interval: int, data: st.DataObject
) -> None:
    """`changes` has the polls at which the level changed; more of them alter nothing."""
    time = data.draw(st.integers(0, interval * len(polls)))
    changes = [
        (interval * (number + 1), pressed)
        for number, pressed in enumerate(polls)
        if interval * (number + 1) <= time
        and (pressed != (number > 0 and polls[number - 1]) or data.draw(st.booleans()))
    ]
    *_, expected = accumulate(polls[: time // interval], after_poll, initial=0)
    assert delay_at(time, changes, interval, DELAY) == expected
