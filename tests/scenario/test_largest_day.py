"""What streams send in the 24 hours in which they together send most, by hand."""

import numpy as np
import pytest
from worlds.relay_designs import shared_hub

from relaysim.analysis.largest_day import largest_day
from relaysim.analysis.message_rates import messages, messages_until
from relaysim.scenario.model import Run


def run(duration: str) -> Run:
    return shared_hub(f'run.duration="{duration}"', "run.start=2026-11-30T00:00:00").run


def hours(count: int, **sent: float) -> np.ndarray:
    """What has been sent until each hour, from the messages of some hours."""
    each = np.zeros(count)
    for hour, amount in sent.items():
        each[int(hour.removeprefix("at_"))] = amount
    return np.concatenate(([0.0], np.cumsum(each)))


def test_a_window_crosses_midnight() -> None:
    """40 before midnight and 50 after it are within 24 hours of each other."""
    course = hours(72, at_20=40, at_30=50, at_60=70)
    assert largest_day(run("3 d"), {"one": course}) == {"one": pytest.approx(90)}


def test_streams_share_the_window_in_which_they_have_most() -> None:
    courses = {
        "early": hours(72, at_1=60),
        "late": hours(72, at_50=70),
        "steady": hours(72, at_2=30),
    }
    assert largest_day(run("3 d"), courses) == pytest.approx({"early": 60, "steady": 30})
    assert largest_day(run("3 d"), courses, {"late"}) == pytest.approx({"late": 70})
    assert largest_day(run("3 d"), courses, ()) == {}


def test_a_run_shorter_than_a_day_is_taken_whole() -> None:
    assert largest_day(run("6 h"), {"one": hours(6, at_0=1, at_5=2)}) == {"one": pytest.approx(3)}


def test_nothing_is_no_mail() -> None:
    assert largest_day(run("1 d"), {}) == {}


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        # 3,600 in the hour from 10 on, and again a day later; the run ends after half of the third.
        ('{process="campaign", at="10 h", every="1 d", messages=3600, rate="1/s"}', 9000),
        # 1,000, then 2,000 and 4,000, of which half an hour is sent.
        (
            '{process="campaign", at="10 h", every="1 d", messages=1000, rate="1/s", growth=1.0}',
            4800,
        ),
    ],
)
def test_campaigns_are_counted_until_each_hour(arrivals: str, expected: int) -> None:
    scenario = shared_hub(
        'run.duration="58.5 h"',
        "run.start=2026-11-30T00:00:00",
        f"hosts.marketing.streams.newsletter.arrivals={arrivals}",
    )
    until = messages_until(scenario, "marketing", "newsletter")
    assert until[0] == until[10] == 0
    assert until[-1] == messages(scenario, "marketing", "newsletter") == expected
    assert np.all(np.diff(until) >= 0)
