"""Waits of a deferred message that grow from one to the next, and a greylist of six hours."""

from hypothesis import given
from hypothesis import strategies as st
from worlds.ground_truth import stated
from worlds.small_world import play

from relaysim.mail.retry_clock import NEVER, message_retry_delay

OUT = "HUB01->example.org"
DEFERS = "[destinations.sink]\ndefer = 1.0"


def starts(*changes: str) -> list[float]:
    run = play(DEFERS, *changes, mail={"app.load": [0]})
    return [start for _, start, _, _ in run.attempts(OUT) if start >= 0]


def test_each_wait_is_longer_by_the_factor() -> None:
    """1, 2, 4 and 8 min: attempts at 0, 1, 3, 7 and 15 min; the message expires at 20 min."""
    hub = """
    [hubs.HUB01]
    message_retry_interval = "1 min"
    message_retry_factor = 2.0
    message_expiration_timeout = "20 min"
    """
    assert starts(hub) == [0.0, 60.0, 180.0, 420.0, 900.0]
    longest = "[hubs.HUB01]\nmessage_retry_longest = '3 min'"
    assert starts(hub, longest) == [60.0 * minute for minute in (0, 1, 3, 6, 9, 12, 15, 18)]


def test_a_factor_of_one_changes_no_row() -> None:
    neutral = "[hubs.HUB01]\nmessage_retry_factor = 1.0\nmessage_retry_longest = '1 h'"
    mail = {"app.load": [0, 7, 90]}
    one, other = play(DEFERS, mail=mail), play(DEFERS, neutral, mail=mail)
    assert one.trace.fingerprint() == other.trace.fingerprint()


def minutes(first: str, factor: float, *more: str) -> str:
    """When a message passes a greylist of six hours; "never" if it expires before."""
    hub = f"""
    [hubs.HUB01]
    message_retry_interval = "{first}"
    message_retry_factor = {factor}
    """
    grey = "[destinations.sink.greylisting]\ndelay = '6 h'"
    changes = [f"[hubs.HUB01]\n{setting}" for setting in more]
    ((end, status),) = play(hub, grey, *changes, mail={"app.load": [0]}).ends("app.load")
    if status == "expired":
        return "never"
    assert status == "delivered"
    return f"{int(end // 60)}:{round(end % 60):02d}"


def test_a_greylist_of_six_hours_and_servers_that_back_off() -> None:
    """Pagani and others (DSN 2016) measured when the mail of large senders passed.

    Put in are a wait and the factor that the tries show: 301 s and 302 s x 1.5 for GMX and mail.com,
    212 s x 2 for Yahoo, its second wait. 301 s x (1.5^9 - 1) / 0.5 = 22,541 s, and so on.
    """
    passed = [minutes("301 s", 1.5), minutes("302 s", 1.5), minutes("212 s", 2.0)]
    assert ", ".join(passed) == stated("A greylist of 6 hours")


def test_a_greylist_of_six_hours_and_servers_with_other_waits() -> None:
    """Hotmail's waits grow from 61 s to 241 s; those of Gmail by 1.33 on average from the second on.

    The last tries of AOL and QQ were after 31:32 and 204:56.
    """
    passed = [
        minutes("61 s", 1.5, "message_retry_longest = '241 s'"),
        minutes("23 min", 1.33),
        minutes("6 min", 1.2, "message_expiration_timeout = '32 min'"),
        minutes("305 s", 1.5, "message_expiration_timeout = '205 min'"),
    ]
    assert ", ".join(passed) == stated("A greylist of 6 hours, other senders")


@given(
    st.integers(1, 60), st.integers(1, 10**12), st.integers(1000, 10_000), st.integers(0, 10**13)
)
def test_waits_never_shrink_and_stay_below_the_longest(
    failure: int, interval: int, thousandths: int, longest: int
) -> None:
    wait = message_retry_delay(failure, interval, thousandths, longest)
    assert wait <= min(longest or NEVER, NEVER)
    assert wait <= message_retry_delay(failure + 1, interval, thousandths, longest)
