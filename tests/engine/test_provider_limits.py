"""What a provider does: junk, a limit of the rate, a refusal, and all of it to the neighbours."""

import pytest
from worlds.many_hubs import hubs
from worlds.reputation_world import (
    CALLED,
    DAY,
    HOUR,
    IP,
    NOBODY_LOOKS,
    PROVIDER,
    QUARTER,
    actions,
    count,
    states,
)
from worlds.small_world import Mail, Played, play

from relaysim.trace.tables import Level
from relaysim.traffic.draw import Decision, draw32, name_key

MINE = f"sink {IP} cozumpark.com"
BAD = "[hosts.app.streams.unknown]\nunknown_rate = 1.0"
ALONE = """
[operations]
back_off = "none"
"""
"""A message that is put off is tried again by itself, a minute later."""


def run(*changes: str, mail: Mail) -> Played:
    return play(PROVIDER, BAD, NOBODY_LOOKS, *changes, mail=mail)


@pytest.mark.parametrize(("unknown", "key"), [(6, "warn_junk"), (18, "throttle_junk")])
def test_a_share_of_the_mail_goes_to_the_junk_folder(unknown: int, key: str) -> None:
    """In both states; what lies there does not count as mail in the inbox."""
    junk = "[destinations.sink.reputation]\nwarn_junk = 0.0\nthrottle_junk = 0.0"
    share = f"[destinations.sink.reputation]\n{key} = 0.3"
    mail: Mail = {"app.load": [0] * 100 + [1000] * 500, "app.unknown": [0] * unknown}
    result = run(junk, share, mail=mail)
    statuses = result.statuses("app.load")
    assert set(statuses[:100]) == {"delivered"}
    assert 110 < statuses.count("junked") < 190
    assert run(junk, mail=mail).statuses("app.load").count("junked") == 0


# Throttle.

THROTTLED = """
[destinations.sink.reputation]
throttle_rate = "10/h"
throttle_junk = 0.0
"""


