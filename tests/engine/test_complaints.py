"""Complaints: later, when people are awake, and hardly ever about what lies in the junk folder."""

import numpy as np
import pytest
from worlds.reputation_world import DAY, HOUR, signals
from worlds.small_world import Mail, Played, play

from relaysim.plan import reputation_compiler as observers
from relaysim.scenario.distribution import Constant
from relaysim.trace.tables import Signal
from relaysim.traffic.signal_draws import Signal as Drawn

PROVIDER = """
[run]
start = 2010-03-01T00:00:00
duration = "20 d"
[destinations.sink]
profile = "gmail"
connect_time = "0 s"
response_time = "0 s"
connect_failure = 0.0
defer = 0.0
[hosts.app.streams.load]
complaint_rate = 1.0
[blocklists.idle]
profile = "none"
"""
"""With a list, so that the run goes on when all mail is delivered."""
LISTED = """
[blocklists.css]
profile = "spamhaus-css"
[destinations.sink]
mirrors = 0.0
junk_share = 1.0
[[events]]
at = "0 s"
listing = { egress = "198.51.100.10", blocklist = "css", for = "19 d" }
"""
"""All mail lies in the junk folder."""


def constant(monkeypatch: pytest.MonkeyPatch, delay: float, feedback: float) -> None:
    monkeypatch.setattr(observers, "COMPLAINT_DELAY", Constant[int](value=round(delay * 1e6)))
    monkeypatch.setattr(observers, "FEEDBACK_DELAY", Constant[int](value=round(feedback * 1e6)))


def complaints(run: Played) -> list[float]:
    return [time for time, _, _ in signals(run, Signal.COMPLAINT)]


def complaint_times(*changes: str, mail: Mail) -> list[float]:
    return complaints(play(PROVIDER, *changes, mail=mail))


def test_a_complaint_comes_after_its_delay_and_that_of_the_feedback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    constant(monkeypatch, 2 * HOUR, 600)
    run = play(PROVIDER, mail={"app.load": [9 * HOUR]})
    assert signals(run) == [(11 * HOUR + 600, "app.load", "sink")]
    assert run.statuses("app.load") == ["delivered"]


def test_who_would_complain_at_night_does_so_at_seven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delivered at 20:59, 21:00 and 4:59: opened at 22:59 or at 7:00."""
    constant(monkeypatch, 2 * HOUR, 60)
    minute = 60
    mail = {"app.load": [21 * HOUR - minute, 21 * HOUR, 29 * HOUR - minute, 29 * HOUR]}
    assert complaint_times(mail=mail) == [
        23 * HOUR - minute + 60,
        31 * HOUR + 60,
        31 * HOUR + 60,
        31 * HOUR + 60,
    ]


def test_night_is_by_the_clock_of_the_organization(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run begins at 22:30: half an hour later people sleep, for eight hours."""
    constant(monkeypatch, 0, 0)
    late = "[run]\nstart = 2010-03-01T22:30:00"
    assert complaint_times(late, mail={"app.load": [0, 1799, 1800, 2000]}) == [
        0,
        1799,
        8.5 * HOUR,
        8.5 * HOUR,
    ]


def test_no_complaint_comes_later_than_two_weeks_after_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    constant(monkeypatch, 15 * DAY, 0)
    assert complaint_times(mail={"app.load": [9 * HOUR]}) == [14 * DAY + 9 * HOUR]


def test_the_delays_spread_as_assumed() -> None:
    """Log-normal with a median of two hours. Of 2,000 at nine half come by eleven and some."""
    run = play(PROVIDER, mail={"app.load": [9 * HOUR] * 2000})
    after = np.array(complaints(run)) - 9 * HOUR
    assert 1990 <= len(after) <= 2000
    assert 2 * HOUR < np.median(after) < 2.6 * HOUR
    assert 0.03 < (after > 24 * HOUR).mean() < 0.09


def test_of_mail_in_the_junk_folder_hardly_anybody_complains() -> None:
    """One in twenty of the readers who complain about mail in the inbox."""
    inbox = play(PROVIDER, mail={"app.load": [9 * HOUR] * 2000})
    junk = play(PROVIDER, LISTED, mail={"app.load": [9 * HOUR] * 2000})
    assert set(junk.statuses("app.load")) == {"junked"}
    anyway = junk.draws.signal & Drawn.COMPLAINS_JUNKED > 0
    assert len(complaints(junk)) == anyway.sum()
    assert 60 < anyway.sum() < 140
    assert set(junk.trace.signals["recipient"]) < set(inbox.trace.signals["recipient"])


def test_only_delivered_recipients_are_complained_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused for the listing at MAIL FROM: nobody has seen it."""
    constant(monkeypatch, 0, 0)
    refuses = "[destinations.sink]\nrefusal_action = 'reject'"
    assert complaint_times(LISTED, refuses, mail={"app.load": [9 * HOUR]}) == []


def test_complaints_about_each_of_several_recipients_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    constant(monkeypatch, 0, 0)
    half = "[hosts.app.streams.load]\ncomplaint_rate = 0.5"
    run = play(PROVIDER, half, mail={"app.load": [(9 * HOUR, 100)]})
    assert complaints(run) == [9 * HOUR] * int((run.draws.signal & Drawn.COMPLAINS > 0).sum())
    assert 30 < len(complaints(run)) < 70


def test_a_destination_without_reputation_receives_no_complaint() -> None:
    assert (
        play(PROVIDER, "[destinations.sink]\nreputation = 'none'", mail={"app.load": [9 * HOUR]})
        .trace.signals["time"]
        .tolist()
        == []
    )
