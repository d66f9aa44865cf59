"""SpamCop's published score, at the threshold: just enough lists, a thousandth more does not.

Report weights are 4 when new, falling to 1 at 48 hours, and the operator looks when something comes
in: so whatever makes it look counts 4. Of the published examples, 2 trap hits and 3 user reports
are 13 with all of them old, hence 16 with the last report new; 7 and 3 are 52, hence 55.
"""

from fractions import Fraction

import pytest
from worlds.listing_world import DAY, HOUR, MINUTE, listings, play, seen, stream, world

from relaysim.trace.tables import Signal, Trace

MAIL = 'process = "campaign", rate = "1/min"'
FULL = 48 * HOUR
"""From this age on a report counts 1."""


def at(day: float, messages: int) -> str:
    """Arrivals: so many messages, a minute apart."""
    return f'{MAIL}, at = "{day} d", messages = {messages}'


def scored(
    *streams: str,
    threshold: Fraction | int = 0,
    ratio: float = 0.0,
    visibility: float = 0.0,
    seed: int = 1,
) -> Trace:
    """A run of twelve days. A complaint always goes to SpamCop too; trap hits are seen at once."""
    return play(
        world(
            f"""
            [run]
            duration = "12 d"

            [blocklists.list]
            profile = "spamcop"
            trap_share = 1.0
            trap_delay = "0 s"
            report_share = 1.0
            build_interval = "0 s"
            lifetime = "24 h"
            alternation = "none"
            threshold = {float(threshold) or 0.001}
            threshold_ratio = {ratio}
            visibility = {visibility}
            """,
            *streams,
        ),
        seed,
    )


def traps(messages: int, day: float = 0, name: str = "traps") -> str:
    """Mail to spam traps."""
    return stream(name, at(day, messages), "trap_rate = 1.0")


def users(messages: int, day: float = 0, name: str = "users") -> str:
    """Mail whose readers all report it, some time later."""
    return stream(name, at(day, messages), "complaint_rate = 1.0")


def weight(age: int) -> Fraction:
    """Of a report of this age."""
    return max(Fraction(1), 4 - Fraction(3 * age, FULL)) if age <= 7 * DAY else Fraction(0)


def score(trace: Trace, now: int) -> Fraction:
    """Return the score by SpamCop's rules from all signals so far, without the code of the engine."""
    hits = [now - time for time in seen(trace, Signal.TRAP) if now - 7 * DAY <= time <= now]
    reports = [now - time for time in seen(trace, Signal.REPORT) if time <= now]
    count = len(hits)
    points = count * count if count >= 6 else 5 * count
    return sum(map(weight, reports), Fraction(0)) + points * weight(min(hits, default=0))


def lists_at(trace: Trace, moment: int) -> bool:
    """Whether a listing begins then."""
    return moment in [start for start, _ in listings(trace, "list")]


@pytest.mark.parametrize(("hits", "published"), [(2, 13), (7, 52)])
def test_the_published_examples(hits: int, published: int) -> None:
    """The first two reports and the hits are old when the third report comes in."""
    mail = (traps(hits), users(2, name="early"), users(1, day=5, name="late"))
    trace = scored(*mail)
    early, also, last = seen(trace, Signal.REPORT)
    newest = max(early, also, *seen(trace, Signal.TRAP))
    assert FULL <= last - newest < last <= 7 * DAY
    exact = published - 1 + 4
    assert score(trace, last) == exact
    assert lists_at(scored(*mail, threshold=exact), last)
    assert not lists_at(scored(*mail, threshold=exact + Fraction(1, 1000)), last)


@pytest.mark.parametrize(("hits", "points"), [(2, 10), (5, 25), (6, 36), (7, 49)])
def test_new_trap_hits_count_four_times_their_points(hits: int, points: int) -> None:
    """Five each up to five, their square from six on: they list at the last hit, or not at all."""
    trace = scored(traps(hits), threshold=4 * points)
    last = seen(trace, Signal.TRAP)[-1]
    assert [start for start, _ in listings(trace, "list")] == [last]
    over = scored(traps(hits), threshold=4 * points + Fraction(1, 1000))
    assert not listings(over, "list")


@pytest.mark.parametrize("seed", range(1, 7))
def test_a_score_of_any_ages(seed: int) -> None:
    """Reports come in when their readers open their mail; a thousandth of a point decides."""
    mail = (traps(2), users(4), traps(1, day=1.5, name="more"))
    trace = scored(*mail, seed=seed)
    moments = [*seen(trace, Signal.REPORT), *seen(trace, Signal.TRAP)]
    assert len(moments) == 7
    best, moment = max((score(trace, now), now) for now in moments)
    below = Fraction(int(best * 1000), 1000)
    assert lists_at(scored(*mail, threshold=below, seed=seed), moment)
    over = scored(*mail, threshold=below + Fraction(1, 1000), seed=seed)
    assert not listings(over, "list")


@pytest.mark.parametrize(("clean", "lists"), [(38, True), (39, False)])
def test_clean_mail_of_the_same_ip_dilutes(clean: int, lists: bool) -> None:
    """Two new hits score 40, and with them that is all the mail that an IP may have sent.

    The score must reach the ratio, here 1, times the mail that users of the list see, here all.
    """
    mail = (stream("clean", at(0, clean)), traps(2, day=0.5))
    trace = scored(*mail, threshold=8, ratio=1.0, visibility=1.0)
    assert bool(listings(trace, "list")) == lists


def test_one_hit_or_report_never_lists_two_list_for_half_a_day_three_for_a_day() -> None:
    assert not listings(scored(traps(1)), "list")
    assert not listings(scored(users(1)), "list")
    for hits, hours in ((2, 12), (3, 24)):
        trace = scored(traps(hits))
        first, *_, last = seen(trace, Signal.TRAP)
        assert listings(trace, "list") == [(first + MINUTE, last + hours * HOUR)]
