"""What a mailbox provider makes of an IP: worse at once, better only after a while."""

import pytest
from worlds.reputation_world import (
    DAY,
    HOUR,
    IP,
    NOBODY_LOOKS,
    PROVIDER,
    QUARTER,
    count,
    signals,
    states,
)
from worlds.small_world import Mail, Played, play

from relaysim.engine.reputation import provider_counters as counters
from relaysim.plan import reputation_compiler as observers
from relaysim.scenario.distribution import Constant
from relaysim.trace.tables import Signal

MINE = f"sink {IP} cozumpark.com"
BAD = """
[hosts.app.streams.unknown]
unknown_rate = 1.0
[hosts.app.streams.complained]
complaint_rate = 1.0
[hosts.app.streams.trapped]
trap_rate = 1.0
"""


def run(*changes: str, mail: Mail) -> Played:
    return play(PROVIDER, BAD, NOBODY_LOOKS, *changes, mail=mail)


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Complaints and trap hits are known at once; the story is at noon, when people are awake."""
    for law in ("COMPLAINT_DELAY", "FEEDBACK_DELAY"):
        monkeypatch.setattr(observers, law, Constant[int](value=0))


@pytest.mark.parametrize(
    ("unknown", "found"),
    [(5, []), (6, [(QUARTER, 1)]), (18, [(QUARTER, 2)]), (100, [(QUARTER, 3)])],
)
def test_unknown_users_against_all_that_was_tried(
    unknown: int, found: list[tuple[float, int]]
) -> None:
    """A hundred delivered; the limit is 5 %, so a state begins at 5, 15 and 50 %."""
    played = run(mail={"app.load": [0] * 100, "app.unknown": [0] * unknown})
    assert states(played, MINE) == found


@pytest.mark.usefixtures("prompt")
@pytest.mark.parametrize(("complaints", "state"), [(0, 0), (1, 1), (2, 1), (3, 2), (9, 2), (10, 3)])
def test_complaints_against_what_lies_in_the_inbox(complaints: int, state: int) -> None:
    """Of a thousand messages; the limit is 0.1 %."""
    mail = {"app.load": [12 * HOUR] * (1000 - complaints)}
    if complaints:
        mail["app.complained"] = [12 * HOUR] * complaints
    played = run(mail=mail)
    assert states(played, MINE) == ([(12 * HOUR + QUARTER, state)] if state else [])


@pytest.mark.usefixtures("prompt")
@pytest.mark.parametrize(("limit", "state"), [(1, 2), (2, 1), (5, 0)])
def test_hits_of_its_own_traps(limit: int, state: int) -> None:
    """Four hits, against a limit of one, two and five; no other provider counts them."""
    own = f"[destinations.sink.reputation]\ntrap_share = 1.0\ntrap_limit = {limit}"
    played = run(own, mail={"app.load": [0] * 100, "app.trapped": [0] * 4})
    assert [who for _, _, who in signals(played, Signal.PROVIDER_TRAP)] == ["sink"] * 4
    assert states(played, MINE) == ([(QUARTER, state)] if state else [])


def test_nothing_is_judged_before_enough_lies_in_the_inbox() -> None:
    """All unknown but 49; the fiftieth good one makes it a block."""
    mail: Mail = {"app.load": [0] * 49 + [1000], "app.unknown": [0] * 100}
    assert states(run(mail=mail), MINE) == [(2 * QUARTER, 3)]


def test_better_mail_ends_a_throttle_after_its_time_and_a_warning_at_once() -> None:
    """15.25 % unknown, diluted to 8.3 % at 1 h: below 12 % for two hours, then to 3.8 % at 5 h."""
    limits = "[destinations.sink.reputation]\nrecovery_time = '2 h'\nthrottle_junk = 0.0\nwarn_junk = 0.0"
    mail: Mail = {
        "app.load": [0] * 100 + [HOUR] * 100 + [5 * HOUR] * 260,
        "app.unknown": [0] * 18,
    }
    result = states(run(limits, mail=mail), MINE)
    better = HOUR + QUARTER
    assert result == [(QUARTER, 2), (better + 2 * HOUR, 1), (5 * HOUR + QUARTER, 0)]


def test_a_warning_stays_between_its_two_limits() -> None:
    """Entered at 5.7 %, left below 4 %: at 4.1 % it is still on."""
    junk = "[destinations.sink.reputation]\nwarn_junk = 0.0"
    mail: Mail = {"app.load": [0] * 100 + [HOUR] * 40 + [2 * HOUR] * 10, "app.unknown": [0] * 6}
    assert states(run(junk, mail=mail), MINE) == [(QUARTER, 1), (2 * HOUR + QUARTER, 0)]


def test_a_relapse_starts_the_time_of_recovery_anew() -> None:
    """Better from 1 h on, worse again at 2 h, better at 3 h: it ends two hours after that."""
    limits = "[destinations.sink.reputation]\nrecovery_time = '2 h'\nthrottle_junk = 0.0"
    mail: Mail = {
        "app.load": [0] * 100 + [HOUR] * 60 + [3 * HOUR] * 100,
        "app.unknown": [0] * 18 + [2 * HOUR] * 12,
    }
    result = states(run(limits, mail=mail), MINE)
    assert result == [(QUARTER, 2), (5 * HOUR + QUARTER, 1)]


def test_a_block_ends_when_the_counters_have_faded() -> None:
    """After an hour half of it is left: too little to judge. Two hours of that end the block."""
    fades = "[destinations.sink.reputation]\nhalf_life = '1 h'\nblock_time = '2 h'"
    mail: Mail = {
        "app.load": [0] * 99 + [QUARTER, 3 * HOUR - 1, 3 * HOUR],
        "app.unknown": [0] * 100,
    }
    played = run(fades, mail=mail)
    assert states(played, MINE) == [(QUARTER, 3), (3 * HOUR, 0)]
    assert played.statuses("app.load")[99:] == ["bounced", "bounced", "delivered"]
    assert played.verdicts("app.load")[99].startswith(f"550 5.7.1 [{IP}] ")


def test_what_it_refuses_at_mail_from_is_no_mail_that_it_counts() -> None:
    """A blocked IP reaches no unknown user, so the counters do not grow."""
    mail: Mail = {"app.load": [0] * 100, "app.unknown": [0] * 100 + [1000] * 50}
    played = run(mail=mail)
    assert len(signals(played, Signal.UNKNOWN)) == 100
    assert played.verdicts("app.unknown")[-1].startswith("550 5.7.1")


# A jump in volume.


@pytest.mark.parametrize(("volume", "state"), [(20, 0), (39, 0), (40, 1), (159, 1), (160, 2)])
def test_a_jump_in_volume_of_a_young_ip(
    monkeypatch: pytest.MonkeyPatch, volume: int, state: int
) -> None:
    """Doublings above twice the usual: four times is one, sixteen times is three."""
    monkeypatch.setattr(counters, "SMALL_VOLUME", 10)
    young = f"[egress.'{IP}']\nage = '29 d'"
    played = run(young, mail={"app.load": [0] * volume})
    assert states(played, MINE) == ([(QUARTER, state)] if state else [])


def test_the_same_volume_is_no_jump_any_more_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning until midnight, whether there is mail on the next day or not."""
    monkeypatch.setattr(counters, "SMALL_VOLUME", 10)
    young = f"[run]\nduration = '6 d'\n[egress.'{IP}']\nage = '20 d'"
    for days in ([0, 1], [0, 3]):
        mail: Mail = {"app.load": [day * DAY + HOUR for day in days for _ in range(40)]}
        assert states(run(young, mail=mail), MINE) == [(HOUR + QUARTER, 1), (DAY, 0)]


def test_a_warm_ip_is_used_to_what_its_scenario_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "SMALL_VOLUME", 10)
    assert states(run(mail={"app.load": [0] * 200}), MINE) == []
    assert count(run(mail={"app.load": [0] * 200}), "app.load") == {"delivered": 200}
