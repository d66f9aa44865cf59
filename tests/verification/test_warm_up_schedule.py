"""A new IP under constant overload: what a provider takes of it is SendGrid's schedule.

20 x 1.4^d messages an hour on day d with traffic; it begins anew after more than 30 idle days.
"""

from collections import Counter

import pytest
from worlds.listing_world import DAY, HOUR, play, stream, world

from relaysim.theory.listing_formulas import warm_up_total
from relaysim.trace.tables import Status, Trace

SCHEDULE = (20, 28, 39, 55, 77, 108, 151)
"""Messages an hour, as published."""

NEW = """
[run]
duration = "{days} d"

[hubs.HUB01]
max_per_domain_outbound_connections = 2
message_retry_interval = "10 min"
message_expiration_timeout = "{timeout}"

[egress."198.51.100.10"]
age = "{age} d"

[operations]
back_off = "{back_off}"

[destinations.sink]
profile = "gmail"
connect_time = "0 s"
response_time = "0 s"
connect_failure = 0.0
defer = 0.0
refuses_on = {{}}
"""


def sent(arrivals: str, days: int, back_off: str, age: int = 0, timeout: str = "2 d") -> Trace:
    """Days of mail from an IP of this age in days, with a lifetime."""
    new = NEW.format(days=days, back_off=back_off, age=age, timeout=timeout)
    return play(world(new, stream("mail", arrivals)))


def taken(trace: Trace) -> dict[int, Counter[int]]:
    """Messages taken, by day and hour of the run; without the reports that the hub sends inside."""
    recipients = trace.recipients
    ours = trace.messages["stream"][recipients["message"]] == trace.names.streams.index("app.mail")
    result: dict[int, Counter[int]] = {}
    for end in recipients["end"][ours & (recipients["status"] == Status.DELIVERED)].tolist():
        result.setdefault(end // DAY, Counter())[end // HOUR % 24] += 1
    return result


@pytest.mark.parametrize(
    ("back_off", "timeout"), [("source", "2 d"), ("stream", "2 d"), ("none", "1 h")]
)
def test_each_hour_of_a_day_takes_what_the_schedule_says(back_off: str, timeout: str) -> None:
    """Ninety messages an hour for five days, with any back-off."""
    trace = sent('process = "every", every = "40 s"', 5, back_off, timeout=timeout)
    assert taken(trace) == {
        day: Counter(dict.fromkeys(range(24), rate)) for day, rate in enumerate(SCHEDULE[:5])
    }


def test_the_rate_is_the_formula_and_the_total_its_sum() -> None:
    """Up to the rounding to whole messages."""
    trace = sent('process = "every", every = "30 s"', 6, "source")
    result = taken(trace)
    for day, hours in result.items():
        assert set(hours.values()) == {SCHEDULE[day]}
        assert abs(SCHEDULE[day] - 20 * 1.4**day) <= 0.5
    total = sum(sum(hours.values()) for hours in result.values())
    assert total == 24 * sum(SCHEDULE[:6])
    assert total == pytest.approx(warm_up_total(20, 1.4, 6), abs=0.5 * 24 * 6)


def test_an_ip_that_sent_before_starts_later_in_the_schedule() -> None:
    trace = sent('process = "every", every = "20 s"', 1, "source", age=6)
    assert set(taken(trace)[0].values()) == {SCHEDULE[6]}


@pytest.mark.parametrize(("every", "expected"), [(30, SCHEDULE[:3]), (31, SCHEDULE[:1] * 3)])
def test_only_days_with_traffic_count_and_thirty_idle_days_are_forgiven(
    every: int, expected: tuple[int, ...]
) -> None:
    """A hundred messages so many days apart, each with an hour to arrive in."""
    arrivals = (
        f'process = "campaign", at = "0 s", messages = 100, rate = "100/s", every = "{every} d"'
    )
    result = taken(sent(arrivals, 2 * every + 1, "none", timeout="1 h"))
    assert result == {day * every: Counter({0: rate}) for day, rate in enumerate(expected)}
