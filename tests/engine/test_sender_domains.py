"""The reputation of a sender's domain: it goes with the mail to whichever IP."""

import pytest
from worlds.many_hubs import hubs
from worlds.reputation_world import IP, NOBODY_LOOKS, OTHER_IP, PROVIDER, QUARTER, states
from worlds.small_world import Mail, Played, play

from relaysim.trace.tables import PROVIDER_CAUSE

DESIGN = hubs("198.51.100.8/29", OTHER_IP)
NEWS = "[hosts.h1.streams.bad]\nunknown_rate = 1.0\nculprit = true\nsender = '{sender}'"
SAME, OWN = NEWS.format(sender="news@cozumpark.com"), NEWS.format(sender="news@bulk.example")
GOOD_NEWS = "[hosts.h1.streams.load]\nsender = '{sender}'"
MAIL: Mail = {"h0.load": [0] * 100 + [1000], "h1.load": [0] * 100, "h1.bad": [0] * 100}
"""By the second IP half of the recipients do not exist: for itself ten times the limit."""


def run(weight: float, *changes: str) -> Played:
    by = f"[destinations.sink.reputation]\ndomain_weight = {weight}"
    return play(PROVIDER, DESIGN, by, NOBODY_LOOKS, *changes, mail=MAIL)


@pytest.mark.parametrize(
    ("weight", "innocent", "culprit"),
    [(0.0, 0, 3), (0.15, 0, 2), (0.16, 1, 2), (0.45, 1, 2), (0.46, 2, 2), (1.0, 2, 2)],
)
def test_one_domain_on_two_ips_is_judged_by_the_mail_of_both(
    weight: float, innocent: int, culprit: int
) -> None:
    """The domain has a third of unknown users, 6.66 times the limit; the IPs have none, and 10."""
    result = run(weight, SAME)
    assert states(result, f"sink {IP} cozumpark.com") == ([(QUARTER, innocent)] if innocent else [])
    assert states(result, f"sink {OTHER_IP} cozumpark.com") == [(QUARTER, culprit)]


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_a_domain_of_its_own_on_an_ip_of_its_own_harms_no_other_mail(weight: float) -> None:
    result = run(weight, OWN, GOOD_NEWS.format(sender="news@bulk.example"))
    assert states(result, f"sink {IP} cozumpark.com") == []
    assert states(result, f"sink {OTHER_IP} bulk.example") == [(QUARTER, 3)]


def test_two_domains_on_one_ip_share_what_the_ip_counts() -> None:
    """With weight 0 both are blocked, with weight 1 the one that sent to unknown users."""
    for weight, good, bad in ((0.0, [(QUARTER, 3)], [(QUARTER, 3)]), (1.0, [], [])):
        result = run(weight, OWN, GOOD_NEWS.format(sender="app@cozumpark.com"))
        assert states(result, f"sink {OTHER_IP} cozumpark.com") == good
        assert states(result, f"sink {OTHER_IP} bulk.example") == bad


def test_the_reply_is_the_providers_own_and_no_lists() -> None:
    """The other stream of the blocked IP and domain is refused a while later."""
    result = play(PROVIDER, DESIGN, NOBODY_LOOKS, SAME, mail={**MAIL, "h1.late": [1000]})
    (text,) = result.verdicts("h1.late")
    assert text.startswith(f"550 5.7.1 [{OTHER_IP}] ")
    names = result.trace.names
    assert names.causes[names.replies.index(text)] == PROVIDER_CAUSE
    assert result.statuses("h0.load")[-1] == "delivered"
