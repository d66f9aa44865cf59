"""A bulk sender with too many complaints, or without unsubscribe, asks for mitigation in vain."""

import pytest
from worlds.reputation_world import CALLED, HOUR, IP, PROVIDER, actions, states
from worlds.small_world import Mail, Played, play

from relaysim.mail.provider_state import good_days

MINE = f"sink {IP} cozumpark.com"
BLOCKED_FOR_DAYS = """
[run]
duration = "12 d"
[operations]
on_listing = "nothing"
delisting = "at_once"
monitor_every = "6 h"
[hosts.app.streams.bad]
unknown_rate = 1.0
[hosts.app.streams.disliked]
complaint_rate = 1.0
[destinations.sink.reputation]
unknown_limit = 0.05
complaint_limit = 0.999
block_time = "100 d"
mitigation_time = "1 h"
mitigation_complaint_limit = 0.003
mitigation_good_days = 7
[destinations.sink.requires]
bulk_from = 100
"""
"""A domain that is a bulk sender on its first day. On its second unknown users lead to a block."""
NO_RULE = """
[destinations.sink.reputation]
mitigation_complaint_limit = "none"
mitigation_good_days = "none"
"""
MAIL: Mail = {"app.load": [0] * 100, "app.bad": [30 * HOUR] * 200}
DISLIKED: Mail = MAIL | {"app.disliked": [0]}


def run(*changes: str, mail: Mail = MAIL) -> Played:
    return play(PROVIDER, CALLED, BLOCKED_FOR_DAYS, *changes, mail=mail)


def hours(played: Played, action: str) -> list[int]:
    return [int(time / HOUR) for time, done, _ in actions(played) if done == action]


@pytest.mark.parametrize(
    ("before", "complaints", "inboxed", "after"),
    [(3, 3, 1000, 0), (3, 2, 1000, 4), (3, 500, 999, 4), (0, 0, 0, 1)],
    ids=["at the limit", "below it", "too little mail", "no mail"],
)
def test_a_day_below_the_limit_is_good(
    before: int, complaints: int, inboxed: int, after: int
) -> None:
    assert good_days(before, complaints, inboxed, limit_ppm=3000, least_inboxed=1000) == after


def test_after_a_complaint_requests_are_in_vain_for_seven_days() -> None:
    """1 complaint in 101 messages on the first day, so seven good days are over after 8 days.

    The IP is looked at every 6 h, from 3.4 h on. Without the complaint the request at 33 h is
    granted an hour later. With it the one at 195 h, the first after 192 h.
    """
    liked, disliked = run(), run(mail=DISLIKED)
    assert hours(liked, "requested") == [33]
    assert hours(liked, "ineligible") == []
    assert (hours(disliked, "ineligible"), hours(disliked, "requested")) == ([33], [195])
    assert [int(time / HOUR) for time, _ in states(disliked, MINE)] == [30, 196]


@pytest.mark.parametrize(
    "missing",
    [
        "[hosts.app.streams.bad]\nculprit = true\none_click_unsubscribe = false",
        '[sender_domains."cozumpark.com"]\ndmarc = "missing"',
    ],
    ids=["one-click unsubscribe", "a DMARC record"],
)
def test_without_what_bulk_senders_need_requests_stay_in_vain(missing: str) -> None:
    played = run(missing)
    assert (hours(played, "ineligible"), hours(played, "requested")) == ([33], [])


@pytest.mark.parametrize(
    "spared",
    ["[destinations.sink.requires]\nbulk_from = 1000", NO_RULE],
    ids=["not a bulk sender", "no such rule"],
)
def test_other_senders_and_providers_have_no_such_rule(spared: str) -> None:
    assert hours(run(spared, mail=DISLIKED), "requested") == [33]


@pytest.mark.parametrize(("culprit", "status"), [("true", "bounced"), ("false", "delivered")])
def test_a_provider_may_refuse_bulk_mail_without_unsubscribe(culprit: str, status: str) -> None:
    stream = f"[hosts.app.streams.load]\nculprit = {culprit}\none_click_unsubscribe = false"
    needs = "[destinations.sink.requires]\none_click_unsubscribe = {refuse = 1.0}"
    assert [end for _, end in play(stream, needs, mail={"app.load": [0]}).ends("app.load")] == [
        status
    ]
