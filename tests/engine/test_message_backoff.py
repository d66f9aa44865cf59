"""Step 9 at a hub of Postfix: when a message that a receiver deferred is tried again."""

from hypothesis import given
from hypothesis import strategies as st
from worlds.small_world import play

from relaysim.mail.retry_clock import backed_off_retry
from relaysim.units import SECOND

OUT = "HUB01->example.org"
POSTFIX = """
[hubs.HUB01]
mta = "postfix"
receive_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
process_start_time = "0 s"
reject_time = "0 s"
"""
DEFERS = "[destinations.sink]\ndefer = 1.0"


def starts(run: object, most: int) -> list[float]:
    return [start for _, start, _, _ in run.attempts(OUT)][:most]  # type: ignore[attr-defined]


def test_a_message_waits_for_as_long_as_it_is_old() -> None:
    """By seconds, with scans every 300 s that find what is due a second later at most.

    At 10 s its age is 0: due after 300 s, at 310 s; the scan at 600 s finds it. At 600 s it is 590 s
    old: 1190 s, the scan at 1200 s. Then 1190 s old: 2390 s, 2400 s. Then 2390 s old: 4790 s, 4800 s.
    From then on its age is above 4000 s: 8800 s, found at 9000 s; 13,000 s, found at 13,200 s.
    """
    run = play(POSTFIX, DEFERS, mail={"app.load": [10]})
    assert starts(run, 7) == [10, 600, 1200, 2400, 4800, 9000, 13200]


def test_a_scan_finds_what_is_due_a_second_later() -> None:
    """At 1.9 s, second 1, a message of age 0 is due at 301 s: a second after the scan at 300 s.

    One that fails at 2 s is due at 302 s, and the scan at 300 s leaves it to that at 600 s.
    """
    run = play(POSTFIX, DEFERS, mail={"app.load": [1.9, 2]})
    assert starts(run, 4) == [1.9, 2.0, 300.0, 600.0]


def test_the_time_of_a_failure_is_a_whole_second() -> None:
    """The receiver defers at 10 s + 0.9 s: the second is 10, due at 20 s; the scan at 19 s finds it.

    At 19.9 s the message is 9 s old: at least 10 s, due at 29 s. The scans come every 19 s: 38 s.
    """
    clock = """
    [hubs.HUB01]
    minimal_backoff_time = "10 s"
    maximal_backoff_time = "15 s"
    queue_run_delay = "19 s"
    [destinations.sink]
    response_time = "900 ms"
    """
    run = play(POSTFIX, DEFERS, clock, mail={"app.load": [10]})
    # At 38.9 s it is 28 s old: at most 15 s, due at 53 s; the scan at 57 s finds it.
    assert starts(run, 4) == [10.0, 19.0, 38.0, 57.0]


def test_a_greylist_of_five_minutes_costs_five_to_ten_minutes() -> None:
    """The second attempt of a message comes 5 to 10 minutes after the first.

    Only what fails within a second of a scan comes back up to 2 s earlier: see above.
    """
    seconds = [2, 60, 150, 299.5]
    for second in seconds:
        first, again = starts(play(POSTFIX, DEFERS, mail={"app.load": [second]}), 2)
        assert first == second
        assert 300 <= again - first <= 600


def test_a_message_expires_between_two_scans() -> None:
    soon = '[hubs.HUB01]\nmessage_expiration_timeout = "20 min"'
    run = play(POSTFIX, DEFERS, soon, mail={"app.load": [10]})
    assert starts(run, 9) == [10, 600, 1200]
    assert run.ends("app.load") == [(1210.0, "expired")]


@given(
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.integers(1, 5000),
    st.integers(0, 5000),
    st.integers(1, 1000),
)
def test_the_next_attempt_is_the_first_scan_that_may_find_the_message(
    arrived: int, age: int, least: int, more: int, scan: int
) -> None:
    failed = arrived + age
    clock = (least * SECOND, (least + more) * SECOND, scan * SECOND)
    due = backed_off_retry(failed, arrived, *clock)
    assert due % clock[2] == 0
    assert failed < due
    # Two seconds are given away at most, and a scan is never far.
    assert failed + clock[0] - 2 * SECOND < due <= failed + clock[1] + clock[2]