def test_a_throttled_ip_may_send_so_much_in_each_hour_of_the_clock() -> None:
    """At 1,000 s 106 of the hour are through already: nothing more. Then ten an hour."""
    mail: Mail = {"app.load": [0] * 100 + [1000] * 25, "app.unknown": [0] * 18}
    result = run(THROTTLED, ALONE, mail=mail)
    ends = [end for end, _ in result.ends("app.load")[100:]]
    hours = [int(end // HOUR) for end in ends]
    assert [hours.count(hour) for hour in range(4)] == [0, 10, 10, 5]
    assert set(result.statuses("app.load")) == {"delivered"}
    first = result.attempts("HUB01->example.org")[118]
    assert first[1:3] == (1000.0, 1000.0)
    assert first[3].startswith(f"421 4.7.28 [{IP}] ")


# A new IP.

COLD = f"""
[run]
duration = "80 d"
[egress."{IP}"]
age = "0 s"
[destinations.sink.reputation]
cold_rate = "20/h"
cold_growth = 1.4
idle_after = "30 d"
[hubs.HUB01]
message_expiration_timeout = "10 min"
"""


def by_day(days: list[int], messages: int, *changes: str) -> list[int]:
    """How many get through of so many messages at the first second of some days."""
    mail: Mail = {"app.load": [day * DAY for day in days for _ in range(messages)]}
    statuses = run(COLD, ALONE, *changes, mail=mail).statuses("app.load")
    assert set(statuses) <= {"delivered", "expired"}
    return [
        statuses[n * messages : (n + 1) * messages].count("delivered") for n in range(len(days))
    ]


def test_a_new_ip_may_send_more_from_day_to_day() -> None:
    """SendGrid's schedule an hour: 20, 28, 39, 55, 77, 108, 151, 211, 295."""
    assert by_day([*range(9)], 300) == [20, 28, 39, 55, 77, 108, 151, 211, 295]


def test_only_days_with_traffic_count() -> None:
    assert by_day([0, 3, 9, 20], 60) == [20, 28, 39, 55]


def test_after_more_than_thirty_idle_days_it_is_new_again() -> None:
    assert by_day([0, 1, 31, 62, 63], 60) == [20, 28, 39, 20, 28]


def test_the_age_of_an_ip_is_days_with_traffic() -> None:
    assert by_day([0, 1], 120, f"[egress.'{IP}']\nage = '4 d'") == [77, 108]


def test_each_hour_has_its_own_limit() -> None:
    """Of 70 at 0:50 20 get through, and 20 more after one o'clock, before they expire."""
    ends = [
        end
        for end, _ in run(
            COLD,
            ALONE,
            "[hubs.HUB01]\nmessage_expiration_timeout = '15 min'",
            mail={"app.load": [3000] * 70},
        ).ends("app.load")
    ]
    assert ends.count(3000) == 20
    assert ends.count(3600) == 20
    assert ends.count(3900) == 30


def test_unknown_users_use_up_the_limit_too() -> None:
    mail: Mail = {"app.load": [1] * 20, "app.unknown": [0] * 15}
    assert count(run(COLD, ALONE, mail=mail), "app.load") == {"delivered": 5, "expired": 15}


# Who does not slow down.

HAMMERED = """
[destinations.sink.reputation]
throttle_rate = "60/h"
throttle_junk = 0.0
persistence = 3.0
persistence_time = "2 h"
recovery_time = "100 d"
block_time = "4 h"
[hubs.HUB01]
max_per_domain_outbound_connections = 1
"""


@pytest.mark.parametrize(
    ("back_off", "found"),
    [
        ("none", [(QUARTER, 2), (2 * HOUR, 3), (6 * HOUR, 1)]),
        ("source", [(QUARTER, 2)]),
    ],
)
def test_who_hammers_on_for_two_hours_is_blocked(
    back_off: str, found: list[tuple[float, int]]
) -> None:
    """Each of 200 messages every minute, above three times the throttle in both hours; or one.

    Good mail in between makes the counters better, so the block ends four hours after it began.
    """
    how = f"[operations]\nback_off = '{back_off}'"
    mail: Mail = {"app.load": [0] * 100 + [1000] * 200, "app.unknown": [0] * 18}
    assert states(run(HAMMERED, how, mail=mail), MINE)[:3] == found


@pytest.mark.parametrize(("second", "blocks"), [(4000, [2 * HOUR]), (7300, [])])
def test_an_hour_of_quiet_starts_the_count_anew(second: float, blocks: list[float]) -> None:
    """Two bursts of forty minutes: in the first two hours, or in the first and the third."""
    how = "[operations]\nback_off = 'none'\n[hubs.HUB01]\nmessage_expiration_timeout = '40 min'"
    mail: Mail = {"app.load": [0] * 100 + [1000] * 150 + [second] * 150, "app.unknown": [0] * 18}
    result = states(run(HAMMERED, how, mail=mail), MINE)
    assert [time for time, state in result if state == 3] == blocks


# Neighbours, and mitigation.

NEAR = hubs("198.51.100.0/24", "198.51.100.11", "198.51.101.12")
SPREADS = "[destinations.sink.reputation]\nwidening = 1.0\nblock_time = '2 h'\nhalf_life = '1 h'"
BLOCKED = {"h0.bad": [0] * 99, "h0.load": [0] * 99}
NOBODY = "[hosts.h0.streams.bad]\nunknown_rate = 1.0"


@pytest.mark.parametrize(("widening", "status"), [(1.0, "bounced"), (0.0, "delivered")])
def test_a_block_may_take_the_other_ips_of_the_24_along(widening: float, status: str) -> None:
    """Blocked at 900 s; the neighbour for two hours, the IP in the next /24 not at all."""
    share = f"[destinations.sink.reputation]\nwidening = {widening}"
    later: Mail = {
        "h1.load": [899, 901, QUARTER + 2 * HOUR - 1, QUARTER + 2 * HOUR],
        "h2.load": [901],
    }
    result = play(PROVIDER, NEAR, NOBODY, SPREADS, share, NOBODY_LOOKS, mail={**BLOCKED, **later})
    assert result.statuses("h1.load") == ["delivered", status, status, "delivered"]
    assert result.statuses("h2.load") == ["delivered"]


def test_a_block_for_hammering_spreads_as_well() -> None:
    """Blocked at two hours, and the neighbour with it, of which nothing was known."""
    near = hubs("198.51.100.0/24", "198.51.100.11")
    how = "[operations]\nback_off = 'none'\n[destinations.sink.reputation]\nwidening = 1.0"
    mail: Mail = {
        "h0.load": [0] * 100 + [1000] * 200,
        "h0.bad": [0] * 18,
        "h1.load": [2 * HOUR + 1],
    }
    result = play(PROVIDER, near, NOBODY, HAMMERED, how, NOBODY_LOOKS, mail=mail)
    assert states(result, MINE)[:2] == [(QUARTER, 2), (2 * HOUR, 3)]
    assert result.statuses("h1.load") == ["bounced"]


def test_a_block_of_several_sender_domains_is_one_block() -> None:
    """Each neighbour is at risk once, however many domains are blocked with the IP."""
    key = name_key(3, 0, "provider", "sink")
    first, second = (draw32(key, Decision.PROVIDER_WIDENING, n) / 2**32 for n in (1, 2))
    assert second < first
    share = f"[destinations.sink.reputation]\nwidening = {(first + second) / 2}"
    near = hubs("198.51.100.0/24", "198.51.100.11")
    more = "\n".join(f"[hosts.h0.streams.s{n}]\nsender = 'a@{n}.example'" for n in range(3))
    own: Mail = {f"h0.s{n}": [0] for n in range(3)}
    mail: Mail = {**BLOCKED, **own, "h0.bad": [0] * 110, "h1.load": [901]}
    result = play(PROVIDER, near, NOBODY, SPREADS, share, more, NOBODY_LOOKS, mail=mail, seed=3)
    assert states(result, MINE)[0] == states(result, f"sink {IP} 2.example")[0] == (QUARTER, 3)
    assert result.statuses("h1.load") == ["delivered"]


ASKS = """
[operations]
on_listing = "nothing"
delisting = "at_once"
monitor_every = "6 h"
[destinations.sink.reputation]
block_time = "100 d"
half_life = "10000 d"
mitigation_time = "24 h"
"""


def test_a_request_for_mitigation_ends_a_block_and_clears_the_counters() -> None:
    """An NDR at 1,000 s, asked at once, granted a day later; asked again only after that."""
    mail: Mail = {"h0.bad": [0] * 100, "h0.load": [0] * 100 + [1000, 1000 + DAY - 1, 1000 + DAY]}
    days = "[run]\nduration = '4 d'"
    result = play(PROVIDER, NEAR, NOBODY, CALLED, ASKS, days, mail=mail)
    assert states(result, MINE) == [(QUARTER, 3), (1000 + DAY, 0)]
    assert result.statuses("h0.load")[100:] == ["bounced", "bounced", "delivered"]
    assert actions(result) == [(1000.0, "detected", ""), (1000.0, "requested", "sink")]


def test_without_a_form_no_request_is_made() -> None:
    mail: Mail = {"h0.bad": [0] * 100, "h0.load": [0] * 100 + [1000]}
    formless = ASKS.replace('mitigation_time = "24 h"', "")
    result = play(PROVIDER, NEAR, NOBODY, CALLED, formless, mail=mail)
    assert actions(result) == [(1000.0, "detected", "")]
    assert (result.trace.levels["level"] == Level.PROVIDER).sum() == 1
